"""What people think of an answer. Pure."""

from dataclasses import dataclass
from enum import IntEnum


class Vote(IntEnum):
    """One person's opinion of one answer."""

    UP = 1
    DOWN = -1

    @property
    def emoji(self) -> str:
        return "👍" if self is Vote.UP else "👎"


@dataclass(frozen=True, slots=True)
class Votes:
    """How many think so of one answer."""

    up: int = 0
    down: int = 0

    def label(self, vote: Vote) -> str:
        """What stands on the button for `vote`."""
        count = self.up if vote is Vote.UP else self.down
        return f"{vote.emoji} {count}" if count else vote.emoji


def vote_of(emoji: frozenset[str]) -> Vote | None:
    """The opinion that reactions express; None for other feelings, and for both at once."""
    found = [vote for vote in Vote if vote.emoji in emoji]
    return found[0] if len(found) == 1 else None
