"""The nouns: what a calibration decides, how a quote shows its answer."""

from dataclasses import FrozenInstanceError, replace
from math import exp, inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.domain import Answer, Calibration, Candidate, Citation, Decision, Hit, Reading, Span, Vocabulary
from tests.fakes import document, passage

TEXT = "It opened in April 2016."
CALIBRATION = Calibration(span=0.5, hit=2.0, bias=-1.0, answer=0.6, perhaps=0.3)
CITATION = Citation("shared", "a.txt", "A", None, passage(TEXT), 0, len(TEXT), TEXT, 1.5, 13, 23)
ANSWER = Answer("when?", None, Decision.ANSWER, Candidate("April 2016", 0.9, CITATION), (CITATION,), (), {"shared": 1}, 0.01)


def reading(span: float, hit: float) -> Reading:
    return Reading(Hit("shared", document(TEXT), passage(TEXT), hit, 0.5, 2.0), Span(13, 23, span))


@given(st.floats(-20, 20), st.floats(0, 2))
def test_confidence_is_the_logistic_function_of_the_weighted_scores(span: float, score: float) -> None:
    expected = 1 / (1 + exp(-(0.5 * span + 2.0 * score - 1.0)))

    assert CALIBRATION.confidence(reading(span, score)) == pytest.approx(expected)


@pytest.mark.parametrize(("score", "confidence"), [(-1e9, 0.0), (-inf, 0.0), (1e9, 1.0), (inf, 1.0)])
def test_confidence_has_no_overflow(score: float, confidence: float) -> None:
    assert CALIBRATION.confidence(reading(score, 1.0)) == confidence


def test_where_nothing_was_read_there_is_no_confidence() -> None:
    unread = replace(reading(5.0, 1.0), span=None)

    assert CALIBRATION.confidence(unread) == 0
    assert unread.text == ""
    with pytest.raises(ValueError, match="nothing was read"):
        _ = unread.features
    assert reading(5.0, 1.0).text == "April 2016"


def test_a_vocabulary_knows_shares_and_beginnings() -> None:
    words = Vocabulary.of({"river": 3, "rivers": 1, "bridge": 4})

    assert "river" in words
    assert "riv" not in words
    assert words.share("bridge") == 0.5
    assert list(words.starting_with("river")) == ["river", "rivers"]
    assert Vocabulary.of({}).share("river") == 0


@pytest.mark.parametrize(
    ("confidence", "decision"),
    [(0.0, Decision.NONE), (0.299, Decision.NONE), (0.3, Decision.PERHAPS), (0.599, Decision.PERHAPS), (0.6, Decision.ANSWER)],
)
def test_a_threshold_belongs_to_the_decision_that_it_opens(confidence: float, decision: Decision) -> None:
    assert CALIBRATION.decide(confidence) is decision


@pytest.mark.parametrize("decision", [Decision.PERHAPS, Decision.NONE])
def test_an_answer_that_abstains_has_no_text_but_keeps_its_best_span(decision: Decision) -> None:
    abstaining = replace(ANSWER, decision=decision)

    assert ANSWER.text == "April 2016"
    assert abstaining.text is None
    assert abstaining.confidence == 0.9


def test_without_a_span_there_is_no_confidence() -> None:
    nothing = replace(ANSWER, decision=Decision.NONE, best=None)

    assert nothing.text is None
    assert nothing.confidence == 0.0


def test_values_are_frozen() -> None:
    with pytest.raises(FrozenInstanceError):
        CITATION.start = 3  # type: ignore[misc]  # what is tested
