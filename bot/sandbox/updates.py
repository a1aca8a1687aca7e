"""The queue of updates between the world and the bot, with getUpdates' rules."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from bot.sandbox.errors import conflict
from bot.sandbox.feed import Feed
from bot.sandbox.schema import schema

ON_REQUEST_ONLY = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
MAX_TIMEOUT = 50
"""Seconds that a long poll may last; Telegram cuts longer ones."""


@dataclass(frozen=True)
class Update:
    id: int
    kind: str
    content: dict[str, Any]

    def json(self) -> dict[str, Any]:
        return {"update_id": self.id, self.kind: self.content}


class UpdateQueue:
    """Updates until they are confirmed, by polling on or by a webhook. `history` keeps every one for the page and for assertions.

    `has_webhook`: while there is one, nobody polls.
    """

    def __init__(self) -> None:
        self.history: Feed[Update] = Feed()
        self.pending: list[Update] = []
        self.has_webhook = False
        self.allowed: frozenset[str] | None = None
        self._next_id = 100_001
        self._arrived = asyncio.Event()
        self._emptied = asyncio.Event()
        self._polled = asyncio.Event()
        self._poll: asyncio.Future[None] | None = None

    def add(self, kind: str, content: dict[str, Any]) -> Update | None:
        """None when the bot hasn't asked for this kind. As with Telegram, it is asked when the update is made."""
        if not self._wants(kind):
            return None
        update = Update(self._next_id, kind, content)
        self._next_id += 1
        self.pending.append(update)
        self.history.add(update)
        self._arrived.set()
        return update

    def _wants(self, kind: str) -> bool:
        return kind not in ON_REQUEST_ONLY if self.allowed is None else kind in self.allowed

    def allow(self, kinds: Iterable[str] | None) -> None:
        """None keeps what was asked for before; an empty list means the default. Unknown kinds are ignored."""
        if kinds is not None:
            self.allowed = frozenset(kinds) & schema().updates or None

    async def get(self, offset: int, limit: int, timeout: int) -> list[Update]:
        """The updates from `offset` on, at most `limit`; everything before is confirmed and forgotten.

        A poll that waits is ended with 409 by the next one that has to wait, whoever it comes from.
        """
        if self.has_webhook:
            raise conflict("can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first")
        self._confirm(offset)
        if not self.pending and timeout > 0:
            self.interrupt("terminated by other getUpdates request; make sure that only one bot instance is running")
            await self._wait(min(timeout, MAX_TIMEOUT))
        return self.pending[:limit]

    def _confirm(self, offset: int) -> None:
        if offset < 0:
            del self.pending[:offset]
        else:
            self.forget_before(offset)

    def forget_before(self, offset: int) -> None:
        self._keep([update for update in self.pending if update.id >= offset])

    def forget(self, update: Update) -> None:
        """A webhook has taken this one."""
        self._keep([kept for kept in self.pending if kept.id != update.id])

    def _keep(self, updates: list[Update]) -> None:
        self.pending = updates
        if not self.pending:
            self._emptied.set()

    async def _wait(self, timeout: float) -> None:
        """Until an update arrives or the time is over. Raises what `interrupt` says."""
        poll = self._poll = asyncio.get_running_loop().create_future()
        self._polled.set()
        self._arrived.clear()
        arrival = asyncio.ensure_future(self._arrived.wait())
        try:
            await asyncio.wait({poll, arrival}, timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
            if poll.done():
                poll.result()
        finally:
            arrival.cancel()
            if self._poll is poll:
                self._poll = None
                self._polled.clear()

    def interrupt(self, reason: str) -> None:
        if self._poll is not None and not self._poll.done():
            self._poll.set_exception(conflict(reason))

    def wake(self) -> None:
        """End a waiting poll as if its time were over."""
        if self._poll is not None and not self._poll.done():
            self._poll.set_result(None)

    async def polled(self, timeout: float) -> None:
        """Until a long poll is waiting."""
        async with asyncio.timeout(timeout):
            await self._polled.wait()

    async def confirmed(self, timeout: float) -> None:
        """Until the bot has confirmed every update; it may still be at work on the last ones."""
        async with asyncio.timeout(timeout):
            while self.pending:
                self._emptied.clear()
                await self._emptied.wait()

    def webhook_set(self, is_set: bool) -> None:
        if is_set:
            self.interrupt("terminated by setWebhook request")
        self.has_webhook = is_set

    def drop_pending(self) -> None:
        self._keep([])
