"""What the reader learns from: targets, batches, losses. No training here, that takes an hour."""

import pytest
import torch
from transformers import AutoTokenizer

from index.models import packaged_model
from index.reader.examples import Example
from index.reader.squad import Paragraph
from index.reader.train import Batch, Batcher, held_out, loss_of, tuning_part

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
    return Batch({}, starts, starts, torch.tensor([0, 0]))


def test_a_sure_and_right_reader_has_no_loss() -> None:
    targets = torch.tensor([[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]])
    logits = torch.tensor([[0.0, 0.0, 40.0], [40.0, 0.0, 0.0]])

    assert loss_of(logits, logits, batch_of(targets)) == pytest.approx(0, abs=1e-4)


def test_a_span_that_is_surer_in_the_wrong_passage_costs_more() -> None:
    """Each passage alone is as right as before; only the comparison between them is wrong."""
    targets = torch.tensor([[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]])
    fair = torch.tensor([[0.0, 0.0, 9.0], [9.0, 0.0, 0.0]])
    unfair = fair + torch.tensor([[0.0], [20.0]])

    assert loss_of(unfair, unfair, batch_of(targets)) > loss_of(fair, fair, batch_of(targets)) + 1


def test_the_parts_for_tuning_and_for_reporting_do_not_meet() -> None:
    wiki = [Paragraph("new_wiki", article, "", "") for article in range(36)]

    assert sum(map(held_out, wiki)) == 9
    assert sum(map(tuning_part, wiki)) == 3
    assert not any(held_out(paragraph) and tuning_part(paragraph) for paragraph in wiki)
