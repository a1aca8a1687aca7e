"""The mean of several trainings."""

from pathlib import Path

import torch
from transformers import AutoTokenizer, BertConfig, BertForQuestionAnswering

from index.models import packaged_model
from index.reader.average import average

SMALL = BertConfig(vocab_size=50, hidden_size=8, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16)


def saved(folder: Path, seed: int) -> BertForQuestionAnswering:
    torch.manual_seed(seed)
    model = BertForQuestionAnswering(SMALL)
    model.save_pretrained(folder)
    AutoTokenizer.from_pretrained(packaged_model(), local_files_only=True).save_pretrained(folder)
    return model


def test_each_weight_is_the_mean_by_shares(tmp_path: Path) -> None:
    one, other = saved(tmp_path / "one", 1), saved(tmp_path / "other", 2)

    average(tmp_path / "mean", {tmp_path / "one": 3, tmp_path / "other": 1})

    mean = BertForQuestionAnswering.from_pretrained(tmp_path / "mean", local_files_only=True)
    for weight, first, second in zip(mean.parameters(), one.parameters(), other.parameters(), strict=True):
        torch.testing.assert_close(weight, 0.75 * first + 0.25 * second)
    assert AutoTokenizer.from_pretrained(tmp_path / "mean", local_files_only=True)("when?").input_ids
