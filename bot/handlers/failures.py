"""The last resort: what no handler dealt with is logged for a stranger, and whoever waits for an answer is told."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress

from telegram import Message, Update
from telegram.error import BadRequest, ChatMigrated, Forbidden, NetworkError, RetryAfter, TelegramError
from telegram.ext import ApplicationHandlerStop

from bot import delivery, triggers
from bot.access import is_in_private
from bot.context import Context, texts_of
from bot.errors import Overloaded
from bot.formatting import note
from bot.handlers import guard, inline
from bot.inbox import inbox_of
from bot.texts import Texts
from index.errors import CitebotError

logger = logging.getLogger(__name__)

AFTER_AN_OUTAGE = 60.0
"""Seconds until what Telegram was out of reach for is tried again. An answer has had a day of tries by then, two a minute, so that a longer
pause would spare little; a look at who administers a group has had 15 seconds of them, and its command shouldn't long outwait a hiccup."""
_IN_VAIN = ("not enough rights", "no rights to send", "topic_closed", "thread not found", "chat not found", "query is too old")
"""Silenced by the group, a topic or a chat that is there no more, or too late for an inline query: an apology there would fail likewise."""


async def on_error(update: object, context: Context) -> None:
    """Deals with an error, and lets no later handler have the update: where the guard failed, it would serve a stranger, and where a reply
    to a gap's card failed, it would answer that as a question.
    """
    await _deal_with(update, context)
    raise ApplicationHandlerStop


async def _deal_with(update: object, context: Context) -> None:
    """Logs the error with its facts, never with the text of a message."""
    where = f"update {update.update_id}" if isinstance(update, Update) else "work in the background"
    match context.error:
        case ChatMigrated() as error if isinstance(update, Update) and update.effective_chat is not None:
            await guard.move(update.effective_chat.id, error.new_chat_id, context)
        case Forbidden() as error:
            logger.info("%s: %s", where, error.message)  # blocked, or put out of the group
        case RetryAfter() as error:
            wait = delivery.wait_of(error)
            _keep(update, context, wait.total_seconds())
            logger.error("%s: Telegram asks to wait %s; what was asked is answered then", where, wait)
        case BadRequest() as error if any(reason in error.message.lower() for reason in _IN_VAIN):
            logger.info("%s: %s", where, error.message)
            if isinstance(update, Update) and update.callback_query is not None:  # an alert may be shown wherever it is
                await _tell(update, context, lambda texts: texts.may_not_write)
        case BadRequest() as error:
            logger.error("%s: Telegram refused: %s", where, error.message)
            await _apologise(update, context)
        case NetworkError() as error:
            _keep(update, context, AFTER_AN_OUTAGE)
            logger.error("%s: Telegram was out of reach for too long; what was asked is tried again in a minute: %s", where, error.message)
        case Overloaded() as error if isinstance(update, Update) and update.edited_message is not None:
            _keep(update, context, AFTER_AN_OUTAGE)
            logger.error("%s: %s; the edited question is tried again in a minute", where, error)
        case Overloaded() as error:
            logger.error("%s: %s", where, error)
            await _tell(update, context, lambda texts: texts.overloaded)
        case CitebotError() as error:
            logger.error("%s: %s", where, error)
            await _apologise(update, context)
        case error:
            logger.error("%s failed", where, exc_info=error)
            await _apologise(update, context)


def _keep(update: object, context: Context, again_in: float) -> None:
    """A question that is accepted is answered, however late. Presses and the like are nothing to anybody by then."""
    if isinstance(update, Update) and (update.message or update.edited_message) is not None:
        inbox_of(context.application).keep(update, again_in)


async def _apologise(update: object, context: Context) -> None:
    await _tell(update, context, lambda texts: texts.failed)


async def _tell(update: object, context: Context, phrase: Callable[[Texts], str]) -> None:
    """One line to whoever is waiting: after a press, in private, or after a message that was for the bot, there or as a guest. After an
    edit as well, or the answer to what was asked before would stand below it without a word.
    """
    if not isinstance(update, Update):
        return
    if update.effective_chat is not None:
        with suppress(Exception):  # whatever failed before may fail here again
            context.here = await asyncio.to_thread(context.services.state.preferences.of, update.effective_chat.id)
    text = phrase(texts_of(update, context))
    message = update.message or update.edited_message
    with suppress(TelegramError, CitebotError):  # an apology that fails is no new story
        if update.callback_query is not None:
            await delivery.answer_press(update.callback_query, text)
        elif update.guest_message is not None:
            await inline.answer_guest(update.guest_message, note(text), context)
        elif message is not None and await _is_waiting(message, context):
            await delivery.reply(message, note(text), context)


async def _is_waiting(message: Message, context: Context) -> bool:
    if is_in_private(message) or triggers.heard(message, context.bot.bot) is not None:
        return True
    # An edited message of a colleague's, at which somebody pointed.
    return bool(await asyncio.to_thread(context.services.state.replies_to, message.chat_id, message.message_id))
