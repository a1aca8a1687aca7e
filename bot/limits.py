"""What keeps one person's haste from becoming everybody's wait. Lives in memory: a restart forgives."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager


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
