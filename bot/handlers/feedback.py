"""👍 and 👎 under an answer, as buttons and, where the bot may see them, as reactions: one voice per person, changeable."""

import asyncio
import logging
from collections.abc import Iterable

from telegram import ReactionType, ReactionTypeEmoji, Update

from bot import delivery, replies
from bot.context import Context, texts_for_person, texts_of
from bot.formatting import unpack_vote
from bot.handlers.pages import answer_shown_in
from bot.records import Reply
from bot.votes import Vote, Votes, vote_of
from index.domain import Answer

logger = logging.getLogger(__name__)


async def on_press(update: Update, context: Context) -> None:
    """Counts the presser's voice; the same button once more takes it back."""
    query = update.callback_query
    if query is None:
        return
    texts, vote = texts_of(update, context), unpack_vote(query.data or "")
    if vote is None:
        await delivery.answer_press(query, texts.too_old)
        return
    if (shown := await answer_shown_in(query, context, texts)) is None:
        return
    reply, answer = shown
    earlier = await asyncio.to_thread(context.services.state.votes.by, reply, query.from_user.id)
    cast = None if earlier is vote else vote
    votes = await _cast(cast, query.from_user.id, reply, context)
    await delivery.answer_press(query, texts.voted if cast else texts.vote_withdrawn, is_alert=False)
    await _show(votes, reply, answer, context)


async def on_reaction(update: Update, context: Context) -> None:
    """A reaction counts like a press. Those of whole chats are nobody's voice; other feelings than 👍 and 👎 aren't counted."""
    change = update.message_reaction
    if change is None or change.user is None:
        return
    before, now = vote_of(_emoji(change.old_reaction)), vote_of(_emoji(change.new_reaction))
    reply = await asyncio.to_thread(context.services.state.reply_in, change.chat.id, change.message_id)
    if before is not now and reply is not None and isinstance(reply.content, Answer):
        await _show(await _cast(now, change.user.id, reply, context), reply, reply.content, context)


async def _cast(vote: Vote | None, voter_id: int, reply: Reply, context: Context) -> Votes:
    """Keeps the voice. All there are now."""
    votes = await asyncio.to_thread(context.services.state.votes.cast, reply, voter_id, vote)
    logger.info("chat %d, message %d: %d up, %d down", reply.chat_id, reply.message_id, votes.up, votes.down)
    return votes


async def _show(votes: Votes, reply: Reply, answer: Answer, context: Context) -> None:
    """The count on the buttons, which stay in the language of whoever asked. In a rush it is shown with a later vote."""
    if context.has_room_aside(reply.chat_id):
        texts = texts_for_person(reply.language, context.here)
        outgoing = await replies.page(context.services, answer, reply.view, texts, votes)
        await delivery.edit_keyboard(context.bot, reply.chat_id, reply.message_id, outgoing.keyboard)


def _emoji(reactions: Iterable[ReactionType]) -> frozenset[str]:
    return frozenset(reaction.emoji for reaction in reactions if isinstance(reaction, ReactionTypeEmoji))
