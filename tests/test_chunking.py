"""Documents are cut into passages that stand on their own, with exact offsets and no word lost."""

from itertools import pairwise
from time import perf_counter

import pytest
from hypothesis import example, given

from index.chunking import ChunkingRecipe, chunk, paragraph_offsets, sentence_offsets
from index.domain import Document, Place
from tests.fakes import document, written_texts

SENTENCE = "The council met in the hall and spoke about the budget. "


def sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in sentence_offsets(text)]


def passages(text: str, recipe: ChunkingRecipe = ChunkingRecipe()) -> list[str]:
    return [passage.text for passage in chunk(document(text), recipe)]


def visible(text: str) -> list[int]:
    """Places of all characters but white space."""
    return [place for place, character in enumerate(text) if not character.isspace()]


@given(written_texts())
@example("👩‍👩‍👧 said: “yes!”\r\n\r\nשלום. مرحبا؟ 漢字。漢字！\t\tEnd")
@example("x" * 500)
def test_offsets_are_exact(text: str) -> None:
    for passage in chunk(document(text)):
        assert text[passage.start : passage.end] == passage.text
        assert passage.text.strip() == passage.text != ""


@given(written_texts())
def test_no_word_is_lost(text: str) -> None:
    covered = {place for passage in chunk(document(text)) for place in range(passage.start, passage.end)}

    assert set(visible(text)) <= covered


@given(written_texts())
def test_passages_are_in_reading_order_and_none_holds_another(text: str) -> None:
    for earlier, later in pairwise(chunk(document(text), ChunkingRecipe(max_words=8, short_words=3, max_sentence_words=10))):
        assert earlier.start < later.start
        assert earlier.end < later.end


@given(written_texts())
@example("One. Two.\n- three\n- four")
def test_every_visible_character_is_in_exactly_one_sentence(text: str) -> None:
    offsets = sentence_offsets(text)

    assert [place for start, end in offsets for place in visible(text) if start <= place < end] == visible(text)
    assert all(text[start:end].strip() == text[start:end] != "" for start, end in offsets)
    assert all(earlier[1] <= later[0] for earlier, later in pairwise(offsets))


@given(written_texts())
def test_sentences_of_a_part_are_found_inside_it(text: str) -> None:
    middle = len(text) // 2

    assert all(middle <= start < end <= len(text) for start, end in sentence_offsets(text, middle))


@given(written_texts())
def test_passages_know_their_paragraph(text: str) -> None:
    paragraphs = paragraph_offsets(text)

    for passage in chunk(document(text)):
        start, end = paragraphs[passage.paragraph - 1]
        assert start <= passage.start < end


def test_a_heading_of_markdown_begins_a_paragraph_without_a_blank_line_above_it() -> None:
    text = "# Office\n## Bonn\n- Opening hours: 9 to 17\n- Phone: 0228 123\n## Berlin\nOpening hours: 10 to 18\nPhone: 030 456"
    places = tuple(Place(text.index(heading), (heading,)) for heading in ("# Office", "## Bonn", "## Berlin"))

    passages = chunk(Document("a.md", "A", text, places=places))

    assert [passage.text.splitlines()[-1] for passage in passages] == ["- Phone: 0228 123", "Phone: 030 456"]


def test_a_heading_of_markdown_is_a_paragraph_without_a_blank_line_below_it() -> None:
    text = "# Club\n## Fees\nAdults pay 120 euros.\nStudents pay 60.\n## Key"

    assert [text[start:end] for start, end in paragraph_offsets(text)] == [
        "# Club",
        "## Fees",
        "Adults pay 120 euros.\nStudents pay 60.",
        "## Key",
    ]


