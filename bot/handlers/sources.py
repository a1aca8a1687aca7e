"""/sources: what a chat is answered from. Its own documents have a card each: open, replace, remove.

In a group everybody sees them; whoever brought a document changes it, and administrators do.
"""

import asyncio
import re
from collections.abc import Sequence
from zoneinfo import ZoneInfo

from telegram import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, Message, Update

from bot import delivery
from bot.context import Context, collections_of, texts_of
from bot.formatting import Outgoing, message, note
from bot.handlers.guide import sources
from bot.handlers.source import MAX_ALERT_TITLE, give
from bot.library import key_of, provenance_of
from bot.rights import administers
from bot.texts import Texts
from index.chunking import chunk
from index.domain import SHARED, Document
from index.rendering import MAX_TITLE, Block, Run, shorten

PER_PAGE = 8
IN_A_ROW = 4
MAX_SHARED_UNITS = 2000
"""Of titles of shared documents below the chat's own."""
_BUTTON = re.compile(r"doc:(card|replace|remove|sure|open):([0-9a-f]{24})", re.ASCII)
_PAGE = re.compile(r"docs:(\d{1,6})", re.ASCII)


async def on_sources(update: Update, context: Context) -> None:
    """Lists the documents that this chat is answered from."""
    if update.message is not None:
        listed = await _listing(update.message.chat_id, 0, context, texts_of(update, context))
        await delivery.reply(update.message, listed, context)


async def on_page(update: Update, context: Context) -> None:
    """Turns the list."""
    query, texts = update.callback_query, texts_of(update, context)
    number = _PAGE.fullmatch(query.data or "") if query is not None else None
    if query is None or number is None or not isinstance(query.message, Message):
        return
    listed = await _listing(query.message.chat.id, int(number[1]), context, texts)
    await _show(query, query.message, listed, context, texts)


async def on_press(update: Update, context: Context) -> None:
    """A button of a document's card. Rights are looked up at each press."""
    query, texts = update.callback_query, texts_of(update, context)
    pressed = _BUTTON.fullmatch(query.data or "") if query is not None else None
    if query is None or pressed is None or not isinstance(query.message, Message):
        return
    action, key = pressed.groups()
    document = await context.services.librarian.find(query.message.chat.id, key)
    if document is None:
        await delivery.answer_press(query, texts.document_gone)
    elif action == "open":
        await _open(document, query, query.message, context, texts)
    elif action == "card":
        await _show(query, query.message, await _card(document, context, texts), context, texts)
    elif not await may_change(document, query.from_user.id, query.message, context):
        await delivery.answer_press(query, texts.not_yours)
    elif action == "replace":
        await delivery.answer_press(query, texts.replace_how)
    elif action == "remove":
        await _show(query, query.message, really(document, texts), context, texts)
    else:
        await context.services.librarian.remove(query.message.chat.id, document.id)
        await _show(query, query.message, note(texts.removed.format(title=shorten(document.title, MAX_TITLE))), context, texts)


async def _open(document: Document, query: CallbackQuery, card: Message, context: Context, texts: Texts) -> None:
    title = shorten(document.title, MAX_ALERT_TITLE)
    is_given = await give(document, title, delivery.below(card, context), context.bot)
    await delivery.answer_press(query, None if is_given else texts.too_long_to_open.format(title=title))


async def may_change(document: Document, user: int | None, where: Message, context: Context) -> bool:
    """Whoever brought it may, and who administers the chat."""
    provenance = provenance_of(document)
    is_own = provenance is not None and user is not None and provenance.adder_id == user
    return is_own or await administers(user, where, context)


def document_shown_in(card: Message | None) -> str | None:
    """The key of the document that a message of the bot's has buttons for; they can't be forged, since only bots send any."""
    markup = card.reply_markup if card is not None and card.from_user is not None and card.from_user.is_bot else None
    buttons = [button for row in markup.inline_keyboard for button in row] if markup is not None else []
    found = (_BUTTON.fullmatch(str(button.callback_data)) for button in buttons)
    return next((match[2] for match in found if match is not None and match[1] in ("remove", "sure")), None)


