"""Question → Answer: understand, retrieve, read, decide, cite."""

import re
import time
import unicodedata
from collections.abc import Iterable, Sequence
from math import prod

from index.citing import cite_answer, cite_nearest
from index.domain import Answer, Candidate, Citation, Decision, Document, Hit, Reading
from index.errors import NoQuestion, QuestionTooLong
from index.protocols import Holdings, Reader, Vectors
from index.retrieval import Retriever, first_of_each
from index.terms import terms
from index.understanding.evidence import missing
from index.understanding.followups import follow_up
from index.understanding.language import unread_language
from index.understanding.spelling import English, corrected
from index.understanding.wording import asked_in, courtesy_in, plainly

CITATIONS = 5
READ = 8
"""Passages that the reader may look at: 97.5 % of the questions have their answer among them, 98.5 % among 12 (`evaluation/README.md`)."""
AT_ONCE = 2
"""Passages that are read side by side, on two cores."""
MAX_QUESTION = 1000
MAX_ALTERNATIVES = 3
RIVAL = 0.5
"""An alternative is shown only if it has at least this share of the best answer's confidence. Of 2,487 tuning questions 132 then show
alternatives, without this rule 222; of the 35 where the best answer is wrong and an alternative right, 30 still show it."""
_DECISIVE = re.compile(r"\b(?:no|not)\b|n['’]t\b|[$€£¥₩%]|(?<!\w)[-−–](?=\d)")
"""What an answer's meaning hangs on and `terms` leaves out."""


class Answerer:
    """What asks documents. Thread-safe as far as its parts are."""

    def __init__(self, retriever: Retriever, reader: Reader, english: English | None = None) -> None:
        """`english`: the language, when the models read no other; else questions are neither corrected nor turned down for theirs."""
        self._retriever, self._reader, self._english = retriever, reader, english

    def ask(self, question: str, *, collections: Sequence[str], previous: Answer | None = None) -> Answer:
        """Answers from `collections` and nothing else. `previous`: the answer that this question follows up.

        Raises QuestionError when there is nothing to ask, SnapshotError when a collection can't be used.
        """
        started = time.perf_counter()
        asked = _checked(question)
        if (courtesy := courtesy_in(asked)) is not None:
            raise courtesy
        holdings = self._retriever.holdings(collections)
        unread = unread_language(asked) if self._english else None
        understood = asked if unread else self._understand(asked, holdings, previous)
        readings = self._nearest(asked, holdings) if unread else self._read_each(*self._to_read(understood, holdings))
        candidates = self._candidates(readings)
        best = candidates[0] if candidates else None
        decision = self._reader.calibration.decide(best.confidence) if best else Decision.NONE
        return Answer(
            question=question,
            understood=understood if understood != asked else None,
            decision=decision,
            best=best,
            citations=tuple(_citations(understood, readings[:CITATIONS], decision)),
            alternatives=tuple(self._rivals(candidates)),
            generations=dict(holdings.generations),
            elapsed=time.perf_counter() - started,
            unread=unread,
        )

    def search(self, question: str, *, collections: Sequence[str], k: int = CITATIONS) -> list[Citation]:
        """The k nearest passages, each with its best sentence, without reading an answer out of them."""
        asked = _checked(question)
        return [cite_nearest(reading, asked) for reading in self._nearest(asked, self._retriever.holdings(collections), k)]

    def retrieve(self, question: str, *, collections: Sequence[str], k: int = CITATIONS) -> list[Hit]:
        """What `search` cites, with the scores of both arms."""
        return self._retriever.retrieve(_checked(question), self._retriever.holdings(collections), k)

    def documents(self, collection: str) -> Sequence[Document]:
        """In the order of their ids."""
        return self._retriever.documents(collection)

    def embed(self, questions: Sequence[str]) -> Vectors:
        """What questions mean: (n_questions, dimension), rows of norm 1."""
        return self._retriever.embed(questions)

    def document(self, collection: str, document_id: str) -> Document | None:
        return self._retriever.document(collection, document_id)

    def read(self, question: str, *, collections: Sequence[str]) -> list[Reading]:
        """What stands in all of the nearest passages, the likeliest to answer first: for who judges where reading may stop."""
        return self._ranked(self._readings(*self._to_read(_checked(question), self._retriever.holdings(collections))))

    def _nearest(self, question: str, holdings: Holdings, k: int = CITATIONS) -> list[Reading]:
        """Passages for whoever wants to look; nothing is read in them."""
        return [Reading(hit, None) for hit in self._retriever.retrieve(question, holdings, k)]

    def _understand(self, asked: str, holdings: Holdings, previous: Answer | None) -> str:
        """Without misspellings, and whole in itself."""
        mended = corrected(asked, holdings.vocabularies(), self._english) if self._english else None
        spelt = mended or asked
        whole = follow_up(spelt, previous) if previous else None
        return whole or spelt

    def _to_read(self, question: str, holdings: Holdings) -> tuple[str, list[Hit]]:
        """The question as the reader is asked it, and the passages that it may look at."""
        worded = plainly(question)
        return asked_in(worded), self._retriever.retrieve(worded, holdings, READ)

    def _read_each(self, question: str, hits: Sequence[Hit]) -> list[Reading]:
        """Reads the nearest passages first, and stops when none of the others is likely to become the best any more."""
        calibration = self._reader.calibration
        readings: list[Reading] = []
        while len(readings) < len(hits):
            some = hits[len(readings) : len(readings) + AT_ONCE]
            if max(map(calibration.confidence, readings), default=0.0) >= calibration.bound(some[0]):
                break
            readings += self._readings(question, some)
        return [*self._ranked(readings), *(Reading(hit, None) for hit in hits[len(readings) :])]

    def _readings(self, question: str, hits: Sequence[Hit]) -> list[Reading]:
        spans = self._reader.read(question, [hit.passage for hit in hits])
        return [Reading(hit, span, _missing(question, hit)) for hit, span in zip(hits, spans, strict=True)]

    def _ranked(self, readings: Sequence[Reading]) -> list[Reading]:
        """Likeliest answer first, and of those that give the same one the likeliest reading."""
        confidence, support = self._reader.calibration.confidence, self._support(readings)
        return sorted(readings, key=lambda reading: (-support[_plain(reading.text)], -confidence(reading)))

    def _support(self, readings: Sequence[Reading]) -> dict[str, float]:
        """The confidence in each different answer, from all readings that give it. By its plain words."""
        confidences: dict[str, list[float]] = {}
        for reading in readings:
            confidences.setdefault(_plain(reading.text), []).append(self._reader.calibration.confidence(reading))
        return {plain: supported(each) for plain, each in confidences.items()}

    def _candidates(self, readings: Sequence[Reading]) -> list[Candidate]:
        """Different answers, likeliest first."""
        marked = [reading for reading in readings if reading.span]
        support = self._support(marked)
        different = first_of_each(marked, lambda reading: _plain(reading.text))
        return [Candidate(reading.text, support[_plain(reading.text)], cite_answer(reading)) for reading in different]

    def _rivals(self, candidates: Sequence[Candidate]) -> list[Candidate]:
        """Those that would be shown if the best weren't there, and that come near it."""
        decide = self._reader.calibration.decide
        near = [one for one in candidates[1:] if one.confidence >= RIVAL * candidates[0].confidence]
        return [one for one in near if decide(one.confidence) is not Decision.NONE][:MAX_ALTERNATIVES]


