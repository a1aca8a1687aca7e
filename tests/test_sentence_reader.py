"""The plain reader: the sentence that shares most words with the question."""

import pytest
from hypothesis import given

from index.chunking import chunk
from index.domain import Decision, Hit, Reading
from index.reader.sentence import SentenceReader
from tests.fakes import document, passage, written_texts

READER = SentenceReader()
TEXT = "The bridge is old. The bridge was opened in April. The river is near."


def read(question: str, text: str) -> str | None:
    (span,) = READER.read(question, [passage(text)])
    return text[span.start : span.end] if span else None


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("when was the bridge opened?", "The bridge was opened in April."),
        ("which rivers?", "The river is near."),
        ("what about the bridge?", "The bridge is old."),
        ("where are zebras?", None),
        ("the and of", None),
    ],
)
def test_it_marks_the_sentence_with_most_words_of_the_question(question: str, sentence: str | None) -> None:
    assert read(question, TEXT) == sentence


def test_more_words_in_common_score_higher() -> None:
    one, two, none = READER.read("old bridge", [passage("The bridge."), passage("The old bridge."), passage("Zebras.")])

    assert one is not None
    assert two is not None
    assert none is None
    assert two.score > one.score


def test_spans_come_in_the_order_of_the_passages() -> None:
    spans = READER.read("bridge", [passage("Zebras. A bridge."), passage("Zebras."), passage("A bridge.")])

    assert [(span.start, span.end) if span else None for span in spans] == [(8, 17), None, (0, 9)]


@given(written_texts())
def test_spans_are_inside_their_passages_and_not_blank(text: str) -> None:
    passages = chunk(document(text))

    for found, span in zip(passages, READER.read("the naïve word of 2016 漢字", passages), strict=True):
        if span:
            marked = found.text[span.start : span.end]
            assert 0 <= span.start < span.end <= len(found.text)
            assert marked == marked.strip()


@pytest.mark.parametrize(
    ("question", "decision"), [("bridge river", Decision.PERHAPS), ("old bridge", Decision.ANSWER), ("old river school", Decision.PERHAPS)]
)
def test_all_words_are_an_answer_and_some_a_perhaps(question: str, decision: Decision) -> None:
    found = passage("An old bridge.")
    (span,) = READER.read(question, [found])

    confidence = READER.calibration.confidence(Reading(Hit("shared", document(found.text), found, 1.0, 1.0, 1.0), span))

    assert READER.calibration.decide(confidence) is decision
