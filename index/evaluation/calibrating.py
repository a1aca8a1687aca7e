"""Scores → calibrated confidence and thresholds, fitted on questions with known answers.

Logistic regression by Newton's method (Platt 1999 with several features); thresholds are the least confidences whose answers keep the
stated precision.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from index.answering import Answerer
from index.domain import Calibration, Reading
from index.errors import CorpusError
from index.evaluation.metrics import is_right
from index.evaluation.questions import Question
from index.protocols import Progress

MIN_QUESTIONS = 50
ROUNDS = 5
"""The fit decides which reading is the best of a question, and the best ones are what is fitted; it settles in three rounds."""
RIDGE = 0.01
"""Keeps weights finite where a score separates right from wrong perfectly."""
CEILING = 0.7
"""The share of right spans that score no higher than `Calibration.ceiling`. A passage seldom scores higher than one that ranks before it:
of 4,778 tuning questions' best spans, 2,132 of them right when all passages are read, two right ones are lost, and 5.3 passages are read
instead of 7.4. With 0.9 none is lost and 6.0 are read, with 0.5 eight and 4.8.
"""

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Read:
    """A question's readings, and which of them are right."""

    readings: tuple[Reading, ...]
    right: tuple[bool, ...]


def read_all(questions: Sequence[Question], answerer: Answerer, collections: Sequence[str], progress: Progress) -> list[Read]:
    """Every question with something read for it."""
    read: list[Read] = []
    for done, question in enumerate(questions, 1):
        readings = tuple(reading for reading in answerer.read(question.text, collections=collections) if reading.span)
        gold = question.gold.texts if question.gold else []
        right = tuple(is_right(reading.text, gold) for reading in readings)
        read += [Read(readings, right)] if readings else []
        progress(done, len(questions))
    return read


def fit(read: Sequence[Read], answer: float, perhaps: float, start: Calibration) -> Calibration:
    """`answer`: the share of shown answers that is to be right; `perhaps`: the same of the maybes alone, 0..1.

    Raises CorpusError when there are too few questions to fit, or all are right, or all wrong.
    """
    if len(read) < MIN_QUESTIONS:
        raise CorpusError(f"{len(read)} questions are too few to calibrate with; give at least {MIN_QUESTIONS}")
    fitted = start
    for _ in range(ROUNDS):
        best, right = _best(read, fitted)
        if right.all() or not right.any():
            raise CorpusError("a calibration needs questions that are answered right and such that aren't; add other questions")
        span, hit, missing, bias = logistic_regression(_features(best), right)
        fitted = replace(fitted, span=span, hit=hit, missing=missing, bias=bias)
    best, right = _best(read, fitted)
    confidences = np.array([fitted.confidence(reading) for reading in best])
    scores = [reading.span.score for reading, is_right in zip(best, right, strict=True) if is_right and reading.span]
    sure = threshold(confidences, right, answer)
    maybe = confidences < sure
    return replace(
        fitted,
        answer=sure,
        perhaps=min(sure, threshold(confidences[maybe], right[maybe], perhaps)),
        ceiling=float(np.quantile(scores, CEILING)),
    )


def logistic_regression(features: Floats, right: Bools) -> tuple[float, ...]:
    """Weights of the features, then the bias. `features`: (n, n_features); `right`: (n,)."""
    design = np.column_stack([features, np.ones(len(features))])
    weights = np.zeros(design.shape[1])
    penalty = RIDGE * np.eye(len(weights))
    for _ in range(50):
        probability = _logistic(design @ weights)
        gradient = design.T @ (probability - right) + penalty @ weights
        curvature = (design.T * (probability * (1 - probability))) @ design + penalty
        step = np.linalg.solve(curvature, gradient)
        weights -= step
        if np.abs(step).max() < 1e-8:
            break
    return tuple(float(weight) for weight in weights)


def threshold(confidences: Floats, right: Bools, precision: float) -> float:
    """The least confidence from which on at least `precision` of the answers are right; 1 if there is none. (n,) each."""
    order = np.argsort(-confidences, kind="stable")
    precisions = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    ends = np.flatnonzero(np.diff(confidences[order], append=-np.inf))  # of equal confidences all are answered, or none
    enough = ends[precisions[ends] >= precision]
    return float(confidences[order[enough[-1]]]) if len(enough) else 1.0


def _best(read: Sequence[Read], calibration: Calibration) -> tuple[list[Reading], Bools]:
    """Each question's likeliest reading, and whether it is right, (n_questions,)."""
    best = [_likeliest(one, calibration) for one in read]
    return [reading for reading, _ in best], np.array([right for _, right in best])


def _features(readings: Sequence[Reading]) -> Floats:
    """(n_readings, 3)"""
    return np.array([reading.features for reading in readings], float)


def _likeliest(one: Read, calibration: Calibration) -> tuple[Reading, bool]:
    return max(zip(one.readings, one.right, strict=True), key=lambda pair: calibration.confidence(pair[0]))


def _logistic(logits: Floats) -> Floats:
    return (1 + np.tanh(logits / 2)) / 2
