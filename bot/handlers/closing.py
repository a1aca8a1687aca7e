"""Closing gaps: a reply to a gap's card becomes a document where the questions were asked, and whoever asked is told what was found."""

import asyncio
import logging
import re
from dataclasses import replace

from telegram import Message, Update
from telegram.error import NetworkError
from telegram.ext import ApplicationHandlerStop

from bot import delivery
from bot.access import author, is_in_private
from bot.closing import Outcome, ask_again
from bot.context import Context, texts_of
from bot.formatting import Outgoing, note
from bot.gapcards import added_note, closed_card, doubtful_note, is_open_card
from bot.gaps import Gap
from bot.giving import Given, adder_of, provenance, read
from bot.handlers.documents import reason_of
from bot.library import key_of
from bot.preferences import Sources
from bot.rights import may_look, refusal, scope_of
from bot.texts import Texts
from index.domain import Document
from index.errors import FetchError, LinkForbidden, LinkTooLarge, LinkUnknown, Unreadable
from index.fetching import Rules, fetch
from index.loading.files import FORMATS
from index.rendering import MAX_TITLE, shorten

logger = logging.getLogger(__name__)

_LINK = re.compile(r"https?://\S+", re.IGNORECASE)
_NOTE = re.compile(r"note:(keep|remove):(?:\d{1,18}:)?([0-9a-f]{24})", re.ASCII)  # with a number: sent by an earlier version
_GAP = "gap"
"""The key of `Document.meta`: the questions' numbers in the database, so that their words are forgotten when they are."""


async def on_reply(update: Update, context: Context) -> None:
    """Takes a reply to a card; any other message goes on to the handlers after this one."""
    message, texts = update.message, texts_of(update, context)
    card = message.reply_to_message if message is not None else None
    if message is None or card is None or not await is_card(card, context):
        return
    if await may_look(author(message), message, context):
        outgoing = await _close(message, card, context, texts)
    else:
        outgoing = note(refusal(message, texts) if is_in_private(message) else texts.admins_only_close)
    await delivery.reply(message, outgoing, context)
    raise ApplicationHandlerStop


async def on_press(update: Update, context: Context) -> None:
    """Keeps or removes what was added."""
    query, texts = update.callback_query, texts_of(update, context)
    if query is None or not isinstance(query.message, Message) or (chosen := _NOTE.fullmatch(query.data or "")) is None:
        return
    if not await may_look(query.from_user.id, query.message, context):
        await delivery.answer_press(query, refusal(query.message, texts))
        return
    if chosen[1] == "keep":
        outcome = texts.gap_kept
    else:
        title = await _remove(query.message, chosen[2], context)
        outcome = texts.removed.format(title=shorten(title, MAX_TITLE)) if title is not None else texts.document_gone
    is_shown = await delivery.edit(context.bot, query.message.chat.id, query.message.message_id, note(outcome))
    await delivery.answer_press(query, None if is_shown else outcome)


async def ask_now(shown: Message, context: Context, texts: Texts) -> str | None:
    """The documents may answer by now, whoever added to them. Shows on the card what came of it."""
    gap = await gap_of(shown, context)
    if gap is None:
        return texts.gap_gone
    outcome = await ask_again(gap, context.bot, context.services)
    await _update_card(shown, gap, outcome, context, texts)
    return None if outcome.answered == outcome.asked else _told(texts.gap_asked, outcome)


def ways(context: Context, texts: Texts) -> str:
    """What a gap may be closed with."""
    return texts.gap_ways_links if context.settings.fetch else texts.gap_ways


async def is_card(message: Message, context: Context) -> bool:
    """Whether a message is a gap's card, so that replies to it are no questions; also when its questions are erased by now."""
    if message.from_user is None or message.from_user.id != context.bot.id:
        return False
    return is_open_card(message) or bool(await asyncio.to_thread(context.services.state.gaps.card, message.chat_id, message.message_id))


async def gap_of(card: Message, context: Context) -> Gap | None:
    """What a card stands for, as far as it is open still. Only questions of its own chat's scope: groups don't see each other's."""
    book = context.services.state.gaps
    return await asyncio.to_thread(book.gap, scope_of(card.chat), card.chat.id, card.message_id)


