"""What is said, once, when questions in a chat come faster than Telegram lets them be answered."""

import asyncio
import logging
import time
from collections.abc import Sequence

from telegram import Update
from telegram.error import TelegramError

from bot import access, delivery, triggers
from bot.context import Bot, Services, texts_in
from bot.delivery import Place
from bot.errors import StateError
from bot.formatting import note
from bot.pace import Pace

logger = logging.getLogger(__name__)

LONG = 5
"""Questions waiting in a chat beyond those that may be answered right now."""
SAID_FOR = 600.0
"""Seconds for which it needn't be said again."""


class Rush:
    """Looks at what waits in a chat."""

    def __init__(self, bot: Bot, services: Services, pace: Pace) -> None:
        self._bot, self._services, self._pace = bot, services, pace
        self._said: dict[int, float] = {}

    async def on_waiting(self, waiting: Sequence[object]) -> None:
        """`waiting`: updates of one chat, oldest first."""
        try:
            await self._tell(waiting)
        except StateError as error:
            logger.error("a chat could not be told to be patient: %s", error)

    async def _tell(self, waiting: Sequence[object]) -> None:
        questions = await self._questions(waiting) if len(waiting) >= LONG else []
        message = questions[-1].message if questions else None
        if message is None or len(questions) - self._pace.room(message.chat_id) < LONG or not self._is_news(message.chat_id):
            return
        here = await asyncio.to_thread(self._services.state.preferences.of, message.chat_id)
        place = Place(message.chat_id, thread_id=delivery.topic_of(message), is_silent=True)
        try:
            await delivery.send(self._bot, place, note(texts_in(questions[-1], here).rush))
        except TelegramError as error:  # the answers themselves will tell what is wrong here
            logger.info("chat %d could not be told to be patient: %s", message.chat_id, error.message)

    async def _questions(self, waiting: Sequence[object]) -> list[Update]:
        """Those among `waiting` that are for the bot, of people whom it serves."""
        served = await self._services.current_access()
        return [update for update in waiting if isinstance(update, Update) and self._is_heard(update) and access.serves(served, update)]

    def _is_heard(self, update: Update) -> bool:
        return update.message is not None and triggers.heard(update.message, self._bot.bot) is not None

    def _is_news(self, chat_id: int) -> bool:
        """Whether the chat hasn't been told of late."""
        now = time.monotonic()
        self._said = {chat: said for chat, said in self._said.items() if now - said < SAID_FOR}
        if chat_id in self._said:
            return False
        self._said[chat_id] = now
        return True
