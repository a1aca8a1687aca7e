"""Closing a gap: its questions are asked again, and those who asked are told, once, what was found."""

import asyncio
import logging
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import groupby

from telegram.error import BadRequest, Forbidden

from bot import delivery, replies
from bot.context import Bot, Services, collections_in, texts_for_person
from bot.delivery import Place
from bot.gaps import Gap, Miss
from bot.records import Reply
from bot.replies import cautious
from bot.texts import Texts
from index.domain import Answer, Candidate, Decision
from index.errors import QuestionError, SnapshotMissing
from index.rendering import first_view

logger = logging.getLogger(__name__)

_CERTAINTY = {Decision.NONE: 0, Decision.PERHAPS: 1, Decision.ANSWER: 2}


@dataclass(frozen=True, slots=True)
class Again:
    """What a question came to when it was asked again, of `collections`."""

    miss: Miss
    answer: Answer
    collections: tuple[str, ...]

    @property
    def is_better(self) -> bool:
        """Whether whoever asked would like to know: it is surer than before, or says something else."""
        before, now = _CERTAINTY[self.miss.answer.decision], _CERTAINTY[self.answer.decision]
        is_other = _said(self.miss.answer.best) != _said(self.answer.best)
        return now > before or (now > 0 and is_other)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What asking a gap's questions again came to. `told`: people. `cited`: documents that answer now."""

    asked: int
    answered: int
    told: int
    cited: frozenset[str]


async def ask_again(gap: Gap, bot: Bot, services: Services) -> Outcome:
    """Asks all of a gap's questions again, and tells those whose questions have a better answer now. The others stay open."""
    again = [await _ask(miss, services) for miss in gap.misses]
    better = [one for one in again if one.is_better]
    told = [await _tell(list(questions), bot, services) for _, questions in groupby(sorted(better, key=_whose), _whose)]
    cited = {one.answer.best.citation.document_id for one in better if one.answer.best is not None}
    return Outcome(len(again), len(better), sum(told), frozenset(cited))


async def _ask(miss: Miss, services: Services) -> Again:
    here = await asyncio.to_thread(services.state.preferences.of, miss.reply.chat_id)
    collections = await collections_in(miss.reply.chat_id, here, services)
    try:
        answer = await services.computing.run(services.answers.ask, miss.question, collections=collections)
    except (QuestionError, SnapshotMissing):  # a correction made it longer than may be asked, or whoever asked has all of theirs erased
        return Again(miss, miss.answer, collections)
    return Again(miss, cautious(answer, here.least_confidence), collections)


async def _tell(found: list[Again], bot: Bot, services: Services) -> bool:
    """Answers the last of one person's questions in one chat; False if they can't or needn't be told. All of them are settled then."""
    last = found[-1]
    is_told = await _is_wanted(last.miss, services)
    try:
        if is_told:
            await _answer(last, bot, services)
    except (Forbidden, BadRequest) as error:  # blocked, put out of the group, or a topic that is closed
        logger.info("chat %d could not be told what was found: %s", last.miss.reply.chat_id, error.message)
        is_told = False
    await asyncio.to_thread(services.state.gaps.settle, [one.miss.id for one in found], datetime.now(UTC))
    return is_told


async def _is_wanted(miss: Miss, services: Services) -> bool:
    """Whether somebody still waits: not erased or told meanwhile, and served."""
    access, still_open = await services.current_access(), await asyncio.to_thread(services.state.gaps.misses, ids=[miss.id])
    return bool(still_open) and access.serves(miss.reply.asker_id, miss.reply.chat_id)


async def _answer(found: Again, bot: Bot, services: Services) -> None:
    """A reply to the question, without a sound. It has buttons like any other answer, and is kept for as long as the question."""
    asked, book = found.miss.reply, services.state.gaps
    texts, view = await _texts_of_asker(asked, services), first_view(found.answer)
    outgoing = await replies.page(services, found.answer, view, texts, heading=texts.gap_found)
    place = Place(asked.chat_id, asked.command_message_id, asked.thread_id, is_silent=True)
    sent = await delivery.send(bot, place, outgoing)
    if sent.chat_id != asked.chat_id:  # the group became a supergroup meanwhile; the question stayed behind
        asked = replace(asked, question_message_id=-abs(asked.question_message_id), command_message_id=-abs(asked.command_message_id))
    told = replace(asked, chat_id=sent.chat_id, message_id=sent.message_id, collections=found.collections, content=found.answer, view=view)
    await asyncio.to_thread(services.state.remember, told)
    await asyncio.to_thread(book.settle_shown, sent.chat_id, sent.message_id, datetime.now(UTC))


async def _texts_of_asker(asked: Reply, services: Services) -> Texts:
    """In the language that the chat chose, or of whoever asked."""
    here = await asyncio.to_thread(services.state.preferences.of, asked.chat_id)
    return texts_for_person(asked.language, here)


def _whose(found: Again) -> tuple[int, bool, int]:
    """The same for one person in one chat; those who write as the group are one there."""
    asked = found.miss.reply
    return asked.chat_id, asked.asker_id is not None, asked.asker_id or 0


def _said(best: Candidate | None) -> tuple[str, str, str] | None:
    return (best.citation.collection, best.citation.document_id, best.text) if best is not None else None
