"""Where people find out what they can do: /start, /help, and a word on what can't be answered."""

from collections.abc import Sequence
from itertools import accumulate

from telegram import Message, Update

from bot import triggers
from bot.access import author, is_in_private
from bot.context import Context, texts_of
from bot.delivery import reply
from bot.formatting import note, units
from bot.handlers.membership import help_here
from bot.texts import Texts
from index.domain import Document
from index.rendering import MAX_TITLE, Block, Run, is_web_address, shorten

MAX_LISTED = 50
MAX_LISTED_UNITS = 3600
"""Of titles in a list; the rest of a message is for its other words."""


async def on_start(update: Update, context: Context) -> None:
    if update.message is not None:
        texts = texts_of(update, context)
        hello = texts.start if is_in_private(update.message) else texts.added
        rest = texts.try_asking if is_in_private(update.message) else await help_in(update.message, context, texts)
        await _hint(update.message, f"{hello}\n\n{rest}", context)


async def on_help(update: Update, context: Context) -> None:
    if update.message is not None:
        await _hint(update.message, await help_in(update.message, context, texts_of(update, context)), context)


async def on_unknown_command(update: Update, context: Context) -> None:
    """In a group only if it was called by name: other commands there are other bots'."""
    if update.message is None or (command := triggers.command_of(update.message)) is None:
        return
    is_called = command.bot is not None and triggers.is_for(command, context.bot.bot)
    if is_called or is_in_private(update.message):
        await _hint(update.message, texts_of(update, context).unknown_command, context)


async def on_no_text(update: Update, context: Context) -> None:
    """A voice message, a sticker, a photo in private; of an album once."""
    if update.message is not None and context.services.albums.is_first(update.message):
        await _hint(update.message, texts_of(update, context).only_text, context)


def sources(documents: Sequence[Document], texts: Texts, heading: str | None = None, most: int = MAX_LISTED_UNITS) -> list[Block]:
    """The documents by title, linked where they have an address. `most`: UTF-16 units of titles."""
    if not documents:
        return [Block((Run(texts.sources_none),))]
    if heading is None:
        heading = texts.sources_heading_one if len(documents) == 1 else texts.sources_heading.format(count=len(documents))
    titles = [_title(document) for document in documents[:MAX_LISTED]]
    lengths = accumulate(units(title.text) for title in titles)
    lines = [Block((Run("• "), title)) for title, length in zip(titles, lengths, strict=True) if length <= most]
    more = len(documents) - len(lines)
    rest = [Block((Run(texts.sources_more.format(count=more)),))] if more else []
    return [Block((Run(heading),)), *lines, *rest]


def _title(document: Document) -> Run:
    link = document.url if document.url is not None and is_web_address(document.url) else None
    return Run(shorten(document.title, MAX_TITLE) or document.id, link=link)


async def help_in(message: Message, context: Context, texts: Texts) -> str:
    """How to ask, where `message` was written."""
    if is_in_private(message):
        return f"{texts.help_private}\n\n{texts.help_admins}" if author(message) in context.settings.admins else texts.help_private
    me = await context.bot.get_me()
    return help_here(me, await context.bot.get_chat_member(message.chat_id, me.id), context.here.hears, texts)


async def _hint(message: Message, text: str, context: Context) -> None:
    """Not to whoever calls faster than anybody reads."""
    if context.limits.hints.take(author(message) or message.chat_id):
        await reply(message, note(text), context)
