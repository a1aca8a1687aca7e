"""What it costs that documents change while questions are asked: `python -m index.evaluation.living`.

A page is added to a large collection, questions are asked meanwhile, and many small collections are asked in turn. Passages of the large
one are those of `citebot bench`; what is added is embedded as ever.
"""

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from threading import Event, Thread

from index.assembly import answerer_over, build_embedder, build_reader, build_store
from index.domain import SHARED, Document
from index.evaluation.questions import QuestionSet
from index.evaluation.speed import Workload, recombined
from index.evaluation.subjects import Noisy, memory, throughput
from index.keeping import Keeper
from index.loading.corpus import load_corpus
from index.settings import IndexSettings, load_settings

PASSAGES = 10_000
COLLECTIONS = 1_000
ADDED = 5
ASKED = 100


class Bench:
    """A data directory with a large shared collection, what answers from it, and what changes it."""

    def __init__(self, settings: IndexSettings, home: Path, passages: int = PASSAGES) -> None:
        embedder = build_embedder(settings)
        self.workload = Workload.of(QuestionSet(load_corpus(settings.corpus).documents, ()), ASKED)
        self.home, here = home, settings.model_copy(update={"data": home})
        noisy = Noisy(embedder, embedder.embed_passages(self.workload.passages))
        build_store(here, noisy).publish(SHARED, recombined(self.workload, passages))
        self.store = build_store(here, embedder)
        self.keeper = Keeper(self.store, settings.corpus)
        self.answerer = answerer_over(self.store, embedder, build_reader(settings), settings)
        self._pages = iter(recombined(self.workload, 5 * PASSAGES))

    def ask(self, question: str) -> object:
        return self.answerer.ask(question, collections=[SHARED])

    def add_page(self) -> None:
        """Ten new passages."""
        page = next(self._pages)
        self.keeper.put(SHARED, Document(f"added/{page.id}", page.title, page.text))


def adding(bench: Bench) -> Iterator[str]:
    seconds, cpu = zip(*(_timed(bench.add_page) for _ in range(ADDED)), strict=True)
    yield f"adding a page: {median(seconds):.2f} s (most {max(seconds):.2f}), {median(cpu):.2f} s of CPU time"


def asking_meanwhile(bench: Bench) -> Iterator[str]:
    questions = bench.workload.questions
    throughput(bench.ask, questions[:10], 2)
    for threads in (1, 2):
        idle = throughput(bench.ask, questions, threads)
        with _over_and_over(bench.add_page) as done:
            busy = throughput(bench.ask, questions, threads)
        yield (
            f"questions/s, {threads} thread{'s' * (threads > 1)}: {idle:.1f} idle, {busy:.1f} while pages are added without a pause "
            f"({len(done)} meanwhile)"
        )


def many_collections(bench: Bench, collections: int = COLLECTIONS) -> Iterator[str]:
    names = [f"chat-{number}" for number in range(collections)]
    bench.keeper.put("chat", *recombined(bench.workload, 10))
    for name in names:
        shutil.copytree(bench.home / "collections" / "chat", bench.home / "collections" / name)
    before, questions = memory("RssAnon"), bench.workload.questions
    opening = [_timed(partial(bench.store.holdings, [name]))[0] for name in names]
    for round_number in range(2):
        for number, name in enumerate(names):
            bench.answerer.retrieve(questions[(number + round_number) % len(questions)], collections=[SHARED, name])
    yield f"{collections:,} collections asked in turn: {memory('RssAnon') - before:+.0f} MB not mapped from files ({before:.0f} before)"
    yield f"opening one again: {1000 * median(opening):.1f} ms (most {1000 * max(opening):.0f})"


@contextmanager
def _over_and_over(work: Callable[[], object]) -> Iterator[list[object]]:
    """Does it in another thread for as long as this lasts, and counts."""
    stop, done = Event(), list[object]()

    def go_on() -> None:
        while not stop.is_set():
            done.append(work())

    thread = Thread(target=go_on)
    thread.start()
    try:
        yield done
    finally:
        stop.set()
        thread.join()


def _timed(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds by the clock, and of CPU time."""
    began, cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - began, time.process_time() - cpu


def main() -> None:
    with TemporaryDirectory(prefix="citebot-living-") as home:
        bench = Bench(load_settings(IndexSettings), Path(home))
        for part in (adding, asking_meanwhile, many_collections):
            for line in part(bench):
                print(line, flush=True)  # noqa: T201  # its output


if __name__ == "__main__":
    main()
