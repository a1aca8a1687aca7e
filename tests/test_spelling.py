"""Misspelt questions: what is mended, and all that is left alone."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.domain import Vocabulary
from index.lexical import vocabulary_of
from index.models import packaged_model
from index.understanding.spelling import English, corrected

ENGLISH = English.of_wordpiece(packaged_model() / "vocab.txt")
DOCUMENTS = vocabulary_of(
    [
        "The second civil space dialogue was held in Seoul, the first in Washington. Prime Minister Kishida revised the roadmap.",
        "The satellites of the Korean Positioning System (KPS) are reviewed in a dialogue; the dialogue lay dormant.",
    ]
)
NO_DOCUMENTS = Vocabulary.of({})

known_words = st.sampled_from([*DOCUMENTS.words, *ENGLISH.known.words[::500], "2nd", "KPS", "UNESCO", "Kishida"])
any_words = (
    known_words | st.text("abcdeéghiklmnorstuvw", min_size=1, max_size=9) | st.sampled_from(["?", "-", "a@b.org", "x86", "민간", "naïve"])
)


def mended(question: str) -> str | None:
    return corrected(question, [DOCUMENTS], ENGLISH)


@pytest.mark.parametrize(
    ("question", "meant"),
    [
        ("wehn was teh secnd civl space dialoge", "when was the second civil space dialogue"),
        ("Waht is the KPS?", "What is the KPS?"),
        ("adn wher was it hled", "and where was it held"),
        ("Wehn's the thrid dialogue?", "When's the third dialogue?"),
        ("did Kishda revise the raodmap, or not?", "did Kishida revise the roadmap, or not?"),
        ("sattelites in seuol", "satellites in seoul"),
    ],
)
def test_misspellings_are_mended(question: str, meant: str) -> None:
    assert mended(question) == meant


@pytest.mark.parametrize(
    "question",
    [
        "when was the second civil space dialogue?",
        "who is Obama?",
        "what about Kazakhstan",
        "who is Kishita?",  # another letter may be another person
        "who is Xiulan Zhu",
        "whens the 2nd dialogue, and wheres the 3rd",
        "it doesnt matter, isn't it",
        "theyre there when shes away",
        "dialogues between cooperating cooperators",  # other forms of known words
        "DIALOGE of the KSP",  # an abbreviation that we don't know
        "esa and jaxa",
        "see dialoge.com/secnd or write to secnd@dialoge.com",
        "민간우주대화 이틀",
        "is the vaccine safe, and what does suctions mean",
        "is unused leave prorated, and where is the compost",
        "aws access for the hsa",
        "",
    ],
)
def test_what_is_no_misspelling_is_left_alone(question: str) -> None:
    assert mended(question) is None


def test_a_common_word_never_becomes_one_of_the_documents() -> None:
    """ "Civic" and "monologue" are English, however near to what the documents say."""
    assert mended("was there a civic monologue on the roadmaps of settlements?") is None


def test_of_two_equally_likely_words_neither_is_taken() -> None:
    both = Vocabulary.of({"zorblat": 3, "zorblax": 3})

    assert corrected("the zorbla", [both], ENGLISH) is None
    assert corrected("the zorbla", [Vocabulary.of({"zorblat": 9, "zorblax": 3})], ENGLISH) == "the zorblat"


def test_only_the_documents_asked_say_what_was_meant() -> None:
    secret = Vocabulary.of({"zorblat": 5})

    assert corrected("when is zorblt?", [DOCUMENTS, secret], ENGLISH) == "when is zorblat?"
    assert corrected("when is zorblt?", [DOCUMENTS], ENGLISH) is None


def test_question_words_are_mended_whatever_the_documents_say() -> None:
    assert corrected("whree adn wehn", [NO_DOCUMENTS], ENGLISH) == "where and when"


@given(st.lists(known_words, max_size=8).map(" ".join))
def test_known_words_never_change(question: str) -> None:
    assert mended(question) is None


@given(st.lists(any_words, max_size=8).map(" ".join))
def test_words_stay_in_place_and_nothing_between_them_changes(question: str) -> None:
    after = mended(question) or question

    assert len(after.split()) == len(question.split())
    assert re.sub(r"[^\W\d_]+", "", after) == re.sub(r"[^\W\d_]+", "", question)


@given(st.lists(any_words, max_size=8).map(" ".join))
def test_a_mended_question_has_nothing_left_to_mend(question: str) -> None:
    assert mended(mended(question) or question) is None
