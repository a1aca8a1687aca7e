"""What the reader learns from: targets, batches, losses, and how a run goes on. No real training here, that takes an hour."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from transformers import AutoTokenizer, BertConfig, BertForQuestionAnswering

from index.models import packaged_model
from index.reader.batches import Batch, Batcher
from index.reader.examples import Example
from index.reader.losses import loss_of
from index.reader.squad import Paragraph, is_held_out
from index.reader.train import Run, Schedule, training_questions, tuning_part

TEXT = "The hall was opened in May 1999."
ANSWERED = Example("When was it opened?", TEXT, ((23, 31), (27, 31)))
UNANSWERED = Example("When was it opened?", "It seats four hundred.")
EXCHANGED = Example("When was it closed?", TEXT)


@pytest.fixture(scope="module")
def batcher() -> Batcher:
    return Batcher(AutoTokenizer.from_pretrained(packaged_model(), local_files_only=True), tokens=400)


def test_targets_are_the_annotators_distribution_over_tokens(batcher: Batcher) -> None:
    (batch,) = batcher.batches([(ANSWERED, UNANSWERED, EXCHANGED)])

    answered, unanswered, exchanged = batch.starts
    assert sorted(answered[answered > 0].tolist()) == [0.5, 0.5]
    assert batch.ends[0].max() == 1
    assert unanswered[0] == exchanged[0] == 1


def test_rows_of_another_question_stay_out_of_the_shared_norm(batcher: Batcher) -> None:
    (batch,) = batcher.batches([(ANSWERED, UNANSWERED, EXCHANGED)])

    assert batch.groups.tolist() == [0, 0, -1]


def test_every_group_comes_once_and_whole(batcher: Batcher) -> None:
    groups = [(Example(f"question {number}", TEXT, ((4, 8),)), UNANSWERED) for number in range(50)]

    batches = list(batcher.batches(groups))

    assert sum(len(batch.groups) for batch in batches) == 100
    assert all(batch.starts.numel() < 800 for batch in batches)


def batch_of(starts: torch.Tensor) -> Batch:
    return Batch({}, torch.ones_like(starts, dtype=torch.bool), starts, starts, torch.tensor([0, 0]))


def test_a_sure_and_right_reader_has_no_loss() -> None:
    targets = torch.tensor([[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]])
    logits = torch.tensor([[0.0, 0.0, 40.0], [40.0, 0.0, 0.0]])

    assert loss_of((logits, logits), batch_of(targets)) == pytest.approx(0, abs=1e-4)


def test_passages_of_a_question_are_compared_by_the_log_odds_that_answers_are_ranked_by() -> None:
    targets = torch.tensor([[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]])
    sure, surer_in_the_wrong_one = (torch.tensor([[0.0, 0.0, 4.0], [4.0, 0.0, wrong]]) for wrong in (0.0, 12.0))
    together, apart = batch_of(targets), replace(batch_of(targets), groups=torch.tensor([0, 1]))

    def compared(logits: torch.Tensor) -> float:
        return float(loss_of((logits, logits), together) - loss_of((logits, logits), apart))

    assert compared(surer_in_the_wrong_one) > compared(sure) + 1
    assert compared(sure + torch.tensor([[0.0], [20.0]])) == pytest.approx(compared(sure), abs=1e-4)


@pytest.fixture
def small_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A model that learns in moments, without compiling."""
    monkeypatch.setattr("index.reader.train.shutil.which", lambda _: None)
    torch.manual_seed(0)
    config = BertConfig(hidden_size=32, num_hidden_layers=1, num_attention_heads=2, intermediate_size=64)
    BertForQuestionAnswering(config).save_pretrained(tmp_path / "small")
    return tmp_path / "small"


def test_a_run_learns(small_model: Path, batcher: Batcher, tmp_path: Path) -> None:
    run = Run(small_model, tmp_path / "checkpoint.pt")
    (batch,) = batcher.batches([(ANSWERED, UNANSWERED, EXCHANGED)])

    run.learn(batch, 1e-2)
    before = run.loss
    for _ in range(30):
        run.learn(batch, 1e-2)

    assert run.loss < before / 2


def test_an_interrupted_run_goes_on_where_its_checkpoint_is(small_model: Path, batcher: Batcher, tmp_path: Path) -> None:
    (batch,) = batcher.batches([(ANSWERED, UNANSWERED, EXCHANGED)])
    first, second = (Run(small_model, tmp_path / "checkpoint.pt") for _ in range(2))
    first.learn(batch, 1e-2)
    first.save()

    assert second.resume()
    assert (second.step, second.spent, second.loss) == (1, first.spent, first.loss)
    assert all(torch.equal(one, other) for one, other in zip(first.model.parameters(), second.model.parameters(), strict=True))


def test_the_learning_rate_rises_and_falls_with_time() -> None:
    schedule = Schedule(minutes=100, peak=1e-4, seed=1)

    rates = [schedule.rate(minute * 60) for minute in (0, 2, 4, 52, 100)]

    assert rates == pytest.approx([1e-7, 0.5e-4, 1e-4, 0.5e-4, 1e-7], abs=2e-7)
    assert not schedule.is_over(5999)
    assert schedule.is_over(6000)


def test_the_parts_for_tuning_and_for_reporting_do_not_meet() -> None:
    wiki = [Paragraph("new_wiki", article, "", "") for article in range(36)]

    assert sum(is_held_out(paragraph.article) for paragraph in wiki) == 9
    assert sum(map(tuning_part, wiki)) == 3
    assert not any(is_held_out(paragraph.article) and tuning_part(paragraph) for paragraph in wiki)


def test_what_is_held_out_is_never_trained_on_in_whichever_file_it_stands(tmp_path: Path) -> None:
    held_out, other = (f"The {name} of the town was opened by the mayor in May 1999." for name in ("hall", "pool"))
    write_squad(tmp_path / "new_wiki.json", held_out, other)
    write_squad(tmp_path / "more.json", f"Much else is told. {held_out}", "Nothing in this one repeats any of it.")

    trained_on = {question.paragraph for question in training_questions(tmp_path, ["new_wiki"])}

    assert {(paragraph.source, paragraph.article) for paragraph in trained_on if paragraph.source in ("new_wiki", "more")} == {("more", 1)}


def write_squad(file: Path, *texts: str) -> None:
    """An article for each text."""
    articles = [{"paragraphs": [{"context": text, "qas": [{"question": "When?", "answers": []}]}]} for text in texts]
    file.write_text(json.dumps({"data": articles}), encoding="utf-8")
