"""The nouns of Citebot. Frozen values; this module imports nothing of ours.

All offsets count characters (Unicode code points) of `Document.text`, start inclusive, end exclusive.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise
from math import tanh

SHARED = "shared"
"""The collection of everybody's documents, from the corpus folder."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where readers find a stretch of a document: from `start` to where the next place starts.

    `headings`: that it stands under, outermost first. `page`: from 1. `url`: of this stretch alone, such as a message's link.
    """

    start: int
    headings: tuple[str, ...] = ()
    page: int | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """A text and where it comes from. `text` was normalised once, at loading; everything downstream is offsets into it.

    `id`: path relative to the corpus, with forward slashes; unique in its collection. `meta`: what whoever added it wants to know of it
    later; the index keeps that and never looks at it. `places`: by their starts; none where the format knows of none.
    """

    id: str
    title: str
    text: str
    url: str | None = None
    date: str | None = None
    author: str | None = None
    meta: Mapping[str, str] = field(default_factory=dict, hash=False)
    places: tuple[Place, ...] = ()

    def place(self, offset: int) -> Place | None:
        """The place that `text[offset]` is at."""
        after = bisect_right(self.places, offset, key=lambda place: place.start)
        return self.places[after - 1] if after else None

    @property
    def section_starts(self) -> tuple[int, ...]:
        """Where the text comes under other headings than before."""
        return tuple(place.start for before, place in pairwise([Place(0), *self.places]) if place.headings != before.headings)


@dataclass(frozen=True, slots=True)
class Passage:
    """A few consecutive sentences: what is embedded, ranked and read. `document.text[start:end] == text`, always.

    `paragraph`: number of the paragraph in which the passage starts, from 1.
    """

    document_id: str
    start: int
    end: int
    text: str
    paragraph: int


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words of a collection, or of a language. `words`: in lower case, in alphabetical order. `counts`: how often each occurs."""

    words: Sequence[str]
    counts: Mapping[str, int]
    total: int

    @classmethod
    def of(cls, counts: Mapping[str, int]) -> "Vocabulary":
        return cls(sorted(counts), counts, sum(counts.values()))

    def __contains__(self, word: str) -> bool:
        return word in self.counts

    def share(self, word: str) -> float:
        """The part of all words that this one is, 0..1."""
        return self.counts.get(word, 0) / self.total if self.total else 0.0

    def starting_with(self, prefix: str) -> Sequence[str]:
        first = bisect_left(self.words, prefix)
        return self.words[first : bisect_left(self.words, prefix + "\U0010ffff", first)]


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that retrieval found in a collection.

    `dense`: cosine to the question, -1..1. `lexical`: BM25 score, 0 or more. `score`: what ranks it, fused from both.
    """

    collection: str
    document: Document
    passage: Passage
    score: float
    dense: float
    lexical: float


@dataclass(frozen=True, slots=True)
class Span:
    """What the reader marks in one passage.

    `start`, `end`: offsets into `Passage.text`. `score`: log-odds of "this answers" against "none here"; comparable between passages.
    """

    start: int
    end: int
    score: float


@dataclass(frozen=True, slots=True)
class Reading:
    """What the reader found in a hit; `span` is None where it had nothing to offer.

    `missing`: how many words the passage lacks of those that tell the question from others like it, such as its names and years
    (`understanding.evidence`).
    """

    hit: Hit
    span: Span | None
    missing: int = 0

    @property
    def text(self) -> str:
        """The marked words, or nothing."""
        return self.hit.passage.text[self.span.start : self.span.end] if self.span else ""

    @property
    def features(self) -> tuple[float, float, float]:
        """What confidence is made of: the scores of span and hit, and the words that are missing. Raises ValueError without a span."""
        if self.span is None:
            raise ValueError("nothing was read")
        return self.span.score, self.hit.score, min(self.missing, MOST_MISSING)


MOST_MISSING = 2
"""Missing words that count: a question that names five people isn't five times as doubtful as one that names one."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """From scores to a probability (logistic regression), and from a probability to a decision.

    `span`, `hit`, `missing`: weights of `Reading.features`. `answer`, `perhaps`: the least confidence for each decision, 0..1.
    `ceiling`: a `Span.score` that hardly any reading exceeds.
    """

    span: float
    hit: float
    bias: float
    answer: float
    perhaps: float
    ceiling: float = 100.0
    missing: float = 0.0

    def confidence(self, reading: Reading) -> float:
        """The probability that the reading's span answers, 0..1; 0 where there is none."""
        if reading.span is None:
            return 0.0
        span, hit, missing = reading.features
        logit = self.span * span + self.hit * hit + self.missing * missing + self.bias
        return (1 + tanh(logit / 2)) / 2  # the logistic function, without overflow

    def bound(self, hit: Hit) -> float:
        """The most confidence that reading this hit is likely to lead to."""
        return self.confidence(Reading(hit, Span(0, 0, self.ceiling)))

    def decide(self, confidence: float) -> "Decision":
        if confidence >= self.answer:
            return Decision.ANSWER
        return Decision.PERHAPS if confidence >= self.perhaps else Decision.NONE


class Decision(StrEnum):
    """What becomes of the best span: shown as the answer, shown as a maybe, or withheld."""

    ANSWER = "answer"
    PERHAPS = "perhaps"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Citation:
    """A verbatim quote and its place. `document.text[start:end] == quote`.

    `answer_start`, `answer_end`: offsets of the answer into `Document.text`, inside the quote; None when the quote is only near.
    `url`: of the place, if it has its own, else of the document. `score`: of the passage, as in `Hit`.
    """

    collection: str
    document_id: str
    title: str
    url: str | None
    passage: Passage
    start: int
    end: int
    quote: str
    score: float
    answer_start: int | None = None
    answer_end: int | None = None
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A possible answer. `confidence`: the probability that it is right, 0..1."""

    text: str
    confidence: float
    citation: Citation


@dataclass(frozen=True, slots=True)
class Answer:
    """What a question came to. Abstaining is a value, not an exception, and still carries the nearest passages.

    `understood`: the question as corrected, None if it was taken as it stood. `best`: the likeliest span, also when it is withheld.
    `citations`: the best different passages, best first. `generations`: of each collection's snapshot that was asked.
    `elapsed`: seconds from question to answer. `unread`: ISO 639-1 code of the question's language, when the models don't read it.
    """

    question: str
    understood: str | None
    decision: Decision
    best: Candidate | None
    citations: tuple[Citation, ...]
    alternatives: tuple[Candidate, ...]
    generations: dict[str, int]
    elapsed: float
    unread: str | None = None

    @property
    def text(self) -> str | None:
        """The answer's words; None when it abstains."""
        return self.best.text if self.best and self.decision is Decision.ANSWER else None

    @property
    def confidence(self) -> float:
        """The probability that `best` is right, 0..1."""
        return self.best.confidence if self.best else 0.0
