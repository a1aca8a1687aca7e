"""What is kept of people, and how they have it erased."""

import asyncio
import logging

from telegram import Update

from bot.access import author
from bot.context import Context, texts_of
from bot.delivery import reply
from bot.formatting import note

logger = logging.getLogger(__name__)


async def on_privacy(update: Update, context: Context) -> None:
    """Says what is kept, for how long, and who sees it."""
    asked, texts, days = update.message, texts_of(update, context), context.settings.retention_days
    if asked is None:
        return
    how_long = texts.kept_days.format(days=days) if days else texts.kept_always
    await reply(asked, note(f"{texts.privacy}\n\n{how_long}\n\n{texts.privacy_documents}\n\n{texts.privacy_erase}"), context)


async def on_forget_me(update: Update, context: Context) -> None:
    """Erases all that somebody asked and thought, in every chat, and the documents of their private one, whose id is theirs.

    The documents first: with the rest goes this very update from the inbox, and the bot might be ended before it was done. Done again after
    a restart, it finds less. An anonymous administrator is nobody that is known here.
    """
    asked, texts = update.message, texts_of(update, context)
    if asked is None:
        return
    if (user_id := author(asked)) is None:
        await reply(asked, note(texts.forget_who), context)
        return
    await context.services.librarian.forget(user_id)
    await asyncio.to_thread(context.services.state.forget, user_id)
    logger.info("somebody had all of theirs erased")
    await reply(asked, note(texts.forgotten), context)
