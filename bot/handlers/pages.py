"""Buttons under an answer: they turn its pages and widen its quotes, in place."""

import asyncio

from telegram import CallbackQuery, Update

from bot import delivery, replies
from bot.context import Context, texts_for_person, texts_of
from bot.formatting import unpack
from bot.records import Reply
from bot.texts import Texts
from bot.withdrawal import Withdrawn
from index.domain import Answer
from index.rendering import View


async def on_press(update: Update, context: Context) -> None:
    """Shows the page that the button leads to. What the answer holds comes from the database, never from the button."""
    query = update.callback_query
    if query is None:
        return
    texts, view = texts_of(update, context), unpack(query.data or "")
    if view is None:
        await delivery.answer_press(query, texts.too_old)
    elif (shown := await answer_shown_in(query, context, texts)) is not None:
        await delivery.answer_press(query, await _turn(*shown, view, context, texts))


async def answer_shown_in(query: CallbackQuery, context: Context, texts: Texts) -> tuple[Reply, Answer] | None:
    """The answer that a button was pressed under. Whoever pressed is told if it isn't remembered, or its document was taken out."""
    message = query.message
    reply = await asyncio.to_thread(context.services.state.reply_in, message.chat.id, message.message_id) if message is not None else None
    if reply is not None and isinstance(reply.content, Answer):
        return reply, reply.content
    is_withdrawn = reply is not None and isinstance(reply.content, Withdrawn)
    await delivery.answer_press(query, texts.withdrawn_answer if is_withdrawn else texts.too_old)
    return None


async def _turn(reply: Reply, answer: Answer, view: View, context: Context, texts: Texts) -> str | None:
    """In the language of whoever asked, whoever turns the page. What to tell the latter, if it can't be turned."""
    services = context.services
    if not await replies.is_there(services, answer, view):
        return texts.withdrawn_answer
    votes = await asyncio.to_thread(services.state.votes.of, reply.chat_id, reply.message_id)
    outgoing = await replies.page(services, answer, view, texts_for_person(reply.language, context.here), votes)
    if not await delivery.edit(context.bot, reply.chat_id, reply.message_id, outgoing):
        return texts.too_old
    await asyncio.to_thread(services.state.show, reply.chat_id, reply.message_id, view)
    return None
