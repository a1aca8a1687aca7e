"""Rows of a table → sentences that can be read by themselves. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

from index.loading.draft import one_line

Row = Sequence[str]

_YEAR = re.compile(r"(?:19|20)\d\d")
_NUMBER = re.compile(r"[\W_]*\d")
_LETTER = re.compile(r"[^\W\d_]")
_SENTENCE_WORDS = 3
"""That a sentence has at least, and hardly an abbreviation ("Tel. no.")."""
MOST_COLUMNS = 100
"""That one cell may cover."""
_END = (".", "!", "?", "…", "。", "！", "？")


def sentences(rows: Sequence[Row], header: bool | None = None) -> Iterator[str]:
    """A sentence for each row, with the names of its columns: "Name: Ada; Office: London."

    Where the first column has no name, its cells name the rows: "Budget 2024: 12,000." `header`: whether the first row below captions
    names the columns; None to judge by the look of it.
    """
    lines = [[one_line(cell) for cell in row] for row in rows]
    lines = _without_empty_columns([row for row in lines if any(row)])
    captions = 0 if header is False else _captions(lines)
    yield from (_sentence(caption) for caption, *_ in lines[:captions])
    lines = lines[captions:]
    if header is None:
        header = looks_like_header(lines)
    names = lines[0] if header and lines else []
    for row in lines[len(names) > 0 :]:
        if row != names and (text := "; ".join(_parts(names, row))):
            yield _sentence(text)


def in_document(rows: Sequence[Row], is_marked: bool) -> Iterator[str]:
    """The same for a table among other text. `is_marked`: whether its first row is said to name the columns. Two columns of which nothing
    is said are names and what they stand for.
    """
    is_pairs = all(len(row) == 2 for row in rows)
    return sentences(rows, header=is_marked or (False if is_pairs else None))


@dataclass(frozen=True, slots=True)
class Cell:
    """Covers so many columns and rows."""

    text: str
    columns: int = 1
    rows: int = 1


def spread(rows: Sequence[Sequence[Cell]]) -> list[list[str]]:
    """A text for each place: what covers several rows is said in each, what covers several columns in the first."""
    places: list[dict[int, str]] = [{} for _ in rows]  # of each row, by columns
    for number, row in enumerate(rows):
        column = 0
        for cell in row:
            while column in places[number]:
                column += 1
            covered = {column: cell.text} | {column + more: "" for more in range(1, min(cell.columns, MOST_COLUMNS))}
            for place in places[number : number + cell.rows]:
                place.update(covered)
    return [[place.get(column, "") for column in range(max(place, default=-1) + 1)] for place in places]


def column_names(rows: Sequence[Sequence[Cell]]) -> list[str]:
    """Of columns, of which several rows say a part each: "Price" above "Month" and "Year" is in both."""
    each = spread([[replace(cell, columns=1) for cell in row for _ in range(min(cell.columns, MOST_COLUMNS))] for row in rows])
    return [" ".join(dict.fromkeys(filter(None, parts))) for parts in zip_longest(*each, fillvalue="")]


def looks_like_header(rows: Sequence[Row]) -> bool:
    """Names of columns are several, all different, and no values. The first may be missing, and the last ones, of remarks."""
    first = _without_last_empty(rows[0]) if rows else []
    if len(rows) < 2 or len(first) < 2:
        return False
    names = [*([first[0]] if first[0] else []), *first[1:]]
    below = [row for row in rows[1:] if row != rows[0]]  # names may be said again
    has_values = any(_is_value(name, [row[column] for row in below if column < len(row)]) for column, name in enumerate(first))
    is_pairs = len(first) == 2 and first[0].endswith(":")  # "Phone: | 123", all the way down
    return all(names) and len(set(names)) == len(names) and not has_values and not is_pairs


def _is_value(name: str, below: Sequence[str]) -> bool:
    """A number but for a year is one, and what is like that which stands below it: of its shape, said again among others, or a sentence
    that ends as the next one does.
    """
    if not name or _YEAR.fullmatch(name):
        return False
    is_number = _NUMBER.match(name) is not None and not _LETTER.search(name)
    has_shape = any(map(str.isdigit, name)) and _shape(name) in map(_shape, below)
    is_said_again = name in below and len({*below, ""}) > 2  # where there is nothing else, it is what a form's boxes are exported as
    return is_number or has_shape or is_said_again or _is_sentence(name, *below[:1])


def _is_sentence(name: str, next_one: str = "") -> bool:
    """Names may be questions too; then no other stands below them."""
    return len(name.split()) >= _SENTENCE_WORDS and name.endswith(_END) and next_one.endswith(name[-1])


def _shape(text: str) -> str:
    """What "Room 12" and "Room 9" share, "A12" and "B7", and "3 May" and "1 June"."""
    if _NUMBER.match(text):
        return "0 a" if _LETTER.search(text) else "0"
    shape = re.sub(r"\d+", "0", text)
    return shape if " " in shape else _LETTER.sub("a", shape)


def _without_last_empty(row: Row) -> Row:
    return row[: max((column for column, cell in enumerate(row, 1) if cell), default=0)]


def _without_empty_columns(rows: Sequence[Sequence[str]]) -> list[list[str]]:
    """As spreadsheets leave them behind."""
    used = {column for row in rows for column, cell in enumerate(row) if cell}
    return [[cell for column, cell in enumerate(row) if column in used] for row in rows]


def _captions(rows: Sequence[Row]) -> int:
    """How many of the first rows say something of the table, above the names of its columns."""
    count = next((number for number, row in enumerate(rows) if any(row[1:])), 0)
    return count if len(rows) > count + 1 and all(rows[count][:2]) else 0


def _sentence(text: str) -> str:
    return text if text.endswith(_END) else f"{text}."


def _parts(names: Row, row: Row) -> Iterator[str]:
    if not names:
        label, *values = row
        cells = [value for value in values if value]
        yield f"{label.removesuffix(':')}: {', '.join(cells)}" if label and cells else label or ", ".join(cells)
        return
    label = row[0] if not names[0] else ""
    for column, cell in enumerate(row):
        name = names[column] if column < len(names) else ""
        if cell and not (label and column == 0):
            named = " ".join(filter(None, (label, name))).removesuffix(":")
            yield f"{named}: {cell}" if named else cell
