"""/gaps: what the documents lack, as a list and as cards, for administrators of the bot or of the group.

What a card stands for comes from the database, never from its buttons. Rights are checked at every press.
"""

import asyncio
from datetime import UTC, datetime

from telegram import CallbackQuery, Chat, Message, Update

from bot import delivery
from bot.access import author
from bot.context import Context, texts_of
from bot.formatting import Outgoing, note
from bot.gapcards import ASK_AGAIN, ListView, card_message, closed_card, list_message, unpack_list, unpack_open
from bot.gapquery import open_gaps
from bot.gaps import Gap
from bot.handlers.closing import ask_now, gap_of, ways
from bot.rights import may_look, refusal, scope_of
from bot.texts import Texts


async def on_gaps(update: Update, context: Context) -> None:
    """Lists what was asked in vain here; to the bot's administrators in private: in all private chats."""
    asked, texts = update.message, texts_of(update, context)
    if asked is None:
        return
    allowed = await may_look(author(asked), asked, context)
    outgoing = await _list(asked.chat, ListView(), context, texts) if allowed else note(refusal(asked, texts))
    await delivery.reply(asked, outgoing, context)


async def on_press(update: Update, context: Context) -> None:
    """Turns the list, opens a gap, or does with an open one what its button says."""
    query, texts = update.callback_query, texts_of(update, context)
    if query is None or not isinstance(query.message, Message):
        return
    if not await may_look(query.from_user.id, query.message, context):
        await delivery.answer_press(query, refusal(query.message, texts))
        return
    await delivery.answer_press(query, await _do(query, query.message, context, texts))


async def _do(query: CallbackQuery, shown: Message, context: Context, texts: Texts) -> str | None:
    """What the button says; what to tell whoever pressed it, if it can't be done."""
    data = query.data or ""
    if (view := unpack_list(data)) is not None:
        return await _edit(shown, await _list(shown.chat, view, context, texts), context, texts)
    if (opened := unpack_open(data)) is not None:
        return await _open(opened, shown, context, texts)
    card = _CARD.get(data)
    return await card(shown, context, texts) if card is not None else None


async def _open(opened: int, shown: Message, context: Context, texts: Texts) -> str | None:
    gaps = await open_gaps(context.services, scope_of(shown.chat))
    gap = next((gap for gap in gaps if opened in gap.ids), None)
    if gap is None:
        return texts.gap_gone
    sent = await delivery.reply(shown, _card(gap, context, texts), context)
    await asyncio.to_thread(context.services.state.gaps.note_card, sent.chat_id, sent.message_id, gap.ids)
    return None


async def _show_wordings(shown: Message, context: Context, texts: Texts) -> str | None:
    gap = await gap_of(shown, context)
    if gap is None:
        return texts.gap_gone
    return await _edit(shown, _card(gap, context, texts, with_wordings=True), context, texts)


async def _dismiss(shown: Message, context: Context, texts: Texts) -> str | None:
    gap = await gap_of(shown, context)
    if gap is None:
        return texts.gap_gone
    await asyncio.to_thread(context.services.state.gaps.settle, gap.ids, datetime.now(UTC))
    return await _edit(shown, closed_card(texts.gap_dismissed, gap.wordings[0], (texts.gap_undo, "gap:undo")), context, texts)


async def _undo(shown: Message, context: Context, texts: Texts) -> str | None:
    book = context.services.state.gaps
    await asyncio.to_thread(book.reopen, await asyncio.to_thread(book.card, shown.chat.id, shown.message_id))
    gap = await gap_of(shown, context)
    if gap is None:
        return texts.gap_gone
    return await _edit(shown, _card(gap, context, texts), context, texts)


_CARD = {"gap:words": _show_wordings, ASK_AGAIN: ask_now, "gap:dismiss": _dismiss, "gap:undo": _undo}


async def _list(chat: Chat, view: ListView, context: Context, texts: Texts) -> Outgoing:
    gaps = await open_gaps(context.services, scope_of(chat), view.order)
    return list_message(gaps, view, texts, context.settings.time_zone) if gaps else note(texts.gaps_none)


def _card(gap: Gap, context: Context, texts: Texts, *, with_wordings: bool = False) -> Outgoing:
    return card_message(gap, texts, context.settings.time_zone, ways(context, texts), with_wordings=with_wordings)


async def _edit(shown: Message, outgoing: Outgoing, context: Context, texts: Texts) -> str | None:
    """What to tell whoever pressed, if the message is there no more."""
    is_shown = await delivery.edit(context.bot, shown.chat.id, shown.message_id, outgoing)
    return None if is_shown else texts.press_gone
