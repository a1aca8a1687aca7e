"""The command line as people run it: processes of their own, their output and exit codes."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from index.cli import app, progress_bar
from index.settings import IndexSettings

ROOT = Path(__file__).parent.parent
QUESTION = "when was the second civil space dialogue?"
QUESTIONS = (QUESTION, "who invented the zip fastener in the year 1812?", "when does the office in Daejeon open?")
RECORD = {"question", "understood", "decision", "answer", "best", "confidence", "citations", "alternatives", "elapsed_ms"}
CITATION = {"document", "title", "url", "quote", "start", "end", "answer_start", "answer_end", "headings", "page", "passage", "score"}


class Place:
    """A directory with `corpus/` and `data/`, and the commands run in it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.corpus, self.data = folder, folder / "corpus", folder / "data"

    def process(self, *arguments: str, **environment: str) -> subprocess.Popen[bytes]:
        """`python -m index …` with none of the developer's own settings."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("CITEBOT_", "TELEGRAM_"))}
        command = [sys.executable, "-m", "index", *arguments]
        ours = inherited | {"PYTHONPATH": str(ROOT), "COLUMNS": "100"} | environment
        pipe = subprocess.PIPE
        return subprocess.Popen(command, cwd=self.folder, env=ours, stdin=pipe, stdout=pipe, stderr=pipe)

    def run(self, *arguments: str, typed: str | bytes = b"", **environment: str) -> subprocess.CompletedProcess[str]:
        process = self.process(*arguments, **environment)
        output, errors = process.communicate(typed if isinstance(typed, bytes) else typed.encode())
        return subprocess.CompletedProcess(arguments, process.returncode, output.decode(), errors.decode())

    def quote(self, question: str) -> str:
        """The first one that `ask --json` cites."""
        result = self.run("ask", "--json", question)
        assert (result.returncode, result.stderr) == (0, "")
        return str(json.loads(result.stdout)["citations"][0]["quote"])

    def text_of(self, document: str) -> str:
        """A document's text, front matter left out, as offsets count it."""
        text = (self.corpus / document).read_text(encoding="utf-8")
        return text.split("---\n", 2)[2] if text.startswith("---\n") else text


