"""The figures of merit, against independent implementations, known values and their own laws."""

import re
import string
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from index.evaluation.metrics import (
    NOT_FOUND,
    auroc,
    coverage_at,
    exact_match,
    expected_calibration_error,
    f1,
    first_rank,
    mean_reciprocal_rank,
    normalise,
    recall_at,
    reliability,
    risk_coverage,
)

scores = st.lists(st.floats(-5, 5).map(lambda score: round(score, 1)), min_size=1, max_size=30).map(np.array)
answered = st.lists(st.tuples(st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.9, 1.0]), st.booleans()), min_size=1, max_size=40)
words = st.text(st.sampled_from("a an the, cat dog. (US) 5% é"), max_size=30)


def arrays(questions: list[tuple[float, bool]]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    return np.array([confidence for confidence, _ in questions]), np.array([right for _, right in questions])


# ranking


def test_the_first_relevant_item_decides_the_rank() -> None:
    rank = first_rank(np.array([0.1, 0.9, 0.5, 0.7]), np.array([True, False, True, False]))

    assert rank == 3


def test_an_item_that_is_not_there_has_no_rank() -> None:
    assert first_rank(np.array([0.3, 0.2]), np.array([False, False])) == NOT_FOUND
    assert first_rank(np.array([]), np.array([], bool)) == NOT_FOUND


def test_recall_counts_ranks_up_to_k_and_mrr_their_inverses() -> None:
    ranks = np.array([1, 2, 5, NOT_FOUND])

    assert [recall_at(ranks, k) for k in (1, 2, 4, 5)] == [0.25, 0.5, 0.5, 0.75]
    assert mean_reciprocal_rank(ranks) == pytest.approx((1 + 1 / 2 + 1 / 5 + 0) / 4)


# answers


@pytest.mark.parametrize(
    ("answer", "normalised"),
    [
        ("The April 2016", "april 2016"),
        ("  in   Seoul, ", "in seoul"),
        ("U.S.-ROK", "usrok"),
        ("An apple a day", "apple day"),
        ("another theatre", "another theatre"),
        ("a.", ""),
        ("“Korea”", "“korea”"),  # only ASCII punctuation goes, as in the official script
    ],
)
def test_answers_are_normalised_as_squad_does(answer: str, normalised: str) -> None:
    assert normalise(answer) == normalised


def test_the_nearest_annotator_decides() -> None:
    answers = ["July 2014", "in Washington in July 2014"]

    assert exact_match("july 2014.", answers) == 1
    assert exact_match("Washington", answers) == 0
    assert f1("Washington, July 2014", answers) == pytest.approx(0.8)  # 2 words of 3 and of 2; the other answer gives 3 of 3 and of 5: 0.75


def test_where_there_is_no_answer_silence_is_right() -> None:
    assert (exact_match("", []), f1("", [])) == (1, 1)
    assert (exact_match("Seoul", []), f1("Seoul", [])) == (0, 0)


def official_normalisation(text: str) -> str:
    """Spelt out from the description in Rajpurkar et al. 2016, one step at a time."""
    text = "".join(letter for letter in text.lower() if letter not in set(string.punctuation))
    return " ".join(re.sub(r"\b(a|an|the)\b", " ", text).split())


def official_f1(predicted: str, answer: str) -> float:
    left, right = official_normalisation(predicted).split(), official_normalisation(answer).split()
    if not left or not right:
        return float(left == right)
    rest = list(right)
    for word in left:
        if word in rest:
            rest.remove(word)
    shared = len(right) - len(rest)
    precision, recall = shared / len(left), shared / len(right)
    return 2 * precision * recall / (precision + recall) if shared else 0.0


@given(words, st.lists(words, min_size=1, max_size=3))
def test_em_and_f1_agree_with_an_implementation_step_by_step(predicted: str, answers: Sequence[str]) -> None:
    same = [official_normalisation(predicted) == official_normalisation(answer) for answer in answers]

    assert exact_match(predicted, answers) == max(same)
    assert f1(predicted, answers) == pytest.approx(max(official_f1(predicted, answer) for answer in answers))


@given(words, words)
def test_f1_is_symmetric_within_0_and_1_and_never_below_em(one: str, other: str) -> None:
    assert f1(one, [other]) == f1(other, [one])
    assert exact_match(one, [other]) <= f1(one, [other]) <= 1


# telling right from wrong


@given(scores, scores)
def test_auroc_is_the_share_of_pairs_in_order(positives: NDArray[np.float64], negatives: NDArray[np.float64]) -> None:
    pairs = [(p > n) + (p == n) / 2 for p in positives for n in negatives]

    assert auroc(positives, negatives) == pytest.approx(np.mean(pairs))
    assert auroc(positives, negatives) + auroc(negatives, positives) == pytest.approx(1)


def test_auroc_takes_what_has_no_span_as_lowest() -> None:
    assert auroc(np.array([1.0, -np.inf]), np.array([-np.inf, -np.inf])) == 0.75


# calibration and selective answering


def test_calibration_error_of_ten_known_questions() -> None:
    confidences = np.array([0.95] * 5 + [0.15] * 5)
    right = np.array([True] * 4 + [False] + [False] * 5)

    # two bins of five: |0.15 − 0| and |0.95 − 0.8|
    assert expected_calibration_error(confidences, right, bins=2) == pytest.approx(0.15)
    (low, _), (high, size) = reliability(confidences, right, bins=2)
    assert (low.x, low.y) == pytest.approx((0.15, 0.0))
    assert (high.x, high.y, size) == pytest.approx((0.95, 0.8, 5))


@given(answered, st.integers(1, 12))
def test_bins_have_equal_mass_and_lose_no_question(questions: list[tuple[float, bool]], bins: int) -> None:
    confidences, right = arrays(questions)

    sizes = [size for _, size in reliability(confidences, right, bins)]

    assert sum(sizes) == len(questions)
    assert max(sizes) - min(sizes) <= 1
    assert len(sizes) == min(bins, len(questions))


@given(answered)
def test_one_bin_compares_the_means(questions: list[tuple[float, bool]]) -> None:
    confidences, right = arrays(questions)

    assert expected_calibration_error(confidences, right, bins=1) == pytest.approx(abs(confidences.mean() - right.mean()))
    assert 0 <= expected_calibration_error(confidences, right) <= 1


def test_coverage_at_a_precision_of_five_known_questions() -> None:
    confidences, right = arrays([(0.9, True), (0.8, True), (0.7, False), (0.6, True), (0.5, True)])

    assert coverage_at(0.8, confidences, right) == 1.0
    assert coverage_at(0.9, confidences, right) == 0.4
    assert coverage_at(1.0, confidences, ~right) == 0.0


def test_questions_of_one_confidence_are_answered_together_or_not_at_all() -> None:
    confidences, right = arrays([(0.5, True), (0.5, True), (0.5, False)])

    assert coverage_at(0.9, confidences, right) == 0.0


def by_thresholds(questions: list[tuple[float, bool]]) -> list[tuple[Any, Any]]:
    """(coverage, risk) at each threshold, by counting."""
    points = []
    for threshold in sorted({confidence for confidence, _ in questions}, reverse=True):
        given = [right for confidence, right in questions if confidence >= threshold]
        points.append((pytest.approx(len(given) / len(questions)), pytest.approx(1 - sum(given) / len(given))))
    return points


@given(answered)
def test_the_risk_curve_is_what_counting_at_each_threshold_gives(questions: list[tuple[float, bool]]) -> None:
    assert [(point.x, point.y) for point in risk_coverage(*arrays(questions))] == by_thresholds(questions)


@given(answered, st.sampled_from([0.5, 0.8, 0.9, 1.0]))
def test_coverage_is_the_farthest_point_of_the_risk_curve_that_is_precise_enough(
    questions: list[tuple[float, bool]], precision: float
) -> None:
    confidences, right = arrays(questions)

    coverage = coverage_at(precision, confidences, right)

    surest = np.argsort(-confidences, kind="stable")[: round(coverage * len(questions))]
    assert coverage == 0 or right[surest].mean() >= precision - 1e-6
    assert coverage_at(0.0, confidences, right) == 1
    assert coverage <= coverage_at(precision - 0.1, confidences, right)
