"""Documents from the chat: a file or a note is read, indexed and reported on, in one message that is edited as it goes.

In private every file is taken. In a group it is asked for, by `/add` as the file's caption or in a reply, by whoever may; and one
that replies to a document's card takes that document's place.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime

from telegram import Message, Update
from telegram.error import NetworkError, TelegramError

from bot import delivery, triggers
from bot.access import author, is_in_private
from bot.albums import CAPTION_WITHIN
from bot.context import Context, texts_of
from bot.errors import Overloaded
from bot.formatting import Outgoing, message, note
from bot.giving import Given, adder_of, given_with, provenance, read
from bot.handlers.sources import buttons_of, document_shown_in, may_change
from bot.inbox import inbox_of
from bot.library import Addition, Outcome, key_of
from bot.preferences import Adders, Preferences, Sources
from bot.rights import administers
from bot.texts import Texts
from bot.triggers import ADD
from index.domain import Document
from index.errors import CitebotError, Damaged, NoText, Protected, TooLarge, TooSlow, UnknownEncoding, Unreadable
from index.loading.files import FORMATS
from index.loading.parsed import Limits, Parsed
from index.protocols import Progress
from index.rendering import MAX_TITLE, Block, Run, shorten

logger = logging.getLogger(__name__)

STEP = 2.0
"""Seconds between two reports of progress, and before the first: what is quick needs none."""
STEP_IN_GROUPS = 15.0
"""As each is one of the few messages that a group allows in a minute."""
MAX_PAGES_NAMED = 10


class Receipt:
    """The message that tells how far the work is; after a restart the one that there is already."""

    def __init__(self, asked: Message, context: Context) -> None:
        self._bot, self._receipts, self._asked, self._context = context.bot, context.services.state.receipts, asked, context
        self._place = delivery.below(asked, context)
        self._id: int | None = None

    async def begin(self, outgoing: Outgoing) -> None:
        self._id = await asyncio.to_thread(self._receipts.of, self._asked.chat_id, self._asked.message_id)
        if self._id is None:
            kept = await self._send(outgoing)
            await asyncio.to_thread(self._receipts.keep, self._asked.chat_id, self._asked.message_id, kept)

    async def show(self, outgoing: Outgoing) -> None:
        if self._id is None or not await delivery.edit(self._bot, self._asked.chat_id, self._id, outgoing):
            await self._send(outgoing)  # somebody deleted it

    async def end(self, outgoing: Outgoing) -> None:
        await self.show(outgoing)
        await asyncio.to_thread(self._receipts.drop, self._asked.chat_id, self._asked.message_id)

    async def _send(self, outgoing: Outgoing) -> int:
        sent = await delivery.send(self._bot, self._place, outgoing)
        self._id = sent.message_id
        return sent.message_id

    @asynccontextmanager
    async def telling(self, texts: Texts, name: str) -> AsyncIterator[Progress]:
        """Inside, the message says now and then how far the indexing is."""
        done, total = 0, 0
        step = STEP if is_in_private(self._asked) else STEP_IN_GROUPS

        def watch(now_done: int, now_total: int) -> None:
            nonlocal done, total
            done, total = now_done, now_total

        async def tell() -> None:
            told = 0
            while True:
                await asyncio.sleep(step)
                percent = 100 * done // max(total, 1)
                if percent == told or not self._context.has_room_aside(self._asked.chat_id):
                    continue
                told = percent
                with suppress(TelegramError):  # the outcome matters, and is told with all patience
                    await self.show(note(texts.indexing.format(name=name, percent=percent)))

        task = asyncio.create_task(tell())
        try:
            yield watch
        finally:
            task.cancel()
            await asyncio.wait({task})


async def on_add(update: Update, context: Context) -> None:
    """`/add` with words, or in reply to a file or a text."""
    asked, texts = update.message, texts_of(update, context)
    command = triggers.command_of(asked) if asked is not None else None
    if asked is None or command is None or not triggers.is_for(command, context.bot.bot):
        return
    given = given_with(asked)
    if given is None or _is_own_text(given, context):
        await delivery.reply(asked, note(_usage(asked, context, texts)), context)
    else:
        await _add(given, asked, context, texts)


async def on_edited(update: Update, context: Context) -> None:
    """A note says what its message says: who corrects the one corrects the other. What `/add` was put before only now is new."""
    asked, texts = update.edited_message, texts_of(update, context)
    given = given_with(asked) if asked is not None and _asks_to_add(asked, context) else None
    if asked is None or given is None or given.carrier is not asked:
        return
    before = await context.services.librarian.carried_by(asked.chat_id, asked.message_id)
    if before is None:
        if triggers.may_become(asked, datetime.now(UTC)):
            await _add(given, asked, context, texts)
    elif given.file is None and before.text != given.text and await _may_give(asked, key_of(before.id), context, texts):
        await take(given, asked, context, texts, key_of(before.id))


async def _add(given: Given, asked: Message, context: Context, texts: Texts) -> None:
    """Takes what is given if who asks may give it; below a document's card in that one's place."""
    key = document_shown_in(asked.reply_to_message) if given.carrier is asked else None
    if await _may_give(asked, key, context, texts):
        context.services.albums.want(asked)
        await take(given, asked, context, texts, key)


def _asks_to_add(message: Message, context: Context) -> bool:
    """Whether it begins with this bot's `/add`, or its caption does."""
    command = triggers.command_of(message) or triggers.caption_command_of(message)
    return command is not None and command.name == ADD and triggers.is_for(command, context.bot.bot)


