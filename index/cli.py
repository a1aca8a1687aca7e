"""index · ask · search · evaluate · calibrate · bench: the command line over an Answerer, also as `python -m index`.

Exit codes: 0 all done, abstaining included · 1 an error, named with its cure on standard error · 2 wrong usage ·
3 (`ask` from standard input or with `--json`) some lines were no question · 130 interrupted.
"""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from threading import Timer
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as ProgressBar
from rich.table import Table
from rich.text import Text
from typer.core import TyperGroup

from index.answering import CITATIONS, Answerer
from index.assembly import Library, build_answerer, build_keeper, open_library
from index.domain import SHARED, Answer, Candidate, Citation, Decision
from index.errors import CitebotError, QuestionError
from index.evaluation.bench import bench
from index.evaluation.cli import calibrate, evaluate
from index.keeping import Changes
from index.protocols import Progress
from index.rendering import Terminal, answer_page, first_view, place_name
from index.settings import IndexSettings, load_settings
from index.understanding.language import LANGUAGES

EXIT_ERROR = 1
EXIT_UNASKABLE = 3
PATIENCE = 1.5
"""Seconds without a word. Opening what is there takes less, making a model's twin ten."""

Corpus = Annotated[Path | None, typer.Option("--corpus", help="Folder of documents (CITEBOT_CORPUS, else corpus).", show_default=False)]
Data = Annotated[Path | None, typer.Option("--data", help="Folder of the index (CITEBOT_DATA, else data).", show_default=False)]


