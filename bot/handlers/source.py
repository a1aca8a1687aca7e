"""The source of a quote. One with an address is a link; any other document is given here, as a file of its text."""

import re
from contextlib import suppress
from dataclasses import replace
from pathlib import PurePosixPath

from telegram import CallbackQuery, InputFile, Update
from telegram.error import BadRequest

from bot import delivery
from bot.context import Bot, Context, texts_of
from bot.delivery import Place
from bot.formatting import message, unpack_source
from bot.handlers.pages import answer_shown_in
from bot.library import provenance_of
from bot.replies import document_of
from index.domain import Answer, Citation, Document
from index.rendering import Block, BlockKind, Run, cited_pages, shorten, source_name, source_run

MAX_FILE = 2**20
"""Bytes. A longer document is named only: nobody looks for a sentence in a megabyte on a telephone."""
MAX_ALERT_TITLE = 100
"""Characters of a title in an alert, with words around it."""


async def on_press(update: Update, context: Context) -> None:
    """Gives the document that a page quotes."""
    query = update.callback_query
    if query is None:
        return
    texts = texts_of(update, context)
    if (shown := await answer_shown_in(query, context, texts)) is None:
        return
    reply, answer = shown
    if (citation := _cited(query, answer)) is None:
        await delivery.answer_press(query, texts.too_old)
        return
    document = await context.services.computing.run(document_of, context.services.answers, citation)
    if document is None:
        await delivery.answer_press(query, texts.source_gone.format(title=shorten(citation.title, MAX_ALERT_TITLE)))
        return
    place = Place(reply.chat_id, reply.message_id, reply.thread_id, is_silent=context.is_quiet)
    is_given = await give(document, source_run(citation, texts.answer).text, place, context.bot)
    await delivery.answer_press(query, None if is_given else source_name(citation, texts.answer))


async def give(document: Document, caption: str, place: Place, bot: Bot) -> bool:
    """Gives a document as it came: its file, or its text in reply to the message that held it; one of the corpus folder as a file of
    its text. False if that is too long.
    """
    provenance = provenance_of(document)
    if provenance is not None and provenance.file_id is not None:
        with suppress(BadRequest):  # a file that another bot was given, under the token of before
            await delivery.send_file(bot, place, provenance.file_id, caption)
            return True
    if provenance is not None and provenance.file_id is None and provenance.chat_id == place.chat_id:
        quoted = message([Block((Run(document.text),), BlockKind.QUOTE), Block((Run(caption),))])
        await delivery.send(bot, replace(place, reply_to=provenance.message_id), quoted)
        return True
    if len(content := document.text.encode("utf-8", "replace")) > MAX_FILE:
        return False
    await delivery.send_file(bot, place, InputFile(content, file_name(document)), caption)
    return True


def _cited(query: CallbackQuery, answer: Answer) -> Citation | None:
    """What the pressed page quotes; None if there is no such page."""
    number, pages = unpack_source(query.data or ""), cited_pages(answer)
    return pages[number] if number is not None and number < len(pages) else None


def file_name(document: Document) -> str:
    """The document's own name, as a text file's; a note has none but its title."""
    provenance = provenance_of(document)
    own = document.title if provenance is not None and provenance.file_id is None else PurePosixPath(document.id).name
    name = re.sub(r"[^\w.() -]", "_", own).strip() or "document"
    return name if name.endswith((".md", ".txt")) else f"{name}.txt"
