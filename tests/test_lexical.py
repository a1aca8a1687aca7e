"""BM25, against an implementation written from its definition."""

from collections import Counter
from math import log
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.lexical import LexicalIndex
from index.terms import terms
from tests.fakes import VOCABULARY, written_texts

K1, B = 0.9, 0.3
TEXTS = ["The river and the bridge", "a bridge, a bridge!", "Council vote", "and the of"]

sentences = st.lists(st.sampled_from(VOCABULARY), max_size=12).map(" ".join)


def bm25(question: str, texts: list[str]) -> list[float]:
    """Robertson's formula with Lucene's idf, term by term."""
    bags = [Counter(terms(text)) for text in texts]
    average = sum(bag.total() for bag in bags) / len(bags)

    def score(bag: Counter[str], term: str) -> float:
        holding = sum(term in other for other in bags)
        idf = log(1 + (len(bags) - holding + 0.5) / (holding + 0.5))
        return idf * bag[term] / (bag[term] + K1 * (1 - B + B * bag.total() / average)) if holding else 0.0

    return [sum(score(bag, term) for term in terms(question)) for bag in bags]


@given(sentences, st.lists(sentences, min_size=1, max_size=12).filter(any))
def test_scores_are_bm25(question: str, texts: list[str]) -> None:
    assert LexicalIndex.build(texts).scores(question) == pytest.approx(bm25(question, texts), rel=1e-4, abs=1e-6)


def test_a_passage_without_the_words_has_no_score() -> None:
    scores = LexicalIndex.build(TEXTS).scores("where is the bridge?")

    assert np.flatnonzero(scores).tolist() == [0, 1]
    assert scores[1] > scores[0]


@pytest.mark.parametrize("question", ["", "the and of", "zebra", "?!"])
def test_a_question_without_known_words_scores_nothing(question: str) -> None:
    assert LexicalIndex.build(TEXTS).scores(question).tolist() == [0, 0, 0, 0]


@pytest.mark.parametrize("texts", [[], ["and the", "…"]], ids=["no passages", "no words that count"])
def test_nothing_to_count_is_no_error(tmp_path: Path, texts: list[str]) -> None:
    index = LexicalIndex.build(texts)
    index.save(tmp_path / "lexical")

    for found in (index, LexicalIndex.load(tmp_path / "lexical")):
        assert found.scores("river").tolist() == [0] * len(texts)


def test_what_is_opened_scores_as_what_was_saved(tmp_path: Path) -> None:
    index = LexicalIndex.build(TEXTS)
    index.save(tmp_path / "lexical")

    opened = LexicalIndex.load(tmp_path / "lexical")

    assert np.array_equal(opened.scores("river bridge vote"), index.scores("river bridge vote"))


@given(written_texts())
def test_any_text_can_be_searched(text: str) -> None:
    assert len(LexicalIndex.build([text, "river"]).scores(text)) == 2
