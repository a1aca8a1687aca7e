"""Buttons under an answer: they turn its pages and widen its quotes, in place."""

import asyncio

from telegram import Update

from bot import delivery, replies
from bot.context import Context, reply_shown_in, texts_for_person, texts_of
from bot.formatting import unpack
from bot.records import Reply
from bot.withdrawal import Withdrawn
from index.domain import Answer
from index.rendering import View


async def on_press(update: Update, context: Context) -> None:
    """Shows the page that the button leads to. What the answer holds comes from the database, never from the button."""
    query = update.callback_query
    if query is None:
        return
    texts, view = texts_of(update, context), unpack(query.data or "")
    reply = await reply_shown_in(query.message, context)
    if reply is not None and isinstance(reply.content, Withdrawn):
        await delivery.answer_press(query, texts.withdrawn_answer)
    elif view is None or reply is None or not isinstance(reply.content, Answer):
        await delivery.answer_press(query, texts.too_old)
    elif not await replies.is_there(context.services, reply.content, view):
        await delivery.answer_press(query, texts.withdrawn_answer)
    else:
        is_shown = await _turn(reply, reply.content, view, context)
        await delivery.answer_press(query, None if is_shown else texts.too_old)


async def _turn(reply: Reply, answer: Answer, view: View, context: Context) -> bool:
    """In the language of whoever asked, whoever turns the page. False if the answer's message is out of reach."""
    services, texts = context.services, texts_for_person(reply.language, context.here)
    votes = await asyncio.to_thread(services.state.votes, reply.chat_id, reply.message_id)
    outgoing = await replies.page(services, answer, view, texts, votes)
    if not await delivery.edit(context.bot, reply.chat_id, reply.message_id, outgoing):
        return False
    await asyncio.to_thread(services.state.show, reply.chat_id, reply.message_id, view)
    return True