@pytest.mark.parametrize("text", ["", " ", "\n\n\n", "\t\u3000\n"])
def test_white_space_has_no_passages(text: str) -> None:
    assert chunk(document(text)) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It opened. It closed!", ["It opened.", "It closed!"]),
        ("Dr. Kim met Gen. Park at 5 p.m. in Seoul.", ["Dr. Kim met Gen. Park at 5 p.m. in Seoul."]),
        ("The U.S. Space Force. John W. Raymond spoke.", ["The U.S. Space Force.", "John W. Raymond spoke."]),
        ("Open Mon.-Fri. 8-18, Sat. 9-12. Ask in Bldg. 4.", ["Open Mon.-Fri. 8-18, Sat. 9-12.", "Ask in Bldg. 4."]),
        ("It is at Hauptstr. 5. We sat. 12 came in May. 3 left.", ["It is at Hauptstr. 5.", "We sat.", "12 came in May.", "3 left."]),
        ("“It works.” She left.", ["“It works.”", "She left."]),
        ("a system (KPS). ” The leaders met.", ["a system (KPS). ”", "The leaders met."]),
        ("It costs 3.50 euros... maybe.", ["It costs 3.50 euros... maybe."]),
        ("Bring:\n- a pen\n- paper", ["Bring:", "- a pen", "- paper"]),
        ("Steps:\n1. Open it.\n2. Close it.", ["Steps:", "1. Open it.", "2. Close it."]),
        ("## 1. Money\n\n### 1.2. Last year\n\nIt was 3. Then 4.", ["## 1. Money\n\n### 1.2. Last year\n\nIt was 3.", "Then 4."]),
        ("今日は晴れです。明日は雨です。", ["今日は晴れです。", "明日は雨です。"]),
        ("What? why not", ["What? why not"]),
    ],
)
def test_sentences_end_where_a_reader_would_end_them(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


def test_paragraphs_are_separated_by_blank_lines() -> None:
    text = "\n\n  One\nstill one \n \t\n\nTwo\n\n\n"

    assert [text[start:end] for start, end in paragraph_offsets(text)] == ["One\nstill one", "Two"]


def test_a_passage_stays_inside_its_paragraph() -> None:
    paragraph = 3 * SENTENCE

    assert passages(f"{paragraph}\n\n{paragraph}") == [paragraph.strip()] * 2


def test_a_heading_joins_the_paragraph_below_it() -> None:
    assert passages(f"# Budget\n\n{3 * SENTENCE}") == [f"# Budget\n\n{3 * SENTENCE}".strip()]


@pytest.mark.parametrize("between", ["\n", "\n\n"], ids=["in one paragraph", "in paragraphs of their own"])
def test_each_row_of_a_table_is_a_passage(between: str) -> None:
    rows = ["Name: Ann; Phone: 11.", "Name: Ben; Office: Oslo; Phone: 12.", "Budget 2024: 3; Budget 2025: 4."]

    assert passages(between.join(rows)) == rows


def test_what_stands_around_a_table_joins_its_first_row_or_stands_alone() -> None:
    rows = ["Name: Ann; Phone: 11.", "Name: Ben; Phone: 12."]

    assert passages("# Phones\n\n" + "\n".join(rows) + "\n\nAs of May.") == [f"# Phones\n\n{rows[0]}", rows[1], "As of May."]


@pytest.mark.parametrize("text", ["Room: 12; it is small.", "Bring: a pen; paper; and a ruler.", "At 10:30; ask Ann: she knows."])
def test_other_colons_and_semicolons_make_no_row(text: str) -> None:
    assert passages(f"{text}\n\nShort.") == [f"{text}\n\nShort."]


def test_a_passage_stays_inside_its_section_however_short_that_is() -> None:
    text = "Report\n\nHarbour\n\nIt is deep.\n\nBudget\n\nIt rose."
    places = Place(0, ("Report",)), Place(8, ("Report", "Harbour")), Place(text.index("Budget"), ("Report", "Budget"))

    found = [passage.text for passage in chunk(Document("a.md", "A", text, places=places))]

    assert found == ["Report\n\nHarbour\n\nIt is deep.", "Budget\n\nIt rose."]


def test_a_caption_at_the_end_joins_the_paragraph_above_it() -> None:
    assert passages(f"{3 * SENTENCE}\n\nThe hall") == [f"{3 * SENTENCE}\n\nThe hall"]


def test_neighbours_in_a_long_paragraph_share_a_sentence() -> None:
    text = " ".join(f"{SENTENCE.strip()[:-1]} of {year}." for year in range(2000, 2030))

    found = passages(text)

    assert len(found) > 2
    assert all(sentences(earlier)[-1] == sentences(later)[0] for earlier, later in pairwise(found))


def test_passages_are_about_as_long_as_the_recipe_says() -> None:
    text = 200 * SENTENCE

    lengths = [len(passage.split()) for passage in passages(text, ChunkingRecipe(max_words=90))]

    assert max(lengths) <= 100
    assert min(lengths[:-1]) >= 80


def test_a_sentence_that_is_far_too_long_is_cut_between_words() -> None:
    text = " ".join(f"word{number}" for number in range(1000))

    found = passages(text)

    assert max(len(passage.split()) for passage in found) <= 120
    assert {word for passage in found for word in passage.split()} == set(text.split())


@pytest.mark.parametrize(
    "text", ["漢" * 5000, "x" * 100_000, "今日は晴れです。" * 500], ids=["no full stop", "no space", "no space but full stops"]
)
def test_text_without_spaces_is_cut_too(text: str) -> None:
    assert max(map(len, passages(text))) <= 120 * 40
    assert max(map(len, passages("漢" * 5000))) <= 120


@pytest.mark.parametrize(
    "text",
    [
        "." * 50_000,
        " " * 50_000 + "x",
        "x\n" + " " * 50_000 + "x",
        "a." + '"' * 50_000,
        10_000 * "A sentence. ",
        20_000 * ". ",
        20_000 * "\n \nx",
    ],
    ids=["dots", "spaces", "indented", "quotes", "sentences", "full stops", "blank lines"],
)
def test_the_time_it_takes_grows_with_the_text_and_no_faster(text: str) -> None:
    """A table of contents has rows of dots; tens of seconds for one of them would be an attack on the whole bot."""
    started = perf_counter()
    chunk(document(text))

    assert perf_counter() - started < 5
