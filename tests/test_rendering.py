"""An answer's pages: what is shown in which order, and where the buttons lead."""

from collections.abc import Iterable
from dataclasses import replace
from io import StringIO
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from index.chunking import chunk
from index.citing import cite_nearest
from index.domain import Answer, Candidate, Citation, Decision, Document, Hit, Place, Reading
from index.rendering import (
    MAX_CONTEXT,
    Block,
    BlockKind,
    Terminal,
    View,
    answer_page,
    cited_pages,
    deep_link,
    first_view,
    found_passages,
    is_web_address,
    paragraph_of,
    shorten,
    source_link,
    source_name,
)
from tests.support import ARTICLE, HANDBOOK, QUESTION, Library

DIALOGUE = "The first round was held in Washington in July 2014, and the second round in Seoul in April 2016."


def ask(question: str = QUESTION) -> Answer:
    return Library(ARTICLE, HANDBOOK).ask(question, collections=["shared"])


def text(blocks: Iterable[Block]) -> str:
    return "\n".join("".join(run.text for run in block.runs) for block in blocks)


def bold(blocks: Iterable[Block]) -> list[str]:
    return [run.text for block in blocks for run in block.runs if run.bold]


def test_an_answer_is_bold_inside_its_quote_and_names_document_and_paragraph() -> None:
    page = answer_page(replace(ask(), decision=Decision.ANSWER), View(), ARTICLE)

    quote, source = page.blocks[:2]
    assert (quote.kind, text([quote])) == (BlockKind.QUOTE, DIALOGUE)
    assert bold(page.blocks) == ["April 2016"]
    assert text([source]) == "Biden pledges to expand space cooperation, ¶ 2 · 1 of 3"


def test_the_passage_is_folded_below_where_it_says_more_than_the_quote() -> None:
    page = answer_page(ask(), View(), ARTICLE)

    folded = [block for block in page.blocks if block.kind is BlockKind.FOLDED]
    assert text(folded) == cited_pages(ask())[0].passage.text


def test_a_perhaps_is_announced_as_the_nearest_passage() -> None:
    page = answer_page(replace(ask(), decision=Decision.PERHAPS), View(), ARTICLE)

    assert text(page.blocks).startswith("The nearest passage, perhaps not an answer:")


def test_an_abstaining_answer_keeps_its_passages_behind_a_button() -> None:
    answer = replace(ask(), decision=Decision.NONE)

    page = answer_page(answer, first_view(answer))

    assert "My documents don't say" in text(page.blocks)
    assert DIALOGUE not in text(page.blocks)
    assert page.wider == View(0)
    assert page.next is None


def test_the_passages_of_an_abstaining_answer_are_called_near_and_no_answer() -> None:
    answer = replace(ask(), decision=Decision.NONE)

    page = answer_page(answer, View(0), ARTICLE)

    assert text(page.blocks).startswith("A near passage:")


def test_no_documents_at_all_are_told_without_buttons() -> None:
    answer = Library().ask("anything?", collections=["shared"])

    page = answer_page(answer, first_view(answer))

    assert "nothing in them yet" in text(page.blocks)
    assert (page.previous, page.next, page.wider, page.narrower) == (None, None, None, None)


def test_what_was_understood_is_said_first() -> None:
    page = answer_page(replace(ask(), understood="when was the second round?"), View(), ARTICLE)

    assert text(page.blocks).startswith("I read this as: when was the second round?")


def test_answers_that_disagree_stand_below_with_their_sources() -> None:
    answer = replace(ask(), decision=Decision.ANSWER)
    other, same = (
        Candidate("July 2014", 0.4, answer.citations[1]),
        Candidate("april 2016", 0.3, answer.citations[2]),
    )

    page = answer_page(replace(answer, alternatives=(other, same)), View(), ARTICLE)

    assert "• July 2014 — Biden pledges to expand space cooperation, ¶ 1" in text(page.blocks)
    assert "april 2016" not in text(page.blocks)


def test_next_and_previous_turn_through_every_citation_once() -> None:
    answer, view, seen = ask(), View(), []
    while True:
        page = answer_page(answer, view)
        seen.append(view)
        if page.next is None:
            break
        assert answer_page(answer, page.next).previous == view
        view = page.next

    assert seen == [View(0), View(1), View(2)]


