"""`citebot evaluate`, with the real models, on questions about the article and on a small SQuAD file."""

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from typer.testing import CliRunner

from index.cli import app

ARTICLE_QUESTIONS = Path(__file__).parent / "data" / "article_questions.jsonl"
CORPUS = Path(__file__).parent.parent / "corpus"


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Where the embedder's twin is made once (10 s), and lines wide enough for every table."""
    return {"CITEBOT_DATA": str(tmp_path_factory.mktemp("data")), "CITEBOT_CORPUS": str(CORPUS), "COLUMNS": "200"}


def article(town: str, year: int) -> dict[str, Any]:
    context = f"The bridge of {town} was opened in {year} by the mayor."
    answer = {"text": str(year), "answer_start": context.index(str(year))}
    asked = {"question": f"When was the bridge of {town} opened?", "answers": [answer]}
    return {"title": town, "paragraphs": [{"context": context, "qas": [asked]}]}


@pytest.fixture
def squad(tmp_path: Path) -> Path:
    """Five articles of one paragraph: of these 0 and 4 are held out, 1 is for tuning."""
    data = [article(town, 1990 + number) for number, town in enumerate(("Ulm", "Bonn", "Kiel", "Trier", "Jena"))]
    file = tmp_path / "towns.json"
    file.write_text(json.dumps({"data": data}))
    return file


def test_it_prints_tables_and_writes_json_markdown_and_a_plot(tmp_path: Path, environment: dict[str, str]) -> None:
    files = {name: tmp_path / f"report.{name}" for name in ("json", "markdown", "plot")}
    options = [text for name, file in files.items() for text in (f"--{name}", str(file))]

    result = CliRunner().invoke(app, ["evaluate", str(ARTICLE_QUESTIONS), "--limit", "6", *options], env=environment)

    assert result.exit_code == 0, result.output
    assert "questions: article_questions.jsonl, at most 6 of a sort" in result.stdout
    assert "Retrieval: 6 questions over 1 document" in result.stdout
    assert "asking" not in result.stdout  # progress is on standard error
    report = json.loads(files["json"].read_text())
    assert report["answerable"] == 6
    assert {kind["name"] for kind in report["reading"]["kinds"]} >= {"fact", "near miss", "off-topic"}
    assert all(report["facts"][name] for name in ("embedder", "reader", "machine", "versions", "command"))
    assert "| what | figure |" in files["markdown"].read_text()
    assert ElementTree.fromstring(files["plot"].read_text()).tag.endswith("svg")


@pytest.mark.parametrize(("part", "documents"), [("--held-out", 2), ("--tuning", 1), (None, 5)])
def test_a_part_of_the_articles_is_the_whole_corpus(squad: Path, environment: dict[str, str], part: str | None, documents: int) -> None:
    file = squad.with_name("report.json")
    options = [part] if part else []

    result = CliRunner().invoke(app, ["evaluate", str(squad), *options, "--retrieval-only", "--json", str(file)], env=environment)

    assert result.exit_code == 0, result.output
    report = json.loads(file.read_text())
    assert (report["documents"], report["answerable"], report["reading"]) == (documents, documents, None)
    assert report["arms"][2]["recall_at_5"] == 1


def test_the_index_is_kept_where_one_says(squad: Path, environment: dict[str, str], tmp_path: Path) -> None:
    kept = tmp_path / "kept"

    result = CliRunner().invoke(app, ["evaluate", str(squad), "--retrieval-only", "--data", str(kept)], env=environment)

    assert result.exit_code == 0, result.output
    assert (kept / "collections" / "evaluation" / "CURRENT").exists()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--retrieval-only", "--plot", "plot.svg"], "nothing to plot"),
        (["--limit", "0"], "limit"),
    ],
)
def test_options_that_make_no_sense_are_wrong_usage(squad: Path, environment: dict[str, str], options: list[str], message: str) -> None:
    result = CliRunner().invoke(app, ["evaluate", str(squad), *options], env=environment)

    assert result.exit_code == 2
    assert message in result.stderr


def test_a_file_that_holds_no_questions_is_one_line_on_standard_error(tmp_path: Path, environment: dict[str, str]) -> None:
    file = tmp_path / "notes.json"
    file.write_text("{}")

    result = CliRunner().invoke(app, ["evaluate", str(file)], env=environment)

    assert result.exit_code == 1
    assert result.stderr.startswith("citebot: ")
    assert "is not in SQuAD format" in result.stderr
    assert result.stderr.count("\n") == 1
