"""Buttons under an answer: they turn its pages and widen its quotes, in place."""

import asyncio

from telegram import CallbackQuery, Update

from bot import delivery, replies
from bot.context import Context, texts_of
from bot.formatting import unpack
from index.domain import Answer
from index.rendering import View


async def on_press(update: Update, context: Context) -> None:
    """Shows the page that the button leads to. What the answer holds comes from the database, never from the button."""
    query = update.callback_query
    if query is None:
        return
    view = unpack(query.data or "")
    if view is not None and await _turn(query, view, context, update):
        await delivery.answer_press(query)
    else:
        await delivery.answer_press(query, texts_of(update, context).too_old)


async def _turn(query: CallbackQuery, view: View, context: Context, update: Update) -> bool:
    """False if the answer isn't remembered, or its message is out of reach."""
    if query.message is None:
        return False
    services, chat_id, message_id = context.services, query.message.chat.id, query.message.message_id
    reply = await asyncio.to_thread(services.state.reply_in, chat_id, message_id)
    if reply is None or not isinstance(reply.content, Answer):
        return False
    votes = await asyncio.to_thread(services.state.votes, chat_id, message_id)
    outgoing = await replies.page(services, reply.content, view, texts_of(update, context), votes)
    if not await delivery.edit(context.bot, chat_id, message_id, outgoing):
        return False
    await asyncio.to_thread(services.state.show, chat_id, message_id, view)
    return True
