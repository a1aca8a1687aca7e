"""Getting messages to Telegram: what is sent again after which failure, and what is sent instead."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from telegram import CallbackQuery, InlineKeyboardMarkup, InputFile, LinkPreviewOptions, Message, ReplyParameters, TextQuote
from telegram.constants import CallbackQueryLimit
from telegram.error import BadRequest, ChatMigrated, NetworkError, RetryAfter
from telegram.ext import BaseRateLimiter

from bot.context import Bot, Context
from bot.formatting import Outgoing, units, within
from bot.pace import Pace

logger = logging.getLogger(__name__)

MAX_QUOTE_UNITS = 1024  # of ReplyParameters.quote
MAX_ALERT_UNITS = int(CallbackQueryLimit.ANSWER_CALLBACK_QUERY_TEXT_LENGTH)
MAX_WAIT = timedelta(minutes=5)
"""Telegram sometimes asks for hours. Such a question is put aside meanwhile, and its chat goes on."""

_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
_NOT_MODIFIED = "message is not modified"
_QUERY_GONE = "query is too old"
_REPLIED_GONE = "message to be replied not found"
_GONE = ("message to edit not found", "message can't be edited", "message_id_invalid")
_Result = bool | dict[str, Any] | list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a message goes.

    `thread_id`: the topic, only where there are topics. `quote`: a part of the message replied to. `is_silent`: without a sound.
    """

    chat_id: int
    reply_to: int | None = None
    thread_id: int | None = None
    quote: TextQuote | None = None
    is_silent: bool = False


def topic_of(message: Message) -> int | None:
    """The forum topic. Replies in supergroups carry a thread as well, which Telegram doesn't take back."""
    return message.message_thread_id if message.is_topic_message else None


def below(message: Message, context: Context) -> Place:
    """Where a message is replied to: in its topic, and without a sound in the chat's silent hours."""
    return Place(message.chat_id, message.message_id, topic_of(message), is_silent=context.is_quiet)


class Retrier(BaseRateLimiter[int]):
    """Sends at a pace that Telegram allows, and repeats a failed call as the failure deserves.

    Each call waits by itself: a slow chat holds up no other. Only messages and edits are paced: typing actions, say,
    cost nothing.

    429: after as long as Telegram says, if that is bearable. 5xx, timeouts and cut connections: with growing pauses; a
    message that got through although its confirmation didn't is sent twice then, a smaller harm than none. Everything
    else is final.
    """

    def __init__(
        self,
        pace: Pace,
        pauses: tuple[float, ...] = (1.0, 2.0, 4.0, 8.0),
        more_for_messages: tuple[float, ...] = (15.0, *[30.0] * 2880),
    ) -> None:
        """`pauses`: seconds. `more_for_messages`: a day, since somebody was promised an answer."""
        self._pace = pace
        self._pauses = pauses
        self._more_for_messages = more_for_messages

    async def initialize(self) -> None:
        """Nothing to do."""

    async def shutdown(self) -> None:
        """Nothing to do."""

    async def process_request(
        self,
        callback: Callable[..., Coroutine[Any, Any, _Result]],
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: int | None,
    ) -> _Result:
        """`rate_limit_args`: the chat, where the call itself doesn't name it."""

        async def call() -> _Result:
            if not _is_charged(endpoint):
                return await callback(*args, **kwargs)
            async with self._pace.turn(data.get("chat_id", rate_limit_args)):
                return await callback(*args, **kwargs)

        for pause in self._pauses + (self._more_for_messages if _is_message(endpoint) else ()):
            try:
                return await call()
            except RetryAfter as error:
                if (wait := wait_of(error)) > MAX_WAIT:
                    raise
                logger.warning("%s: Telegram asks to wait %.0f s", endpoint, wait.total_seconds())
                await asyncio.sleep(wait.total_seconds())
            except BadRequest:  # a NetworkError by inheritance, but asking again won't make it good
                raise
            except NetworkError as error:
                logger.warning("%s: %s; again in %g s", endpoint, error.message, pause)
                await asyncio.sleep(pause)
        return await call()


def _is_charged(endpoint: str) -> bool:
    """Whether Telegram counts a method towards its flood limits: what is said as a guest is a message too."""
    return _is_message(endpoint) or endpoint == "answerGuestQuery"


