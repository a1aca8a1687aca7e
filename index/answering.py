"""Question → Answer: retrieve, read, decide, cite."""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from index.chunking import Offsets, sentence_offsets
from index.domain import Answer, Candidate, Citation, Decision, Document, Hit, Span
from index.errors import QuestionError
from index.lexical import terms
from index.protocols import Reader
from index.retrieval import Retriever, first_of_each

CITATIONS = 5
READ = 8
"""Passages that the reader looks at: in 8 of them the answer is found as often as in 20 (`evaluation/README.md`)."""
MAX_QUESTION = 1000
MAX_QUOTE = 400
MAX_ALTERNATIVES = 3


@dataclass(frozen=True, slots=True)
class _Reading:
    """What was read in one hit."""

    hit: Hit
    span: Span | None
    confidence: float

    @property
    def text(self) -> str:
        return self.hit.passage.text[self.span.start : self.span.end] if self.span else ""


class Answerer:
    """What asks documents. Thread-safe as far as its parts are."""

    def __init__(self, retriever: Retriever, reader: Reader) -> None:
        self._retriever, self._reader = retriever, reader

    def ask(self, question: str, *, collections: Sequence[str], previous: Answer | None = None) -> Answer:
        """Answers from `collections` and nothing else. `previous`: the answer that this question follows up.

        Raises QuestionError when there is nothing to ask, SnapshotError when a collection can't be used.
        """
        started = time.perf_counter()
        asked = _checked(question)
        generations = self._retriever.generations(collections)
        readings = self._read(asked, self._retriever.retrieve(asked, collections, READ))
        best = readings[0] if readings and readings[0].span else None
        decision = self._reader.calibration.decide(best.confidence) if best is not None else Decision.NONE
        return Answer(
            question=question,
            understood=None,
            decision=decision,
            best=_candidate(best) if best is not None else None,
            citations=tuple(_citations(asked, readings[:CITATIONS], decision)),
            alternatives=tuple(self._alternatives(readings)),
            generations=generations,
            elapsed=time.perf_counter() - started,
        )

    def search(self, question: str, *, collections: Sequence[str], k: int = CITATIONS) -> list[Citation]:
        """The k nearest passages, each with its best sentence, without reading an answer out of them."""
        asked = _checked(question)
        return [cite(hit, _nearest_sentence(asked, hit)) for hit in self.retrieve(asked, collections=collections, k=k)]

    def retrieve(self, question: str, *, collections: Sequence[str], k: int = CITATIONS) -> list[Hit]:
        """What `search` cites, with the scores of both arms."""
        return self._retriever.retrieve(_checked(question), collections, k)

    def documents(self, collection: str) -> list[Document]:
        return self._retriever.documents(collection)

    def _read(self, question: str, hits: Sequence[Hit]) -> list[_Reading]:
        """Every hit, the likeliest to answer first."""
        spans = self._reader.read(question, [hit.passage for hit in hits])
        confidence = self._reader.calibration.confidence
        readings = [_Reading(hit, span, confidence(span, hit) if span else 0.0) for hit, span in zip(hits, spans, strict=True)]
        return sorted(readings, key=lambda reading: -reading.confidence)

    def _alternatives(self, readings: Sequence[_Reading]) -> list[Candidate]:
        """Texts other than the best that would be shown if it weren't there; each once, likeliest first."""
        decide = self._reader.calibration.decide
        worth_showing = [reading for reading in readings if reading.span and decide(reading.confidence) is not Decision.NONE]
        different = first_of_each(worth_showing, lambda reading: _plain(reading.text))
        return [_candidate(reading) for reading in different[1 : 1 + MAX_ALTERNATIVES]]


def cite(hit: Hit, quoted: Offsets, answer: Offsets | None = None) -> Citation:
    """`quoted`, `answer`: offsets into the passage's text."""
    passage, document = hit.passage, hit.document
    start, end = (passage.start + offset for offset in quoted)
    answer_start, answer_end = (passage.start + offset for offset in answer) if answer else (None, None)
    return Citation(
        hit.collection,
        document.id,
        document.title,
        document.url,
        passage,
        start,
        end,
        document.text[start:end],
        hit.score,
        answer_start,
        answer_end,
    )


def quote_around(text: str, start: int, end: int) -> Offsets:
    """The whole sentences that hold `text[start:end]`; of longer ones MAX_QUOTE characters around it, or its own first ones, cut between words."""
    holding = [sentence for sentence in sentence_offsets(text) if sentence[0] < end and start < sentence[1]]
    first, last = min([start, *(s for s, _ in holding)]), max([end, *(e for _, e in holding)])
    if last - first <= MAX_QUOTE:
        return first, last
    if end - start > MAX_QUOTE:
        cut = _word_end(text, start + MAX_QUOTE, start)
        return start, cut if cut > start else start + MAX_QUOTE
    room = (MAX_QUOTE - (end - start)) // 2
    return _word_start(text, max(first, start - room), start), _word_end(text, min(last, end + room), end)


def _citations(question: str, readings: Sequence[_Reading], decision: Decision) -> Iterable[Citation]:
    """The first with its answer marked, unless that is withheld; the others with the sentence that comes nearest."""
    for number, reading in enumerate(readings):
        if number == 0 and reading.span and decision is not Decision.NONE:
            yield _candidate(reading).citation
        else:
            yield cite(reading.hit, _nearest_sentence(question, reading.hit, reading.span))


def _candidate(reading: _Reading) -> Candidate:
    if reading.span is None:
        raise ValueError("there is no candidate where nothing was read")
    text = reading.hit.passage.text
    quoted = quote_around(text, reading.span.start, reading.span.end)
    start, end = answer = reading.span.start, min(reading.span.end, quoted[1])
    return Candidate(text[start:end], reading.confidence, cite(reading.hit, quoted, answer))


def _nearest_sentence(question: str, hit: Hit, span: Span | None = None) -> Offsets:
    """The sentence that shares most words with the question; of equals the one with the span, else the first."""
    text, wanted = hit.passage.text, set(terms(question))

    def nearness(sentence: Offsets) -> tuple[int, bool]:
        start, end = sentence
        return len(wanted & set(terms(text[start:end]))), span is not None and start <= span.start < end

    return quote_around(text, *max(sentence_offsets(text), key=nearness, default=(0, len(text))))


def _checked(question: str) -> str:
    asked = " ".join(question.split())
    if not any(character.isalnum() for character in asked):
        raise QuestionError("there is no question; ask in a few words, such as: when was the office opened?")
    if len(asked) > MAX_QUESTION:
        raise QuestionError(f"the question is longer than {MAX_QUESTION} characters; ask it in a sentence or two")
    return asked


def _plain(text: str) -> str:
    """For comparing answers: "July 2014," and "july 2014" are one."""
    return " ".join(terms(text)) or text.casefold()


def _word_start(text: str, position: int, limit: int) -> int:
    """The first beginning of a word in `text[position:limit]`, else `limit`."""
    return next(
        (place for place in range(position, limit) if place == 0 or (text[place - 1].isspace() and not text[place].isspace())), limit
    )


def _word_end(text: str, position: int, limit: int) -> int:
    """The last end of a word in `text[limit:position]`, else `limit`."""
    ends = (
        place for place in range(position, limit, -1) if place == len(text) or (text[place].isspace() and not text[place - 1].isspace())
    )
    return next(ends, limit)
