"""Figures of merit. Pure; numpy in, numbers out.

A list of questions is everywhere a pair of arrays of shape (n_questions,): `confidences`, 0..1, and `right`, bool.
"""

import re
import string
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]
Bools = NDArray[np.bool_]

NOT_FOUND = np.inf
"""The rank of what a ranking doesn't hold."""
BINS = 10
RIGHT = 0.5
"""The F1 from which an answer counts as right: it has the words that matter."""

_ARTICLES = re.compile(r"\b(?:a|an|the)\b")
_PUNCTUATION = str.maketrans("", "", string.punctuation)


@dataclass(frozen=True, slots=True)
class Point:
    """One point of a curve. On a reliability curve x is confidence and y accuracy; on a risk curve x is coverage and y risk."""

    x: float
    y: float


# ranking


def first_rank(scores: Floats, relevant: Bools) -> float:
    """Rank of the best relevant item, from 1; NOT_FOUND if there is none. Ties in order of place. (n_items,) each."""
    places = np.flatnonzero(relevant[np.argsort(-scores, kind="stable")])
    return float(places[0] + 1) if len(places) else NOT_FOUND


def recall_at(ranks: Floats, k: int) -> float:
    """Share of questions whose first relevant passage is among the best k. `ranks`: (n_questions,), from 1, NOT_FOUND if missed."""
    return float(np.mean(ranks <= k))


def mean_reciprocal_rank(ranks: Floats) -> float:
    """MRR (Voorhees 1999); what wasn't found counts 0. `ranks`: as in `recall_at`."""
    return float(np.mean(1 / ranks))


# answers: SQuAD's own measure (Rajpurkar et al. 2016, 2018; evaluate-v2.0.py)


def normalise(answer: str) -> str:
    """Lower case, without ASCII punctuation, articles and surplus white space; in this order."""
    return " ".join(_ARTICLES.sub(" ", answer.lower().translate(_PUNCTUATION)).split())


def exact_match(predicted: str, answers: Sequence[str]) -> float:
    """1 if the prediction is one of the annotators' answers, normalised, else 0. No answers: the right prediction is ""."""
    return max(float(normalise(predicted) == normalise(answer)) for answer in answers or [""])


def f1(predicted: str, answers: Sequence[str]) -> float:
    """Overlap of words with the annotator's answer that is nearest, 0..1. No answers: the right prediction is ""."""
    return max(_f1(normalise(predicted).split(), normalise(answer).split()) for answer in answers or [""])


def is_right(predicted: str, answers: Sequence[str]) -> bool:
    """Whether it overlaps enough with one of the annotators' answers; never without any."""
    return bool(answers) and f1(predicted, answers) >= RIGHT


def _f1(predicted: list[str], answer: list[str]) -> float:
    if not predicted or not answer:
        return float(predicted == answer)
    shared = (Counter(predicted) & Counter(answer)).total()
    return 2 * shared / (len(predicted) + len(answer))  # the harmonic mean of shared / predicted and shared / answer


# telling right from wrong


def auroc(positives: Floats, negatives: Floats) -> float:
    """Probability that a positive scores above a negative, ties counted half (Mann and Whitney 1947). Needs one of each."""
    ordered = np.sort(negatives)
    below = np.searchsorted(ordered, positives, "left")  # (n_positives,)
    not_above = np.searchsorted(ordered, positives, "right")
    return float((below + not_above).mean() / (2 * len(ordered)))


# calibration and selective answering


def reliability(confidences: Floats, right: Bools, bins: int = BINS) -> list[tuple[Point, int]]:
    """Mean confidence, accuracy and size of bins of equal mass, by rising confidence; no more bins than questions."""
    order = np.argsort(confidences, kind="stable")
    parts = np.array_split(order, min(bins, len(order)) or 1)
    return [(Point(float(confidences[part].mean()), float(right[part].mean())), len(part)) for part in parts if len(part)]


def expected_calibration_error(confidences: Floats, right: Bools, bins: int = BINS) -> float:
    """ECE over bins of equal mass (Nguyen and O'Connor 2015): how far, on average, accuracy is from confidence."""
    gaps = [(abs(point.x - point.y), size) for point, size in reliability(confidences, right, bins)]
    return sum(gap * size for gap, size in gaps) / len(confidences)


def risk_coverage(confidences: Floats, right: Bools) -> list[Point]:
    """For each threshold between different confidences: share of questions answered, and share of those answers that are wrong.

    By rising coverage (El-Yaniv and Wiener 2010).
    """
    order = np.argsort(-confidences, kind="stable")
    answered = np.arange(1, len(order) + 1)
    wrong = np.cumsum(~right[order])
    ends = np.flatnonzero(np.diff(confidences[order], append=-np.inf))  # the last of each run of equal confidences
    return [Point(float(answered[end] / len(order)), float(wrong[end] / answered[end])) for end in ends]


def coverage_at(precision: float, confidences: Floats, right: Bools) -> float:
    """The largest share of questions that can be answered, the surest first, with at least this share of answers right."""
    # 1e-9: 1 − 0.2 is less than 0.8
    return max((point.x for point in risk_coverage(confidences, right) if 1 - point.y >= precision - 1e-9), default=0.0)
