"""The first document and its first questions: the passage that answers is among the first two that are cited."""

import json
from pathlib import Path

import pytest

from index.answering import CITATIONS, Answerer
from index.assembly import build_answerer
from index.domain import SHARED
from index.settings import IndexSettings
from tests.conftest import CORPUS
from tests.support import parts_of

LINES = (Path(__file__).parent / "data" / "article_passages.jsonl").read_text(encoding="utf-8").splitlines()
QUESTIONS = [(entry["question"], entry["passage"]) for entry in map(json.loads, LINES)]


@pytest.fixture(scope="module")
def answerer(data: Path) -> Answerer:
    return build_answerer(IndexSettings.model_validate({"corpus": CORPUS, "data": data}))


@pytest.mark.parametrize(("question", "words"), QUESTIONS)
def test_the_right_passage_is_among_the_first_two_citations(answerer: Answerer, question: str, words: str) -> None:
    citations = answerer.ask(question, collections=[SHARED]).citations

    assert any(words in citation.passage.text for citation in citations[:2])


@pytest.mark.parametrize(("question", "words"), QUESTIONS)
def test_retrieval_alone_finds_it_among_five(answerer: Answerer, question: str, words: str) -> None:
    citations = answerer.search(question, collections=[SHARED])

    assert any(words in citation.passage.text for citation in citations)


def test_the_first_question_has_its_answer(answerer: Answerer) -> None:
    """Not the third dialogue, whose sentence is the most similar one."""
    answer = answerer.ask("when was the second civil space dialogue?", collections=[SHARED])

    assert answer.best is not None
    assert answer.best.text == "April 2016"
    assert parts_of(answer.citations[0])[1] == "April 2016"
    assert len(answer.citations) == CITATIONS
