"""Rows of a table → sentences that can be read by themselves. Pure."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from index.loading.draft import one_line

Row = Sequence[str]

_YEAR = re.compile(r"(?:19|20)\d\d")
_VALUE = re.compile(r"[\W_]*\d")
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
    while header is not False and _is_caption(lines):
        yield _sentence(lines.pop(0)[0])
    if header is None:
        header = looks_like_header(lines)
    names = lines[0] if header and lines else []
    for row in lines[len(names) > 0 :]:
        if text := "; ".join(_parts(names, row)):
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


def looks_like_header(rows: Sequence[Row]) -> bool:
    """Names of columns are several, all different, and no values: but for years they begin with no digit, and none that has one ("Q1",
    "Address 1") is of the shape of what stands below it. The first may be missing, and the last ones, of remarks.
    """
    first = _without_last_empty(rows[0]) if rows else []
    if len(rows) < 2 or len(first) < 2:
        return False
    names = [*([first[0]] if first[0] else []), *first[1:]]
    has_values = any(_is_value(name, (row[column] for row in rows[1:] if column < len(row))) for column, name in enumerate(first))
    is_pairs = len(first) == 2 and first[0].endswith(":")  # "Phone: | 123", all the way down
    return all(names) and len(set(names)) == len(names) and not has_values and not is_pairs


def _is_value(name: str, below: Iterable[str]) -> bool:
    if _YEAR.fullmatch(name):
        return False
    return _VALUE.match(name) is not None or (any(map(str.isdigit, name)) and _shape(name) in map(_shape, below))


def _shape(text: str) -> str:
    """What "Room 12" and "Room 9" share, and "A12" and "B7"."""
    shape = re.sub(r"\d+", "0", text)
    return shape if " " in shape else re.sub(r"[^\W\d_]+", "a", shape)


def _without_last_empty(row: Row) -> Row:
    return row[: max((column for column, cell in enumerate(row, 1) if cell), default=0)]


def _without_empty_columns(rows: Sequence[Sequence[str]]) -> list[list[str]]:
    """As spreadsheets leave them behind."""
    used = {column for row in rows for column, cell in enumerate(row) if cell}
    return [[cell for column, cell in enumerate(row) if column in used] for row in rows]


def _is_caption(rows: Sequence[Row]) -> bool:
    """Whether the first row says something of the table, above the names of its columns."""
    return len(rows) > 2 and bool(rows[0][0]) and not any(rows[0][1:]) and all(rows[1][:2]) and len(rows[1]) > 1


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
