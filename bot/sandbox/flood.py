"""Telegram's flood limits, as far as they are known."""

import math
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass

from bot.sandbox.errors import too_many_requests


@dataclass(frozen=True)
class Limit:
    """No more than `count` in any `seconds`."""

    count: int
    seconds: float


@dataclass(frozen=True)
class FloodLimits:
    """Messages and edits together; other calls are free.

    The documentation says one message a second in a chat, "short bursts" allowed, without saying how short. Chosen
    here: five in five seconds, which is that pace with a burst of five.
    """

    chat: Limit = Limit(5, 5.0)
    group: Limit = Limit(20, 60.0)
    overall: Limit = Limit(30, 1.0)


class FloodGate:
    """Counts what was sent and refuses what is too much. `clock`: seconds, only differences matter."""

    def __init__(self, limits: FloodLimits | None, clock: Callable[[], float]) -> None:
        self._limits = limits
        self._clock = clock
        self._sent: defaultdict[tuple[str, int], deque[float]] = defaultdict(deque)

    def charge(self, chat_id: int, *, is_group: bool) -> None:
        """Raises 429 with the seconds to wait; what is refused doesn't count."""
        if self._limits is None:
            return
        now = self._clock()
        buckets = [(self._limits.overall, self._sent["overall", 0]), (self._limits.chat, self._sent["chat", chat_id])]
        if is_group:
            buckets.append((self._limits.group, self._sent["group", chat_id]))
        wait = max(_wait(limit, times, now) for limit, times in buckets)
        if wait > 0:
            raise too_many_requests(math.ceil(wait))
        for _, times in buckets:
            times.append(now)


def _wait(limit: Limit, times: deque[float], now: float) -> float:
    """Seconds until another one is allowed. Forgets what is too old to count."""
    while times and times[0] <= now - limit.seconds:
        times.popleft()
    return times[0] + limit.seconds - now if len(times) >= limit.count else 0.0
