"""Runs an Answerer over a question set → one frozen report.

Everything goes through what answers users: the store publishes the documents, the Answerer retrieves and asks, the reader reads. The
arms of retrieval are ranked by the scores that each `Hit` carries.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import TypeVar

import numpy as np

from index.answering import Answerer
from index.domain import Answer, Decision, Document, Hit, Passage
from index.errors import CorpusError
from index.evaluation.metrics import (
    NOT_FOUND,
    Floats,
    auroc,
    coverage_at,
    exact_match,
    expected_calibration_error,
    f1,
    first_rank,
    is_right,
    mean_reciprocal_rank,
    recall_at,
    reliability,
    risk_coverage,
)
from index.evaluation.pairs import minimal_pairs
from index.evaluation.questions import Gold, Question, QuestionSet
from index.evaluation.report import Arm, EndToEnd, Kind, Latency, ReadingFigures, Report, Selective, Separation, Spans
from index.fusion import reciprocal_rank
from index.protocols import Progress, Reader, Store

T = TypeVar("T")
Stages = Callable[[str], Progress]
"""Called with the name of what begins; gives what its progress is told to."""

DEPTH = 200
"""Passages that are ranked; those beyond count as not found. For an answer each arm puts 100 forward (`snapshot.CANDIDATES`), here 200, and
its scores are scaled over all of them: the fused ranks may differ a little from those that answers come from."""
FOLDS = 10
"""Parts of the documents that are taken away in turn, to ask what they would have answered."""
REMOVED = "answering document removed"
ALL_ANSWERABLE, ALL_UNANSWERABLE = "all answerable", "all unanswerable"


@dataclass(frozen=True, slots=True)
class Subject:
    """What is measured. `collection`: the name under which its store keeps the documents of the question set."""

    answerer: Answerer
    reader: Reader
    store: Store
    collection: str = "evaluation"


@dataclass(frozen=True, slots=True)
class _Ranked:
    """Where retrieval found the gold paragraph, by arm; and the best passage that holds an answer, and that doesn't."""

    ranks: dict[str, float]
    holding: Passage | None
    negative: Passage | None


@dataclass(frozen=True, slots=True)
class _Asked:
    question: Question
    answer: Answer

    @property
    def shown(self) -> str:
        return self.answer.text or ""

    @property
    def best(self) -> str:
        return self.answer.best.text if self.answer.best else ""

    @property
    def gold(self) -> list[str]:
        return self.question.gold.texts if self.question.gold else []


def measure(questions: QuestionSet, subject: Subject, stages: Stages, retrieval_only: bool = False, seed: int = 0) -> Report:
    """Every figure of the report. `seed`: of the minimal pairs. Raises CorpusError without an answerable question."""
    answerable = questions.answerable
    if not answerable:
        raise CorpusError("there is nothing to measure without a question that the documents answer; add some to the question file")
    subject.store.publish(subject.collection, questions.documents, stages("indexing"))
    ranked = [_rank(question, gold, subject) for question, gold in _each(answerable, stages("searching"))]
    return Report(
        documents=len(questions.documents),
        answerable=len(answerable),
        arms=tuple(_arm(name, ranked) for name in ranked[0].ranks),
        reading=None if retrieval_only else _reading(questions, ranked, subject, stages, seed),
    )


def _reading(questions: QuestionSet, ranked: Sequence[_Ranked], subject: Subject, stages: Stages, seed: int) -> ReadingFigures:
    answerable = questions.answerable
    given = _spans(_read_gold(answerable, subject, stages("reading gold paragraphs")))
    separations = (
        _hard_negatives(answerable, ranked, subject, stages("reading hard negatives")),
        _minimal_pairs(answerable, subject, Random(seed), stages("reading minimal pairs")),
    )
    asked = [_ask(question, subject) for question in _each(questions.questions, stages("asking"))]
    removed = _ask_without(questions, subject, stages("asking without the document"))
    answered = [one for one in asked if one.question.gold]
    silent = [one for one in asked if not one.question.gold] + removed
    return ReadingFigures(
        given_paragraph=given,
        separations=separations,
        end_to_end=_end_to_end(answered),
        kinds=tuple(_kinds(answered, silent)),
        selective=tuple(_selective(answered, silent)),
        latency=_latency(asked),
    )


# retrieval


def _rank(question: Question, gold: Gold, subject: Subject) -> _Ranked:
    hits = subject.answerer.retrieve(question.text, collections=[subject.collection], k=DEPTH)
    answers = [answer.lower() for answer in gold.texts]
    return _Ranked(
        ranks=_ranks(hits, gold),
        holding=next((hit.passage for hit in hits if _holds(hit.passage, gold)), None),
        negative=next((hit.passage for hit in hits if not any(answer in hit.passage.text.lower() for answer in answers)), None),
    )