async def _close(message: Message, card: Message, context: Context, texts: Texts) -> Outgoing:
    gap, given = await gap_of(card, context), _given(message)
    if gap is None:
        return note(texts.gap_gone)
    if given is None:
        return note(texts.gap_what.format(ways=ways(context, texts)))
    if _LINK.fullmatch(given.text) and not context.settings.fetch:
        return note(texts.gap_link)
    name = shorten(given.name, MAX_TITLE)
    try:
        document = await _read(given, message, context)
    except Unreadable as error:
        return note(texts.not_read.format(name=name, reason=reason_of(error, texts)))
    except FetchError as error:
        logger.info("chat %d, message %d: a link was not taken: %s", message.chat_id, message.message_id, error)
        return note(texts.gap_link_failed.format(reason=_link_reason(error, context.services.links, texts)))
    except NetworkError:
        return note(texts.not_fetched.format(name=name))
    await _add(document, given, message, gap, context)
    outcome = await ask_again(gap, context.bot, context.services)
    await _update_card(card, gap, outcome, context, texts)
    if document.id in outcome.cited:
        return added_note(_told(texts.gap_added, outcome), texts, key_of(document.id))
    return note(texts.only_shared) if context.here.sources is Sources.SHARED else doubtful_note(texts, key_of(document.id))


def _given(message: Message) -> Given | None:
    """A file, or else a text."""
    if message.document is not None:
        return Given(message, message.document)
    return Given(message, text=message.text.strip()) if message.text else None


async def _read(given: Given, message: Message, context: Context) -> Document:
    """Under an id of its own: it takes no document's place. Raises Unreadable, FetchError, and NetworkError if Telegram is at fault."""
    document_id, librarian = f"answer {message.chat_id} {message.message_id}", context.services.librarian
    if _LINK.fullmatch(given.text):
        async with librarian.reading:
            fetched = await fetch(given.text, context.services.links)
            parsed = await librarian.parse(fetched.name, fetched.content)
        return replace(parsed.document, id=document_id, url=fetched.url)
    return (await read(given, context.bot, librarian, document_id)).document


def _link_reason(error: FetchError, rules: Rules, texts: Texts) -> str:
    """Why, and what helps, in the reader's language."""
    match error:
        case LinkForbidden():
            return texts.link_forbidden
        case LinkTooLarge():
            return texts.link_too_large.format(megabytes=rules.size // 1_000_000)
        case LinkUnknown():
            return texts.file_unknown.format(formats=" ".join(FORMATS))
        case _:
            return texts.link_dead


async def _add(document: Document, given: Given, message: Message, gap: Gap, context: Context) -> None:
    """To the collection of each chat in which it was asked: what is asked in private stays private."""
    numbers = ",".join(str(number) for number in sorted(gap.ids))
    closing = replace(document, meta={**document.meta, _GAP: numbers})
    for chat_id in sorted({miss.reply.chat_id for miss in gap.misses}):
        adder = adder_of(message) if chat_id == message.chat_id else context.bot.first_name  # strangers needn't know who runs the bot
        await context.services.librarian.add(chat_id, closing, provenance(given, message, adder))


async def _remove(shown: Message, key: str, context: Context) -> str | None:
    """Takes out what a reply to a card added, wherever that put it. Its title; None if it is nowhere any more.

    The card doesn't tell where: meanwhile its questions may have been edited or erased, and what was added stays.
    """
    librarian, shelves = context.services.librarian, context.services.state.shelves
    title: str | None = None
    chats = await asyncio.to_thread(shelves.private) if shown.chat.id > 0 else [shown.chat.id]
    for chat_id in chats:
        document = await librarian.find(chat_id, key)
        if document is not None and _GAP in document.meta:  # a forged button names documents that people brought themselves
            await librarian.remove(chat_id, document.id)
            title = document.title
    return title


async def _update_card(card: Message, gap: Gap, outcome: Outcome, context: Context, texts: Texts) -> None:
    """A gap that is closed has no buttons any more; of one that isn't the card stays as it is."""
    if outcome.answered == outcome.asked:
        closed = closed_card(_told(texts.gap_asked, outcome), gap.wordings[0])
        await delivery.edit(context.bot, card.chat.id, card.message_id, closed)


def _told(text: str, outcome: Outcome) -> str:
    return text.format(answered=outcome.answered, asked=outcome.asked, told=outcome.told)
