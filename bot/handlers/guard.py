"""Stands before all other handlers and lets through what is served."""

from telegram import CallbackQuery, ChatMemberUpdated, InlineQuery, InlineQueryResultsButton, Message, Update
from telegram.constants import ChatType
from telegram.ext import ApplicationHandlerStop

from bot import access, delivery
from bot.context import Context, texts_of
from bot.delivery import Place
from bot.formatting import note
from bot.handlers.inline import CACHE_TIME
from bot.handlers.membership import joins_group
from bot.texts import Texts


async def on_update(update: Update, context: Context) -> None:
    """Stops updates of those who aren't served. They are told how to change that, but in groups only once."""
    if access.serves(context.services.access, update):
        return
    texts = texts_of(update)
    match update:
        case Update(callback_query=CallbackQuery() as query):
            await delivery.answer_press(query, texts.not_served_press)
        case Update(inline_query=InlineQuery() as typed):
            button = InlineQueryResultsButton(texts.not_served_inline, start_parameter="access")
            await typed.answer([], cache_time=CACHE_TIME, is_personal=True, button=button)
        case Update(my_chat_member=ChatMemberUpdated() as change):
            await _decline_group(change, context, texts)
        case Update(message=Message() as message):
            await _decline_person(message, context, texts)
    raise ApplicationHandlerStop


async def _decline_person(message: Message, context: Context, texts: Texts) -> None:
    if message.chat.type == ChatType.PRIVATE:
        outgoing = note(texts.not_served.format(id=message.chat_id))
        await delivery.send(context.bot, Place(message.chat_id, message.message_id), outgoing)


async def _decline_group(change: ChatMemberUpdated, context: Context, texts: Texts) -> None:
    if joins_group(change):
        outgoing = note(texts.not_served_chat.format(id=change.chat.id))
        await delivery.send(context.bot, Place(change.chat.id), outgoing)
