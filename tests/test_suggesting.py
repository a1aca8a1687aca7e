"""Questions to begin with: made from the wording of documents, and only those that are answered."""

import time

import pytest

from index.domain import Answer, Candidate, Citation, Decision, Document, Passage
from index.suggesting import MAX_ASKED, suggestions

TEXT = (
    "The new bridge was opened in May 1998. The ferry had been sold by then.\n\n"
    "Transport Minister Ines Silva spoke at the opening.\n\n"
    "The Coastal Erosion Network (CEN) measures the banks (see below)."
)
DOCUMENT = Document(id="bridge.txt", title="The bridge", text=TEXT)


def answer(question: str, decision: Decision) -> Answer:
    citation = Citation("shared", "bridge.txt", "", None, Passage("bridge.txt", 0, 3, "The", 1), 0, 3, "The", 1.0)
    return Answer(question, None, decision, Candidate("The", 0.9, citation), (), (), {}, 0.0)


def sure(question: str) -> Answer:
    return answer(question, Decision.ANSWER)


def test_dates_offices_and_abbreviations_make_questions_in_turn() -> None:
    assert suggestions([DOCUMENT], sure) == [
        "When was the new bridge opened?",
        "Who is the Transport Minister?",
        "What does CEN stand for?",
    ]


def test_what_the_documents_do_not_answer_surely_is_not_suggested() -> None:
    def ask(question: str) -> Answer:
        return answer(question, Decision.PERHAPS if "Minister" in question else Decision.NONE if "CEN" in question else Decision.ANSWER)

    assert suggestions([DOCUMENT], ask) == ["When was the new bridge opened?"]


def test_no_more_are_given_or_asked_than_wanted() -> None:
    asked: list[str] = []

    def ask(question: str) -> Answer:
        asked.append(question)
        return sure(question) if "bridge 3 " in question else answer(question, Decision.NONE)

    documents = [Document(f"{number}.txt", "", f"The bridge {number} over the river was built in 19{number:02}.") for number in range(90)]

    assert suggestions(documents, ask, count=1) == ["When was the bridge 3 over the river built?"]
    assert len(asked) == 4
    assert suggestions(documents[10:], ask) == []
    assert len(asked) == 4 + MAX_ASKED


def test_what_begins_a_sentence_is_no_part_of_an_office() -> None:
    document = Document("a.txt", "", "The Managing Director Anna Berg signs. Contact Chief Executive Bo Li.")

    assert suggestions([document], sure) == ["Who is the Managing Director?", "Who is the Chief Executive?"]


@pytest.mark.parametrize(
    "text",
    ["the bridge was opened and then everybody went over to see it with the others " * 5_000, "Aa " * 60_000, "A-" * 60_000],
    ids=["transcript", "names", "hyphens"],
)
def test_a_text_without_full_stops_takes_no_time(text: str) -> None:
    """Time by the square of its length had held up everything else for minutes."""
    begun = time.process_time()

    assert suggestions([Document("a.txt", "", text)], sure) == []
    assert time.process_time() - begun < 5  # 20 s and more before, 0.1 s now


def test_the_same_question_is_suggested_once() -> None:
    assert suggestions([DOCUMENT, DOCUMENT], sure, count=9) == suggestions([DOCUMENT], sure)


@pytest.mark.parametrize(
    "text", ["Anna Berg (CEO) signs.", "The house that was built in 1920 is sold.", "The hall which was opened in 1998 is old."]
)
def test_what_is_no_short_form_and_what_has_no_name_is_not_asked_for(text: str) -> None:
    assert suggestions([Document("a.txt", "", text)], sure) == []


def test_a_short_form_has_the_initials_of_what_stands_right_before_it() -> None:
    document = Document(
        "a.txt", "", "The Coastal Erosion Network (CEN) and the South Hamburg Yacht Club (HYC) row. Department of Defense (DOD)."
    )

    assert suggestions([document], sure) == ["What does CEN stand for?", "What does HYC stand for?", "What does DOD stand for?"]


def test_other_wordings_and_languages_suggest_nothing() -> None:
    documents = [Document("a.txt", "", "한국과 일본은 우주 협력을 확대하기로 했다."), Document("b.txt", "", "It rained (a lot).")]

    assert suggestions(documents, sure) == []