def test_a_page_beyond_the_last_shows_the_last() -> None:
    assert answer_page(ask(), View(99)).blocks == answer_page(ask(), View(2)).blocks


def test_more_widens_the_quote_to_its_paragraph_and_then_beyond() -> None:
    answer = ask()
    paragraph = answer_page(answer, View(0, 1), ARTICLE)
    everything = answer_page(answer, View(0, 2), ARTICLE)

    assert "third Civil Space Dialogue" in text(paragraph.blocks)
    assert "Korean Positioning System" not in text(paragraph.blocks)
    assert "Korean Positioning System" in text(everything.blocks)
    assert bold(everything.blocks) == ["April 2016"]
    assert everything.wider is None
    assert everything.narrower == View(0)


def test_a_document_that_changed_is_not_quoted_from() -> None:
    changed = replace(ARTICLE, text="Something else entirely.")
    answer = ask()

    page = answer_page(answer, View(0, 5), changed)

    assert answer.citations[0].passage.text in text(page.blocks)
    assert page.wider is None


@given(st.lists(st.text("ab é🚀\n.", min_size=1, max_size=4000), min_size=1, max_size=4), st.integers(0, 9))
def test_each_step_of_more_shows_more_and_none_more_than_fits(paragraphs: list[str], breadth: int) -> None:
    body = "\n\n".join(["The dialogue was in April 2016.", *paragraphs, "Words again."])
    document = Document("long.txt", "Long", body)
    answer = Library(document).ask("when was the dialogue?", collections=["shared"])

    page = answer_page(answer, View(0, breadth), document)
    wider = answer_page(answer, page.wider, document) if page.wider else page

    quote, more = (next(block for block in one.blocks if block.kind is BlockKind.QUOTE) for one in (page, wider))
    assert text([quote]) in text([more])
    assert (len(text([more])) > len(text([quote]))) == (page.wider is not None)
    assert len(text([more])) <= max(MAX_CONTEXT, len(cited_pages(answer)[0].quote)) + 1


def test_found_passages_are_listed_without_an_answer() -> None:
    citations = Library(ARTICLE, HANDBOOK).search("civil space", collections=["shared"])

    blocks = found_passages("civil space", citations)

    assert bold(blocks) == []
    assert [block.kind for block in blocks].count(BlockKind.QUOTE) == len(citations)


def test_a_search_that_finds_nothing_says_so() -> None:
    assert text(found_passages("zebra", [])) == "No passage comes near “zebra”."


def test_the_paragraph_is_the_quotes_own_and_not_that_of_its_passage() -> None:
    citation = Library(HANDBOOK).search("the office in Daejeon is open", collections=["shared"])[0]

    assert citation.passage.paragraph == 1
    assert paragraph_of(citation) == 2


def test_a_link_leads_to_the_sentence_with_reserved_characters_encoded() -> None:
    link = deep_link("https://example.org/a", "Space-based, safe & sound")

    assert link == "https://example.org/a#:~:text=Space%2Dbased%2C%20safe%20%26%20sound"


def test_a_long_quote_is_linked_by_its_ends() -> None:
    link = deep_link("https://example.org/a#part", "one two three four five " * 9 + "six seven eight nine")

    assert link == "https://example.org/a#part:~:text=one%20two%20three%20four,six%20seven%20eight%20nine"


def test_a_quote_of_several_lines_is_linked_by_words_of_the_first_and_the_last() -> None:
    link = deep_link("https://example.org/a", "Opening hours\n\nThe library is open.")

    assert link == "https://example.org/a#:~:text=Opening%20hours,The%20library%20is%20open."


