"""`citebot evaluate` and `citebot calibrate`: question files in, a report or a calibration out."""

import os
import platform
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib.metadata import version
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as ProgressBar

from index.assembly import answerer_over, build_embedder, build_reader, build_store, calibration_file
from index.evaluation import plot as plots
from index.evaluation import questions as question_files
from index.evaluation import report as reports
from index.evaluation.calibrating import Read, fit, read_all
from index.evaluation.pairs import near_misses
from index.evaluation.quality import Stages, Subject, measure
from index.loading.corpus import load_corpus
from index.protocols import Progress
from index.reader.span import FittedCalibration, write_calibration
from index.reader.squad import is_for_tuning, is_held_out
from index.settings import IndexSettings, load_settings

NEAR_MISSES = 0.25
"""Share of the answerable questions that calibration asks once more with a word exchanged: a near miss is what a reader is most sure of."""
PACKAGES = ("sentence-transformers", "faiss-cpu", "bm25s", "onnxruntime", "numpy")


def evaluate(
    questions: Annotated[list[Path], typer.Argument(help="SQuAD-format .json or .jsonl files.", exists=True, dir_okay=False)],
    held_out: Annotated[
        bool | None,
        typer.Option("--held-out/--tuning", help="Only SQuAD articles with number % 4 == 0, or % 12 == 1; else all.", show_default=False),
    ] = None,
    limit: Annotated[
        int | None,
        typer.Option(min=1, help="At most so many answerable and so many unanswerable questions; all documents stay.", show_default=False),
    ] = None,
    retrieval_only: Annotated[bool, typer.Option("--retrieval-only", help="Measure retrieval; read and ask nothing.")] = False,
    json: Annotated[Path | None, typer.Option(help="Write the report as JSON.", show_default=False)] = None,
    markdown: Annotated[Path | None, typer.Option(help="Write the report as Markdown.", show_default=False)] = None,
    plot: Annotated[Path | None, typer.Option(help="Write reliability and risk against coverage as SVG.", show_default=False)] = None,
    corpus: Annotated[
        Path | None, typer.Option(help="The documents that .jsonl files ask about (CITEBOT_CORPUS, else corpus).", show_default=False)
    ] = None,
    data: Annotated[
        Path | None, typer.Option(help="Folder to keep the index of the questions' documents in; else it is temporary.", show_default=False)
    ] = None,
) -> None:
    """Measure retrieval, reading, abstention and speed on questions whose answers are known."""
    if plot and retrieval_only:
        raise typer.BadParameter("there is nothing to plot when nothing is read; leave out --plot or --retrieval-only")
    settings = load_settings(IndexSettings, corpus=corpus)  # models come from where they always do
    asked = _read(questions, held_out, limit, settings)
    with ExitStack() as stack:
        home = data or Path(stack.enter_context(TemporaryDirectory(prefix="citebot-evaluate-")))
        subject, parts = _subject(settings, home)
        report = measure(asked, subject, stack.enter_context(stage_bars()), retrieval_only)
    facts = {"questions": _named(questions, held_out, limit), **parts, **conditions()}
    tables = tuple(reports.tables(report))
    Console().print(reports.Terminal(tables, facts))
    for file, content in (
        (json, reports.as_json(report, facts)),
        (markdown, reports.markdown(tables, facts)),
        (plot, plots.plot(report.reading.selective if report.reading else ())),
    ):
        if file:
            file.write_text(content, encoding="utf-8")


def calibrate(
    questions: Annotated[list[Path], typer.Argument(help="SQuAD-format .json or .jsonl files.", exists=True, dir_okay=False)],
    precision: Annotated[float, typer.Option(min=0.0, max=1.0, help="Share of shown answers that should be right.")] = 0.78,
    perhaps: Annotated[float, typer.Option(min=0.0, max=1.0, help="Share of maybes that should be right.")] = 0.3,
    tuning: Annotated[bool, typer.Option("--tuning", help="Only questions of the SQuAD articles kept for tuning.")] = False,
    save: Annotated[Path | None, typer.Option(help="Where to; else the data folder, where it takes effect.", show_default=False)] = None,
    corpus: Annotated[Path | None, typer.Option(help="The documents that .jsonl files ask about.", show_default=False)] = None,
    data: Annotated[Path | None, typer.Option(help="Folder of the index (CITEBOT_DATA, else data).", show_default=False)] = None,
) -> None:
    """Fit confidence and thresholds to questions whose answers are known: your own, of your own documents."""
    settings = load_settings(IndexSettings, corpus=corpus, data=data)
    sets = question_files.for_tuning(questions) if tuning else [_read(questions, None, None, settings)]
    read: list[Read] = []
    with TemporaryDirectory(prefix="citebot-calibrate-") as home, stage_bars() as stages:
        subject, _ = _subject(settings, Path(home))
        for asked in sets:
            subject.store.publish(subject.collection, asked.documents, stages("indexing"))
            near = near_misses(asked, Random(0), NEAR_MISSES)
            read += read_all([*asked.questions, *near], subject.answerer, [subject.collection], stages("reading"))
    fitted = fit(read, precision, perhaps, subject.reader.calibration)
    file = save or calibration_file(settings)
    write_calibration(file, FittedCalibration(reader=subject.reader.name, calibration=fitted))
    Console().print(
        f"answers from a confidence of {fitted.answer:.2f} on, maybes from {fitted.perhaps:.2f}; written to {file}", soft_wrap=True
    )


def _read(files: list[Path], held_out: bool | None, limit: int | None, settings: IndexSettings) -> question_files.QuestionSet:
    """The questions of the files, and the corpus where a file asks about it."""
    corpus = load_corpus(settings.corpus).documents if any(file.suffix == ".jsonl" for file in files) else ()
    chosen = {None: question_files.every_article, True: is_held_out, False: is_for_tuning}[held_out]
    asked = question_files.read_questions(files, corpus, chosen)
    return asked.limited(limit) if limit else asked


def _subject(settings: IndexSettings, home: Path) -> tuple[Subject, dict[str, str]]:
    """What answers users, over an index of its own in `home`; and the names of its parts."""
    embedder, reader = build_embedder(settings), build_reader(settings)
    store = build_store(settings.model_copy(update={"data": home}), embedder)
    parts = {"embedder": embedder.name, "reader": reader.name}
    return Subject(answerer_over(store, embedder, reader, settings), reader, store), parts


@contextmanager
def stage_bars() -> Iterator[Stages]:
    """A bar for each stage, on standard error."""
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    with ProgressBar(*columns, console=Console(stderr=True), transient=True) as bar:

        def begin(name: str) -> Progress:
            task = bar.add_task(name, total=None)
            return lambda done, total: bar.update(task, completed=done, total=total)

        yield begin


def _named(files: list[Path], held_out: bool | None, limit: int | None) -> str:
    part = {None: "", True: ", held-out articles", False: ", tuning articles"}[held_out]
    return ", ".join(file.name for file in files) + part + (f", at most {limit} of a sort" if limit else "")


def conditions() -> dict[str, str]:
    """Machine, versions and command, so that a figure can be had again."""
    return {
        "machine": f"{os.cpu_count()} cores, {_processor()}, {platform.system()}",
        "versions": ", ".join([f"Python {platform.python_version()}", *(f"{name} {version(name)}" for name in PACKAGES)]),
        "command": " ".join(["citebot", *sys.argv[1:]]),
    }


def _processor() -> str:
    """What the kernel calls it, where there is such a file."""
    file = Path("/proc/cpuinfo")
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.processor() or platform.machine())