def _is_message(endpoint: str) -> bool:
    """Whether it is worth a day of tries; a guest's call is soon too old."""
    return endpoint.startswith(("send", "edit", "copy", "forward")) and endpoint != "sendChatAction"


def wait_of(error: RetryAfter) -> timedelta:
    """python-telegram-bot tells it in seconds, or as a timedelta where PTB_TIMEDELTA is set."""
    wait = error.retry_after
    return wait if isinstance(wait, timedelta) else timedelta(seconds=wait)


async def send(bot: Bot, place: Place, outgoing: Outgoing) -> Message:
    """Sends a message: without the quote if Telegram doesn't find it, without a reply if the question is gone."""
    try:
        return await _send(bot, place, outgoing)
    except ChatMigrated as error:  # its messages have other numbers there
        return await send(bot, Place(error.new_chat_id, is_silent=place.is_silent), outgoing)
    except BadRequest as error:
        reason = error.message.lower()
        if place.quote is not None and "quote" in reason:
            return await send(bot, replace(place, quote=None), outgoing)
        if place.reply_to is not None and _REPLIED_GONE in reason:
            # In topics `allow_sending_without_reply` doesn't help.
            return await send(bot, replace(place, reply_to=None, quote=None), outgoing)
        raise


async def reply(message: Message, outgoing: Outgoing, context: Context) -> Message:
    """Sends `outgoing` below a message."""
    return await send(context.bot, below(message, context), outgoing)


async def edit(bot: Bot, chat_id: int, message_id: int, outgoing: Outgoing) -> bool:
    """Puts `outgoing` in the place of a message; False if that message can't be edited any more."""
    try:
        await bot.edit_message_text(
            outgoing.text,
            chat_id=chat_id,
            message_id=message_id,
            entities=outgoing.entities,
            reply_markup=outgoing.keyboard,
            link_preview_options=_NO_PREVIEW,
        )
    except ChatMigrated:  # its messages stay behind
        return False
    except BadRequest as error:
        if _NOT_MODIFIED in error.message.lower():
            return True
        if any(reason in error.message.lower() for reason in _GONE):
            return False
        raise
    return True


async def edit_keyboard(bot: Bot, chat_id: int, message_id: int, keyboard: InlineKeyboardMarkup | None) -> None:
    """Puts other buttons under a message. One that can't be edited any more needs none."""
    try:
        await bot.edit_message_reply_markup(chat_id, message_id, reply_markup=keyboard)
    except BadRequest as error:
        if not any(reason in error.message.lower() for reason in (_NOT_MODIFIED, *_GONE)):
            raise


async def send_file(bot: Bot, place: Place, file: InputFile | str, caption: str) -> Message:
    """`file`: the id of one that Telegram has already, or a new one."""
    return await bot.send_document(
        place.chat_id,
        file,
        caption=caption,
        message_thread_id=place.thread_id,
        reply_parameters=_reply_parameters(place.reply_to, None),
        disable_notification=place.is_silent or None,
    )


async def answer_press(query: CallbackQuery, text: str | None = None, *, is_alert: bool = True) -> None:
    """Ends the little clock on a button, with `text` in an alert or in passing. Too late is no harm: nobody waits any more."""
    try:
        await query.answer(text and within(text, MAX_ALERT_UNITS), show_alert=is_alert and text is not None)
    except BadRequest as error:
        if _QUERY_GONE not in error.message.lower():
            raise


async def _send(bot: Bot, place: Place, outgoing: Outgoing) -> Message:
    return await bot.send_message(
        place.chat_id,
        outgoing.text,
        entities=outgoing.entities,
        reply_markup=outgoing.keyboard,
        message_thread_id=place.thread_id,
        reply_parameters=_reply_parameters(place.reply_to, place.quote),
        link_preview_options=_NO_PREVIEW,
        disable_notification=place.is_silent or None,
    )


def _reply_parameters(reply_to: int | None, quote: TextQuote | None) -> ReplyParameters | None:
    if reply_to is None or reply_to < 0:  # a message that stayed behind when its group became a supergroup
        return None
    if quote is None or units(quote.text) > MAX_QUOTE_UNITS:
        return ReplyParameters(reply_to, allow_sending_without_reply=True)
    return ReplyParameters(
        reply_to,
        allow_sending_without_reply=True,
        quote=quote.text,
        quote_entities=quote.entities,
        quote_position=quote.position,
    )
