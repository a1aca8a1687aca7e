"""`@bot question` while typing in any chat, and a mention in a chat that the bot isn't in.

Both show what the shared documents say and nothing of any chat's own; where the settings allow it, inline mode also shows somebody their
own, and nobody else.
"""

import asyncio
from collections.abc import Iterator, Sequence

from telegram import (
    InlineQuery,
    InlineQueryResultArticle,
    InlineQueryResultsButton,
    InputTextMessageContent,
    LinkPreviewOptions,
    Message,
    Update,
)

from bot import replies, triggers
from bot.access import author
from bot.context import Context, texts_of
from bot.formatting import Outgoing, message, note
from bot.limits import refusing
from bot.texts import Texts
from bot.triggers import Heard, Intent
from index.domain import SHARED, Answer, Decision
from index.errors import AboutTheBot, QuestionError
from index.rendering import Block, Run, View, answer_page, cited_pages, shorten, source_run

COLLECTIONS = (SHARED,)
PAUSE = 0.15
"""Seconds without another letter until a question is taken for whole."""
CACHE_TIME = 10
"""Seconds for which Telegram may show the same results again: long enough for a typing hand, short enough for new documents."""
MAX_TITLE = 80


async def on_query(update: Update, context: Context) -> None:
    """Offers the answer and the nearest passages. Of what somebody types letter by letter only the last state is looked up."""
    query = update.inline_query
    if query is None:
        return
    with context.services.newest.turn(query.from_user.id, query.id) as is_newest:
        await asyncio.sleep(PAUSE)
        if not is_newest():
            return
    texts = texts_of(update, context)
    if context.limits.lookups.take(query.from_user.id):
        await _offer(query, context, texts)
    else:
        button = InlineQueryResultsButton(texts.too_many_inline, start_parameter="patience")
        await query.answer([], cache_time=0, is_personal=True, button=button)


async def _offer(query: InlineQuery, context: Context, texts: Texts) -> None:
    collections = await _collections(query, context)
    answer = await _answer(query.query, collections, context)
    results = list(offers(answer, texts)) if answer is not None else []
    is_personal = collections != COLLECTIONS or not (await context.services.current_access()).is_open
    await query.answer(results, cache_time=CACHE_TIME, is_personal=is_personal, auto_pagination=False)


async def _collections(query: InlineQuery, context: Context) -> tuple[str, ...]:
    """Of whoever asks, a private chat has the id; no other chat's own are looked at."""
    if not context.settings.inline_own:
        return COLLECTIONS
    return (*await asyncio.to_thread(context.services.state.shelves.of, query.from_user.id), *COLLECTIONS)


async def on_guest(update: Update, context: Context) -> None:
    """Answers a mention in a chat that the bot isn't in: once, without buttons, which would lead nowhere there."""
    asked = update.guest_message
    if asked is None:
        return
    texts, limits, chat = texts_of(update, context), context.limits, asked.chat_id
    full = refusing((limits.users, author(asked) or chat), (limits.chats, chat), (limits.guests, chat))
    if full is None:
        await answer_guest(asked, await _guest_reply(asked, context, texts), context)
        return
    window, key = full
    if window.tell(key):
        await answer_guest(asked, note(texts.too_many.format(seconds=window.wait(key))), context)


async def answer_guest(asked: Message, outgoing: Outgoing, context: Context) -> None:
    """Shows `outgoing` where the bot was called as a guest, when that chat's turn comes: the call itself doesn't name the chat."""
    if asked.guest_query_id is not None:
        shown = article("answer", outgoing.text, "", outgoing)
        await context.bot.answer_guest_query(asked.guest_query_id, shown, rate_limit_args=asked.chat_id)


async def _guest_reply(asked: Message, context: Context, texts: Texts) -> Outgoing:
    _, question = triggers.without_mention(asked, context.bot.bot)
    heard = Heard(Intent.ASK, question.strip(), asked.message_id)
    try:
        return (await replies.compose(context.services, heard, COLLECTIONS, texts, empty=texts.empty_mention)).outgoing
    except AboutTheBot:
        return note(texts.start)


async def _answer(words: str, collections: tuple[str, ...], context: Context) -> Answer | None:
    """None while there is nothing to look up yet."""
    try:
        return await context.services.computing.run(context.services.answers.ask, words, collections=collections)
    except QuestionError:
        return None


def offers(answer: Answer, texts: Texts) -> Iterator[InlineQueryResultArticle]:
    """The answer first, then the other passages, each the message that it would become. To a question that can't be read, just that."""
    if answer.unread is not None:
        notice = answer_page(answer, View(), phrases=texts.answer).blocks
        yield article("notice", message(notice).text, "", message(_with_question(answer.question, notice)))
        return
    for number, citation in enumerate(cited_pages(answer)):
        page = answer_page(answer, View(number), phrases=texts.answer)
        outgoing = message(_with_question(answer.question, page.blocks))
        # By itself a maybe would look like a fact: nothing beside the title says that it is none.
        title = answer.best.text if number == 0 and answer.best is not None and answer.decision is Decision.ANSWER else citation.quote
        yield article(f"passage-{number}", title, source_run(citation, texts.answer).text, outgoing)


def _with_question(question: str, blocks: Sequence[Block]) -> list[Block]:
    """In another chat nobody has seen what was asked."""
    return [Block((Run(shorten(question, MAX_TITLE * 3), italic=True),)), *blocks]


def article(name: str, title: str, description: str, outgoing: Outgoing) -> InlineQueryResultArticle:
    no_preview = LinkPreviewOptions(is_disabled=True)
    content = InputTextMessageContent(outgoing.text, entities=outgoing.entities, link_preview_options=no_preview)
    return InlineQueryResultArticle(name, shorten(title, MAX_TITLE), content, description=description or None)
