"""Questions and searches, new and edited."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from telegram import Message, Update

from bot import delivery, replies, triggers
from bot.access import author, is_in_private
from bot.context import Context, collections_of, texts_for_person, texts_of
from bot.delivery import Place
from bot.formatting import note
from bot.handlers.closing import is_card
from bot.handlers.guide import help_in
from bot.limits import refusing
from bot.preferences import Hears
from bot.records import Reply
from bot.replies import Composed, document_of
from bot.texts import Texts
from bot.triggers import Heard, Intent
from bot.withdrawal import cited_in
from index.domain import SHARED, Answer, Decision
from index.errors import AboutTheBot
from index.rendering import View

logger = logging.getLogger(__name__)

FOLLOWS_WITHIN = timedelta(minutes=5)
"""How long after an answer in private a question may lean on it without replying to it."""


async def on_message(update: Update, context: Context) -> None:
    """Answers a message that is for the bot; stays silent on others."""
    if update.message is not None:
        await _listen(update.message, context, texts_of(update, context))


async def on_edited(update: Update, context: Context) -> None:
    """Edits the answers to an edited question. One that is a question only now is answered like a new one."""
    message = update.edited_message
    if message is None:
        return
    texts = texts_of(update, context)
    known = await asyncio.to_thread(context.services.state.replies_to, message.chat_id, message.message_id)
    if not known:
        if await _may_become_question(message, context):
            await _listen(message, context, texts)
    elif (changed := _changed(known, message, context)) and await _has_room(message, context, texts):  # as much as for a question
        for reply, heard in changed:
            await _revise(reply, heard, message, context)


async def _may_become_question(message: Message, context: Context) -> bool:
    """Whether an edited message that led to no reply may ask now: it is young, and it isn't meant for a gap's card."""
    if not triggers.may_become(message, datetime.now(UTC)):
        return False
    return message.reply_to_message is None or not await is_card(message.reply_to_message, context)


async def _listen(message: Message, context: Context, texts: Texts) -> None:
    heard = _heard(message, context)
    if heard is not None and await _has_room(message, context, texts, is_called=not heard.is_overheard):
        await _answer(message, heard, context, texts)


def _heard(message: Message, context: Context) -> Heard | None:
    """What is for the bot, as far as this chat wants it to listen."""
    heard, hears = triggers.heard(message, context.bot.bot), context.here.hears
    if is_in_private(message):
        return heard
    if heard is not None and hears is Hears.COMMANDS and triggers.command_of(message) is None:
        return None
    if heard is None and hears is Hears.QUESTIONS:
        return triggers.overheard(message, context.bot.bot)
    return heard


async def _has_room(message: Message, context: Context, texts: Texts, *, is_called: bool = True) -> bool:
    """Whether this person and this chat may ask one more now; if not, and they called the bot, they are told when, once."""
    limits, user = context.limits, author(message) or message.chat_id
    full = refusing((limits.users, user), (limits.chats, message.chat_id))
    if full is None:
        return True
    window, key = full
    logger.info("chat %d: too many questions", message.chat_id)
    if is_called and window.tell(key):
        await delivery.reply(message, note(texts.too_many.format(seconds=window.wait(key))), context)
    return False


async def _answer(message: Message, heard: Heard, context: Context, texts: Texts) -> None:
    collections = await collections_of(message.chat_id, context)
    composed = await _compose(message, heard, collections, context, texts)
    if heard.is_overheard and not (isinstance(composed.content, Answer) and composed.content.decision is Decision.ANSWER):
        return  # nobody asked the bot, and it has nothing sure to say
    place = replace(delivery.below(message, context), reply_to=heard.replies_to, quote=heard.quote)
    sent = await delivery.send(context.bot, place, composed.outgoing)
    side = 1 if sent.chat_id == message.chat_id else -1  # the group became a supergroup meanwhile; the question stayed behind
    reply = Reply(
        chat_id=sent.chat_id,
        message_id=sent.message_id,
        question_message_id=side * _followed(heard, message),
        command_message_id=side * message.message_id,
        thread_id=place.thread_id,
        asker_id=author(message),
        intent=heard.intent,
        question=heard.text,
        collections=collections,
        content=composed.content,
        view=composed.view,
        asked_at=datetime.now(UTC),
        language=message.from_user.language_code if message.from_user is not None else None,
    )
    await _remember(reply, context)


async def _remember(reply: Reply, context: Context) -> None:
    """Keeps a reply, unless whoever asked had all of theirs erased while it was on its way; nor what it quotes of documents that were taken
    out meanwhile.
    """
    services = context.services
    await asyncio.to_thread(services.state.remember, reply, context.update_id)
    each_document = {(citation.collection, citation.document_id): citation for citation in cited_in(reply.content)}
    for citation in each_document.values():
        if citation.collection != SHARED and await asyncio.to_thread(document_of, services.answers, citation) is None:
            await asyncio.to_thread(services.state.withdraw, citation.collection, {citation.document_id})
    _log(reply)


def _followed(heard: Heard, message: Message) -> int:
    """The message whose edits an answer follows. Of a colleague's message a part is none: who knows what became of that part."""
    return heard.replies_to if heard.quote is None else message.message_id


