"""What Prometheus is told: numbers only, of nobody's words."""

import time
from collections.abc import Callable, Sequence

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from bot.library import Answers
from index.domain import SHARED, Answer, Citation, Document
from index.protocols import Vectors

BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Seconds; an answer takes a few hundredths."""


class Metrics:
    """A registry of its own: nothing of the process is told, and two bots in one process don't mix."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self.questions = Counter("citebot_questions", "Questions asked of the index.", registry=self._registry)
        self.outcomes = Counter("citebot_outcomes", "What became of them: answer, perhaps, none.", ["decision"], registry=self._registry)
        self.seconds = Histogram("citebot_answer_seconds", "From question to answer.", buckets=BUCKETS, registry=self._registry)
        self.generation = Gauge("citebot_snapshot_generation", "Of the index last answered from.", ["collection"], registry=self._registry)

    def watch(self, name: str, meaning: str, value: Callable[[], float]) -> None:
        """A number that is looked up whenever somebody asks."""
        Gauge(name, meaning, registry=self._registry).set_function(value)

    def page(self) -> bytes:
        return generate_latest(self._registry)


class Measured:
    """Answers of another, each counted and timed."""

    def __init__(self, answers: Answers, metrics: Metrics) -> None:
        self._answers, self._metrics = answers, metrics

    def ask(self, question: str, *, collections: tuple[str, ...], previous: Answer | None = None) -> Answer:
        self._metrics.questions.inc()
        began = time.perf_counter()
        answer = self._answers.ask(question, collections=collections, previous=previous)
        self._metrics.seconds.observe(time.perf_counter() - began)
        self._metrics.outcomes.labels(answer.decision.value).inc()
        if SHARED in answer.generations:  # of a chat's own, metrics tell nothing
            self._metrics.generation.labels(SHARED).set(answer.generations[SHARED])
        return answer

    def search(self, question: str, *, collections: tuple[str, ...], k: int) -> list[Citation]:
        return self._answers.search(question, collections=collections, k=k)

    def documents(self, collection: str) -> Sequence[Document]:
        return self._answers.documents(collection)

    def document(self, collection: str, document_id: str) -> Document | None:
        return self._answers.document(collection, document_id)

    def embed(self, questions: Sequence[str]) -> Vectors:
        return self._answers.embed(questions)
