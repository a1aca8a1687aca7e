"""The inbox: an update is in the database before Telegram is told to forget it, and stays there until it is finished.

python-telegram-bot awaits `put` before it confirms an update, by polling on or by answering the webhook. What was
killed before its update was finished is taken up at the next start, so that everything accepted is answered at least
once; twice only if the kill came between the sending and its mark.
"""

import asyncio
import json
import logging
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from telegram import Bot, Update
from telegram.error import TelegramError
from telegram.ext import Application

from bot.errors import StateError
from bot.state import State

logger = logging.getLogger(__name__)

_TOGGLES = ("vote:", "set:")
"""Buttons that do another thing when they are pressed once more. A press that the end of the bot cut off may have taken effect, and whoever
pressed sees whether it has.
"""
MAX_ATTEMPTS = 10
"""After so many restarts in the middle of one update, the update may be what kills the bot."""


class NotReceived(TelegramError):
    """The update can't be committed. Telegram is not told to forget it, and sends it again."""


class GivenUp(Exception):
    """The bot has ended in the middle of this update again and again."""


class Inbox(asyncio.Queue[object]):
    """The queue between whatever receives updates and the application; in the order of arrival."""

    def __init__(self, state: State) -> None:
        super().__init__()
        self._state = state
        self._receiving = asyncio.Lock()  # fair: updates stay in order also when they come side by side
        self._in_hand: set[int] = set()
        self._taken_up: set[int] = set()
        self._kept: set[int] = set()
        self.last_arrival: float | None = None
        """Seconds since 1970."""
        self.takes = True
        """Whether the last update that came could be written down."""

    @property
    def unfinished(self) -> int:
        """Updates waiting or in work."""
        return len(self._in_hand)

    def keep(self, update: Update, again_in: float | None = None) -> None:
        """The handling that is under way couldn't finish it: it is taken up again after so many seconds, or at the next start."""
        self._kept.add(update.update_id)
        if again_in is not None:
            asyncio.get_running_loop().call_later(again_in, self._take_up_again, update)

    def _take_up_again(self, update: Update) -> None:
        self._kept.discard(update.update_id)
        self.put_nowait(update)

    async def put(self, item: object) -> None:
        """Commits an update, then queues it; one that is known is dropped. Raises NotReceived, and nothing else.

        Shielded: a poll that is broken off must not leave an update committed and yet not queued.
        """
        await (asyncio.shield(self._receive(item)) if isinstance(item, Update) else super().put(item))

    async def _receive(self, update: Update) -> None:
        user = update.effective_user.id if update.effective_user is not None else None
        async with self._receiving:
            try:
                is_new = await asyncio.to_thread(self._state.inbox.receive, update.update_id, user, update.to_json())
            except StateError as error:
                self.takes = False
                raise NotReceived(str(error)) from error
            self.takes = True
            self.last_arrival = time.time()
            if is_new:
                self._enqueue(update)

    def _enqueue(self, update: Update) -> None:
        self._in_hand.add(update.update_id)
        self.put_nowait(update)

    async def take_up(self, bot: Bot) -> list[Update]:
        """Queues what the last run left unfinished, oldest first. Returns what is given up instead."""
        given_up = []
        for kept in await asyncio.to_thread(self._state.inbox.unfinished):
            update = Update.de_json(json.loads(kept.content), bot)
            if kept.attempts >= MAX_ATTEMPTS:
                given_up.append(update)
            elif not (_toggles(update) or await asyncio.to_thread(self._is_answered, update)):
                self._taken_up.add(kept.update_id)
                self._enqueue(update)
                continue
            await asyncio.to_thread(self._state.inbox.finish, kept.update_id)
        if self._taken_up or given_up:
            logger.info("%d updates of the last run are taken up, %d given up", len(self._taken_up), len(given_up))
        return given_up

    def _is_answered(self, update: Update) -> bool:
        """Whether the kill came when an answer was sent and remembered already, and only not yet marked here."""
        message = update.message
        if message is None:
            return False
        replies = self._state.replies_to(message.chat_id, message.message_id)
        return any(reply.command_message_id == message.message_id for reply in replies)

    @asynccontextmanager
    async def handling(self, update: object) -> AsyncIterator[None]:
        """Around the handling of an update: afterwards it is finished, unless the handling was cut off, or has kept it."""
        if not isinstance(update, Update):
            yield
            return
        number, is_again = update.update_id, update.update_id in self._taken_up
        if is_again:
            await self._note(self._state.inbox.attempt, number)
        try:
            yield
        except asyncio.CancelledError:
            self.keep(update)
            raise
        finally:
            if is_again and number in self._kept:
                await asyncio.shield(self._note(self._state.inbox.take_back, number))
        if number in self._kept:
            return
        await asyncio.shield(self._note(self._state.inbox.finish, number))
        self._in_hand.discard(number)
        self._taken_up.discard(number)

    async def _note(self, note: Callable[[int], None], update_id: int) -> None:
        """An update that can't be marked is done again after the next start: no reason to fail now."""
        try:
            await asyncio.to_thread(note, update_id)
        except StateError as error:
            logger.error("update %d: %s", update_id, error)


def _toggles(update: Update) -> bool:
    press = update.callback_query
    return press is not None and (press.data or "").startswith(_TOGGLES)


def inbox_of(application: Application[Any, Any, Any, Any, Any, Any]) -> Inbox:
    """The inbox that `application` was built with."""
    if not isinstance(application.update_queue, Inbox):
        raise RuntimeError("the application was built without an inbox")
    return application.update_queue
