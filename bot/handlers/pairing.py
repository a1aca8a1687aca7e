"""`/pair CODE`: lets in whoever sends a code from `citebot pair`, in a group the group."""

import asyncio
import logging
from datetime import UTC, datetime

from telegram import Message, Update

from bot import triggers
from bot.access import author
from bot.context import Context, texts_of
from bot.delivery import reply
from bot.formatting import note
from bot.texts import Texts

logger = logging.getLogger(__name__)


async def on_pair(update: Update, context: Context) -> None:
    """Answers strangers too: those it is for. Guessing is slowed down."""
    message = update.message
    if message is None or (command := triggers.command_of(message)) is None:
        return
    said = await _pair(message, command.words, context, texts_of(update, context))
    if said is not None:
        await reply(message, note(said), context)


async def _pair(message: Message, code: str, context: Context, texts: Texts) -> str | None:
    """None where enough was said to somebody who goes on and on."""
    limits, who = context.limits, author(message) or message.chat_id
    if not code:
        return texts.pair_how if limits.users.take(who) else None
    if not (limits.guesses.take(who) and limits.all_guesses.take(0)):
        return texts.pair_slow if limits.guesses.tell(who) else None
    redeem = context.services.state.admissions.redeem
    if not await asyncio.to_thread(redeem, code, message.chat_id, datetime.now(UTC)):
        return texts.pair_wrong
    logger.info("chat %d was let in by a code", message.chat_id)
    return texts.paired if message.chat_id > 0 else texts.paired_group