def supported(confidences: Iterable[float]) -> float:
    """The confidence in what several passages say, from the confidence in each: a noisy or in which all but the likeliest count half,
    since documents copy from each other. On the tuning questions as good as the likeliest alone."""
    first, *others = sorted(confidences, reverse=True)
    return 1 - (1 - first) * prod(1 - other / 2 for other in others)


def _missing(question: str, hit: Hit) -> int:
    return missing(question, f"{hit.document.title}\n{hit.passage.text}")


def _citations(question: str, readings: Sequence[Reading], decision: Decision) -> Iterable[Citation]:
    """The first with its answer marked, unless that is withheld; the others with the sentence that comes nearest."""
    for number, reading in enumerate(readings):
        if number == 0 and reading.span and decision is not Decision.NONE:
            yield cite_answer(reading)
        else:
            yield cite_nearest(reading, question)


def _checked(question: str) -> str:
    asked = " ".join(question.split())
    if not any(character.isalnum() for character in asked):
        raise NoQuestion
    if len(asked) > MAX_QUESTION:
        raise QuestionTooLong(MAX_QUESTION)
    return unicodedata.normalize("NFC", asked)  # as documents are; what is pasted from a PDF may have its accents apart


def _plain(text: str) -> str:
    """For comparing answers: "July 2014," and "in july 2014" are one, "allowed" and "not allowed" or "€5" and "$5" aren't."""
    return " ".join([*terms(text), *_DECISIVE.findall(text.casefold())]) or text.casefold()
