"""What somebody gives the bot, a file or a text in a message → a document with its provenance. Knows nothing of who may."""

import asyncio
import mimetypes
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from telegram import Document as File
from telegram import File as Link
from telegram import Message
from telegram.error import BadRequest, NetworkError

from bot import triggers
from bot.access import author
from bot.context import Bot
from bot.delivery import topic_of
from bot.library import Librarian, Provenance
from index.errors import NoText, TooLarge
from index.loading.parsed import Limits, Parsed
from index.rendering import shorten

MAX_NOTE_TITLE = 60
_TOO_BIG = "file is too big"
_PAUSES = (1.0, 3.0, 9.0)
"""Seconds between attempts to download a file."""


@dataclass(frozen=True, slots=True)
class Given:
    """What is to become a document. `carrier`: the message that holds it. `file`: or else `text` is a note.

    `part`: where in the carrier the note begins, if it is only a part of it.
    """

    carrier: Message
    file: File | None = None
    text: str = ""
    part: int | None = None

    @property
    def name(self) -> str:
        """What to call it."""
        return file_name(self.file) if self.file is not None else shorten(self.text, MAX_NOTE_TITLE).removesuffix(".")

    @property
    def document_id(self) -> str:
        """The same for a file of the same name, and for a note that is read again after a restart."""
        part = f" {self.part}" if self.part is not None else ""
        return self.name if self.file is not None else f"note {self.carrier.chat_id} {self.carrier.message_id}{part}"


def given_with(message: Message) -> Given | None:
    """What `message` or the one that it replies to brings: its file, the words after the command, the part that was picked of a colleague's
    message, the colleague's file or text.
    """
    if message.document is not None:
        return Given(message, message.document)
    command, replied = triggers.command_of(message), message.reply_to_message
    if command is not None and command.words:
        return Given(message, text=command.words)
    if replied is None or replied.forum_topic_created is not None:
        return None
    if (quote := triggers.picked_in(message)) is not None:
        return Given(replied, text=quote.text.strip(), part=quote.position)
    if replied.document is not None:
        return Given(replied, replied.document)
    text = (replied.text or replied.caption or "").strip()
    return Given(replied, text=text) if text else None


def file_name(file: File) -> str:
    """A file's name without a path; apps may leave it out."""
    name = PurePosixPath((file.file_name or "").replace("\\", "/")).name.strip()
    return name or f"{file.file_unique_id}{mimetypes.guess_extension(file.mime_type or '') or ''}"


def provenance(given: Given, asked: Message, adder: str) -> Provenance:
    """`asked`: the message that had it added. `adder`: the name of who sent that."""
    carrier = given.carrier
    return Provenance(
        chat_id=carrier.chat_id,
        message_id=carrier.message_id,
        added_at=asked.date,
        adder=adder,
        adder_id=author(asked),
        thread_id=topic_of(carrier),
        file_id=given.file.file_id if given.file is not None else None,
        file_name=given.name if given.file is not None else None,
    )


def adder_of(message: Message) -> str:
    """Who it is that asks: an anonymous administrator by the group's name."""
    if message.sender_chat is not None:
        return message.sender_chat.effective_name or ""
    return message.from_user.full_name if message.from_user is not None else ""


async def read(given: Given, bot: Bot, librarian: Librarian, document_id: str | None = None) -> Parsed:
    """The document. Raises Unreadable, and NetworkError if Telegram doesn't hand the file out."""
    name = given.name if given.file is not None else "note.txt"
    async with librarian.reading:  # files of many chats at once would fill the memory
        content = await _fetched(given.file, bot) if given.file is not None else given.text.encode()
        parsed = await librarian.parse(name, content)
    title = parsed.document.title if given.file is not None else given.name
    return replace(parsed, document=replace(parsed.document, id=document_id or given.document_id, title=title))


async def _fetched(file: File, bot: Bot) -> bytes:
    """Raises TooLarge, NoText."""
    if (file.file_size or 0) > Limits().size:
        raise TooLarge("larger than Telegram lets bots download")
    if file.file_size == 0:
        raise NoText("empty")
    try:
        link = await bot.get_file(file.file_id)
    except BadRequest as error:
        if _TOO_BIG in error.message.lower():
            raise TooLarge("larger than Telegram lets bots download") from error
        raise
    return await _downloaded(link)


async def _downloaded(link: Link) -> bytes:
    """Calls are repeated by the bot's Retrier, but a download is no call."""
    for pause in _PAUSES:
        try:
            return bytes(await link.download_as_bytearray())
        except BadRequest:  # a NetworkError by inheritance
            raise
        except NetworkError:
            await asyncio.sleep(pause)
    return bytes(await link.download_as_bytearray())
