"""Scores → confidence and thresholds, on questions made from a known law."""

from dataclasses import replace

import numpy as np
import pytest

from index.domain import Calibration, Document, Hit, Passage, Reading, Span
from index.errors import CorpusError
from index.evaluation.calibrating import Read, fit, logistic_regression, threshold

START = Calibration(span=1, hit=1, bias=0, answer=0.5, perhaps=0.2)
HALL = Document("hall.txt", "Hall", "It was opened in May.")


def reading(span: float, hit: float, missing: int = 0) -> Reading:
    passage = Passage(HALL.id, 0, len(HALL.text), HALL.text, 1)
    return Reading(Hit("shared", HALL, passage, hit, 0.0, 0.0), Span(17, 20, span), missing)


def drawn(number: int, law: Calibration, seed: int = 0) -> list[Read]:
    """Questions with one reading each, right as often as `law` says."""
    random = np.random.default_rng(seed)
    lacking = random.integers(0, 4, number)
    readings = [reading(span, hit, int(n)) for (span, hit), n in zip(random.normal(0, 2, (number, 2)), lacking, strict=True)]
    return [Read((one,), (bool(random.random() < law.confidence(one)),)) for one in readings]


def test_the_law_that_drew_the_questions_is_found_again() -> None:
    law = Calibration(span=0.8, hit=1.5, missing=-0.7, bias=-0.5, answer=0, perhaps=0)

    fitted = fit(drawn(20_000, law), 0.9, 0.6, START)

    assert (fitted.span, fitted.hit, fitted.missing, fitted.bias) == pytest.approx((0.8, 1.5, -0.7, -0.5), abs=0.1)


def test_answers_and_maybes_have_the_precisions_that_were_asked_for() -> None:
    read = drawn(5000, replace(START, span=0.5))

    fitted = fit(read, 0.9, 0.4, START)

    confidences = np.array([fitted.confidence(one.readings[0]) for one in read])
    right = np.array([one.right[0] for one in read])
    assert 0.9 <= np.mean(right[confidences >= fitted.answer]) < 0.92
    assert 0.4 <= np.mean(right[(fitted.perhaps <= confidences) & (confidences < fitted.answer)]) < 0.42


def test_seven_in_ten_right_spans_score_no_higher_than_the_ceiling() -> None:
    read = drawn(5000, START)

    fitted = fit(read, 0.9, 0.6, START)

    scores = [one.readings[0].span.score for one in read if one.right[0] and one.readings[0].span]
    assert np.mean(np.array(scores) <= fitted.ceiling) == pytest.approx(0.7, abs=0.001)


def test_the_weights_agree_with_a_gradient_of_zero() -> None:
    """At the optimum the residuals are orthogonal to each feature, but for the ridge."""
    random = np.random.default_rng(1)
    features, right = random.normal(size=(500, 3)), random.random(500) < 0.4

    *weights, bias = logistic_regression(features, right)

    residual = 1 / (1 + np.exp(-(features @ weights + bias))) - right
    assert features.T @ residual == pytest.approx(-0.01 * np.array(weights), abs=1e-6)


def test_a_score_that_separates_perfectly_gives_finite_weights() -> None:
    features = np.linspace(-1, 1, 100)[:, np.newaxis]

    weight, bias = logistic_regression(features, features[:, 0] > 0)

    assert np.isfinite([weight, bias]).all()


def test_a_precision_that_is_never_reached_withholds_everything() -> None:
    assert threshold(np.array([0.9, 0.8]), np.array([False, True]), 0.9) == 1


def test_answers_of_equal_confidence_are_given_or_withheld_together() -> None:
    """A threshold of 0.8 would be right for the one of them that comes first, and let in two that are wrong."""
    confidences, right = np.array([0.9, 0.8, 0.8, 0.8]), np.array([True, True, False, False])

    assert threshold(confidences, right, 0.9) == 0.9
    assert threshold(confidences, right, 0.5) == 0.8


@pytest.mark.parametrize("read", [[], drawn(49, START), [Read((reading(1, 1),), (True,))] * 60])
def test_questions_that_say_nothing_are_refused(read: list[Read]) -> None:
    with pytest.raises(CorpusError, match="question"):
        fit(read, 0.9, 0.6, START)
