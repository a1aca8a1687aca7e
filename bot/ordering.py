"""Order within a chat, concurrency between chats."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from typing import Any

from telegram import Update
from telegram.ext import BaseUpdateProcessor

MAX_CONCURRENT_UPDATES = 1024
"""Updates in work or waiting for their chat's turn; beyond that, also those of quiet chats wait. Few are ever in work: two
answers are computed at a time, and a chat that Telegram slows down holds up only itself."""


class InOrderPerChat(BaseUpdateProcessor):
    """Updates of one chat one after the other, as they came; chats side by side."""

    def __init__(self, max_concurrent_updates: int = MAX_CONCURRENT_UPDATES) -> None:
        super().__init__(max_concurrent_updates)
        self._turns: dict[int, asyncio.Lock] = {}
        self._waiting: dict[int, int] = {}

    @property
    def busy_chats(self) -> int:
        """Chats with updates in work or waiting; nothing is kept of the others."""
        return len(self._turns)

    async def initialize(self) -> None:
        """Nothing to do."""

    async def shutdown(self) -> None:
        """Nothing to do."""

    async def do_process_update(self, update: object, coroutine: Awaitable[Any]) -> None:
        chat = update.effective_chat if isinstance(update, Update) else None
        if chat is None:
            await coroutine
            return
        async with self._turn(chat.id):
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
