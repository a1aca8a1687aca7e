"""Blocks → one Telegram message: text, entities and buttons within Telegram's limits. Pure.

Telegram counts UTF-16 code units: an emoji outside the BMP is two. Documents' text goes out with entities, never with a
parse mode, so that nothing in it can break a message.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, MessageEntity
from telegram.constants import MessageEntityType, MessageLimit

from bot.texts import Texts
from bot.votes import Vote, Votes
from index.domain import Citation
from index.rendering import Block, BlockKind, Page, Run, View, source_link

MAX_UNITS = int(MessageLimit.MAX_TEXT_LENGTH)
MAX_ENTITIES = int(MessageLimit.MESSAGE_ENTITIES)
MIN_FOLDED_UNITS = 40
"""A folded passage cut to less than this is left out: it would say nothing."""

_PACKED_VIEW = re.compile(r"show:(\d{1,9}):(\d{1,9})", re.ASCII)
_PACKED_SOURCE = re.compile(r"source:(\d{1,9})", re.ASCII)
_PACKED_VOTES = {"vote:up": Vote.UP, "vote:down": Vote.DOWN}
_BLOCK_ENTITIES = {
    BlockKind.QUOTE: MessageEntityType.BLOCKQUOTE,
    BlockKind.FOLDED: MessageEntityType.EXPANDABLE_BLOCKQUOTE,
}


@dataclass(frozen=True, slots=True)
class Source:
    """What a page quotes. `number`: of the page, from 0."""

    number: int
    citation: Citation


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message ready to be sent, or to take the place of one that was."""

    text: str
    entities: tuple[MessageEntity, ...] = ()
    keyboard: InlineKeyboardMarkup | None = None


def message(blocks: Sequence[Block], keyboard: InlineKeyboardMarkup | None = None) -> Outgoing:
    """The blocks as one message; what is too long is cut in its quotes, between words, never in the answer."""
    fitted = fit(blocks)
    return Outgoing(_text(fitted), tuple(_entities(fitted))[:MAX_ENTITIES], keyboard)


def note(text: str) -> Outgoing:
    """A plain message of the bot's own words."""
    return message([Block((Run(text),))])


def page_message(page: Page, texts: Texts, votes: Votes = Votes(), source: Source | None = None) -> Outgoing:  # noqa: B008  # frozen
    return message(page.blocks, keyboard(page, texts, votes, source))


def keyboard(page: Page, texts: Texts, votes: Votes, source: Source | None) -> InlineKeyboardMarkup:
    """Buttons for the steps that a page allows, for its source, and for what one thinks of the answer."""
    # An abstaining answer keeps its passages behind a button, which leads to the first of them.
    more = texts.more_passages if page.wider == View() else texts.more
    turns = [(texts.previous, page.previous), (texts.next, page.next)]
    widths = [(more, page.wider), (texts.less, page.narrower)]
    rows = [[_button(label, view) for label, view in row if view is not None] for row in (turns, widths)]
    sources = [_source_button(source, texts)] if source is not None else []
    voices = [InlineKeyboardButton(votes.label(vote), callback_data=data) for data, vote in _PACKED_VOTES.items()]
    return InlineKeyboardMarkup([row for row in (rows[0], rows[1] + sources, voices) if row])


def pack(view: View) -> str:
    """A view as callback data, of which Telegram allows 64 bytes. What it is a view of is in the database."""
    return f"show:{view.citation or 0}:{view.breadth}"


def unpack(data: str) -> View | None:
    """The view that `pack` packed; None for anything else, since callback data may be forged."""
    numbers = _PACKED_VIEW.fullmatch(data)
    return View(int(numbers[1]), int(numbers[2])) if numbers else None


def unpack_vote(data: str) -> Vote | None:
    return _PACKED_VOTES.get(data)


def unpack_source(data: str) -> int | None:
    """The number of the page whose source is asked for; None for anything else."""
    number = _PACKED_SOURCE.fullmatch(data)
    return int(number[1]) if number else None


