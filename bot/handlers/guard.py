"""Stands before all other handlers and lets through what is served."""

import asyncio
import logging
from contextlib import suppress
from datetime import UTC, datetime

from telegram import (
    CallbackQuery,
    Chat,
    ChatMemberUpdated,
    InlineQuery,
    InlineQueryResultsButton,
    Message,
    MessageReactionUpdated,
    Update,
    User,
)
from telegram.constants import ChatType
from telegram.error import TelegramError
from telegram.ext import ApplicationHandlerStop

from bot import access, delivery, triggers
from bot.context import Context, Handler, texts_of
from bot.delivery import Place
from bot.formatting import note
from bot.handlers.inline import CACHE_TIME, answer_guest
from bot.handlers.membership import is_present, joins_group
from bot.rights import member_in
from bot.texts import Texts

logger = logging.getLogger(__name__)

MOVED_WITHIN = 3.0
"""Seconds until a supergroup is taken for a new one. Of a group that became one Telegram tells that the bot has joined, and that
it is the same group, in no certain order."""
MAX_LOOKED_UP = 50
"""People of whom Telegram is asked, a call each, whether they are in a group of strangers."""


async def on_update(update: Update, context: Context) -> None:
    """Stops updates of those who aren't served. They are told how to change that, but in groups only once."""
    if (migration := _migration(update)) is not None:
        await move(*migration, context)
        raise ApplicationHandlerStop
    context.update_id = update.update_id
    if update.effective_chat is not None:
        context.here = await asyncio.to_thread(context.services.state.preferences.of, update.effective_chat.id)
    texts = texts_of(update, context)
    if access.serves(await context.services.current_access(), update) or _pairs(update, context):
        await _slow_down(update, context, texts)
        return
    match update:
        case Update(callback_query=CallbackQuery() as query):
            await delivery.answer_press(query, texts.not_served_press)
        case Update(inline_query=InlineQuery() as typed):
            button = InlineQueryResultsButton(texts.not_served_inline, start_parameter="access")
            await typed.answer([], cache_time=CACHE_TIME, is_personal=True, button=button)
        case Update(guest_message=Message() as call):
            await _decline_guest(call, context, texts)
        case Update(my_chat_member=ChatMemberUpdated() as change):
            await _decline_joined(change, update, context, texts)
        case Update(message=Message() as message) if access.is_in_private(message):
            await _decline_person(message, context, texts)
        case Update(message=Message() as message) if triggers.heard(message, context.bot.bot) is not None:
            await _decline_calling(message, update, context, texts)
    raise ApplicationHandlerStop


async def _slow_down(update: Update, context: Context, texts: Texts) -> None:
    """Stops presses and reactions that come faster than anybody reads, and presses that would take the room of a group's answers. A press
    is told so, or its button's little clock would go on.
    """
    presses, asides, chat = context.limits.presses, context.limits.asides, update.effective_chat
    match update:
        case Update(callback_query=CallbackQuery() as query) if not presses.take(query.from_user.id):
            await delivery.answer_press(query, texts.too_many_presses.format(seconds=presses.wait(query.from_user.id)))
            raise ApplicationHandlerStop
        case Update(callback_query=CallbackQuery() as query) if chat and not (_is_free(query) or context.has_room_aside(chat.id)):
            await delivery.answer_press(query, texts.too_many_here.format(seconds=asides.wait(chat.id)))
            raise ApplicationHandlerStop
        case Update(message_reaction=MessageReactionUpdated(user=User() as user)) if not presses.take(user.id):
            raise ApplicationHandlerStop


def aside(handle: Handler) -> Handler:
    """The same, but silent where a group has had its messages that are no answers."""

    async def handle_if_there_is_room(update: Update, context: Context) -> None:
        if update.message is not None and context.has_room_aside(update.message.chat_id):
            await handle(update, context)

    return handle_if_there_is_room


def _is_free(query: CallbackQuery) -> bool:
    """Votes count though their sums are shown later; the others are administrators'."""
    return (query.data or "").startswith(("vote:", "set:", "gap:", "gaps:", "note:"))


