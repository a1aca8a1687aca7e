"""Gaps as messages: a list that turns its pages, and a card for each, to be replied to. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import tzinfo
from itertools import islice

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Message

from bot.formatting import Outgoing, message
from bot.gaps import Gap, Miss, Order
from bot.texts import Texts
from index.domain import SHARED
from index.rendering import Block, Run, shorten

ASK_AGAIN = "gap:ask"
"""The data of a button that only cards of open gaps have."""
ON_A_PAGE = 5
MAX_QUESTION, MAX_WORDINGS = 200, 10
_LIST = re.compile(r"gaps:(most|newest):(\d{1,6})", re.ASCII)
_OPEN = re.compile(r"gap:open:(\d{1,18})", re.ASCII)


@dataclass(frozen=True, slots=True)
class ListView:
    """Which part of the list is shown. `page`: from 0."""

    order: Order = Order.MOST
    page: int = 0


def unpack_list(data: str) -> ListView | None:
    found = _LIST.fullmatch(data)
    return ListView(Order(found[1]), int(found[2])) if found else None


def unpack_open(data: str) -> int | None:
    """The question whose gap is asked for."""
    found = _OPEN.fullmatch(data)
    return int(found[1]) if found else None


def list_message(gaps: Sequence[Gap], view: ListView, texts: Texts, zone: tzinfo | None) -> Outgoing:
    """A page of `gaps`, which are in order; the last one if it has become shorter."""
    pages = max(1, -(-len(gaps) // ON_A_PAGE))
    page = min(view.page, pages - 1)
    shown = list(enumerate(gaps, 1))[page * ON_A_PAGE : (page + 1) * ON_A_PAGE]
    heading = texts.gaps_most if view.order is Order.MOST else texts.gaps_newest
    lines = [_line(number, gap, texts, zone) for number, gap in shown]
    turns = _turns(ListView(view.order, page), pages, texts)
    blocks = [Block((Run(heading.format(page=page + 1, pages=pages)),)), *lines]
    return message(blocks, InlineKeyboardMarkup([_numbers(shown), turns]))


def digest_message(gaps: Sequence[Gap], texts: Texts, zone: tzinfo | None) -> Outgoing:
    """What was lacking of late, the most asked of it, and a button to all that is."""
    shown = list(enumerate(gaps[:ON_A_PAGE], 1))
    everything = [InlineKeyboardButton(texts.gaps_all, callback_data=f"gaps:{Order.MOST}:0")]
    blocks = [Block((Run(texts.digest.format(count=len(gaps))),)), *(_line(number, gap, texts, zone) for number, gap in shown)]
    return message(blocks, InlineKeyboardMarkup([_numbers(shown), everything]))


def card_message(gap: Gap, texts: Texts, zone: tzinfo | None, ways: str, *, with_wordings: bool = False) -> Outgoing:
    """What is known of a gap, and how to close it. `ways`: what may be replied."""
    said = [text for miss in gap.misses if (text := _said(miss))]
    blocks = [Block((Run(_title(gap), bold=True),)), Block((Run(_facts(gap, texts, zone)),))]
    if said:
        blocks.append(Block((Run(texts.gap_said.format(answer=shorten(said[-1], MAX_QUESTION))),)))
    if with_wordings:
        blocks += [Block((Run(f"• {shorten(wording, MAX_QUESTION)}"),)) for wording in islice(gap.wordings, MAX_WORDINGS)]
    how = texts.gap_how_private if gap.is_private else texts.gap_how
    blocks.append(Block((Run(texts.gap_unread if gap.unread is not None else how.format(ways=ways)),), spaced=True))
    has_more = len(gap.wordings) > 1 and not with_wordings
    wordings = [InlineKeyboardButton(texts.gap_wordings, callback_data="gap:words")] if has_more else []
    again = [
        InlineKeyboardButton(texts.gap_ask, callback_data=ASK_AGAIN),
        InlineKeyboardButton(texts.gap_dismiss, callback_data="gap:dismiss"),
    ]
    return message(blocks, InlineKeyboardMarkup([row for row in (wordings, again) if row]))


def is_open_card(message: Message) -> bool:
    """By its buttons, whatever is remembered of it."""
    rows = message.reply_markup.inline_keyboard if message.reply_markup is not None else ()
    return any(button.callback_data == ASK_AGAIN for row in rows for button in row)


def closed_card(text: str, question: str, button: tuple[str, str] | None = None) -> Outgoing:
    """A card with nothing left to do but what `button`, a label and its data, says."""
    keyboard = InlineKeyboardMarkup([[InlineKeyboardButton(button[0], callback_data=button[1])]]) if button else None
    return message([Block((Run(shorten(question, MAX_QUESTION), bold=True),)), Block((Run(text),), spaced=True)], keyboard)


def added_note(told: str, texts: Texts, key: str) -> Outgoing:
    """What was added answers. `key`: of the document, for whoever finds out that it is wrong."""
    return Outgoing(told, keyboard=InlineKeyboardMarkup([[_removing(texts, key)]]))


def doubtful_note(texts: Texts, key: str) -> Outgoing:
    """What was added doesn't answer. `key`: of the document, for whoever wants it out again."""
    keeping = InlineKeyboardButton(texts.gap_keep, callback_data=f"note:keep:{key}")
    return Outgoing(texts.gap_in_vain, keyboard=InlineKeyboardMarkup([[keeping, _removing(texts, key)]]))


def _removing(texts: Texts, key: str) -> InlineKeyboardButton:
    return InlineKeyboardButton(texts.gap_remove, callback_data=f"note:remove:{key}")


def _line(number: int, gap: Gap, texts: Texts, zone: tzinfo | None) -> Block:
    return Block((Run(f"{number}. "), Run(_title(gap), bold=True), Run(f" · {_facts(gap, texts, zone)}")), spaced=True)


def _said(miss: Miss) -> str | None:
    """The answer's words, but for those out of somebody's own documents: these are for their private chat alone, whoever opens the card."""
    best, is_private = miss.answer.best, miss.reply.chat_id > 0
    is_own = is_private and best is not None and best.citation.collection != SHARED
    return None if is_own else miss.answer.text


def _title(gap: Gap) -> str:
    return shorten(gap.wordings[0], MAX_QUESTION)


def _facts(gap: Gap, texts: Texts, zone: tzinfo | None) -> str:
    last = f"{gap.last.astimezone(zone):%Y-%m-%d}"
    facts = texts.gap_facts.format(count=len(gap.misses), askers=gap.askers, last=last)
    return f"{facts} · 👎 {gap.down}" if gap.down else facts


def _numbers(shown: Sequence[tuple[int, Gap]]) -> list[InlineKeyboardButton]:
    return [InlineKeyboardButton(str(number), callback_data=f"gap:open:{gap.misses[-1].id}") for number, gap in shown]


def _turns(view: ListView, pages: int, texts: Texts) -> list[InlineKeyboardButton]:
    other, label = (Order.NEWEST, texts.gaps_by_date) if view.order is Order.MOST else (Order.MOST, texts.gaps_by_count)
    steps = [(texts.previous, view.order, view.page - 1), (label, other, 0), (texts.next, view.order, view.page + 1)]
    return [InlineKeyboardButton(label, callback_data=f"gaps:{order}:{page}") for label, order, page in steps if 0 <= page < pages]
