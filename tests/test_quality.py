"""The report, on three small towns, through everything that answers users but the models."""

import json
from collections.abc import Sequence
from dataclasses import replace
from io import StringIO
from pathlib import Path
from random import Random
from xml.etree import ElementTree

import numpy as np
import pytest
from rich.console import Console

from index.answering import Answerer
from index.chunking import chunk, paragraph_offsets
from index.domain import Document
from index.errors import CorpusError
from index.evaluation.metrics import Point, mean_reciprocal_rank, recall_at
from index.evaluation.pairs import minimal_pairs
from index.evaluation.plot import MAX_POINTS, plot
from index.evaluation.quality import ALL_UNANSWERABLE, REMOVED, Subject, measure
from index.evaluation.questions import ELSEWHERE, Gold, Question, QuestionSet
from index.evaluation.report import ReadingFigures, Report, Terminal, as_json, markdown, tables
from index.lexical import LexicalIndex
from index.protocols import Progress, Reader, no_progress
from index.retrieval import Retriever
from index.stores.local import LocalStore
from tests.fakes import HashingEmbedder, SentenceReader, WordReader

FACTS = {"questions": "three towns", "command": "citebot evaluate towns.json"}
TOWNS = {"Ulm": ("Ada Berg", 1377), "Bonn": ("Eva Roth", 1244), "Kiel": ("Ida Wolf", 1242)}


def town(name: str, mayor: str, year: int) -> Document:
    text = (
        f"The mayor of {name} is {mayor}. She likes sailing on the river and walking in the hills every summer.\n\n"
        f"The castle of {name} was built in {year}. Many people from other countries visit it on warm days in spring."
    )
    return Document(f"{name}.txt", name, text)


def question(text: str, document: Document, answer: str) -> Question:
    """The answer is the sentence with these words: that is what the plain reader marks."""
    start = document.text.index(answer)
    (paragraph,) = [place for place in paragraph_offsets(document.text) if place[0] <= start < place[1]]
    return Question(text, Gold(document, ((start, start + len(answer)),), (paragraph,)))


DOCUMENTS = tuple(town(name, *facts) for name, facts in TOWNS.items())
QUESTIONS = QuestionSet(
    DOCUMENTS,
    (
        *(question(f"the mayor of {town.title}", town, town.text.partition(" She")[0]) for town in DOCUMENTS),
        *(question(f"castle of {town.title} built", town, town.text.partition("\n\n")[2].partition(" Many")[0]) for town in DOCUMENTS),
        Question("temperature on Mars tonight", None, ELSEWHERE),
    ),
)


def subject(folder: Path, reader: Reader | None = None) -> Subject:
    embedder = HashingEmbedder()
    store, read = LocalStore(folder, embedder), reader or SentenceReader()
    return Subject(Answerer(Retriever(embedder, store), read), read, store)


def silently(stage: str) -> Progress:  # noqa: ARG001  # nobody watches
    return no_progress


def reading(report: Report) -> ReadingFigures:
    assert report.reading is not None
    return report.reading


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    return measure(QUESTIONS, subject(tmp_path_factory.mktemp("towns")), silently)


# retrieval


def ranks_by_counting(scores: Sequence[float], relevant: Sequence[bool]) -> float:
    best = max(score for score, is_relevant in zip(scores, relevant, strict=True) if is_relevant)
    return 1 + sum(score > best for score in scores)


def test_each_arm_ranks_as_scoring_every_passage_does(report: Report) -> None:
    passages = [passage for document in DOCUMENTS for passage in chunk(document)]
    embedder, lexical = HashingEmbedder(), LexicalIndex.build([passage.text for passage in passages])
    vectors = embedder.embed_passages([passage.text for passage in passages])
    expected: dict[str, list[float]] = {"dense": [], "lexical (BM25)": []}
    for asked, gold in QUESTIONS.answerable:
        relevant = [gold.is_in(passage) for passage in passages]
        expected["dense"].append(ranks_by_counting((vectors @ embedder.embed_query(asked.text)).tolist(), relevant))
        expected["lexical (BM25)"].append(ranks_by_counting(lexical.scores(asked.text).tolist(), relevant))

    for arm in report.arms[:2]:
        ranks = np.array(expected[arm.name])
        assert (arm.recall_at_1, arm.recall_at_5) == (recall_at(ranks, 1), recall_at(ranks, 5))
        assert arm.mrr == pytest.approx(mean_reciprocal_rank(ranks))


def test_both_fusions_stand_beside_the_arms(report: Report) -> None:
    assert [arm.name for arm in report.arms] == ["dense", "lexical (BM25)", "fused, normalised sum", "fused, reciprocal rank"]
    assert (report.documents, report.answerable) == (3, 6)
    assert report.arms[1].recall_at_1 == 1  # every question names its town


def test_retrieval_alone_reads_nothing(tmp_path: Path) -> None:
    report = measure(QUESTIONS, subject(tmp_path), silently, retrieval_only=True)

    assert report.reading is None
    assert len(report.arms) == 4


def test_without_an_answerable_question_there_is_nothing_to_measure(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="nothing to measure"):
        measure(replace(QUESTIONS, questions=()), subject(tmp_path), silently)


# reading and answering


