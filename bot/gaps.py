"""What the documents lack: questions that came to nothing, gathered by meaning. Pure, apart from the embedder that is passed in."""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import groupby
from typing import Self

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.fuzz import ratio

from bot.records import Reply
from index.domain import Answer, Decision
from index.numerals import DIGITS_OF, ORDINAL_OF
from index.protocols import Vectors
from index.understanding.evidence import distinguishing

Embed = Callable[[Sequence[str]], Vectors]
"""Questions → (n_questions, dimension), rows of norm 1."""

SAME_MEANING = 0.70
"""Least cosine of two wordings of one question. Of the pairs that it joins in tests/paraphrases.py, which is full of near misses, 83 %
belong together, and of those that belong together it joins 78 %; at 0.66 77 and 81 %, at 0.74 93 and 71 %."""
SAME_SPELLING, SAME_WORD = 90, 75
"""Least likeness, 0..100, of two texts in a language that the models don't read, and of a word and its misspelling."""
SHORTEST_MISSPELT = 5
"""Letters. Of shorter words, others are too near: "cat" and "car"."""
WEAK, STRONG = 0.5, 1.0
_TELLING = {"ordinal", "year", "number"}
_FORMS = {**ORDINAL_OF, **DIGITS_OF}
_ASKS_FOR = {
    "time": re.compile(r"\bwhen\b|\b(?:what|which) (?:date|days?|month|time|year)\b", re.IGNORECASE),
    "place": re.compile(r"\bwhere\b|\b(?:what|which) (?:city|country|place|room)\b", re.IGNORECASE),
    "person": re.compile(r"\bwho(?:m|se)?\b", re.IGNORECASE),
    "reason": re.compile(r"\bwhy\b", re.IGNORECASE),
}


class Order(StrEnum):
    """Which gaps come first."""

    MOST = "most"
    NEWEST = "newest"


@dataclass(frozen=True, slots=True)
class Miss:
    """A question that came to nothing. `id`: of its reply in the database. `down`: how many didn't like what was answered; `last_down`:
    when the last of them said so.
    """

    id: int
    reply: Reply
    answer: Answer
    down: int = 0
    last_down: datetime | None = None

    @property
    def lacking_since(self) -> datetime:
        """When it was asked; of an answer that somebody disliked later, when they did."""
        return max(self.reply.asked_at, self.last_down or self.reply.asked_at)

    @property
    def question(self) -> str:
        """As it was understood: whole and without misspellings, so that it can be asked again."""
        return self.answer.understood or self.reply.question

    @property
    def weight(self) -> float:
        """How sure it is that something is lacking: a maybe may have been an answer."""
        return WEAK if self.answer.decision is Decision.PERHAPS and not self.down else STRONG

    @property
    def key(self) -> str:
        """The same for the same words."""
        text = unicodedata.normalize("NFKC", self.question).casefold()
        return " ".join("".join(character if character.isalnum() else " " for character in text).split())


@dataclass(frozen=True, slots=True)
class Gap:
    """What is lacking: questions that mean the same, oldest first."""

    misses: tuple[Miss, ...]

    @classmethod
    def of(cls, misses: Iterable[Miss]) -> Self:
        return cls(tuple(sorted(misses, key=lambda miss: (miss.reply.asked_at, miss.id))))

    @property
    def wordings(self) -> list[str]:
        """As they were asked, the most frequent first, of those the oldest."""
        return [wording for wording, _ in Counter(" ".join(miss.reply.question.split()) for miss in self.misses).most_common()]

    @property
    def askers(self) -> int:
        """Different people; all who asked as a group are one."""
        return len({miss.reply.asker_id for miss in self.misses})

    @property
    def down(self) -> int:
        return sum(miss.down for miss in self.misses)

    @property
    def weight(self) -> float:
        return sum(miss.weight for miss in self.misses)

    @property
    def first(self) -> datetime:
        return self.misses[0].reply.asked_at

    @property
    def last(self) -> datetime:
        return self.misses[-1].reply.asked_at

    @property
    def newest(self) -> datetime:
        """When the last question came to nothing, be it by a 👎 on an older answer."""
        return max(miss.lacking_since for miss in self.misses)

    @property
    def is_private(self) -> bool:
        """Whether it was asked in private chats; what a group asked is apart from these."""
        return self.misses[0].reply.chat_id > 0

    @property
    def unread(self) -> str | None:
        """The language, where the models don't read it."""
        return self.misses[0].answer.unread

    @property
    def ids(self) -> frozenset[int]:
        return frozenset(miss.id for miss in self.misses)


