"""Speed and memory by size, beside the naive stack in the same run: the work behind `citebot bench`."""

import json
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from math import isnan
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryFile
from typing import Any

from index.chunking import chunk, sentence_offsets
from index.domain import Document
from index.errors import CitebotError
from index.evaluation.quality import Stages
from index.evaluation.questions import QuestionSet
from index.evaluation.report import Facts, Table
from index.evaluation.subjects import Built, Served
from index.protocols import Progress

SIZES = (20, 2_000, 100_000, 1_000_000)
EMBEDDED = 2_000
"""Passages up to which each is embedded; beyond, they have real vectors plus noise."""
BASE = 3_000
"""Real passages whose vectors noise is added to."""
STARTS = 3
QUESTIONS = 200
SENTENCE_WORDS = range(6, 31)
PASSAGE_WORDS = 45
"""At least so many words a recombined passage: with sentences of up to 30, it stays below what is cut."""
PASSAGES_A_DOCUMENT = 10

Row = tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class Workload:
    """What sizes are made of: real sentences and passages, and real questions."""

    sentences: list[str]
    passages: list[str]
    questions: list[str]

    @classmethod
    def of(cls, asked: QuestionSet, questions: int = QUESTIONS) -> "Workload":
        """Without questions, the beginnings of sentences are asked."""
        shuffled = random.Random(0)
        sentences = [sentence for document in asked.documents for sentence in _sentences(document)]
        passages = [passage.text for document in asked.documents for passage in chunk(document)]
        texts = [question.text for question in asked.questions] or [" ".join(sentence.split()[:8]) for sentence in sentences]
        for part in (passages, texts):
            shuffled.shuffle(part)
        return cls(sentences, passages[:BASE], texts[:questions])

    @classmethod
    def read(cls, file: Path) -> "Workload":
        return cls(**json.loads(file.read_text(encoding="utf-8")))

    def write(self, file: Path) -> None:
        file.write_text(json.dumps(asdict(self)), encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one subject at one size. Seconds, milliseconds and MB, as in `Built` and `Served`. `starts`: process begun to first answer."""

    built: Built
    starts: list[float]
    served: Served
    recall: float


@dataclass(frozen=True, slots=True)
class Comparison:
    passages: int
    citebot: Figures
    naive: Figures


def recombined(workload: Workload, size: int) -> list[Document]:
    """Documents of `size` passages, each a paragraph of real sentences that were drawn anew."""
    drawn = random.Random(size)
    paragraphs = (_paragraph(workload.sentences, drawn) for _ in range(size))
    texts = iter(lambda: "\n\n".join(islice(paragraphs, PASSAGES_A_DOCUMENT)), "")
    return [Document(f"{number:07}.txt", f"Document {number}", text) for number, text in enumerate(texts)]


def compare(size: int, workload: Workload, folder: Path, models: Path, stages: Stages, starts: int = STARTS) -> Comparison:
    """Measures both at one size. `folder`: to work in; what was built there is used again. `models`: data directory with the twin."""
    folder.mkdir(parents=True, exist_ok=True)
    file, noise = folder / "workload.json", folder / "base.npy"
    workload.write(file)
    if size > EMBEDDED and not noise.exists():
        _run("embed", stages("embedding real passages"), models=models, workload=file, file=noise)
    citebot, naive = (
        _figures(subject, size, folder / subject, models, file, noise if size > EMBEDDED else None, stages, starts)
        for subject in ("citebot", "naive")
    )
    return Comparison(size, citebot, naive)


def _figures(subject: str, size: int, home: Path, models: Path, workload: Path, noise: Path | None, stages: Stages, count: int) -> Figures:
    def run(task: str, what: str, **arguments: Any) -> Any:
        return _run(task, stages(f"{size:,} passages, {subject}: {what}"), home=home, models=models, **arguments)

    record = home.with_suffix(".json")
    if not record.exists():
        record.write_text(json.dumps(run("build", "building", subject=subject, workload=workload, size=size, noise=noise)))
    built = json.loads(record.read_text())
    question = Workload.read(workload).questions[0]
    starts = [_timed(lambda: run("first", "starting", subject=subject, question=question)) for _ in range(count)]
    served = run("serve", "answering", subject=subject, workload=workload)
    recall = run("recall", "comparing with exact search", workload=workload) if subject == "citebot" else 1.0
    served["throughput"] = {int(threads): rate for threads, rate in served["throughput"].items()}
    return Figures(Built(**built), starts, Served(**served), recall)


def table(comparison: Comparison) -> Table:
    """Of one size. `ratio`: how many times better Citebot is."""
    return Table(f"{comparison.passages:,} passages", ("", "Citebot", "naive", "ratio"), tuple(_rows(comparison)))


def as_json(comparisons: Sequence[Comparison], facts: Facts) -> str:
    return json.dumps({"facts": dict(facts), "sizes": [asdict(comparison) for comparison in comparisons]}, indent=1)


def _rows(comparison: Comparison) -> Iterator[Row]:
    one, other = comparison.citebot, comparison.naive
    embedded = "" if comparison.passages <= EMBEDDED else " (vectors given)"
    yield _row("cold start to first answer, s", median(one.starts), median(other.starts))
    yield _row("question→answer p50, ms", median(one.served.answering), median(other.served.answering))
    yield _row("question→answer p95, ms", _p95(one.served.answering), _p95(other.served.answering))
    yield _row("… CPU time of all cores, mean, ms", one.served.cpu["answering"], other.served.cpu["answering"])
    yield _row("retrieval p50, ms", median(one.served.retrieval), median(other.served.retrieval))
    yield _row("retrieval p95, ms", _p95(one.served.retrieval), _p95(other.served.retrieval))
    yield _row("… CPU time of all cores, mean, ms", one.served.cpu["retrieval"], other.served.cpu["retrieval"])
    yield "retrieval, recall@10 against exact", f"{one.recall:.3f}", f"{other.recall:.3f}", ""
    yield _row("encoding a question p50, ms", median(one.served.encoding), median(other.served.encoding))
    yield _row("… CPU time of all cores, mean, ms", one.served.cpu["encoding"], other.served.cpu["encoding"])
    for threads in sorted(one.served.throughput):
        what = f"answers/s, {threads} thread{'s' * (threads > 1)}"
        yield _row(what, one.served.throughput[threads], other.served.throughput[threads], more_is_better=True)
    yield _row(f"building the index{embedded}, s", one.built.seconds, other.built.seconds)
    yield _row("… CPU time of all cores, s", one.built.cpu, other.built.cpu)
    yield _row("memory, answering, peak resident, MB", one.served.peak, other.served.peak)
    yield _row("… not mapped from files, MB", one.served.anonymous, other.served.anonymous)
    yield _row("memory, building, peak resident, MB", one.built.peak, other.built.peak)
    yield _row("on the disk, MB", one.built.disk, other.built.disk)


def _row(what: str, citebot: float, naive: float, *, more_is_better: bool = False) -> Row:
    ratio = citebot / naive if more_is_better else naive / citebot
    return what, _short(citebot, 3), _short(naive, 3), f"{_short(ratio, 2)}×"


def _short(value: float, digits: int) -> str:
    """To so many digits, whole numbers in full; what couldn't be measured is a dash."""
    if isnan(value):
        return "–"
    return f"{value:.0f}" if value >= 10 ** (digits - 1) else f"{value:.{digits}g}"


def _p95(values: Sequence[float]) -> float:
    return quantiles(values, n=20, method="inclusive")[-1]


def _timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _run(task: str, progress: Progress, **arguments: Any) -> Any:
    """What a task in a process of its own comes to. Raises CitebotError with the last line that it said."""
    plain = {name: str(value) if isinstance(value, Path) else value for name, value in arguments.items()}
    printed = output_of([sys.executable, "-m", "index.evaluation.subjects", task, json.dumps(plain)], progress)
    return json.loads(printed.splitlines()[-1])


def output_of(command: Sequence[str], progress: Progress) -> str:
    """What a command prints, however much. Lines of two numbers on its standard error are progress.

    Raises CitebotError with the last line there if it fails.
    """
    with (
        TemporaryFile("w+", encoding="utf-8") as printed,  # a pipe that nobody empties meanwhile would stop it after 64 KiB
        subprocess.Popen(command, stdout=printed, stderr=subprocess.PIPE, text=True, encoding="utf-8") as child,
    ):
        assert child.stderr is not None
        said = ""
        for line in child.stderr:
            said = line.strip() or said
            numbers = line.split()
            if len(numbers) == 2 and all(number.isdecimal() for number in numbers):
                progress(int(numbers[0]), int(numbers[1]))
        if child.wait() != 0:
            raise CitebotError(f"measuring ended early: {said}")
        printed.seek(0)
        return printed.read()


def _sentences(document: Document) -> Iterator[str]:
    for start, end in sentence_offsets(document.text):
        sentence = " ".join(document.text[start:end].split())
        if len(sentence.split()) in SENTENCE_WORDS:
            yield sentence


def _paragraph(sentences: Sequence[str], drawn: random.Random) -> str:
    words, chosen = 0, []
    while words < PASSAGE_WORDS:
        chosen.append(drawn.choice(sentences))
        words += len(chosen[-1].split())
    return " ".join(chosen)
