"""A list that only grows, and that can be waited on."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Feed(Generic[T]):
    """What has happened, in order. Belongs to one event loop."""

    def __init__(self) -> None:
        self.items: list[T] = []
        self._grown = asyncio.Event()
        self._listeners: list[Callable[[T], None]] = []

    def tell(self, listener: Callable[[T], None]) -> None:
        """`listener` hears of every item from now on, as it is added."""
        self._listeners.append(listener)

    def add(self, item: T) -> None:
        self.items.append(item)
        for listener in self._listeners:
            listener(item)
        # Those who wait hold the old event; the next ones will wait for the next item.
        self._grown.set()
        self._grown = asyncio.Event()

    async def follow(self, start: int = 0) -> AsyncIterator[tuple[int, T]]:
        """Each item with its index, from index `start` on, for ever."""
        index = start
        while True:
            while index < len(self.items):
                yield index, self.items[index]
                index += 1
            await self._grown.wait()

    async def first(self, accepts: Callable[[T], bool], *, start: int, timeout: float) -> tuple[int, T]:
        """The first item from index `start` on that is accepted, with its index. Raises TimeoutError after seconds."""
        async with asyncio.timeout(timeout):
            async for index, item in self.follow(start):
                if accepts(item):
                    return index, item
        raise AssertionError("a feed has no end")  # pragma: no cover  # follow() never returns