def _changed(known: Sequence[Reply], message: Message, context: Context) -> list[tuple[Reply, Heard | None]]:
    """The replies to an edited message that asks for something else now, and for what; often only a link's preview has come."""
    now = [(reply, _heard_now(reply, message, context)) for reply in known]
    return [(reply, heard) for reply, heard in now if heard is None or (heard.text, heard.intent) != (reply.question, reply.intent)]


async def _revise(reply: Reply, heard: Heard | None, message: Message, context: Context) -> None:
    """Shows in `reply` what the edited `message` asks for now; posts it anew if `reply` was deleted."""
    texts = texts_for_person(reply.language, context.here)
    collections = await collections_of(message.chat_id, context)
    composed = await _compose(message, heard, collections, context, texts) if heard is not None else _withdrawn(texts)
    if not await delivery.edit(context.bot, reply.chat_id, reply.message_id, composed.outgoing):
        reply = await _post_anew(reply, composed, context)
    if heard is not None and message.message_id == reply.command_message_id:
        reply = replace(reply, question_message_id=_followed(heard, message))
    revised = replace(
        reply,
        intent=heard.intent if heard is not None else reply.intent,
        question=heard.text if heard is not None else "",
        collections=collections,
        content=composed.content,
        view=composed.view,
        asked_at=datetime.now(UTC),
    )
    await _remember(revised, context)


async def _post_anew(reply: Reply, composed: Composed, context: Context) -> Reply:
    """`reply` as another message, from which on it is known by that one only."""
    place = Place(reply.chat_id, reply.question_message_id, reply.thread_id, is_silent=context.is_quiet)
    sent = await delivery.send(context.bot, place, composed.outgoing)
    await asyncio.to_thread(context.services.state.replace_message, reply, sent.chat_id, sent.message_id)
    return replace(reply, chat_id=sent.chat_id, message_id=sent.message_id)


def _heard_now(reply: Reply, message: Message, context: Context) -> Heard | None:
    """What an edited message asks for: the asker's own as ever; a colleague's, pointed at, by all of its text."""
    if message.message_id == reply.command_message_id:
        return triggers.heard(message, context.bot.bot) or _heard(message, context)
    _, text = triggers.without_mention(message, context.bot.bot)
    return Heard(reply.intent, text or message.caption or "", message.message_id)


def _withdrawn(texts: Texts) -> Composed:
    return Composed(note(texts.withdrawn), view=View(citation=None))


async def _compose(message: Message, heard: Heard, collections: tuple[str, ...], context: Context, texts: Texts) -> Composed:
    try:
        return await replies.compose(
            context.services,
            heard,
            collections,
            texts,
            empty=_usage(message, heard, context, texts),
            previous=await _previous(message, heard, context),
            least_confidence=context.here.least_confidence,
        )
    except AboutTheBot:
        return Composed(note(f"{texts.about}\n\n{await help_in(message, context, texts)}"))


async def _previous(message: Message, heard: Heard, context: Context) -> Answer | None:
    """The answer that this question may follow up: the one it replies to, in private also the one just given.

    Whether it does is the index's to decide: a question that says what it is about is left alone.
    """
    state = context.services.state
    if heard.follows is not None:
        reply = await asyncio.to_thread(state.reply_in, message.chat_id, heard.follows)
    elif is_in_private(message):
        since = message.date - FOLLOWS_WITHIN
        reply = await asyncio.to_thread(state.reply_before, message.chat_id, message.message_id, since)
    else:
        return None
    return reply.content if reply is not None and isinstance(reply.content, Answer) else None


def _usage(message: Message, heard: Heard, context: Context, texts: Texts) -> str:
    """What to say to a call without a question."""
    if triggers.points_at_no_text(message):
        return texts.only_text
    if heard.intent is Intent.SEARCH:
        return texts.empty_search
    if heard.by_mention:
        return texts.empty_mention
    if is_in_private(message):
        return texts.empty_ask
    return texts.empty_ask_group.format(suffix=f"@{context.bot.username}")


def _log(reply: Reply) -> None:
    """An answer's facts. Neither the question nor the answer is anybody's business."""
    if isinstance(reply.content, Answer):
        answer = reply.content
        outcome = f"{answer.decision} at {answer.confidence:.2f} in {1000 * answer.elapsed:.0f} ms"
    else:
        outcome = f"{len(reply.content)} passages" if isinstance(reply.content, tuple) else "advice"
    logger.info("chat %d, message %d: %s", reply.chat_id, reply.command_message_id, outcome)
