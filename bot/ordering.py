"""Order within a chat, concurrency between chats; and how the work on updates ends."""

import asyncio
import inspect
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from typing import Any

from telegram import Update
from telegram.ext import BaseUpdateProcessor

MAX_CONCURRENT_UPDATES = 1024
"""Updates in work or waiting for their chat's turn; beyond that, also those of quiet chats wait. Few are ever in work: two
answers are computed at a time, and a chat that Telegram slows down holds up only itself."""


Handling = Callable[[object], AbstractAsyncContextManager[None]]


@asynccontextmanager
async def unmarked(_: object) -> AsyncIterator[None]:
    """Nothing around the handling of an update."""
    yield


class InOrderPerChat(BaseUpdateProcessor):
    """Updates of one chat one after the other, as they came; chats side by side.

    `handling`: entered when an update's turn has come, left when it is done, with CancelledError if it was cut off.
    """

    def __init__(self, handling: Handling = unmarked, max_concurrent_updates: int = MAX_CONCURRENT_UPDATES) -> None:
        super().__init__(max_concurrent_updates)
        self._handling = handling
        self._tasks: set[asyncio.Task[Any]] = set()
        self._is_closing = False
        self._turns: dict[int, asyncio.Lock] = {}
        self._waiting: dict[int, int] = {}

    @property
    def busy_chats(self) -> int:
        """Chats with updates in work or waiting; nothing is kept of the others."""
        return len(self._turns)

    async def initialize(self) -> None:
        """Nothing to do."""

    def close(self) -> None:
        """From now on nothing is begun; what is under way may end."""
        self._is_closing = True

    async def shutdown(self) -> None:
        """Cuts off what is still under way."""
        self.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def do_process_update(self, update: object, coroutine: Awaitable[Any]) -> None:
        task = asyncio.current_task()
        assert task is not None, "an update is worked on in a task"
        chat = update.effective_chat if isinstance(update, Update) else None
        self._tasks.add(task)
        try:
            async with self._turn(chat.id) if chat is not None else nullcontext():
                await self._work(update, coroutine)
        finally:
            self._tasks.discard(task)
            if inspect.iscoroutine(coroutine):
                coroutine.close()  # of one that never began, Python complains that nobody awaited it

    async def _work(self, update: object, coroutine: Awaitable[Any]) -> None:
        if not self._is_closing:
            async with self._handling(update):
                await coroutine

    @asynccontextmanager
    async def _turn(self, chat_id: int) -> AsyncIterator[None]:
        """asyncio's locks are fair: first come, first served. A lock lives as long as somebody holds or awaits it."""
        lock = self._turns.setdefault(chat_id, asyncio.Lock())
        self._waiting[chat_id] = self._waiting.get(chat_id, 0) + 1
        try:
            async with lock:
                yield
        finally:
            self._waiting[chat_id] -= 1
            if not self._waiting[chat_id]:
                del self._turns[chat_id], self._waiting[chat_id]
