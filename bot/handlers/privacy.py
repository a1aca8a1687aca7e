"""What is kept of people, and how they have it erased."""

import asyncio
import logging

from telegram import Update

from bot import delivery
from bot.access import author
from bot.context import Context, texts_of
from bot.formatting import note

logger = logging.getLogger(__name__)


async def on_privacy(update: Update, context: Context) -> None:
    """Says what is kept, for how long, and who sees it."""
    texts, days = texts_of(update, context), context.settings.retention_days
    how_long = texts.kept_days.format(days=days) if days else texts.kept_always
    await _reply(update, context, f"{texts.privacy}\n\n{how_long}\n\n{texts.privacy_documents}\n\n{texts.privacy_erase}")


async def on_forget_me(update: Update, context: Context) -> None:
    """Erases all that somebody asked and thought, in every chat, and the documents of their private one, whose id is theirs.

    The documents first: with the rest goes this very update from the inbox, and the bot might be ended before it was done. Done again after
    a restart, it finds less. An anonymous administrator is nobody that is known here.
    """
    texts = texts_of(update, context)
    user_id = author(update.message) if update.message is not None else None
    if user_id is None:
        await _reply(update, context, texts.forget_who)
        return
    await context.services.librarian.forget(user_id)
    await asyncio.to_thread(context.services.state.forget, user_id)
    logger.info("somebody had all of theirs erased")
    await _reply(update, context, texts.forgotten)


async def _reply(update: Update, context: Context, text: str) -> None:
    if update.message is not None:
        await delivery.send(context.bot, delivery.below(update.message, context), note(text))