def buttons_of(document: Document, texts: Texts, back: bool = False) -> InlineKeyboardMarkup:
    """Open leads to the message that carries the document, where that has a link."""
    key, provenance = key_of(document.id), provenance_of(document)
    link = provenance.link if provenance is not None else None
    opening = InlineKeyboardButton(texts.open, url=link, callback_data=None if link else f"doc:open:{key}")
    changing = [_button(texts.replace, "replace", key), _button(texts.remove, "remove", key)]
    leaving = [[InlineKeyboardButton(texts.to_sources, callback_data="docs:0")]] if back else []
    return InlineKeyboardMarkup([[opening, *changing], *leaving])


def really(document: Document, texts: Texts) -> Outgoing:
    key = key_of(document.id)
    row = [_button(texts.yes_remove, "sure", key), _button(texts.no_keep, "card", key)]
    return Outgoing(texts.really_remove.format(title=shorten(document.title, MAX_TITLE)), keyboard=InlineKeyboardMarkup([row]))


async def _card(document: Document, context: Context, texts: Texts) -> Outgoing:
    passages = len(await context.services.computing.run(chunk, document))
    return card(document, passages, texts, context.settings.time_zone)


def card(document: Document, passages: int, texts: Texts, zone: ZoneInfo | None) -> Outgoing:
    """What is known of a document. `zone`: of the date."""
    provenance = provenance_of(document)
    pages = max((place.page or 0 for place in document.places), default=0)
    facts = [
        *([provenance.file_name] if provenance and provenance.file_name else []),
        *([texts.pages.format(count=pages)] if pages else []),
        texts.passages.format(count=passages),
    ]
    blocks = [Block((Run(shorten(document.title, MAX_TITLE), bold=True),)), Block((Run(" · ".join(facts)),))]
    if provenance is not None:
        day = provenance.added_at.astimezone(zone).strftime("%Y-%m-%d")
        blocks.append(Block((Run(texts.added_by.format(adder=shorten(provenance.adder, MAX_TITLE), day=day)),)))
    return message(blocks, buttons_of(document, texts, back=True))


async def _listing(chat_id: int, page: int, context: Context, texts: Texts) -> Outgoing:
    own = await context.services.librarian.documents(chat_id)
    is_shared = SHARED in await collections_of(chat_id, context)
    shared = await context.services.computing.run(context.services.answers.documents, SHARED) if is_shared else ()
    return await asyncio.to_thread(listing, own, shared, page, texts)


def listing(own: Sequence[Document], shared: Sequence[Document], page: int, texts: Texts) -> Outgoing:
    """A page of the chat's own documents, with a button each; on the first one everybody's as well, which nobody changes here."""
    if not own:
        return message(sources(shared, texts))
    last = (len(own) - 1) // PER_PAGE
    page = min(page, last)
    numbered = list(enumerate(own, 1))[page * PER_PAGE : (page + 1) * PER_PAGE]
    heading = texts.own_sources.format(count=len(own)) if len(own) > 1 else texts.own_sources_one
    lines = [Block((Run(f"{number}. {shorten(document.title, MAX_TITLE)}"),)) for number, document in numbered]
    below = sources(shared, texts, texts.shared_sources, MAX_SHARED_UNITS) if shared and page == 0 else []
    keys = [_button(str(number), "card", key_of(document.id)) for number, document in numbered]
    rows = [keys[first : first + IN_A_ROW] for first in range(0, len(keys), IN_A_ROW)]
    turns = [(texts.previous, page - 1), (texts.next, page + 1)]
    turning = [InlineKeyboardButton(label, callback_data=f"docs:{to}") for label, to in turns if 0 <= to <= last]
    blocks = [Block((Run(heading),)), *lines, *(Block(block.runs, block.kind, block is below[0]) for block in below)]
    return message(blocks, InlineKeyboardMarkup([*rows, *([turning] if turning else [])]))


async def _show(query: CallbackQuery, card: Message, outgoing: Outgoing, context: Context, texts: Texts) -> None:
    is_shown = await delivery.edit(context.bot, card.chat.id, card.message_id, outgoing)
    await delivery.answer_press(query, None if is_shown else texts.press_gone)


def _button(label: str, action: str, key: str) -> InlineKeyboardButton:
    return InlineKeyboardButton(label, callback_data=f"doc:{action}:{key}")
