"""Rows of a table → sentences that can be read by themselves. Pure."""

import re
from collections.abc import Iterator, Sequence

from index.loading.draft import one_line

Row = Sequence[str]

_YEAR = re.compile(r"(?:19|20)\d\d")
_DIGIT = re.compile(r"\d")
_END = (".", "!", "?", "…", "。", "！", "？")


def sentences(rows: Sequence[Row], header: bool | None = None) -> Iterator[str]:
    """A sentence for each row, with the names of its columns: "Name: Ada; Office: London."

    Where the first column has no name, its cells name the rows: "Budget 2024: 12,000." `header`: whether the first row names the
    columns; None to judge by the look of it.
    """
    lines = [[one_line(cell) for cell in row] for row in rows]
    lines = [row for row in lines if any(row)]
    if header is None:
        header = looks_like_header(lines)
    names = lines[0] if header and lines else []
    for row in lines[len(names) > 0 :]:
        if text := "; ".join(_parts(names, row)):
            yield text if text.endswith(_END) else f"{text}."


def looks_like_header(rows: Sequence[Row]) -> bool:
    """Names of columns are several, all different, and but for years without a digit; the first may be missing."""
    if len(rows) < 2 or len(rows[0]) < 2:
        return False
    names = [*([rows[0][0]] if rows[0][0] else []), *rows[0][1:]]
    has_values = any(_DIGIT.search(name) and not _YEAR.fullmatch(name) for name in names)
    is_pairs = len(rows[0]) == 2 and rows[0][0].endswith(":")  # "Phone: | 123", all the way down
    return all(names) and len(set(names)) == len(names) and not has_values and not is_pairs


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