def _is_own_text(given: Given, context: Context) -> bool:
    """What the bot said itself is nothing to answer from; a file that it gave may be."""
    writer = given.carrier.from_user
    return given.file is None and writer is not None and writer.id == context.bot.id


def _usage(asked: Message, context: Context, texts: Texts) -> str:
    return texts.add_how if is_in_private(asked) else texts.add_how_group.format(suffix=f"@{context.bot.username}")


async def on_file(update: Update, context: Context) -> None:
    """A file in private, in a group one that is meant for the bot; of an album all, if one is."""
    asked, texts = update.message, texts_of(update, context)
    if asked is None or asked.document is None:
        return
    if not _is_meant(asked, context):
        if context.services.albums.is_undecided(asked):
            inbox_of(context.application).keep(update, again_in=CAPTION_WITHIN)
        return
    await _add(Given(asked, asked.document), asked, context, texts)


def _is_meant(file: Message, context: Context) -> bool:
    if is_in_private(file) or document_shown_in(file.reply_to_message) is not None:
        return True
    if triggers.caption_command_of(file) is not None:
        return _asks_to_add(file, context)
    return context.services.albums.is_wanted(file)


async def _may_give(asked: Message, key: str | None, context: Context, texts: Texts) -> bool:
    """Whether who asks may add a document here, or put one in the place of that with this `key`; if not, they are told who may."""
    replaced = await context.services.librarian.find(asked.chat_id, key) if key is not None else None
    if replaced is not None:
        may, refusal = await may_change(replaced, author(asked), asked, context), texts.not_yours
    else:
        may, refusal = await _may_add(asked, context), texts.adding_admins
    if not may:
        await delivery.reply(asked, note(refusal), context)
    return may


async def _may_add(asked: Message, context: Context) -> bool:
    is_free = is_in_private(asked) or context.here.adders is Adders.EVERYBODY
    return is_free or await administers(author(asked), asked, context)


async def take(given: Given, asked: Message, context: Context, texts: Texts, key: str | None) -> None:
    """Makes what is given a document of the chat and tells what was understood. `key`: of the document whose place it takes."""
    receipt = Receipt(asked, context)
    name = shorten(given.name, MAX_TITLE)
    await receipt.begin(note(texts.reading.format(name=name)))
    try:
        replaced = await context.services.librarian.find(asked.chat_id, key) if key is not None else None
        parsed = await read(given, context.bot, context.services.librarian, replaced.id if replaced is not None else None)
        if not await _may_take_place(parsed.document, asked, context):
            await receipt.end(note(texts.name_taken.format(name=name)))
            return
        addition = await _indexed(given, parsed, asked, receipt, context, texts)
    except Unreadable as error:
        logger.info("chat %d, message %d: a file was not taken: %s", asked.chat_id, asked.message_id, type(error).__name__)
        await receipt.end(note(texts.not_read.format(name=name, reason=reason_of(error, texts))))
    except NetworkError as error:
        logger.warning("chat %d, message %d: a file could not be fetched: %s", asked.chat_id, asked.message_id, error.message)
        await receipt.end(note(texts.not_fetched.format(name=name)))
    except CitebotError as error:
        logger.error("chat %d, message %d: %s", asked.chat_id, asked.message_id, error)
        await receipt.end(note(texts.overloaded if isinstance(error, Overloaded) else texts.failed))
    else:
        logger.info("chat %d, message %d: %d passages, %s", asked.chat_id, asked.message_id, addition.passages, addition.outcome)
        await receipt.end(understood(addition, parsed, asked, context.here, texts))