def _ranks(hits: Sequence[Hit], gold: Gold) -> dict[str, float]:
    in_order = sorted(hits, key=lambda hit: (hit.passage.document_id, hit.passage.start))  # so that no arm's ties profit from another arm
    relevant = np.array([gold.is_in(hit.passage) for hit in in_order], bool)
    dense, lexical, fused = (
        np.array([getattr(hit, name) for hit in in_order], np.float32) for name in ("dense", "lexical", "score")
    )  # (n_hits,) each
    return {
        "dense": first_rank(dense, relevant),
        "lexical (BM25)": first_rank(lexical, relevant) if np.any(lexical[relevant] > 0) else NOT_FOUND,
        "fused, normalised sum": first_rank(fused, relevant),
        "fused, reciprocal rank": first_rank(reciprocal_rank(dense, lexical), relevant),
    }


def _arm(name: str, ranked: Sequence[_Ranked]) -> Arm:
    ranks = np.array([one.ranks[name] for one in ranked])  # (n_questions,)
    return Arm(name, recall_at(ranks, 1), recall_at(ranks, 5), mean_reciprocal_rank(ranks))


# the reader by itself


def _read_gold(answerable: Sequence[tuple[Question, Gold]], subject: Subject, progress: Progress) -> list[tuple[str, list[str]]]:
    """What the reader finds in each gold paragraph, with the annotators' answers."""
    return [(_words(subject.reader, question.text, _paragraph(gold)), gold.texts) for question, gold in _each(answerable, progress)]


def _hard_negatives(
    answerable: Sequence[tuple[Question, Gold]], ranked: Sequence[_Ranked], subject: Subject, progress: Progress
) -> Separation:
    """The best-ranked passage that holds an answer against the best-ranked one that doesn't."""
    positives, negatives = [], []
    for (question, gold), found in _each(list(zip(answerable, ranked, strict=True)), progress):
        positives.append(_score(subject.reader, question.text, found.holding or _paragraph(gold)))
        if found.negative:
            negatives.append(_score(subject.reader, question.text, found.negative))
    return _separation("best-ranked passage without the answer", positives, negatives)


def _minimal_pairs(answerable: Sequence[tuple[Question, Gold]], subject: Subject, random: Random, progress: Progress) -> Separation:
    """Paraphrased questions on their gold paragraph against such with a word exchanged."""
    variants = minimal_pairs(answerable, random)
    scored = [(variant, _score(subject.reader, variant.question, _paragraph(variant.gold))) for variant in _each(variants, progress)]
    positives = [score for variant, score in scored if variant.is_control]
    return _separation("minimal pairs, from controls", positives, [score for variant, score in scored if not variant.is_control])


def _score(reader: Reader, question: str, passage: Passage) -> float:
    (span,) = reader.read(question, [passage])
    return span.score if span else -np.inf


def _words(reader: Reader, question: str, passage: Passage) -> str:
    (span,) = reader.read(question, [passage])
    return passage.text[span.start : span.end] if span else ""


def _paragraph(gold: Gold) -> Passage:
    start, end = gold.paragraphs[0]
    return Passage(gold.document.id, start, end, gold.document.text[start:end], 1)


def _holds(passage: Passage, gold: Gold) -> bool:
    return gold.is_held_by(passage.document_id, passage.start, passage.end)


# end to end


def _ask(question: Question, subject: Subject) -> _Asked:
    return _Asked(question, subject.answerer.ask(question.text, collections=[subject.collection]))


def _ask_without(questions: QuestionSet, subject: Subject, progress: Progress) -> list[_Asked]:
    """The answerable questions, each while the document that answers it is away with its fold; the last fold stays away."""
    asked: list[_Asked] = []
    for fold in _folds(questions.documents):
        of_fold = [question for question, gold in questions.answerable if gold.document in fold]
        left = [document for document in questions.documents if document not in fold]
        if of_fold and left:
            subject.store.publish(subject.collection, left)
            asked += [_ask(Question(question.text, None, REMOVED), subject) for question in of_fold]
        progress(len(asked), len(questions.answerable))
    return asked


def _folds(documents: Sequence[Document]) -> list[Sequence[Document]]:
    folds = [documents[number::FOLDS] for number in range(FOLDS)]
    return [fold for fold in folds if fold]