@pytest.mark.parametrize(
    ("quote", "text"),
    [
        ("### 3. Report a **lost** laptop", "Report a lost laptop"),
        ("- Chair: `Ann` Lee", "Chair: Ann Lee"),
        ("> 2. see the [travel guide](https://example.org/b)", "see the travel guide"),
        ("set my_name to *2 * 3*", "set my_name to 2 * 3"),
        ("| Role | Person |\n|---|---|\n| Chair | Ann Lee |", "Role,Ann Lee"),
        ("-5 degrees", "-5 degrees"),
    ],
)
def test_a_link_leaves_out_the_marks_of_markdown_that_a_page_does_not_show(quote: str, text: str) -> None:
    link = deep_link("https://example.org/a", quote) or ""

    assert unquote(link.partition(":~:text=")[2]) == text


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="*_`[#|-+>."), min_size=1))
def test_a_link_holds_only_words_of_the_quote(quote: str) -> None:
    link = deep_link("https://example.org/", quote) or ""

    for end in link.partition(":~:text=")[2].split(","):
        assert unquote(end) in " ".join(quote.split())


@pytest.mark.parametrize("url", ["javascript:alert(1)", "http://localhost/x", "https://", "https://a b.org", "http://[1"])
def test_what_is_no_web_address_is_not_linked(url: str) -> None:
    assert not is_web_address(url)
    assert deep_link(url, "quote") is None


@given(st.text(), st.integers(2, 50))
def test_shortened_text_is_one_line_within_the_limit(original: str, most: int) -> None:
    short = shorten(original, most)

    assert len(short) <= most
    assert "\n" not in short
    assert " ".join(original.split()).startswith(short.removesuffix("…"))


@pytest.mark.parametrize("is_terminal", [True, False])
def test_the_terminal_shows_the_same_words(is_terminal: bool) -> None:
    console = Console(width=1000, file=StringIO(), record=True, force_terminal=is_terminal)
    page = answer_page(ask(), View(), ARTICLE)

    console.print(Terminal(page.blocks))

    printed = " ".join(console.export_text().replace("**", "").split())
    assert all(" ".join(text([block]).split()) in printed for block in page.blocks)


def test_where_there_is_no_bold_the_answer_stands_between_asterisks() -> None:
    console = Console(width=1000, file=StringIO(), record=True, force_terminal=False)

    console.print(Terminal(answer_page(ask(), View(), ARTICLE).blocks))

    assert "in Seoul in **April 2016**." in console.export_text()


def cited(*places: Place, title: str = "Annual report") -> Citation:
    """Of the second paragraph of a report."""
    report = Document("report.pdf", title, f"{DIALOGUE}\n\n{DIALOGUE}", "https://example.org/report", places=places)
    return cite_nearest(Reading(Hit("shared", report, chunk(report)[1], 1.0, 1.0, 1.0), None), QUESTION)


SECOND = len(DIALOGUE) + 2
"""Where its second paragraph starts."""


@pytest.mark.parametrize(
    ("places", "name"),
    [
        ([Place(0, ("Harbour",), 11), Place(SECOND, ("Budget",), 12)], "Annual report › Budget › p. 12"),
        ([Place(SECOND, ("Money", "Budget"))], "Annual report › Money › Budget"),
        ([Place(0, page=3)], "Annual report › p. 3"),
        ([Place(0, ("Annual report", "Budget"))], "Annual report › Budget"),
        ([Place(0, ("Annual report",))], "Annual report, ¶ 2"),
        ([Place(SECOND + 1, ("Later",))], "Annual report, ¶ 2"),
        ([], "Annual report, ¶ 2"),
    ],
)
def test_a_source_is_named_by_headings_and_page_where_it_has_any(places: list[Place], name: str) -> None:
    assert source_name(cited(*places)) == name


def test_long_headings_are_shortened() -> None:
    assert len(source_name(cited(Place(0, ("Heading " * 100, "Second " * 100), 5)))) < 300


def test_of_many_headings_the_innermost_is_named() -> None:
    place = Place(
        0,
        (
            "Part II – General terms of employment at all sites of the company and its subsidiaries",
            "Chapter 7 – Absence, leave and other reasons for which somebody may stay away",
            "§ 42 Parental leave",
        ),
    )

    assert source_name(cited(place)).endswith("§ 42 Parental leave")


def test_a_place_with_an_address_of_its_own_is_linked_as_it_is() -> None:
    """Telegram's links to messages know nothing of sentences."""
    message = "https://t.me/c/1234567890/3"

    assert source_link(cited(Place(SECOND, url=message))) == message
    assert (source_link(cited()) or "").startswith("https://example.org/report#:~:text=")
