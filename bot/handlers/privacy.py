"""What is kept of people, and how they have it erased."""

import asyncio
import logging
import re

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Update

from bot.access import author
from bot.context import Context, texts_of
from bot.delivery import answer_press, edit, reply
from bot.formatting import Outgoing, note
from bot.texts import Texts

logger = logging.getLogger(__name__)

_BUTTON = re.compile(r"forget:(sure|no):(\d{1,18})", re.ASCII)
"""With the id of who asked to be forgotten: nobody else's press counts."""


async def on_privacy(update: Update, context: Context) -> None:
    """Says what is kept, for how long, and who sees it."""
    asked, texts, days = update.message, texts_of(update, context), context.settings.retention_days
    if asked is None:
        return
    how_long = texts.kept_days.format(days=days) if days else texts.kept_always
    await reply(asked, note(f"{texts.privacy}\n\n{how_long}\n\n{texts.privacy_documents}\n\n{texts.privacy_erase}"), context)


async def on_forget_me(update: Update, context: Context) -> None:
    """Asks first: the command stands in what /privacy says, and a tap sends it. An anonymous administrator is nobody that is known here."""
    asked, texts = update.message, texts_of(update, context)
    if asked is None:
        return
    user_id = author(asked)
    await reply(asked, note(texts.forget_who) if user_id is None else really(user_id, texts), context)


async def on_press(update: Update, context: Context) -> None:
    """Erases, or doesn't, what is the presser's, if it was they who asked for it."""
    query, texts = update.callback_query, texts_of(update, context)
    pressed = _BUTTON.fullmatch(query.data or "") if query is not None else None
    if query is None or query.message is None or pressed is None:
        return
    if int(pressed[2]) != query.from_user.id:
        await answer_press(query, texts.forget_others)
        return
    if pressed[1] == "sure":
        await _forget(query.from_user.id, context)
    outcome = texts.forgotten if pressed[1] == "sure" else texts.nothing_forgotten
    await edit(context.bot, query.message.chat.id, query.message.message_id, note(outcome))
    await answer_press(query)


def really(user_id: int, texts: Texts) -> Outgoing:
    choices = ((texts.yes_forget, "sure"), (texts.no_keep, "no"))
    row = [InlineKeyboardButton(label, callback_data=f"forget:{choice}:{user_id}") for label, choice in choices]
    return Outgoing(texts.really_forget, keyboard=InlineKeyboardMarkup([row]))


async def _forget(user_id: int, context: Context) -> None:
    """Erases all that somebody asked and thought, in every chat, and the documents of their private one, whose id is theirs.

    The documents first: with the rest goes this very update from the inbox, and the bot might be ended before it was done. Done again after
    a restart, it finds less.
    """
    await context.services.librarian.forget(user_id)
    await asyncio.to_thread(context.services.state.forget, user_id)
    logger.info("somebody had all of theirs erased")
