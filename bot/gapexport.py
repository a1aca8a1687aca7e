"""What the documents lack as CSV, for spreadsheets. Nobody's name or id is in it."""

import csv
from collections.abc import Iterable, Iterator
from typing import TextIO

from bot.gaps import Embed, Gap, Miss, Order, gathered, listed

COLUMNS = ("question", "asked", "people", "disliked", "first_asked", "last_asked", "collection", "wordings")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What spreadsheets take for the beginning of a formula, which may run programs; full-width signs as well, in Japanese ones."""


def gaps_everywhere(scopes: Iterable[Iterable[Miss]], embed: Embed) -> list[Gap]:
    """The gaps of all scopes, the most asked first: the same as the lists in the chats. `scopes`: the open questions of each."""
    return listed((gap for misses in scopes for gap in gathered(misses, embed)), Order.MOST)


def write(gaps: Iterable[Gap], out: TextIO) -> None:
    """One row a gap, below a row of names. Times are ISO 8601, in UTC; wordings stand on lines of their own."""
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    writer.writerows([harmless(cell) for cell in _cells(gap)] for gap in gaps)


def harmless(cell: str) -> str:
    """With an apostrophe before what a spreadsheet would compute; it shows the rest as it is."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _cells(gap: Gap) -> Iterator[str]:
    wordings = gap.wordings
    yield wordings[0]
    yield from map(str, (len(gap.misses), gap.askers, gap.down))
    yield from (moment.isoformat(timespec="seconds") for moment in (gap.first, gap.last))
    yield " ".join(dict.fromkeys(name for miss in gap.misses for name in miss.reply.collections[:1]))
    yield "\n".join(wordings)
