"""What training makes small: how unlikely the answers are, and how far the model is from its teacher.

The loss of a group (one question on a passage that answers and on others that don't) is twofold: per passage, cross-entropy of start and
end over its tokens with [CLS] for "none here" (Devlin et al. 2019), the targets being what most annotators marked; and, over the
tokens of all passages of one question together, the shared-norm objective of Clark and Gardner 2018, which makes scores comparable; the
scores there are log-odds against [CLS], as `SpanReader` gives them.
"""

from collections.abc import Callable

import torch

from index.reader.batches import Batch

SHARED_NORM_WEIGHT = 1.0
TAUGHT = 0.5
"""Share of the loss that is learnt from a teacher, where there is one."""
TEMPERATURE = 2.0
NOWHERE = -1e4
"""The logit of the question and of padding, where no span may be."""

Logits = tuple[torch.Tensor, torch.Tensor]
"""Of start and end, (n, length) each; `NOWHERE` where no span may be."""


def loss_of(logits: Logits, batch: Batch) -> torch.Tensor:
    """Of the annotators' answers."""
    return _loss_of_one(logits[0], batch.starts, batch) + _loss_of_one(logits[1], batch.ends, batch)


def _loss_of_one(logits: torch.Tensor, targets: torch.Tensor, batch: Batch) -> torch.Tensor:
    alone = _cross_entropy(logits, targets)
    return _twofold(batch, alone, lambda rows: _cross_entropy(_log_odds(logits[rows]), targets[rows, 1:].reshape(1, -1)))


def distillation_loss(logits: Logits, taught: Logits, batch: Batch) -> torch.Tensor:
    """The same, with what the teacher holds likely for targets, softened by a temperature (Hinton et al. 2015)."""
    return _distillation_loss_of_one(logits[0], taught[0], batch) + _distillation_loss_of_one(logits[1], taught[1], batch)


def _distillation_loss_of_one(logits: torch.Tensor, taught: torch.Tensor, batch: Batch) -> torch.Tensor:
    alone = _softened(logits, taught)
    return _twofold(batch, alone, lambda rows: _softened(_log_odds(logits[rows]), _log_odds(taught[rows])))


def _twofold(batch: Batch, alone: torch.Tensor, together: Callable[[torch.Tensor], torch.Tensor]) -> torch.Tensor:
    """`alone`: the loss passage by passage. `together`: the loss of one question's passages, whose rows it is given."""
    members = [torch.nonzero(batch.groups == group).flatten() for group in batch.groups.unique() if group >= 0]
    shared = [together(rows) for rows in members if len(rows) > 1]
    return alone + SHARED_NORM_WEIGHT * (torch.stack(shared).mean() if shared else alone.new_zeros(()))


def _softened(logits: torch.Tensor, taught: torch.Tensor) -> torch.Tensor:
    """Times the temperature's square, which keeps the gradient's size."""
    return TEMPERATURE**2 * _cross_entropy(logits / TEMPERATURE, torch.softmax(taught / TEMPERATURE, dim=-1))


def _log_odds(logits: torch.Tensor) -> torch.Tensor:
    """Of all tokens of some passages against each passage's [CLS], which is what answers are ranked by: (1, n × (length − 1))."""
    return (logits[:, 1:] - logits[:, :1]).reshape(1, -1)


def _cross_entropy(logits: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    log_probabilities = torch.log_softmax(logits.float(), dim=-1).masked_fill(targets == 0, 0.0)
    return -(targets * log_probabilities).sum(-1).mean()