@pytest.fixture(scope="module")
def library(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Place:
    """The article and a handbook, indexed, for reading."""
    place = Place(tmp_path_factory.mktemp("library"))
    place.corpus.mkdir()
    shutil.copytree(data, place.data)
    for document in (ROOT / "corpus").glob("*.txt"):
        shutil.copy(document, place.corpus)
    (place.corpus / "office").mkdir()
    (place.corpus / "office" / "handbook.md").write_text(
        "---\nurl: https://example.org/handbook\n---\n# Handbook 🚀\r\n\r\nThe office in Daejeon opens at eight.\r\n", encoding="utf-8"
    )
    assert place.run("index").returncode == 0
    return place


@pytest.fixture(scope="module")
def records(library: Place) -> list[dict[str, Any]]:
    """What `ask --json` says to QUESTIONS."""
    result = library.run("ask", "--json", typed="".join(f"{question}\n" for question in QUESTIONS))
    assert (result.returncode, result.stderr) == (0, "")
    return [json.loads(line) for line in result.stdout.splitlines()]


@pytest.fixture
def place(data: Path, tmp_path: Path) -> Place:
    """One short document, the model, and no index yet."""
    place = Place(tmp_path)
    place.corpus.mkdir()
    place.data.mkdir()
    (place.data / "models").symlink_to(data / "models")
    (place.corpus / "a.txt").write_text("The bridge was opened in April 2016.")
    return place


@pytest.fixture
def citebot(place: Place, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Commands run in this process, in `place`: quick, for those that end before a model is asked."""
    monkeypatch.chdir(place.folder)
    monkeypatch.setenv("COLUMNS", "100")
    for field in IndexSettings.model_fields.values():
        monkeypatch.delenv(str(field.alias), raising=False)
    return lambda *arguments: CliRunner().invoke(app, arguments)


# ask --json


def test_each_question_gets_its_record_in_order(records: list[dict[str, Any]]) -> None:
    assert [record["question"] for record in records] == list(QUESTIONS)


@pytest.mark.parametrize("number", range(len(QUESTIONS)))
def test_records_keep_their_contract(records: list[dict[str, Any]], number: int) -> None:
    record = records[number]

    assert record.keys() >= RECORD
    assert record["understood"] is None
    assert record["decision"] in ("answer", "perhaps", "none")
    assert record["answer"] == (record["best"]["text"] if record["decision"] == "answer" else None)
    assert record["best"].keys() == {"text", "confidence"}
    assert 0 <= record["confidence"] == record["best"]["confidence"] <= 1
    assert 0 < record["elapsed_ms"] < 60_000
    for alternative in record["alternatives"]:
        assert alternative.keys() == {"text", "confidence", "citation"}
        assert alternative["citation"].keys() == CITATION


def test_what_is_not_in_the_documents_is_not_answered(records: list[dict[str, Any]]) -> None:
    answered, unanswerable, _ = records

    assert answered["best"]["text"] == "April 2016"
    assert unanswerable["answer"] is None


@pytest.mark.parametrize("number", range(len(QUESTIONS)))
def test_citations_are_five_different_passages_cut_out_of_their_documents(
    library: Place, records: list[dict[str, Any]], number: int
) -> None:
    record = records[number]

    assert len({citation["passage"] for citation in record["citations"]}) == len(record["citations"]) == 5
    for citation in record["citations"]:
        text = library.text_of(citation["document"])
        assert citation.keys() == CITATION
        assert text[citation["start"] : citation["end"]] == citation["quote"]
        assert 0 < len(citation["quote"]) <= 400
        assert citation["quote"] in citation["passage"]
        assert citation["passage"] in text
        assert isinstance(citation["score"], float)
        if citation["answer_start"] is not None:
            assert citation["start"] <= citation["answer_start"] < citation["answer_end"] <= citation["end"]
            assert text[citation["answer_start"] : citation["answer_end"]] == record["best"]["text"]


def test_documents_are_named_by_their_path_in_the_corpus(records: list[dict[str, Any]]) -> None:
    first = records[2]["citations"][0]

    assert (first["document"], first["title"], first["url"]) == ("office/handbook.md", "Handbook 🚀", "https://example.org/handbook")


def test_a_question_needs_no_quotation_marks(library: Place, records: list[dict[str, Any]]) -> None:
    result = library.run("ask", *QUESTION.split(), "--json")

    assert json.loads(result.stdout)["citations"] == records[0]["citations"]
    assert library.run("search", *QUESTION.split()).stdout == library.run("search", QUESTION).stdout != ""


def test_each_line_is_answered_before_the_next_is_read(library: Place) -> None:
    """Whoever feeds questions one by one must not wait for answers that lie in a buffer."""
    process = library.process("ask", "--json")
    assert process.stdin
    assert process.stdout
    for number in range(3):
        process.stdin.write(f"question number {number}\r\n".encode())
        process.stdin.flush()

        assert json.loads(process.stdout.readline())["question"] == f"question number {number}"

    process.communicate()
    assert process.returncode == 0


def test_a_line_that_is_no_question_gets_a_line_too(library: Place) -> None:
    typed = f"\n{'x' * 1001}\n".encode() + b"caf\xe9?\n" + QUESTION.encode()  # the last without a line end

    result = library.run("ask", "--json", typed=typed)

    first, second, third, fourth = map(json.loads, result.stdout.splitlines())
    assert "ask in a few words" in first["error"]
    assert "longer than 1000" in second["error"]
    assert third["question"] == "caf\ufffd?"
    assert fourth["question"] == QUESTION
    assert result.returncode == 3
    assert result.stderr == ""


def test_in_plain_words_blank_lines_are_left_out_and_what_is_no_question_holds_up_none(library: Place) -> None:
    result = library.run("ask", typed=f"\nthanks\n{QUESTION}\n".encode())

    assert result.stderr.startswith("thanks: that is kind, and no question")
    assert result.stderr.count("\n") == 1
    assert result.stdout
    assert result.returncode == 3


def test_no_questions_are_no_answers(library: Place) -> None:
    result = library.run("ask", "--json", typed=b"")

    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")


def test_an_argument_that_is_no_utf_8_is_asked_as_well_as_can_be(library: Place) -> None:
    result = library.run("ask", "--json", os.fsdecode(b"caf\xe9 bridge?"))

    assert json.loads(result.stdout)["question"] == "caf\ufffd bridge?"


def test_a_reader_that_hangs_up_is_no_error_to_talk_about(library: Place) -> None:
    process = library.process("ask", "--json")
    assert process.stdin
    assert process.stdout
    process.stdin.write(b"question\n" * 200)
    process.stdin.flush()
    process.stdout.readline()
    process.stdout.close()
    process.stdin.close()

    assert process.stderr
    assert process.stderr.read() == b""
    process.wait()
    process.stderr.close()


# ask, search


def test_asking_shows_the_answer_and_its_place(library: Place) -> None:
    result = library.run("ask", QUESTION)

    assert result.returncode == 0
    assert "April 2016" in result.stdout
    assert "¶ 11" in result.stdout
    assert result.stderr == ""


def test_searching_lists_passages_with_their_scores(library: Place) -> None:
    result = library.run("search", "KPS positioning", "-k", "2")

    heading, *lines = result.stdout.splitlines()
    assert heading.split() == ["fused", "dense", "lexical", "passage"]
    scores = [line.split()[:3] for line in lines if line[:1].isdigit()]
    assert len(scores) == 2
    assert all(-1 <= float(dense) <= 1 and float(lexical) >= 0 for _, dense, lexical in scores)
    assert float(scores[0][0]) >= float(scores[1][0])
    assert "Korean Positioning System (KPS)" in " ".join(result.stdout.split())


# index


def test_indexing_says_what_it_did_and_does_only_that(place: Place) -> None:
    (place.corpus / "bad.pdf").write_bytes(b"%PDF")
    first = place.run("index")
    (place.corpus / "b.txt").write_text("The river is near.")
    (place.corpus / "a.txt").write_text("The bridge was closed.")
    second = place.run("index")
    (place.corpus / "a.txt").unlink()
    third = place.run("index")

    skipped = "  skipped  bad.pdf: called .pdf, but it isn't one; open it and save it anew"
    assert first.stdout.splitlines() == ["    added  a.txt", skipped, "1 document, 0 unchanged, generation 1"]
    assert second.stdout.splitlines() == [
        "    added  b.txt",
        "  changed  a.txt",
        skipped,
        "2 documents, 0 unchanged, generation 2",
    ]
    assert third.stdout.splitlines() == ["  removed  a.txt", skipped, "1 document, 1 unchanged, generation 3"]
    assert {result.stderr for result in (first, second, third)} == {""}
    assert place.run("index").stdout.splitlines() == [skipped, "1 document, 1 unchanged, generation 3"]


def test_asking_builds_and_mends_the_index_on_its_own(place: Place) -> None:
    assert place.quote("when was the bridge opened?") == "The bridge was opened in April 2016."

    (place.corpus / "a.txt").write_text("The bridge was opened in May 2017.")
    assert place.quote("when was the bridge opened?") == "The bridge was opened in May 2017."

    with next(place.data.rglob("vectors.faiss")).open("r+b") as stream:
        stream.seek(-1, os.SEEK_END)
        stream.write(b"\xff")
    assert place.quote("when was the bridge opened?") == "The bridge was opened in May 2017."


def test_options_come_before_the_environment(place: Place) -> None:
    place.corpus.rename(place.folder / "texts")
    place.data.rename(place.folder / "state")

    result = place.run("index", "--corpus", "texts", "--data", "state", CITEBOT_CORPUS="nowhere", CITEBOT_DATA="nowhere")

    assert result.returncode == 0
    assert (place.folder / "state" / "collections" / "shared" / "CURRENT").exists()
    assert not (place.folder / "nowhere").exists()
    assert place.run("ask", "bridge?", CITEBOT_CORPUS="texts", CITEBOT_DATA="state").returncode == 0


# Errors


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("ask", "--corpus", "nowhere", "when?"), ("nowhere", "create it and put documents in", "CITEBOT_CORPUS")),
        (("index", "--corpus", "empty"), ("holds no document", "put one in")),
        (("ask", ""), ("ask in a few words",)),
        (("search", "?"), ("ask in a few words",)),
        (("index", "--data", "corpus/a.txt"), ("corpus/a.txt",)),
    ],
)
def test_an_error_is_one_line_with_its_cure(
    citebot: Callable[..., Result], place: Place, arguments: Sequence[str], words: Sequence[str]
) -> None:
    (place.folder / "empty").mkdir()

    result = citebot(*arguments)

    assert (result.exit_code, result.stdout) == (1, "")
    (line,) = result.stderr.splitlines()
    assert line.startswith("citebot: ")
    for word in words:
        assert word in line


@pytest.mark.parametrize("command", [("ask", "when?"), ("search", "when"), ("index",)], ids=lambda command: command[0])
def test_a_wrong_folder_is_named_before_anything_is_made(citebot: Callable[..., Result], place: Place, command: Sequence[str]) -> None:
    result = citebot(*command, "--corpus", "nowhere", "--data", "fresh")

    assert "there is no folder" in result.stderr
    assert not (place.folder / "fresh").exists()


def test_a_folder_that_is_no_model_is_named(citebot: Callable[..., Result], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CITEBOT_MODEL", "corpus")

    result = citebot("index")

    assert result.exit_code == 1
    assert result.stderr == "citebot: corpus holds no weights; set CITEBOT_MODEL to the folder of a sentence-transformers model\n"


def test_debug_shows_where_it_happened(place: Place) -> None:
    result = place.run("--debug", "ask", "--corpus", "nowhere", "when?")

    assert result.returncode == 1
    assert "Traceback" in result.stderr
    assert "CorpusError" in result.stderr


@pytest.mark.parametrize("arguments", [("ask", "--nothing"), ("find",), ("search",), ("search", "x", "-k", "0")])
def test_wrong_usage_exits_with_2(citebot: Callable[..., Result], arguments: Sequence[str]) -> None:
    result = citebot(*arguments)

    assert (result.exit_code, result.stdout) == (2, "")
    assert "Usage:" in result.stderr


def test_the_version_is_the_packages(citebot: Callable[..., Result]) -> None:
    assert citebot("--version").stdout == f"citebot {version('citebot')}\n"


def test_a_wait_before_the_first_passage_is_told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")  # as on a terminal
    monkeypatch.setattr("index.cli.PATIENCE", 0.0)
    shown = ""
    with progress_bar() as progress:
        until = time.monotonic() + 10
        while "getting the models ready" not in shown and time.monotonic() < until:
            shown += capsys.readouterr().err
        progress(1, 10)
    shown += capsys.readouterr().err

    assert "getting the models ready" in shown
    assert "reading your documents" in shown


def test_what_is_ready_soon_shows_no_bar(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    with progress_bar():
        pass

    assert capsys.readouterr().err == ""
