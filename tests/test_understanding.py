"""Questions as people type them, through the whole index: a real store, the plain reader."""

from pathlib import Path

import pytest

from index.answering import Answerer
from index.domain import SHARED, Decision
from index.keeping import publish_folder
from index.models import packaged_model
from index.rendering import answer_page, first_view
from index.retrieval import Retriever
from index.stores.local import LocalStore
from index.understanding.language import LANGUAGES
from index.understanding.spelling import English
from tests.fakes import HashingEmbedder, SentenceReader, document

DIALOGUE = (
    "The first civil space dialogue was held in Washington in July 2014.\n\n"
    "The second civil space dialogue was held in Seoul in April 2016.\n\n"
    "The budget of the harbour was approved by the council after a long winter.\n\n"
    "The garden behind the school is open to everybody until the end of September."
)
FIRST, SECOND = DIALOGUE.split("\n\n")[:2]


@pytest.fixture
def answerer(tmp_path: Path) -> Answerer:
    store = LocalStore(tmp_path, HashingEmbedder())
    store.publish("shared", [document(DIALOGUE)])
    store.publish("team", [document("The zorblat is a secret engine.", "secret.txt")])
    return Answerer(Retriever(HashingEmbedder(), store), SentenceReader(), English.of_wordpiece(packaged_model() / "vocab.txt"))


def test_a_misspelt_question_is_answered_and_what_was_understood_is_said(answerer: Answerer) -> None:
    answer = answerer.ask("wehn was teh secnd civl space dialoge", collections=["shared"])

    assert answer.understood == "when was the second civil space dialogue"
    assert answer.question == "wehn was teh secnd civl space dialoge"
    assert answer.best is not None
    assert answer.best.text == SECOND


@pytest.mark.parametrize(
    "question",
    ["when was the 2nd civil space dialogue", "WHEN'S THE SECOND CIVIL SPACE DIALOGUE?", "2nd civil space dialogue date?"],
)
def test_other_wordings_need_no_remark(answerer: Answerer, question: str) -> None:
    answer = answerer.ask(question, collections=["shared"])

    assert answer.understood is None
    assert answer.best is not None
    assert answer.best.text == SECOND


def test_follow_ups_lead_where_the_whole_question_would(answerer: Answerer) -> None:
    asked = answerer.ask("when was the second civil space dialogue?", collections=["shared"])
    place = answerer.ask("adn where was it held?", collections=["shared"], previous=asked)
    other = answerer.ask("and the first?", collections=["shared"], previous=place)

    assert place.understood == "where was the second civil space dialogue held?"
    assert place.text == SECOND
    assert other.understood == "where was the first civil space dialogue held?"
    assert other.text == FIRST


def test_a_question_that_stands_on_its_own_is_not_touched(answerer: Answerer) -> None:
    asked = answerer.ask("when was the second civil space dialogue?", collections=["shared"])

    answer = answerer.ask("who approved the budget of the harbour?", collections=["shared"], previous=asked)

    assert answer.understood is None
    assert answer.best is not None
    assert "council" in answer.best.text


def test_words_of_other_collections_correct_nothing(answerer: Answerer) -> None:
    assert answerer.ask("what is the zorblt?", collections=["shared"]).understood is None
    assert answerer.ask("what is the zorblt?", collections=["shared", "team"]).understood == "what is the zorblat?"


def test_a_question_that_the_models_cannot_read_is_not_answered_at_all(answerer: Answerer) -> None:
    answer = answerer.ask("두 번째 민간우주대화는 언제였나요?", collections=["shared"])

    assert (answer.unread, answer.decision, answer.best) == ("ko", Decision.NONE, None)
    assert answer.citations  # the nearest passages, as with every answer
    assert all(citation.answer_start is None for citation in answer.citations)
    assert answerer.ask("second dialogue", collections=["shared"]).unread is None


def test_of_models_of_unknown_languages_nothing_is_assumed(tmp_path: Path) -> None:
    store = LocalStore(tmp_path, HashingEmbedder())
    store.publish("shared", [document("두 번째 대화는 서울에서 열렸습니다.")])
    answerer = Answerer(Retriever(HashingEmbedder(), store), SentenceReader())

    assert answerer.ask("두 번째 대화는 언제였나요?", collections=["shared"]).unread is None
    assert answerer.ask("secnd dialoge", collections=["shared"]).understood is None


def test_who_asks_in_another_language_is_told_in_it(answerer: Answerer) -> None:
    answer = answerer.ask("Wann war der zweite Dialog?", collections=["shared"])

    page = answer_page(answer, first_view(answer))

    assert [run.text for block in page.blocks for run in block.runs] == [LANGUAGES["de"].notice]


def test_documents_in_another_language_are_named_when_they_come(tmp_path: Path) -> None:
    (tmp_path / "english.txt").write_text(DIALOGUE, encoding="utf-8")
    (tmp_path / "german.txt").write_text("Der zweite Dialog wurde nicht in Berlin geführt, und er ist lange her.", encoding="utf-8")
    store = LocalStore(tmp_path / "data", HashingEmbedder())

    assert publish_folder(store, tmp_path).unread == {"german.txt": "de"}
    assert publish_folder(store, tmp_path).unread == {}
    assert [found.id for found in store.documents(SHARED)] == ["english.txt", "german.txt"]
