"""The threads in which answers are computed: few, and with a queue of bounded length."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, ParamSpec, TypeVar

from bot.errors import Overloaded

P = ParamSpec("P")
T = TypeVar("T")

ANSWERING_THREADS = 2
MAX_WAITING = 256
"""About 10 s of work on two cores. Whoever would wait for longer is better told so."""


class Computing(ThreadPoolExecutor):
    """An executor that refuses, with Overloaded, what it could only do after `max_waiting` others."""

    def __init__(self, threads: int = ANSWERING_THREADS, max_waiting: int = MAX_WAITING) -> None:
        super().__init__(threads, "answer")
        self._max = threads + max_waiting
        self._unfinished: set[Future[Any]] = set()

    @property
    def unfinished(self) -> int:
        """Computations under way or waiting."""
        return len(self._unfinished)

    async def run(self, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Calls `function` in a thread, so that the loop goes on serving other chats. Raises Overloaded, and what `function` does."""
        return await asyncio.wrap_future(self.submit(function, *args, **kwargs))

    def submit(self, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        if self.unfinished >= self._max:
            raise Overloaded
        future = super().submit(function, *args, **kwargs)
        self._unfinished.add(future)
        future.add_done_callback(self._unfinished.discard)
        return future
