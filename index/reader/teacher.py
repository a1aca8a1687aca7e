"""A larger reader that a model learns from besides the answers (distillation, Hinton et al. 2015)."""

from pathlib import Path

import torch
from transformers import AutoModelForQuestionAnswering, AutoTokenizer

from index.reader.batches import Batch, encode
from index.reader.losses import NOWHERE, Logits
from index.reader.precision import span_logits


class Teacher:
    """`folder`: a Hugging Face question-answering model that cuts words as the model does."""

    def __init__(self, folder: Path) -> None:
        self._tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
        self._model = AutoModelForQuestionAnswering.from_pretrained(folder, local_files_only=True, attn_implementation="eager").eval()

    @torch.no_grad()
    def logits(self, batch: Batch) -> Logits:
        """At the model's tokens. Raises ValueError if words are cut otherwise."""
        read = encode(self._tokenizer, batch.examples)
        if not torch.equal(read.allowed.sum(1), batch.allowed.sum(1)):
            raise ValueError("The teacher cuts words otherwise than the model: choose one with the same vocabulary.")
        start, end = (_moved(logits, read.allowed, batch.allowed) for logits in span_logits(self._model, read.inputs, read.allowed))
        return start, end


def _moved(logits: torch.Tensor, source: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    """From the tokens that `source` names to those of `target`, in their order."""
    moved = torch.full(target.shape, NOWHERE)
    moved[target] = logits[source]
    return moved
