"""What an evaluation came to: frozen values, the tables that tell them, and how tables are shown."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass

from rich.console import Console, ConsoleOptions, RenderResult
from rich.table import Table as RichTable
from rich.text import Text

from index.evaluation.metrics import Point

Facts = Mapping[str, str]
"""Under which conditions: questions, machine, versions, command."""


@dataclass(frozen=True, slots=True)
class Arm:
    """How well one way of ranking finds a passage of the gold paragraph."""

    name: str
    recall_at_1: float
    recall_at_5: float
    mrr: float


@dataclass(frozen=True, slots=True)
class Spans:
    """Means over questions of SQuAD's exact match and F1, 0..1."""

    exact: float
    f1: float


@dataclass(frozen=True, slots=True)
class Separation:
    """How well scores tell questions with an answer from `negatives` without one; None where there are none."""

    against: str
    negatives: int
    auroc: float | None


@dataclass(frozen=True, slots=True)
class EndToEnd:
    """Answerable questions asked of all documents; shares of them, 0..1.

    `best`: of the best span, also when it is withheld; `shown`: of what the user sees, "" when it abstains (SQuAD 2.0's HasAns).
    `citation_precision`: share of the given answers whose quote holds an annotator's answer, at its place; None when none was given.
    `best_citation_precision`: the same of the best spans, also when they are withheld.
    """

    recall_at_1: float
    recall_at_5: float
    best: Spans
    shown: Spans
    citation_precision: float | None
    best_citation_precision: float | None


@dataclass(frozen=True, slots=True)
class Kind:
    """Questions of one kind. `answered`, `exact`, `overlap`: shares answered, and answered right by either measure.

    `auroc`: how well confidence tells answerable questions from these; None for answerable ones.
    """

    name: str
    questions: int
    answered: float
    exact: float
    overlap: float
    auroc: float | None = None

    @property
    def abstained(self) -> float:
        """NoAns of SQuAD 2.0, where the questions have no answer."""
        return 1 - self.answered


@dataclass(frozen=True, slots=True)
class Selective:
    """What confidence is worth: answering the surest questions only. `right`: share of best spans that are right.

    `name`: when a span counts as right, and over which questions. `coverage_80`: share of questions answered at 80 % precision.
    """

    name: str
    right: float
    coverage_80: float
    coverage_90: float
    calibration_error: float
    reliability: tuple[Point, ...]
    risk: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Latency:
    """Milliseconds from question to answer."""

    p50: float
    p95: float


@dataclass(frozen=True, slots=True)
class ReadingFigures:
    """What came of reading and asking. `given_paragraph`: the reader's spans, given the gold paragraph."""

    given_paragraph: Spans
    separations: tuple[Separation, ...]
    end_to_end: EndToEnd
    kinds: tuple[Kind, ...]
    selective: tuple[Selective, ...]
    latency: Latency


@dataclass(frozen=True, slots=True)
class Report:
    """Everything is measured on the same questions. `reading`: None when only retrieval was measured."""

    documents: int
    answerable: int
    arms: tuple[Arm, ...]
    reading: ReadingFigures | None


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells below headings; the first column names, the others hold figures."""

    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Terminal:
    """Tables for rich, and the facts above them."""

    tables: Sequence[Table]
    facts: Facts

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for name, value in self.facts.items():
            yield Text(f"{name}: {value}", style="dim")
        for table in self.tables:
            shown = RichTable(title=table.title, title_justify="left", title_style="bold", box=None, pad_edge=False)
            for number, heading in enumerate(table.headings):
                shown.add_column(heading, justify="right" if number else "left")
            for row in table.rows:
                shown.add_row(*row)
            yield Text()
            yield shown


def markdown(tables: Iterable[Table], facts: Facts) -> str:
    blocks = ["".join(f"- {name}: {value}\n" for name, value in facts.items())]
    blocks += (f"### {table.title}\n\n" + "".join(_markdown_lines(table)) for table in tables)
    return "\n".join(blocks)


def as_json(report: Report, facts: Facts) -> str:
    return json.dumps({"facts": dict(facts), **asdict(report)}, ensure_ascii=False, indent=2) + "\n"


def tables(report: Report) -> Iterator[Table]:
    """Every figure of the report, but for the points of its curves. Shares are percentages, AUROC, MRR and ECE are not."""
    yield _retrieval(report)
    if report.reading:
        yield _answers(report.reading)
        yield _separations(report.reading)
        yield _kinds(report.reading)
        yield _confidence(report.reading)


def _retrieval(report: Report) -> Table:
    title = f"Retrieval: {report.answerable:,} questions over {report.documents:,} document{'s' * (report.documents != 1)}"
    rows = [(arm.name, _percent(arm.recall_at_1), _percent(arm.recall_at_5), f"{arm.mrr:.3f}") for arm in report.arms]
    return Table(title, ("ranked by", "R@1", "R@5", "MRR"), tuple(rows))


def _answers(reading: ReadingFigures) -> Table:
    whole = reading.end_to_end
    rows = [
        ("reader, given the gold paragraph: EM", _percent(reading.given_paragraph.exact)),
        ("reader, given the gold paragraph: F1", _percent(reading.given_paragraph.f1)),
        ("end to end: passage R@1", _percent(whole.recall_at_1)),
        ("end to end: passage R@5", _percent(whole.recall_at_5)),
        ("end to end: best span EM", _percent(whole.best.exact)),
        ("end to end: best span F1", _percent(whole.best.f1)),
        ("end to end: shown answer EM (HasAns)", _percent(whole.shown.exact)),
        ("end to end: shown answer F1 (HasAns)", _percent(whole.shown.f1)),
        ("citation precision, given answers", _percent(whole.citation_precision)),
        ("citation precision, best spans", _percent(whole.best_citation_precision)),
        ("question to answer, p50", f"{reading.latency.p50:.0f} ms"),
        ("question to answer, p95", f"{reading.latency.p95:.0f} ms"),
    ]
    return Table("Answers", ("what", "figure"), tuple(rows))


def _separations(reading: ReadingFigures) -> Table:
    rows = [(one.against, f"{one.negatives:,}", _number(one.auroc)) for one in reading.separations]
    return Table("The reader's scores, with an answer against without", ("without", "negatives", "AUROC"), tuple(rows))


def _kinds(reading: ReadingFigures) -> Table:
    rows = [
        (kind.name, f"{kind.questions:,}", *map(_percent, (kind.answered, kind.exact, kind.overlap, kind.abstained)), _number(kind.auroc))
        for kind in reading.kinds
    ]
    return Table("By kind of question", ("kind", "questions", "answered", "right, EM", "right, overlap", "abstained", "AUROC"), tuple(rows))


def _confidence(reading: ReadingFigures) -> Table:
    rows = [
        (one.name, _percent(one.right), _percent(one.coverage_80), _percent(one.coverage_90), f"{one.calibration_error:.3f}")
        for one in reading.selective
    ]
    headings = ("a span is right by", "right", "coverage at 80 %", "coverage at 90 %", "ECE")
    return Table("Confidence", headings, tuple(rows))


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.1f} %"


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _markdown_lines(table: Table) -> Iterator[str]:
    rules = ("---", *["---:"] * (len(table.headings) - 1))
    rows: Sequence[Sequence[str]] = (table.headings, rules, *table.rows)
    return (f"| {' | '.join(row)} |\n" for row in rows)
