"""What keeps one person's haste from becoming everybody's wait. Lives in memory: a restart forgives."""

import math
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Self

LIGHTER = 4
"""So many times as many presses, reactions, calls for help and looks while typing as questions: each costs less, and people mean less by
them."""

ASIDES = 8
"""Of the 20 messages and edits a minute that Telegram allows in a group, those that are no answers: pages that are turned, lists, help,
how far a document is read.
"""

GUESTS = 15
"""Of the same 20, those in a group that the bot isn't in: where nobody can be asked to wait for long, since a call is soon too old."""


class Newest:
    """Which of each person's queries is the newest; nothing is kept of those who have none under way."""

    def __init__(self) -> None:
        self._latest: dict[int, str] = {}

    @contextmanager
    def turn(self, user_id: int, query_id: str) -> Iterator[Callable[[], bool]]:
        """Holds, while a query is under way, whether it is still the newest one."""
        self._latest[user_id] = query_id
        try:
            yield lambda: self._latest.get(user_id) == query_id
        finally:
            if self._latest.get(user_id) == query_id:
                del self._latest[user_id]


class Window:
    """At most so many in so many seconds, for each key; `most` 0: no limit. `clock`: seconds, never going back."""

    def __init__(self, most: int, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._most, self._seconds, self._clock = most, seconds, clock
        self._taken: OrderedDict[int, deque[float]] = OrderedDict()  # in the order of their last entries
        self._told: set[int] = set()

    def take(self, key: int) -> bool:
        """Counts one more for `key`, unless that would be too many."""
        if not self._most:
            return True
        now = self._clock()
        self._forget_quiet(now)
        taken = self._taken.setdefault(key, deque())
        while taken and taken[0] <= now - self._seconds:
            taken.popleft()
        if len(taken) >= self._most:
            return False
        taken.append(now)
        self._taken.move_to_end(key)
        self._told.discard(key)
        return True

    def tell(self, key: int) -> bool:
        """Whether to say that it was too many: once until there is room again."""
        first = key not in self._told
        self._told.add(key)
        return first

    def wait(self, key: int) -> int:
        """Whole seconds until there is room for `key`."""
        taken = self._taken.get(key)
        return max(1, math.ceil(taken[0] + self._seconds - self._clock())) if taken else 0

    def _forget_quiet(self, now: float) -> None:
        """Nothing is kept of those who were quiet for a while. They come first, and nobody after the first who wasn't is looked at."""
        while self._taken:
            key, taken = next(iter(self._taken.items()))
            if taken[-1] > now - self._seconds:
                return
            del self._taken[key]
            self._told.discard(key)


def refusing(*windows: tuple[Window, int]) -> tuple[Window, int] | None:
    """Counts one more in each window for its key; the first one that has no room, with its key."""
    return next(((window, key) for window, key in windows if not window.take(key)), None)


@dataclass(frozen=True, slots=True)
class Limits:
    """`users`, `chats`: questions a minute. `guests`: answers in a chat that the bot isn't in. `lookups`: of what somebody types letter
    by letter. `presses`: of buttons, and reactions. `asides`: a group's messages and edits that are no answers. `hints`: replies that
    teach.

    `guesses`: tries of a pairing code by one person, `all_guesses` by all. `refusals`: to a stranger who calls for the bot where
    it is a guest. `strangers`: to a group that isn't served and where nobody is who is.
    """

    users: Window
    chats: Window
    guests: Window
    lookups: Window
    presses: Window
    asides: Window
    hints: Window
    guesses: Window
    all_guesses: Window
    refusals: Window
    strangers: Window

    @classmethod
    def of(cls, per_user: int, per_chat: int) -> Self:
        return cls(
            users=Window(per_user, 60.0),
            chats=Window(per_chat, 60.0),
            guests=Window(GUESTS, 60.0),
            lookups=Window(LIGHTER * per_user, 60.0),
            presses=Window(LIGHTER * per_user, 60.0),
            asides=Window(ASIDES, 60.0),
            hints=Window(LIGHTER * per_user, 60.0),
            guesses=Window(5, 600.0),
            all_guesses=Window(100, 600.0),
            refusals=Window(1, 3600.0),
            strangers=Window(1, 86_400.0),
        )
