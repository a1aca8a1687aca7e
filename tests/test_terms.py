"""The words of texts, and their terms."""

import subprocess
import sys

import pytest
from bm25s.stopwords import STOPWORDS_EN
from hypothesis import given

from index.terms import STOPWORDS, terms, words
from tests.fakes import written_texts


def test_forms_of_a_word_are_one_term() -> None:
    assert terms("The councils voted") == terms("council votes") == ["council", "vote"]


def test_an_ordinal_is_one_term_in_words_and_in_digits() -> None:
    assert terms("the 2nd round") == terms("the second round")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Zürich", "Zurich"),
        ("José", "jose"),
        ("Straße", "STRASSE"),
        ("oﬃce", "office"),
        ("Wi-Fi", "wifi"),
        ("E-4500", "e4500"),
        ("Ａ４", "A4"),
    ],
)
def test_accents_ligatures_and_hyphens_make_no_other_term(one: str, other: str) -> None:
    assert set(terms(other)) <= set(terms(one))


@pytest.mark.parametrize("text", ["민간 우주 대화", "がぎぐ", "हिन्दी"])
def test_what_marks_another_letter_is_no_accent(text: str) -> None:
    assert terms(text) == list(words(text))


def test_only_words_are_joined() -> None:
    assert list(words("the follow-up of 2023-24")) == ["the", "followup", "follow", "up", "of", "2023", "24"]


def test_words_that_ran_together_are_found_by_either() -> None:
    assert list(words("the Artemis programThe two")) == ["the", "artemis", "programthe", "program", "the", "two"]


@given(written_texts())
def test_any_text_has_terms_and_none_is_empty(text: str) -> None:
    assert all(terms(text))


def test_what_carries_no_meaning_is_what_bm25s_leaves_out() -> None:
    assert frozenset(STOPWORDS_EN) == STOPWORDS


def test_terms_need_no_search_engine() -> None:
    """bm25s and scipy take a quarter of a second that understanding and citing have no need of."""
    script = "import sys, index.citing, index.understanding.spelling, index.understanding.evidence; print(*sys.modules)"

    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.split()

    assert not {"bm25s", "scipy"} & set(loaded)
