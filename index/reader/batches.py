"""Groups of training examples → padded batches of token numbers and targets."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random
from statistics import multimode
from typing import Any

import numpy as np
import torch

from index.reader.examples import Example

MAX_WORD_PIECES = 381  # of question and passage; a BERT adds three tokens
PAD_TO = 16  # free lengths make torch's memory grow


@dataclass(frozen=True, slots=True)
class Batch:
    """`starts`, `ends`: target distributions over tokens, (n, length). `groups`: number of each row's question in the batch, (n,).

    `inputs`, `allowed`: as `Encoded` has them. `groups` is -1 for rows that take no part in the shared-norm loss (their question is
    another than the group's).
    """

    inputs: dict[str, torch.Tensor]
    allowed: torch.Tensor
    starts: torch.Tensor
    ends: torch.Tensor
    groups: torch.Tensor


class Batcher:
    """Groups → padded batches of about `tokens` tokens, of similar lengths."""

    def __init__(self, tokenizer: Any, tokens: int) -> None:
        self._tokenizer, self._tokens = tokenizer, tokens

    def batches(self, groups: Sequence[tuple[Example, ...]]) -> Iterator[Batch]:
        """Groups are kept whole; sorted within stretches of 512, in the given order otherwise."""
        for first in range(0, len(groups), 512):
            stretch = sorted(groups[first : first + 512], key=lambda group: max(len(one.text) for one in group))
            pending: list[tuple[Example, ...]] = []
            made: list[Batch] = []
            for group in stretch:
                longest = max(len(one.text) for one in (*group, *(pending[-1] if pending else ())))
                if pending and (sum(map(len, pending)) + len(group)) * (longest / 4.4 + 20) > self._tokens:  # 4.4 characters a token
                    made.append(self._batch(pending))
                    pending = []
                pending.append(group)
            made.append(self._batch(pending))
            Random(first).shuffle(made)
            yield from made

    def _batch(self, groups: Sequence[tuple[Example, ...]]) -> Batch:
        rows = [(number if one.question == group[0].question else -1, one) for number, group in enumerate(groups) for one in group]
        examples = tuple(one for _, one in rows)
        encoded = encode(self._tokenizer, examples)
        targets = [_targets(*each) for each in zip(examples, encoded.offsets, encoded.allowed.numpy(), strict=True)]
        return Batch(
            encoded.inputs,
            encoded.allowed,
            torch.tensor(np.stack([start for start, _ in targets])),
            torch.tensor(np.stack([end for _, end in targets])),
            torch.tensor([number for number, _ in rows]),
        )


@dataclass(frozen=True, slots=True)
class Encoded:
    """What a model reads. `allowed`: where a span may be, on the passage and on [CLS], (n, length). `offsets`: (n, length, 2)."""

    inputs: dict[str, torch.Tensor]
    allowed: torch.Tensor
    offsets: np.ndarray


def encode(tokenizer: Any, examples: Sequence[Example]) -> Encoded:
    """Padded; passages are cut off where they are too long. `tokenizer`: of transformers, a fast one."""
    words = tokenizer.backend_tokenizer
    words.enable_truncation(MAX_WORD_PIECES + words.num_special_tokens_to_add(True), strategy="only_second")
    words.enable_padding(pad_to_multiple_of=PAD_TO, pad_id=tokenizer.pad_token_id, pad_token=tokenizer.pad_token)
    rows = words.encode_batch([(one.question, one.text) for one in examples])
    read = {
        "input_ids": [row.ids for row in rows],
        "token_type_ids": [row.type_ids for row in rows],
        "attention_mask": [row.attention_mask for row in rows],
    }
    allowed = torch.tensor([[sequence == 1 for sequence in row.sequence_ids] for row in rows])
    allowed[:, 0] = True
    inputs = {name: torch.tensor(read[name]) for name in tokenizer.model_input_names}
    return Encoded(inputs, allowed, np.array([row.offsets for row in rows]))


def _targets(example: Example, offsets: np.ndarray, allowed: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Distributions over tokens for start and end, of what most annotators marked; on [CLS] if there is no answer, or it was cut off."""
    starts, ends = np.zeros(len(offsets), np.float32), np.zeros(len(offsets), np.float32)
    text = allowed & (np.arange(len(offsets)) > 0)
    for start, end in multimode(example.answers):
        first = np.flatnonzero(text & (offsets[:, 1] > start))
        last = np.flatnonzero(text & (offsets[:, 0] < end))
        if len(first) and len(last) and offsets[last[-1], 1] >= end and first[0] <= last[-1]:
            starts[first[0]] += 1
            ends[last[-1]] += 1
    if not starts.any():
        starts[0] = ends[0] = 1
    return starts / starts.sum(), ends / ends.sum()