def units(text: str) -> int:
    """Length in UTF-16 code units, as Telegram counts."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def within(text: str, limit: int) -> str:
    """`text` within `limit` units, cut between words where it has any."""
    return _cut_end(text, units(text) - limit) if units(text) > limit else text


def fit(blocks: Sequence[Block], limit: int = MAX_UNITS) -> list[Block]:
    """`blocks` within `limit` units. The folded passage gives way first, then what follows the answer, then others."""
    fitted = [block for block in blocks if block.runs]
    for shrink in (_shrink_folded, _shrink_after, _shrink_before, _shrink_anything):
        for number in reversed(range(len(fitted))):
            excess = units(_text(fitted)) - limit
            if excess > 0:
                fitted[number] = shrink(fitted[number], excess)
        fitted = [block for block in fitted if block.runs]
    return fitted


def _shrink_folded(block: Block, excess: int) -> Block:
    if block.kind is not BlockKind.FOLDED:
        return block
    shrunk = _shrink_runs(block, excess, lambda _: True, _cut_end)
    return shrunk if units("".join(run.text for run in shrunk.runs)) >= MIN_FOLDED_UNITS else replace(block, runs=())


def _shrink_after(block: Block, excess: int) -> Block:
    """Cuts a quote after the answer, at its end; one without an answer is all "after"."""
    if block.kind is not BlockKind.QUOTE:
        return block
    return _shrink_runs(block, excess, lambda number: number >= _answer_number(block), _cut_end)


def _shrink_before(block: Block, excess: int) -> Block:
    """Cuts a quote before the answer, at its beginning."""
    if block.kind is not BlockKind.QUOTE:
        return block
    return _shrink_runs(block, excess, lambda number: number < _answer_number(block), _cut_start)


def _shrink_anything(block: Block, excess: int) -> Block:
    """The last resort, for what no document should hold, such as an answer of five thousand characters."""
    runs = list(block.runs)
    for number in reversed(range(len(runs))):
        text = _cut_end(runs[number].text, excess) if excess < units(runs[number].text) else ""
        excess -= units(runs[number].text) - units(text)
        runs[number] = replace(runs[number], text=text)
        if excess <= 0:
            break
    return replace(block, runs=tuple(run for run in runs if run.text))


def _shrink_runs(block: Block, excess: int, may: Callable[[int], bool], cut: Callable[[str, int], str]) -> Block:
    """Cuts the runs of `block` that `may` be cut and are not bold, until `excess` units are gone or nothing is left."""
    runs = []
    for number, run in enumerate(block.runs):
        text = cut(run.text, excess) if excess > 0 and not run.bold and may(number) else run.text
        excess -= units(run.text) - units(text)
        runs.append(replace(run, text=text))
    return replace(block, runs=tuple(run for run in runs if run.text))


def _answer_number(block: Block) -> int:
    """Number of the run that is the answer; 0 if there is none."""
    return next((number for number, run in enumerate(block.runs) if run.bold), 0)


def _cut_end(text: str, excess: int) -> str:
    """`text` shorter by at least `excess` units, cut between words, with an ellipsis for what is gone."""
    kept = _first_units(text, units(text) - excess - 1)
    if not text[len(kept) :].startswith(" "):  # inside a word
        head, space, _ = kept.rpartition(" ")
        kept = head if space and head.strip() else kept
    return f"{kept.rstrip()}…"


def _cut_start(text: str, excess: int) -> str:
    """As `_cut_end`, at the beginning."""
    kept = text[len(_first_units(text, excess + 1, round_up=True)) :]
    _, space, tail = kept.partition(" ")
    kept = tail if space and tail.strip() else kept
    return f"…{kept.lstrip()}"


def _first_units(text: str, count: int, round_up: bool = False) -> str:
    """The first `count` units of `text`; a character that straddles the edge stays out, with `round_up` comes in."""
    if count <= 0:
        return ""
    encoded = text.encode("utf-16-le", "surrogatepass")[: 2 * count]
    whole = encoded.decode("utf-16-le", "ignore")
    straddles = len(encoded) > len(whole.encode("utf-16-le", "surrogatepass"))
    return text[: len(whole) + 1] if straddles and round_up else whole


def _separators(blocks: Sequence[Block]) -> Iterator[str]:
    """What stands before each block."""
    for number, block in enumerate(blocks):
        yield ("\n\n" if block.spaced else "\n") if number else ""


def _text(blocks: Sequence[Block]) -> str:
    pieces = zip(_separators(blocks), blocks, strict=True)
    return "".join(separator + "".join(run.text for run in block.runs) for separator, block in pieces)


def _entities(blocks: Sequence[Block]) -> Iterator[MessageEntity]:
    offset = 0
    for separator, block in zip(_separators(blocks), blocks, strict=True):
        offset += units(separator)
        length = sum(units(run.text) for run in block.runs)
        if block.kind in _BLOCK_ENTITIES:
            yield MessageEntity(_BLOCK_ENTITIES[block.kind], offset, length)
        for run in block.runs:
            yield from _run_entities(run, offset)
            offset += units(run.text)


def _run_entities(run: Run, offset: int) -> Iterator[MessageEntity]:
    length = units(run.text)
    if run.bold:
        yield MessageEntity(MessageEntityType.BOLD, offset, length)
    if run.italic:
        yield MessageEntity(MessageEntityType.ITALIC, offset, length)
    if run.link is not None:
        yield MessageEntity(MessageEntityType.TEXT_LINK, offset, length, url=run.link)


def _button(label: str, view: View) -> InlineKeyboardButton:
    return InlineKeyboardButton(label, callback_data=pack(view))


def _source_button(source: Source, texts: Texts) -> InlineKeyboardButton:
    """Leads to the very sentence where the document has an address, else asks the bot for the document."""
    link = source_link(source.citation)
    data = None if link else f"source:{source.number}"
    return InlineKeyboardButton(texts.source, url=link, callback_data=data)
