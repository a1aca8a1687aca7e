"""Whatever documents hold, what comes out is a message that Telegram takes."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from telegram import MessageEntity

from bot.formatting import MAX_UNITS, Outgoing, Source, fit, message, pack, page_message, units, unpack
from bot.handlers.inline import offers
from bot.sandbox.rules import check_inline_results, check_keyboard
from bot.sandbox.text import checked_text
from bot.texts import ENGLISH
from bot.votes import Votes
from index.domain import Answer, Candidate, Citation, Decision, Document, Passage
from index.rendering import Block, BlockKind, Run, View, answer_page, found_passages
from tests.support import parts_of

# What breaks bots: characters of two units, joined emoji, marks that turn the direction, combining marks, markup.
ANY_TEXT = st.text(st.one_of(st.characters(exclude_categories=["Cs"]), st.sampled_from("🚀👩‍🚀\u200f\u202e\u0301<b>&*_`[] \n")))
LONG_TEXT = st.builds(str.__mul__, ANY_TEXT.filter(str.strip), st.sampled_from([1, 3, 200, 2000]))
URLS = st.sampled_from([None, "https://example.org/ü?q=1#x", "nonsense", "http://[", "https://localhost/x"]) | ANY_TEXT.map(
    "https://example.org/{}".format
)


def entity_text(outgoing: Outgoing, entity: MessageEntity) -> str:
    encoded = outgoing.text.encode("utf-16-le")
    return encoded[2 * entity.offset : 2 * (entity.offset + entity.length)].decode("utf-16-le")


def accepted(outgoing: Outgoing) -> None:
    """Raises what the strict server refuses it with."""
    checked_text(outgoing.text, [entity.to_dict() for entity in outgoing.entities], None)
    assert units(outgoing.text) <= MAX_UNITS
    check_keyboard(outgoing.keyboard.to_dict() if outgoing.keyboard else None)


@st.composite
def citations(draw: st.DrawFn) -> tuple[Document, Citation]:
    before, answer, after = draw(LONG_TEXT), draw(LONG_TEXT.filter(lambda text: units(text) < 3000)), draw(LONG_TEXT)
    text = f"{before} {answer} {after}"
    start, end = draw(st.integers(0, len(before) + 1)), draw(st.integers(len(before) + 1 + len(answer), len(text)))
    document = Document("a.txt", draw(ANY_TEXT), text, draw(URLS))
    passage = Passage(document.id, 0, len(text), text, 1)
    marked = draw(st.booleans())
    return document, Citation(
        collection="shared",
        document_id=document.id,
        title=document.title,
        url=document.url,
        passage=passage,
        start=start,
        end=end,
        quote=text[start:end],
        score=1.0,
        answer_start=len(before) + 1 if marked else None,
        answer_end=len(before) + 1 + len(answer) if marked else None,
    )


@st.composite
def answers(draw: st.DrawFn) -> tuple[Document, Answer]:
    document, citation = draw(citations())
    best = Candidate(parts_of(citation)[1] or citation.quote, 0.5, citation)
    return document, Answer(
        question=draw(ANY_TEXT),
        understood=draw(st.none() | LONG_TEXT),
        decision=draw(st.sampled_from(Decision)),
        best=best,
        citations=(citation, replace(citation, passage=replace(citation.passage, start=1, text=document.text[1:]))),
        alternatives=(Candidate(draw(LONG_TEXT), 0.2, citation),),
        generations={"shared": 1},
        elapsed=0.0,
    )


@given(answers(), st.builds(View, st.none() | st.integers(0, 3), st.integers(0, 3)))
@settings(max_examples=60, deadline=None)  # a text of ten thousand emoji takes its time
def test_any_answer_becomes_a_message_that_telegram_takes(given: tuple[Document, Answer], view: View) -> None:
    document, answer = given
    source = Source(view.citation, answer.citations[0]) if view.citation is not None else None

    outgoing = page_message(answer_page(answer, view, document), ENGLISH, Votes(up=10**6), source)

    accepted(outgoing)


@given(answers())
@settings(max_examples=60, deadline=None)  # as above
def test_any_answer_becomes_inline_results_that_telegram_takes(given: tuple[Document, Answer]) -> None:
    _, answer = given

    check_inline_results([result.to_dict() for result in offers(answer, ENGLISH)])


@given(answers())
@settings(max_examples=60, deadline=None)  # as above
def test_the_answer_is_never_cut(given: tuple[Document, Answer]) -> None:
    document, answer = given
    citation = answer.citations[0]

    outgoing = page_message(answer_page(replace(answer, decision=Decision.ANSWER), View(), document), ENGLISH)

    if citation.answer_start is not None:
        bold = [entity for entity in outgoing.entities if entity.type == "bold"]
        assert entity_text(outgoing, bold[0]) == parts_of(citation)[1]


@given(st.lists(citations(), max_size=5), LONG_TEXT)
@settings(max_examples=40, deadline=None)  # as above
def test_any_list_of_passages_becomes_one_message(found: list[tuple[Document, Citation]], words: str) -> None:
    accepted(message(found_passages(words, [citation for _, citation in found])))


@given(LONG_TEXT, st.integers(60, 400))
@settings(deadline=None)  # as above
def test_what_is_too_long_is_cut_from_the_folded_passage_first(text: str, limit: int) -> None:
    quote = Block((Run("the quote"),), BlockKind.QUOTE)

    fitted = fit([quote, Block((Run(text),), BlockKind.FOLDED)], limit)

    assert fitted[0] == quote
    assert sum(units(run.text) for block in fitted for run in block.runs) < limit


def test_a_quote_is_cut_between_words_around_its_answer() -> None:
    quote = Block((Run("one two three "), Run("April 2016", bold=True), Run(" four five six")), BlockKind.QUOTE)

    fitted = fit([quote], 22)

    assert "".join(run.text for run in fitted[0].runs) == "…three April 2016…"

    fitted = fit([quote], 35)

    assert "".join(run.text for run in fitted[0].runs) == "one two three April 2016 four five…"


def test_even_an_answer_longer_than_a_message_is_sent() -> None:
    outgoing = message([Block((Run("🚀" * 5000, bold=True),), BlockKind.QUOTE), Block((Run("x" * 5000),))])

    accepted(outgoing)


def test_offsets_count_utf_16_units() -> None:
    outgoing = message([Block((Run("🚀 "), Run("April", bold=True)), BlockKind.QUOTE)])

    assert [(entity.type, entity.offset, entity.length) for entity in outgoing.entities] == [
        ("blockquote", 0, 8),
        ("bold", 3, 5),
    ]


def test_a_long_list_keeps_to_a_hundred_entities() -> None:
    outgoing = message([Block((Run(str(number), bold=True),)) for number in range(150)])

    assert len(outgoing.entities) == 100


@given(st.builds(View, st.integers(0, 10**9 - 1), st.integers(0, 10**9 - 1)))
def test_a_view_survives_its_button(view: View) -> None:
    assert unpack(pack(view)) == view
    assert len(pack(view).encode()) <= 64


@given(st.text() | st.from_regex(r"show:\w*:\w*"))
def test_forged_button_data_is_a_view_that_buttons_may_have_or_none(data: str) -> None:
    view = unpack(data)

    assert view is None or unpack(pack(view)) == view


@pytest.mark.parametrize(
    "data",
    ["", "show", "show:", "show:1", "show:1:2:3", "show:-1:0", "show:²:0", "show:0:0\n", "show:9999999999:0", "feed:1:1"],
)
def test_data_in_another_form_is_no_view(data: str) -> None:
    assert unpack(data) is None


def labels(answer: Answer, view: View, document: Document) -> list[str]:
    keyboard = page_message(answer_page(answer, view, document), ENGLISH).keyboard
    return [button.text for row in keyboard.inline_keyboard for button in row] if keyboard else []


def test_buttons_are_offered_only_where_they_lead_somewhere() -> None:
    text = "One sentence. Another one with April 2016 in it."
    document = Document("a.txt", "A", text)
    passage = Passage("a.txt", 0, len(text), text, 1)
    first = Citation("shared", "a.txt", "A", None, passage, 14, len(text), text[14:], 1.0)
    second = replace(first, passage=replace(passage, end=13, text=text[:13]), start=0, end=13, quote=text[:13])
    answer = Answer("?", None, Decision.PERHAPS, Candidate("x", 0.5, first), (first, second), (), {"shared": 1}, 0.0)

    assert labels(answer, View(0), document) == ["Next »", "More", "👍", "👎"]
    assert labels(answer, View(1, 1), document) == ["« Previous", "Less", "👍", "👎"]
    assert labels(replace(answer, citations=(first,)), View(0, 1), document) == ["Less", "👍", "👎"]
