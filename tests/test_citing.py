"""Quotes are verbatim, whole sentences, and short enough to show."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.chunking import chunk, paragraph_offsets, sentence_offsets
from index.citing import MAX_QUOTE, cite_answer, cite_nearest, quote_around
from index.domain import Document, Hit, Place, Reading, Span
from tests.fakes import document, passage, written_texts
from tests.support import parts_of

TEXT = "It was built in 1990. It opened in April 2016. The river is near."
LONG = (
    "The council, "
    + "which met again and again and again, " * 20
    + "opened it in April 2016, "
    + "as it had said before, " * 20
    + "at last."
)


def reading(text: str, marked: str = "") -> Reading:
    """Of a passage that is a document's second half."""
    whole = Document("a.txt", "A", f"{text}\n\n{text}", "https://example.org")
    second = chunk(whole)[-1] if len(text) < MAX_QUOTE else passage(text)
    span = Span(second.text.index(marked), second.text.index(marked) + len(marked), 1.0) if marked else None
    return Reading(Hit("team", whole, second, 1.5, 0.5, 2.0), span)


def test_an_answer_is_cited_with_the_sentence_that_holds_it() -> None:
    citation = cite_answer(reading(TEXT, "April 2016"))

    assert citation.quote == "It opened in April 2016."
    assert parts_of(citation) == ("It opened in ", "April 2016", ".")
    assert (citation.collection, citation.document_id, citation.title, citation.url) == ("team", "a.txt", "A", "https://example.org")
    assert citation.score == 1.5


def test_a_heading_above_the_sentence_is_not_quoted_with_it() -> None:
    citation = cite_answer(reading(f"The bridge\n\n{TEXT}", "1990"))

    assert citation.quote == "It was built in 1990."


def test_the_place_is_where_the_answer_is_though_its_sentence_begins_before() -> None:
    text = "The fee for a berth at the old pier is\nninety euros a month."
    pages = Document("a.pdf", "A", text, places=(Place(0, page=12), Place(text.index("ninety"), page=13)))
    (whole,) = chunk(pages)
    span = Span(text.index("ninety"), text.index(" a month"), 1.0)

    citation = cite_answer(Reading(Hit("team", pages, whole, 1.5, 0.5, 2.0), span))

    assert citation.place is not None
    assert (citation.quote, citation.place.page) == (text, 13)


def test_an_answer_over_two_sentences_is_cited_with_both() -> None:
    citation = cite_answer(reading(TEXT, "2016. The river"))

    assert citation.quote == "It opened in April 2016. The river is near."


def test_a_long_table_is_quoted_in_whole_rows() -> None:
    table = "\n".join(f"| Person {number} | Room {2 * number} |" for number in range(60))
    start = table.index("Room 60")

    first, last = quote_around(table, start, start + len("Room 60"))

    assert table[first:last].startswith("| Person")
    assert table[first:last].endswith(" |")
    assert "| Person 30 | Room 60 |" in table[first:last]


def test_an_abbreviation_ends_no_sentence() -> None:
    text = "You may carry over max. 5 days. Ask HR, ext. 12."

    assert text[slice(*quote_around(text, text.index("5 days"), text.index("5 days") + 6))] == "You may carry over max. 5 days."


def test_where_nothing_was_read_there_is_no_answer_to_cite() -> None:
    with pytest.raises(ValueError, match="nothing was read"):
        cite_answer(reading(TEXT))


@pytest.mark.parametrize(
    ("question", "quote"),
    [("where is the river?", "The river is near."), ("when was it built?", "It was built in 1990."), ("zebra", "It was built in 1990.")],
)
def test_another_passage_is_quoted_where_it_comes_nearest_to_the_question(question: str, quote: str) -> None:
    citation = cite_nearest(reading(TEXT), question)

    assert citation.quote == quote
    assert (citation.answer_start, citation.answer_end) == (None, None)


def test_of_sentences_as_near_the_one_that_was_marked_is_quoted() -> None:
    assert cite_nearest(reading(TEXT, "river"), "zebra").quote == "The river is near."


@pytest.mark.parametrize("marked", ["April 2016", "The council", "at last", LONG])
def test_of_a_long_sentence_as_much_is_quoted_as_can_be_shown(marked: str) -> None:
    citation = cite_answer(reading(LONG, marked))

    assert len(citation.quote) <= MAX_QUOTE
    assert parts_of(citation)[1]
    assert marked.startswith(parts_of(citation)[1])
    assert citation.quote.split() == [word for word in citation.quote.split() if word in LONG.split()], "cut between words"


@given(written_texts(), st.data())
def test_quotes_are_verbatim_and_hold_their_answers(text: str, data: st.DataObject) -> None:
    whole = document(text)
    for found in chunk(whole):
        start = data.draw(st.integers(0, len(found.text) - 1))
        end = data.draw(st.integers(start + 1, len(found.text)))
        read = Reading(Hit("shared", whole, found, 1.0, 1.0, 1.0), Span(start, end, 1.0))
        for citation in (cite_answer(read), cite_nearest(read, "word 2016")):
            assert text[citation.start : citation.end] == citation.quote
            assert found.start <= citation.start < citation.end <= found.end
            assert len(citation.quote) <= MAX_QUOTE
        answer = cite_answer(read)
        assert answer.answer_start is not None
        assert answer.answer_end is not None
        assert answer.start <= answer.answer_start < answer.answer_end <= answer.end


@given(written_texts().filter(str.strip), st.data())
def test_short_sentences_are_quoted_whole(text: str, data: st.DataObject) -> None:
    paragraph = data.draw(st.sampled_from(paragraph_offsets(text)))
    sentence = data.draw(st.sampled_from(sentence_offsets(text, *paragraph)))
    place = data.draw(st.integers(sentence[0], sentence[1] - 1))

    if sentence[1] - sentence[0] <= MAX_QUOTE:
        assert quote_around(text, place, place + 1) == sentence