def _end_to_end(answered: Sequence[_Asked]) -> EndToEnd:
    ranks = np.array([_cited_rank(one) for one in answered])
    given = [_quote_holds(one) for one in answered if one.answer.decision is Decision.ANSWER]
    best = [_quote_holds(one) for one in answered if one.answer.best]
    return EndToEnd(
        recall_at_1=recall_at(ranks, 1),
        recall_at_5=recall_at(ranks, 5),
        best=_spans([(one.best, one.gold) for one in answered]),
        shown=_spans([(one.shown, one.gold) for one in answered]),
        citation_precision=_share(given),
        best_citation_precision=_share(best),
    )


def _cited_rank(asked: _Asked) -> float:
    gold = asked.question.gold
    ranks = (rank for rank, citation in enumerate(asked.answer.citations, 1) if gold and gold.is_in(citation.passage))
    return float(next(ranks, NOT_FOUND))


def _quote_holds(asked: _Asked) -> bool:
    gold, best = asked.question.gold, asked.answer.best
    return bool(gold and best and gold.is_held_by(best.citation.document_id, best.citation.start, best.citation.end))


def _kinds(answered: Sequence[_Asked], silent: Sequence[_Asked]) -> Iterator[Kind]:
    """Each kind of question, the answerable first, with the sums of both where there is more than one kind."""
    for part, name in ((answered, ALL_ANSWERABLE), (silent, ALL_UNANSWERABLE)):
        kinds = list(dict.fromkeys(one.question.kind for one in part))
        for kind in kinds:
            yield _kind(kind, [one for one in part if one.question.kind == kind], answered)
        if len(kinds) > 1:
            yield _kind(name, part, answered)


def _kind(name: str, asked: Sequence[_Asked], answered: Sequence[_Asked]) -> Kind:
    given = [one for one in asked if one.answer.decision is Decision.ANSWER]
    positives, own = _confidences(answered), _confidences(asked)
    return Kind(
        name=name,
        questions=len(asked),
        answered=len(given) / len(asked),
        exact=sum(_is_exact(one) for one in given) / len(asked),
        overlap=sum(_overlaps(one) for one in given) / len(asked),
        auroc=None if asked[0].question.gold else auroc(positives, own),
    )


def _selective(answered: Sequence[_Asked], silent: Sequence[_Asked]) -> Iterator[Selective]:
    """By exact match, as Kamath et al. 2020 count; by overlap, as a user would; and with questions among them that have no answer."""
    yield _curve("exact match", answered, _is_exact)
    yield _curve("overlap", answered, _overlaps)
    if silent:
        yield _curve("overlap, unanswerable questions included", [*answered, *silent], _overlaps)


def _curve(name: str, asked: Sequence[_Asked], is_right: Callable[[_Asked], bool]) -> Selective:
    confidences, right = _confidences(asked), np.array([is_right(one) for one in asked], bool)  # (n_questions,) each
    return Selective(
        name=name,
        right=float(right.mean()),
        coverage_80=coverage_at(0.8, confidences, right),
        coverage_90=coverage_at(0.9, confidences, right),
        calibration_error=expected_calibration_error(confidences, right),
        reliability=tuple(point for point, _ in reliability(confidences, right)),
        risk=tuple(risk_coverage(confidences, right)),
    )


def _is_exact(asked: _Asked) -> bool:
    """Of the best span, whether or not it is shown; never where there is no answer."""
    return bool(asked.gold) and exact_match(asked.best, asked.gold) == 1


def _overlaps(asked: _Asked) -> bool:
    return is_right(asked.best, asked.gold)


def _confidences(asked: Sequence[_Asked]) -> Floats:
    return np.array([one.answer.confidence for one in asked], np.float64)


def _latency(asked: Sequence[_Asked]) -> Latency:
    p50, p95 = np.percentile([1000 * one.answer.elapsed for one in asked], [50, 95])
    return Latency(float(p50), float(p95))


# means


def _spans(predicted: Sequence[tuple[str, list[str]]]) -> Spans:
    """`predicted`: pairs of a prediction and the annotators' answers."""
    pairs = list(predicted)
    return Spans(float(np.mean([exact_match(*pair) for pair in pairs])), float(np.mean([f1(*pair) for pair in pairs])))


def _separation(against: str, positives: Sequence[float], negatives: Sequence[float]) -> Separation:
    value = auroc(np.array(positives), np.array(negatives)) if positives and negatives else None
    return Separation(against, len(negatives), value)


def _share(flags: Sequence[bool]) -> float | None:
    return sum(flags) / len(flags) if flags else None


def _each(items: Sequence[T], progress: Progress) -> Iterable[T]:
    for done, item in enumerate(items, 1):
        yield item
        progress(done, len(items))