async def _indexed(given: Given, parsed: Parsed, asked: Message, receipt: Receipt, context: Context, texts: Texts) -> Addition:
    async with receipt.telling(texts, shorten(given.name, MAX_TITLE)) as progress:
        where = provenance(given, asked, adder_of(asked))
        addition = await context.services.librarian.add(asked.chat_id, parsed.document, where, progress)
    if (new := context.services.moved.get(asked.chat_id)) is not None:  # became a supergroup meanwhile: what is new goes there as well
        await asyncio.to_thread(context.services.state.move_chat, asked.chat_id, new)
    return addition


async def _may_take_place(document: Document, asked: Message, context: Context) -> bool:
    """A document of the same name is another's to replace: whoever brought it may, and administrators."""
    before = await context.services.librarian.document(asked.chat_id, document.id)
    return before is None or await may_change(before, author(asked), asked, context)


def understood(addition: Addition, parsed: Parsed, asked: Message, here: Preferences, texts: Texts) -> Outgoing:
    """What became of a document, with what is worth knowing, and buttons to undo it."""
    pages = [texts.pages.format(count=parsed.pages)] if parsed.pages else []
    facts = [*pages, texts.passages.format(count=addition.passages), *([] if addition.unread else [texts.in_english])]
    blocks = [Block((Run(_heading(addition, texts)),)), Block((Run(" · ".join(facts)),))]
    blocks += [Block((Run(warning),), spaced=True) for warning in _warnings(addition, parsed, asked, here, texts)]
    if addition.question is not None:
        blocks.append(Block((Run(f"{texts.try_this} "), Run(addition.question, italic=True)), spaced=True))
    return message(blocks, buttons_of(addition.document, texts))


def _heading(addition: Addition, texts: Texts) -> str:
    title, before = shorten(addition.document.title, MAX_TITLE), addition.before
    if before is not None and before != addition.document.title:
        return texts.replaced_other.format(title=title, before=shorten(before, MAX_TITLE))
    heading = {Outcome.ADDED: texts.added_document, Outcome.REPLACED: texts.replaced_document, Outcome.UNCHANGED: texts.unchanged_document}
    return heading[addition.outcome].format(title=title)


def _warnings(addition: Addition, parsed: Parsed, asked: Message, here: Preferences, texts: Texts) -> list[str]:
    warnings = [texts.only_shared] if here.sources is Sources.SHARED else []
    if parsed.scanned:
        warnings.append(texts.scanned.format(pages=_listed(parsed.scanned)))
    if parsed.broken:
        warnings.append(texts.broken.format(pages=_listed(parsed.broken)))
    if addition.unread:
        warnings.append(texts.unread_document)
    if is_in_private(asked) and asked.caption and triggers.caption_command_of(asked) is None:
        warnings.append(texts.ask_apart)
    return warnings


def _listed(pages: tuple[int, ...]) -> str:
    named = ", ".join(map(str, pages[:MAX_PAGES_NAMED]))
    return f"{named} …" if len(pages) > MAX_PAGES_NAMED else named


def reason_of(error: Unreadable, texts: Texts) -> str:
    """Why, and what helps, in the reader's language."""
    match error:
        case TooLarge():
            return texts.file_too_large.format(megabytes=Limits().size // 1_000_000)
        case TooSlow():
            return texts.file_too_slow
        case Protected():
            return texts.file_protected
        case Damaged():
            return texts.file_damaged
        case UnknownEncoding():
            return texts.file_encoding
        case NoText():
            return texts.file_no_text
        case _:
            return texts.file_unknown.format(formats=" ".join(FORMATS))
