"""Sending no faster than Telegram allows, so that it never has to say 429.

https://core.telegram.org/bots/faq tells the limits: about one message a second in a chat, with short bursts, 20 a minute
in a group and 30 a second in all. Edits count. How short a burst may be isn't told; five is what is taken here.

A slot is taken before a message is sent, and free again a window's length after the sending has *ended*. Telegram counts
the message at some moment in between, so however slow the network is, it never sees more than the limit in a window.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limit:
    """No more than `count` in any `seconds`."""

    count: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Limits:
    chat: Limit = Limit(5, 5.0)
    group: Limit = Limit(20, 60.0)
    overall: Limit = Limit(30, 1.0)


class Window:
    """The slots of one limit; fair: first come, first served. `taken`: slots in use or waited for."""

    def __init__(self, limit: Limit) -> None:
        self._limit = limit
        self._slots = asyncio.Semaphore(limit.count)
        self.taken = 0

    @property
    def room(self) -> int:
        return max(0, self._limit.count - self.taken)

    @asynccontextmanager
    async def slot(self) -> AsyncIterator[None]:
        self.taken += 1
        try:
            await self._slots.acquire()
        except BaseException:
            self.taken -= 1
            raise
        try:
            yield
        finally:
            asyncio.get_running_loop().call_later(self._limit.seconds, self._free)

    def _free(self) -> None:
        self.taken -= 1
        self._slots.release()


class Pace:
    """When what may be sent where. Belongs to one event loop."""

    def __init__(self, limits: Limits = Limits()) -> None:  # frozen: shared safely
        self._limits = limits
        self._overall = Window(limits.overall)
        self._chats: dict[int | str, list[Window]] = {}

    @property
    def chats(self) -> int:
        """Chats that something was sent to of late; nothing is kept of the others."""
        return len(self._chats)

    def room(self, chat: int | str) -> int:
        """How many messages may be sent to `chat` right now."""
        if chat not in self._chats:
            return min(limit.count for limit in self._limits_of(chat))
        return min(window.room for window in self._chats[chat])

    @asynccontextmanager
    async def turn(self, chat: int | str | None) -> AsyncIterator[None]:
        """Waits until a message may be sent to `chat`, which happens inside. None: to no chat, as in inline mode."""
        self._tidy()
        async with AsyncExitStack() as slots:
            for window in self._windows(chat):
                await slots.enter_async_context(window.slot())
            yield

    def _windows(self, chat: int | str | None) -> list[Window]:
        """The narrowest first: a slot of all chats' is not held while a chat's own is waited for."""
        if chat is None:
            return [self._overall]
        if chat not in self._chats:
            self._chats[chat] = [Window(limit) for limit in self._limits_of(chat)]
        return [*self._chats[chat], self._overall]

    def _limits_of(self, chat: int | str) -> list[Limit]:
        is_private = isinstance(chat, int) and chat > 0
        return [self._limits.chat] if is_private else [self._limits.group, self._limits.chat]

    def _tidy(self) -> None:
        for chat in [chat for chat, windows in self._chats.items() if not any(window.taken for window in windows)]:
            del self._chats[chat]
