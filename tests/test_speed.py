"""`citebot bench`: what it asks and of what, and that a small run comes to a report. How fast it is, no test says."""

import json
import sys
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from index import answering
from index.chunking import chunk
from index.cli import app
from index.errors import CitebotError
from index.evaluation import subjects
from index.evaluation.questions import QuestionSet
from index.evaluation.report import markdown
from index.evaluation.speed import Comparison, Figures, Workload, output_of, recombined, table
from index.evaluation.subjects import Built, Citebot, Noisy, Served, nearest
from index.protocols import no_progress
from tests.conftest import CORPUS
from tests.fakes import HashingEmbedder, document

WORDS = "The council of the town voted on the budget for the bridge"
TEXT = "\n\n".join(
    f"{WORDS} number {number}. {WORDS}, which is open in year {number}. In {number} nobody came to it." for number in range(40)
)
WORKLOAD = Workload.of(QuestionSet((document(TEXT),), ()), questions=7)


@pytest.mark.parametrize("size", [1, 20, 333])
def test_a_size_is_exactly_so_many_passages_of_real_sentences(size: int) -> None:
    documents = recombined(WORKLOAD, size)

    passages = [passage for found in documents for passage in chunk(found)]

    assert len(passages) == size
    assert len({found.id for found in documents}) == len(documents) == -(-size // 10)
    assert all(any(passage.text.startswith(sentence) for sentence in WORKLOAD.sentences) for passage in passages)


def test_the_same_is_asked_of_the_same_each_time(tmp_path: Path) -> None:
    WORKLOAD.write(tmp_path / "workload.json")

    again = Workload.read(tmp_path / "workload.json")

    assert again == WORKLOAD
    assert len(again.questions) == 7
    assert recombined(again, 30) == recombined(WORKLOAD, 30)


def test_noise_keeps_vectors_at_a_cosine_of_their_originals() -> None:
    base = HashingEmbedder().embed_passages(["river", "bridge"])
    noisy = Noisy(HashingEmbedder(), base)

    first, second = noisy.embed_passages([""] * 50), noisy.embed_passages([""] * 50)

    assert np.linalg.norm(first, axis=1) == pytest.approx(np.ones(50), abs=1e-5)
    assert all(np.isclose(base @ vector, 0.8, atol=1e-5).any() for vector in [*first, *second])
    assert not np.allclose(first, second)


def test_both_look_for_an_answer_in_as_many_passages_as_citebot_does_for_users() -> None:
    assert subjects.READ == answering.READ


def test_the_nearest_are_found_block_by_block() -> None:
    random = np.random.default_rng(0)
    vectors, queries = random.standard_normal((95, 8), np.float32), random.standard_normal((4, 8), np.float32)

    found = nearest(lambda rows: vectors[rows], 95, queries, block=20)

    assert np.array_equal(found, np.argsort(-queries @ vectors.T, axis=1)[:, :10])


def figures(milliseconds: float, rate: float) -> Figures:
    times = [milliseconds] * 20
    return Figures(
        Built(20, 2.0, 3.0, 1.0, 100.0),
        [1.0, 3.0, 2.0],
        Served(times, times, times, dict.fromkeys(("encoding", "retrieval", "answering"), milliseconds), {1: rate, 2: rate}, 200.0, 150.0),
        0.98,
    )


def test_ratios_say_how_many_times_better_citebot_is() -> None:
    better = {what: ratio for what, _, _, ratio in table(Comparison(20, figures(10, 8), figures(25, 2))).rows}

    assert better["question→answer p95, ms"] == "2.5×"
    assert better["answers/s, 2 threads"] == "4×"
    assert better["cold start to first answer, s"] == "1×"


def test_the_report_names_its_conditions_and_every_size() -> None:
    comparisons = [Comparison(size, figures(10, 8), figures(25, 2)) for size in (20, 100_000)]

    report = markdown(map(table, comparisons), {"machine": "an abacus"})

    assert "- machine: an abacus" in report
    assert "### 100,000 passages" in report
    assert report.count("| retrieval, recall@10 against exact | 0.980 | 0.980 |") == 2


def test_citebot_answers_from_what_it_built(data: Path, tmp_path: Path) -> None:
    Citebot.build(tmp_path, data, [document(TEXT)], None)(no_progress)
    citebot = Citebot(tmp_path, data)

    assert len(citebot.retrieve("when did nobody come?")) == 8
    assert np.linalg.norm(citebot.encode("a question")) == pytest.approx(1, abs=1e-3)
    assert (citebot.answer("when did nobody come?") or "") in TEXT


def test_more_than_a_pipe_holds_is_read_to_its_end() -> None:
    """The figures of 1,100 questions were enough to wait for ever."""
    heard: list[tuple[int, int]] = []
    script = "import sys; print('x' * 1_000_000, flush=True); print('3 7', file=sys.stderr)"

    printed = output_of([sys.executable, "-c", script], lambda done, total: heard.append((done, total)))

    assert printed == "x" * 1_000_000 + "\n"
    assert heard == [(3, 7)]


def test_a_process_that_fails_is_quoted() -> None:
    with pytest.raises(CitebotError, match="measuring ended early: no memory"):
        output_of([sys.executable, "-c", "raise SystemExit('no memory')"], no_progress)


def test_relative_paths_mean_the_same_to_what_is_measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`--folder`, the settings' models, and `.env`."""
    monkeypatch.chdir(tmp_path)

    assert Path(output_of([sys.executable, "-c", "import os; print(os.getcwd())"], no_progress).strip()) == Path.cwd()


def test_a_small_run_comes_to_a_report(data: Path, tmp_path: Path) -> None:
    """With every process that a large one has."""
    file = tmp_path / "report.json"
    options = ["--size", "12", "--questions", "2", "--starts", "1", "--corpus", str(CORPUS), "--json", str(file)]

    result = CliRunner().invoke(app, ["bench", *options], env={"CITEBOT_DATA": str(data), "COLUMNS": "200"})

    assert result.exit_code == 0, result.output
    assert "12 passages" in result.stdout
    (size,) = json.loads(file.read_text())["sizes"]
    assert size["citebot"]["recall"] == 1
    assert len(size["naive"]["served"]["answering"]) == 2
    assert size["naive"]["starts"][0] > 0
