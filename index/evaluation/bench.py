"""`citebot bench`: how fast, how light, and how much of both against the naive stack."""

from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer
from rich.console import Console

from index.assembly import build_embedder
from index.evaluation import report as reports
from index.evaluation import speed
from index.evaluation.cli import conditions, stage_bars
from index.evaluation.questions import QuestionSet, every_article, read_questions
from index.evaluation.report import Facts
from index.loading.corpus import load_corpus
from index.settings import IndexSettings, load_settings


def bench(
    questions: Annotated[
        list[Path] | None,
        typer.Argument(
            help="SQuAD-format .json or .jsonl files; without any, the corpus.", exists=True, dir_okay=False, show_default=False
        ),
    ] = None,
    sizes: Annotated[list[int] | None, typer.Option("--size", min=1, help="Passages; may be repeated.", show_default=False)] = None,
    asked: Annotated[int, typer.Option("--questions", min=2, help="So many questions are asked of each size.")] = speed.QUESTIONS,
    starts: Annotated[int, typer.Option(min=1, help="Each cold start is measured so many times.")] = speed.STARTS,
    json: Annotated[Path | None, typer.Option(help="Write the report as JSON.", show_default=False)] = None,
    markdown: Annotated[Path | None, typer.Option(help="Write the report as Markdown.", show_default=False)] = None,
    corpus: Annotated[Path | None, typer.Option(help="Folder of documents (CITEBOT_CORPUS, else corpus).", show_default=False)] = None,
    folder: Annotated[
        Path | None, typer.Option(help="Where the indexes are built (5 GB for a million passages); else temporary.", show_default=False)
    ] = None,
) -> None:
    """Measure speed and memory by size, beside sentence-transformers with a flat FAISS index in the same run."""
    settings = load_settings(IndexSettings, corpus=corpus)
    build_embedder(settings)  # makes the twin, if need be, before anything is measured
    workload = speed.Workload.of(_material(questions or [], settings), asked)
    comparisons: list[speed.Comparison] = []
    facts = conditions()
    with ExitStack() as stack:
        home = folder or Path(stack.enter_context(TemporaryDirectory(prefix="citebot-bench-")))
        begin = stack.enter_context(stage_bars())
        for size in sizes or speed.SIZES:
            comparisons.append(speed.compare(size, workload, home / str(size), settings.data.absolute(), begin, starts))
            _write(comparisons, facts, json, markdown)
    Console().print(reports.Terminal([*map(speed.table, comparisons)], facts))


def _material(questions: list[Path], settings: IndexSettings) -> QuestionSet:
    """The documents whose sentences are recombined, and what is asked."""
    corpus = load_corpus(settings.corpus).documents if not questions or any(file.suffix == ".jsonl" for file in questions) else ()
    return read_questions(questions, corpus, every_article) if questions else QuestionSet(tuple(corpus), ())


def _write(comparisons: list[speed.Comparison], facts: Facts, json: Path | None, markdown: Path | None) -> None:
    """After each size: the last takes longest."""
    if json:
        json.write_text(speed.as_json(comparisons, facts), encoding="utf-8")
    if markdown:
        markdown.write_text(reports.markdown(map(speed.table, comparisons), facts), encoding="utf-8")