async def move(old: int, new: int, context: Context) -> None:
    """A group became a supergroup with another id: what is known of it goes along, and its being served."""
    context.services.moved[old] = new
    state = context.services.state
    await asyncio.to_thread(state.move_chat, old, new)
    if old in context.settings.allowed_chats:
        await asyncio.to_thread(state.admissions.admit, new, datetime.now(UTC))
        what_to_do = f"write the new id into CITEBOT_ALLOWED_CHATS when you come by; `citebot pair --revoke {new}` puts it out again"
        logger.warning("chat %d is chat %d now; %s", old, new, what_to_do)
    else:
        logger.info("chat %d is chat %d now", old, new)


def _migration(update: Update) -> tuple[int, int] | None:
    """The old and the new id, told in both chats."""
    message = update.message
    if message is not None and message.migrate_to_chat_id is not None:
        return message.chat_id, message.migrate_to_chat_id
    if message is not None and message.migrate_from_chat_id is not None:
        return message.migrate_from_chat_id, message.chat_id
    return None


def _pairs(update: Update, context: Context) -> bool:
    """Whether this is `/pair`, which is there for those who aren't served yet."""
    command = triggers.command_of(update.message) if update.message is not None else None
    return command is not None and command.name == "pair" and triggers.is_for(command, context.bot.bot)


async def _decline_person(message: Message, context: Context, texts: Texts) -> None:
    if context.limits.users.take(message.chat_id):
        await delivery.reply(message, note(texts.not_served.format(id=message.chat_id)), context)


async def _decline_guest(call: Message, context: Context, texts: Texts) -> None:
    """Once an hour: who is called by name should answer, but nobody gets to fill a chat with refusals."""
    limits, caller = context.limits, call.from_user
    if caller is not None and limits.refusals.take(caller.id) and limits.guests.take(call.chat_id):
        await answer_guest(call, note(texts.not_served_guest), context)


async def _decline_joined(change: ChatMemberUpdated, update: Update, context: Context, texts: Texts) -> None:
    """Added by a stranger to a group of strangers. An allowed user's groups are fine, whoever else is there."""
    if joins_group(change):
        context.limits.strangers.take(change.chat.id)  # told here, and not once more at the first question
        await _decline_group(change.chat, update, context, texts)


async def _decline_calling(message: Message, update: Update, context: Context, texts: Texts) -> None:
    """Called by a stranger in a group where the bot is since it was open to everybody, or whose code was taken back; or by the group."""
    if not context.limits.strangers.take(message.chat_id):
        return
    if not await _has_anybody_served(message.chat_id, context):
        await _decline_group(message.chat, update, context, texts)
    elif access.writes_as_group(message):
        await delivery.reply(message, note(texts.not_served_as_group), context)


async def _has_anybody_served(chat_id: int, context: Context) -> bool:
    """Whether somebody who is served is in the group. With long lists, and where Telegram won't tell, this is taken to be so: a group that
    is served through a member isn't left.
    """
    access_now = await context.services.current_access()
    people = access_now.users | access_now.admins
    if len(people) > MAX_LOOKED_UP:
        return True
    for user in people:
        member = await member_in(chat_id, user, context)
        if member is None or is_present(member):
            return True
    return False


async def _decline_group(chat: Chat, update: Update, context: Context, texts: Texts) -> None:
    """Tells a group of strangers, and leaves it; but while a code is out, this may be the group that it is for."""
    if chat.type == ChatType.SUPERGROUP:
        await asyncio.sleep(MOVED_WITHIN)
        if access.serves(await context.services.current_access(), update):
            return
    leaves = context.settings.leave_unknown and not await asyncio.to_thread(context.services.state.admissions.expects, datetime.now(UTC))
    why = [texts.not_served_chat.format(id=chat.id), *([texts.leaving] if leaves else [])]
    with suppress(TelegramError):  # where it may not even speak
        await delivery.send(context.bot, Place(chat.id, is_silent=context.is_quiet), note("\n\n".join(why)))
    if leaves:
        await context.bot.leave_chat(chat.id)
        logger.info("chat %d isn't served: left", chat.id)