def test_a_reader_that_is_always_right_has_full_marks(report: Report) -> None:
    read = reading(report)

    assert (read.given_paragraph.exact, read.given_paragraph.f1) == (1, 1)
    assert (read.end_to_end.best.exact, read.end_to_end.shown.exact) == (1, 1)
    assert (read.end_to_end.recall_at_1, read.end_to_end.recall_at_5) == (1, 1)
    assert (read.end_to_end.citation_precision, read.end_to_end.best_citation_precision) == (1, 1)
    assert [(curve.right, curve.coverage_80) for curve in read.selective[:2]] == [(1, 1), (1, 1)]
    assert 0 < read.latency.p50 <= read.latency.p95


def test_hard_negatives_resemble_and_do_not_answer(report: Report) -> None:
    """The next best passage shares a word or two, the answering one all."""
    hard, _ = reading(report).separations

    assert (hard.negatives, hard.auroc) == (6, 1)


def test_both_kinds_of_unanswerable_questions_are_asked(report: Report) -> None:
    """Of a town that was taken away nothing is told, though other towns have mayors and castles."""
    kinds = {kind.name: kind for kind in reading(report).kinds}

    assert {name: kind.questions for name, kind in kinds.items()} == {"answered": 6, ELSEWHERE: 1, REMOVED: 6, ALL_UNANSWERABLE: 7}
    assert (kinds["answered"].answered, kinds["answered"].auroc) == (1, None)
    assert [(kinds[name].exact, kinds[name].auroc) for name in (ELSEWHERE, REMOVED)] == [(0, 1), (0, 1)]
    assert kinds[ELSEWHERE].abstained == 1


def test_an_answer_that_is_withheld_still_counts_as_the_best_span(tmp_path: Path) -> None:
    one = replace(QUESTIONS, documents=DOCUMENTS[:1], questions=(question("mayor?", DOCUMENTS[0], "Berg"),))

    read = reading(measure(one, subject(tmp_path, WordReader({"Berg": -1.0})), silently))

    assert (read.end_to_end.best.exact, read.end_to_end.shown.exact) == (1, 0)
    assert (read.end_to_end.citation_precision, read.end_to_end.best_citation_precision) == (None, 1)
    assert [(kind.name, kind.abstained) for kind in read.kinds] == [("answered", 1)]  # the only document can't be taken away


def test_a_wrong_answer_that_is_sure_of_itself_costs_coverage_and_calibration(tmp_path: Path) -> None:
    wrong = subject(tmp_path, WordReader({"sailing": 9.0}))

    read = reading(measure(QUESTIONS, wrong, silently))

    assert [(curve.right, curve.coverage_80) for curve in read.selective] == [(0, 0)] * 3
    assert all(curve.calibration_error > 0.9 for curve in read.selective)
    assert read.end_to_end.citation_precision == 0


# minimal pairs


def test_minimal_pairs_are_half_exchanged_and_half_controls() -> None:
    text = "The first mayor of Ulm was Ada Berg.\n\nThe second mayor of Ulm was Eva Roth. The third was Ida Wolf."
    document = Document("ulm.txt", "Ulm", text)
    asked = question("Who was the second mayor?", document, "Eva Roth")

    exchanged, control = minimal_pairs([(asked, gold) for gold in [asked.gold] if gold], Random(0))

    assert (exchanged.question, exchanged.is_control) == ("Who was the first mayor?", False)  # the third is in the paragraph
    assert (control.question, control.is_control) == ("Who was the 2nd mayor?", True)


# the report


def test_the_json_holds_every_figure(report: Report) -> None:
    record = json.loads(as_json(report, FACTS))

    assert record["facts"] == FACTS
    assert record["arms"][0]["recall_at_5"] == report.arms[0].recall_at_5
    assert record["reading"]["end_to_end"]["best"] == {"exact": 1, "f1": 1}
    assert record["reading"]["selective"][0]["risk"][-1] == {"x": 1, "y": 0}


def test_markdown_has_a_table_for_each_question_that_one_may_have(report: Report) -> None:
    lines = markdown(tables(report), FACTS).splitlines()

    assert lines[0] == "- questions: three towns"
    assert sum(line.startswith("### ") for line in lines) == 5
    assert "| lexical (BM25) | 100.0 % | 100.0 % | 1.000 |" in lines
    assert all(line.count("|") == lines[lines.index(line) - 1].count("|") for line in lines if line.startswith("| ---"))


def test_the_terminal_shows_the_same_figures(report: Report) -> None:
    console = Console(file=StringIO(), width=120, record=True)

    console.print(Terminal(tuple(tables(report)), FACTS))

    shown = console.export_text()
    assert "command: citebot evaluate towns.json" in shown
    assert "end to end: best span EM" in shown
    assert ALL_UNANSWERABLE in shown


def test_what_was_not_measured_is_not_shown(tmp_path: Path) -> None:
    report = measure(QUESTIONS, subject(tmp_path), silently, retrieval_only=True)

    assert markdown(tables(report), FACTS).count("### ") == 1


def test_the_plot_is_an_svg_of_two_panels_that_loads_nothing(report: Report) -> None:
    curves = reading(report).selective
    long = replace(curves[0], name="a < b", risk=tuple(Point(number / 1000, 0.5) for number in range(1, 1001)))

    svg = plot([*curves, long])

    root = ElementTree.fromstring(svg)
    lines = [element.attrib["points"] for element in root.iter() if element.tag.endswith("polyline")]
    assert len(lines) == 8
    assert max(len(line.split()) for line in lines) <= MAX_POINTS
    assert "href" not in svg