def gathered(misses: Iterable[Miss], embed: Embed) -> list[Gap]:
    """Each miss in one gap; the same whatever the order of `misses`."""
    by_wording = _by_wording(misses)
    near = _nearness([same[0] for same in by_wording], embed)
    sizes = np.array([len(same) for same in by_wording])
    return [Gap.of(miss for number in cluster for miss in by_wording[number]) for cluster in stars(near, sizes)]


def listed(gaps: Iterable[Gap], order: Order) -> list[Gap]:
    """Those worth somebody's time, the most asked or the newest first. One maybe alone is none: it may have been the answer."""
    found = [gap for gap in gaps if gap.weight >= STRONG]
    return sorted(found, key=lambda gap: (gap.weight if order is Order.MOST else 0.0, gap.last), reverse=True)


def stars(near: NDArray[np.bool_], sizes: NDArray[np.int_]) -> list[list[int]]:
    """Clusters around what has most neighbours, again and again (Butina 1999): whatever is in one is near to its centre.

    `near`: (n, n), symmetric, true on the diagonal. `sizes`: (n,), what each counts. Of equals, the first is the centre.
    """
    is_free = np.ones(len(sizes), bool)
    clusters = []
    while is_free.any():
        reached = np.where(is_free, (near & is_free) @ sizes, -1)  # (n,)
        members = np.flatnonzero(near[reached.argmax()] & is_free)
        is_free[members] = False
        clusters.append([int(member) for member in members])
    return clusters


def _by_wording(misses: Iterable[Miss]) -> list[list[Miss]]:
    """Misses of the same words, each oldest first; in the order of their words."""

    def wording(miss: Miss) -> tuple[str, str]:
        return miss.answer.unread or "", miss.key

    in_order = sorted(misses, key=lambda miss: (*wording(miss), miss.reply.asked_at, miss.id))
    return [list(same) for _, same in groupby(in_order, wording)]


@dataclass(frozen=True, slots=True)
class _Wording:
    """What one miss is compared by, worked out once: of 500 there are 125 000 pairs.

    `unread`: the language, where the models don't read it. `numbers`: written one way. `asked_for`: nothing where it doesn't say, as
    "launch date?" does by other words.
    """

    unread: str | None
    key: str
    words: tuple[str, ...]
    numbers: frozenset[str]
    asked_for: frozenset[str]

    @classmethod
    def of(cls, miss: Miss) -> Self:
        key, question = miss.key, miss.question
        return cls(miss.answer.unread, key, tuple(key.split()), _numbers(question), _asked_for(question))


def _nearness(misses: Sequence[Miss], embed: Embed) -> NDArray[np.bool_]:
    """(n, n): which two ask for the same, each in words of its own."""
    near = np.eye(len(misses), dtype=bool)
    read = [number for number, miss in enumerate(misses) if miss.answer.unread is None]
    cosines = np.zeros(near.shape, np.float32)
    if read:
        vectors = embed([misses[number].question for number in read])
        cosines[np.ix_(read, read)] = vectors @ vectors.T
    wordings = [_Wording.of(miss) for miss in misses]
    for one in range(len(misses)):
        for other in range(one):
            near[one, other] = near[other, one] = _is_same(wordings[one], wordings[other], float(cosines[one, other]))
    return near


def _is_same(one: _Wording, other: _Wording, cosine: float) -> bool:
    if one.unread != other.unread:
        return False
    if one.unread is not None:
        return ratio(one.key, other.key) >= SAME_SPELLING
    return (cosine >= SAME_MEANING or _is_misspelt(one.words, other.words)) and _agree(one, other)


def _is_misspelt(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether two texts have the same words, some of them misspelt."""
    return len(one) == len(other) and all(
        first == second or (min(len(first), len(second)) >= SHORTEST_MISSPELT and ratio(first, second) >= SAME_WORD)
        for first, second in zip(one, other, strict=True)
    )


def _agree(one: _Wording, other: _Wording) -> bool:
    """The second dialogue isn't the third, and when isn't where, however near embeddings think them."""
    is_open = not one.asked_for or not other.asked_for
    return one.numbers == other.numbers and (is_open or not one.asked_for.isdisjoint(other.asked_for))


def _numbers(question: str) -> frozenset[str]:
    return frozenset(_plain_number(match[0].lower()) for kind, match in distinguishing(question) if kind in _TELLING)


def _plain_number(word: str) -> str:
    """ "2nd" as "second", "two" as "2"."""
    return _FORMS.get(word, word)


def _asked_for(question: str) -> frozenset[str]:
    return frozenset(kind for kind, pattern in _ASKS_FOR.items() if pattern.search(question))
