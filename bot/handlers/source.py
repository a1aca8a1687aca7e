"""The source of a quote. One with an address is a link; any other document is given here, as a file of its text."""

import asyncio
import re
from pathlib import PurePosixPath

from telegram import CallbackQuery, Update

from bot import delivery
from bot.context import Context, texts_of
from bot.delivery import Place
from bot.formatting import unpack_source
from bot.records import Reply
from bot.replies import document_of
from bot.texts import Texts
from index.domain import Answer, Citation, Document
from index.rendering import cited_pages, shorten, source_name, source_run

MAX_FILE = 2**20
"""Bytes. A longer document is named only: nobody looks for a sentence in a megabyte on a telephone."""
MAX_ALERT = 200
"""Characters that an alert holds."""
MAX_TITLE = 100
"""Characters of a title in one, with words around it."""


async def on_press(update: Update, context: Context) -> None:
    """Gives the document that a page quotes."""
    query = update.callback_query
    if query is None:
        return
    texts = texts_of(update, context)
    found = await _cited(query, context)
    if found is None:
        await delivery.answer_press(query, texts.too_old)
        return
    reply, citation = found
    document = await context.services.compute(document_of, context.services.answers, citation)
    if document is None:
        await delivery.answer_press(query, texts.source_gone.format(title=shorten(citation.title, MAX_TITLE)))
    elif len(content := document.text.encode("utf-8", "replace")) > MAX_FILE:
        await delivery.answer_press(query, _named(citation, texts))
    else:
        place = Place(reply.chat_id, reply.message_id, reply.thread_id)
        await delivery.send_file(context.bot, place, content, file_name(document), source_run(citation, texts.answer).text)
        await delivery.answer_press(query)


async def _cited(query: CallbackQuery, context: Context) -> tuple[Reply, Citation] | None:
    """What the pressed page quotes; None if the answer isn't remembered, or there is no such page."""
    number = unpack_source(query.data or "")
    if query.message is None or number is None:
        return None
    message = query.message
    reply = await asyncio.to_thread(context.services.state.reply_in, message.chat.id, message.message_id)
    if reply is None or not isinstance(reply.content, Answer):
        return None
    pages = cited_pages(reply.content)
    return (reply, pages[number]) if number < len(pages) else None


def _named(citation: Citation, texts: Texts) -> str:
    return shorten(source_name(citation, texts.answer), MAX_ALERT)


def file_name(document: Document) -> str:
    """The document's own name, as a text file's."""
    name = re.sub(r"[^\w.() -]", "_", PurePosixPath(document.id).name).strip() or "document"
    return name if name.endswith((".md", ".txt")) else f"{name}.txt"