class OneLineErrors(TyperGroup):
    """Shows an error as one line on standard error and exits with 1; with `--debug` as a traceback."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except (typer.Exit, BrokenPipeError):  # typer ends quietly when nobody reads on
            raise
        except CitebotError as error:
            self._fail(ctx, str(error))
        except (OSError, RuntimeError, ValueError, LookupError, TypeError) as error:
            self._fail(ctx, f"unexpected {type(error).__name__}: {error}; `citebot --debug …` shows where")

    def _fail(self, ctx: Any, message: str) -> None:
        if ctx.params.get("debug"):
            raise  # what is being handled
        Console(stderr=True).print(Text.assemble(("citebot: ", "bold red"), " ".join(message.split())), soft_wrap=True)
        raise typer.Exit(EXIT_ERROR)


app = typer.Typer(cls=OneLineErrors, no_args_is_help=True, pretty_exceptions_enable=False, rich_markup_mode="rich")


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"citebot {version('citebot')}")
        raise typer.Exit


Debug = Annotated[bool, typer.Option("--debug", help="Show errors as tracebacks.")]
Version = Annotated[bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Show the version.")]


@app.callback()
def options(debug: Debug = False, version: Version = False) -> None:
    """Ask your documents; get the exact answer, quoted from its source, or an honest "not in my documents"."""


@app.command()
def index(corpus: Corpus = None, data: Data = None) -> None:
    """Bring the index in line with the documents; only what changed is embedded."""
    settings = load_settings(IndexSettings, corpus=corpus, data=data)
    with progress_bar() as progress:
        keeper = build_keeper(settings)
        changes = keeper.refresh(progress)
        keeper.renew(progress)
    Console().print(*_summary(changes), sep="\n", soft_wrap=True, markup=False, emoji=False, highlight=False)


@app.command()
def ask(
    words: Annotated[
        list[str] | None,
        typer.Argument(metavar="[QUESTION]", help="The question; without it, one a line from standard input.", show_default=False),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")] = False,
    corpus: Corpus = None,
    data: Data = None,
) -> None:
    """Answer a question from the documents, with the sentence that says it and its place."""
    answerer = open_answerer(corpus, data)
    lines = _lines(sys.stdin.buffer)
    typed = lines if as_json else filter(str.strip, lines)  # a program gets an object for each line, people leave some blank
    questions = [_clean(" ".join(words))] if words else typed
    unaskable = False
    for asked in questions:
        try:
            answer = answerer.ask(asked, collections=[SHARED])
        except QuestionError as error:
            if words and not as_json:
                raise
            unaskable = True
            if as_json:
                print(json.dumps({"question": asked, "error": str(error)}, ensure_ascii=False), flush=True)
            else:
                Console(stderr=True).print(f"{asked}: {error}", markup=False, soft_wrap=True)
        else:
            _show(answer, as_json)
    if unaskable:
        raise typer.Exit(EXIT_UNASKABLE)


@app.command()
def search(
    words: Annotated[list[str], typer.Argument(help="What to look for.", show_default=False)],
    k: Annotated[int, typer.Option("-k", min=1, max=100, help="How many passages.")] = CITATIONS,
    corpus: Corpus = None,
    data: Data = None,
) -> None:
    """List the nearest passages with the scores of both arms and the fused one."""
    table = Table(box=None, pad_edge=False)
    for heading in ("fused", "dense", "lexical"):
        table.add_column(heading, justify="right")
    table.add_column("passage", overflow="fold")
    for hit in open_answerer(corpus, data).retrieve(_clean(" ".join(words)), collections=[SHARED], k=k):
        where = place_name(hit.document.place(hit.passage.start), hit.document.title)
        source = f"{hit.document.title} › {where}" if where else f"{hit.document.title}, ¶ {hit.passage.paragraph}"
        place = Text.assemble((f"{source}\n", "bold"), hit.passage.text, "\n")
        table.add_row(f"{hit.score:.3f}", f"{hit.dense:.3f}", f"{hit.lexical:.2f}", place)
    Console().print(table)


app.command()(evaluate)
app.command()(calibrate)
app.command()(bench)


def main() -> None:
    app(prog_name="python -m index")


@contextmanager
def living_library(corpus: Path | None = None, data: Path | None = None) -> Iterator[Library]:
    """A library that is up to date, and inside stays so whatever is saved in the corpus folder."""
    from index.watching import watching  # 0.1 s that `citebot ask` does without

    settings = load_settings(IndexSettings, corpus=corpus, data=data)
    with progress_bar() as progress:
        library = open_library(settings, progress)
    with watching(library.keeper, settings.corpus):
        yield library


def open_answerer(corpus: Path | None = None, data: Path | None = None) -> Answerer:
    """An Answerer over an index that is up to date, built with a progress bar on standard error if need be."""
    with progress_bar() as progress:
        return build_answerer(load_settings(IndexSettings, corpus=corpus, data=data), progress)


@contextmanager
def progress_bar() -> Iterator[Progress]:
    """A bar on standard error, if that is a terminal; it appears with the first passage, or when that is long in coming, so that work
    already done shows nothing."""
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    console = Console(stderr=True)
    bar = ProgressBar(*columns, console=console, transient=True, disable=not console.is_terminal)
    task = bar.add_task("getting the models ready, once", total=None)
    patience = Timer(PATIENCE, bar.start)
    patience.start()

    def wait_no_longer() -> None:
        patience.cancel()
        patience.join()

    def update(done: int, total: int) -> None:
        wait_no_longer()
        if not bar.live.is_started:
            bar.start()
        bar.update(task, description="reading your documents", completed=done, total=total)

    try:
        yield update
    finally:
        wait_no_longer()
        if bar.live.is_started:
            bar.stop()  # it prints an empty line even if it never began


def answer_record(answer: Answer) -> dict[str, Any]:
    """What `ask --json` prints for an answer; the README describes it."""
    return {
        "question": answer.question,
        "understood": answer.understood,
        "unread": answer.unread,
        "decision": answer.decision.value,
        "answer": answer.text,
        "best": {"text": answer.best.text, "confidence": round(answer.best.confidence, 4)} if answer.best else None,
        "confidence": round(answer.confidence, 4),
        "citations": [_citation_record(citation) for citation in answer.citations],
        "alternatives": [_alternative_record(candidate) for candidate in answer.alternatives],
        "elapsed_ms": round(1000 * answer.elapsed, 1),
    }


def _citation_record(citation: Citation) -> dict[str, Any]:
    return {
        "document": citation.document_id,
        "title": citation.title,
        "url": citation.url,
        "quote": citation.quote,
        "start": citation.start,
        "end": citation.end,
        "answer_start": citation.answer_start,
        "answer_end": citation.answer_end,
        "headings": citation.place.headings if citation.place else (),
        "page": citation.place.page if citation.place else None,
        "passage": citation.passage.text,
        "score": round(citation.score, 4),
    }


def _alternative_record(candidate: Candidate) -> dict[str, Any]:
    return {"text": candidate.text, "confidence": round(candidate.confidence, 4), "citation": _citation_record(candidate.citation)}


def _show(answer: Answer, as_json: bool) -> None:
    if as_json:
        print(json.dumps(answer_record(answer), ensure_ascii=False), flush=True)
        return
    page = answer_page(answer, first_view(answer))
    Console().print(Terminal(page.blocks))
    if answer.decision is Decision.NONE and page.wider:
        Console().print(Terminal(answer_page(answer, page.wider).blocks))


def _clean(argument: str) -> str:
    """Bytes that are no UTF-8, which Python keeps as halves of surrogates, are replaced."""
    return os.fsencode(argument).decode("utf-8", "replace")


def _lines(stream: Any) -> Iterator[str]:
    """Questions as they come, one a line; bytes that are no UTF-8 are replaced."""
    for line in stream:
        yield line.decode("utf-8", "replace").strip("\r\n")


def _summary(changes: Changes) -> Iterator[str]:
    for what, names in (("added", changes.added), ("changed", changes.changed), ("removed", changes.removed)):
        yield from (f"{what:>9}  {name}" for name in names)
    for skipped in changes.corpus.skipped:
        yield f"{'skipped':>9}  {skipped.path}: {skipped.reason}{'; its last good version stays' * any(map(skipped.holds, changes.kept))}"
    yield from (f"{'partly':>9}  {part.path}: {part.reason}" for part in changes.corpus.partly)
    for name, language in changes.unread.items():
        yield f"{'unread':>9}  {name}: looks {LANGUAGES[language].name}; the models that come with Citebot read only English"
    documents = len(changes.corpus.documents)
    yield f"{documents} document{'s' * (documents != 1)}, {changes.unchanged} unchanged, generation {changes.generation}"
