"""`.csv`: each row becomes a paragraph, with the names of its columns."""

import csv
import io
import re
from collections.abc import Sequence
from itertools import islice

from index.errors import Damaged
from index.loading.decoding import decoded
from index.loading.draft import Draft
from index.loading.parsed import Limits, Parsed
from index.loading.rows import sentences

_DELIMITERS = ",;\t|"
_NAMED = re.compile(r"\"?sep=(.)\"?\s*")
"""A first line that tells Excel the delimiter."""
_SAMPLE = 50
"""Rows that tell what separates the cells."""


def parse(name: str, content: bytes, limits: Limits) -> Parsed:
    csv.field_size_limit(1_000_000)  # a quote that is never closed makes one cell of all that follows
    lines = list(io.StringIO(decoded(content), newline=""))
    named = _NAMED.fullmatch(lines[0]) if lines else None
    try:
        rows = list(csv.reader(lines[1:] if named else lines, delimiter=named[1] if named else _delimiter(lines), strict=False))
    except csv.Error as error:
        raise Damaged("a cell of this table never ends; check its quotation marks") from error
    draft = Draft(limits)
    for sentence in sentences(rows):
        draft.add(sentence)
    return Parsed(draft.finish(name))


def _delimiter(lines: Sequence[str]) -> str:
    """The one that most rows have equally often."""

    def agreement(delimiter: str) -> tuple[int, int]:
        counts = [len(row) for row in islice(csv.reader(lines, delimiter=delimiter), _SAMPLE) if row]
        usual = max(counts, key=counts.count, default=1)
        return (counts.count(usual), usual) if usual > 1 else (0, 0)

    return max(_DELIMITERS, key=agreement)
