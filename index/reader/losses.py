"""What training makes small: how unlikely a reader thinks what people marked.

The loss of a group (one question on a passage that answers and on others that don't) is twofold: per passage, cross-entropy of start and
end over its tokens with [CLS] for "none here" (Devlin et al. 2019), the targets being what most annotators marked; and, over the
tokens of all passages of one question together, the shared-norm objective of Clark and Gardner 2018, which makes scores comparable; the
scores there are log-odds against [CLS], as `SpanReader` gives them.
"""

import torch

from index.reader.batches import Batch

SHARED_NORM_WEIGHT = 1.0
NOWHERE = -1e4
"""The logit of the question and of padding, where no span may be."""

Logits = tuple[torch.Tensor, torch.Tensor]
"""Of start and end, (n, length) each; `NOWHERE` where no span may be."""


def loss_of(logits: Logits, batch: Batch) -> torch.Tensor:
    """Of the annotators' answers."""
    return _loss_of_one(logits[0], batch.starts, batch) + _loss_of_one(logits[1], batch.ends, batch)


def _loss_of_one(logits: torch.Tensor, targets: torch.Tensor, batch: Batch) -> torch.Tensor:
    """Of starts, or of ends."""
    members = [torch.nonzero(batch.groups == group).flatten() for group in batch.groups.unique() if group >= 0]
    shared = [_cross_entropy(_log_odds(logits[rows]), targets[rows, 1:].reshape(1, -1)) for rows in members if len(rows) > 1]
    return _cross_entropy(logits, targets) + SHARED_NORM_WEIGHT * (torch.stack(shared).mean() if shared else logits.new_zeros(()))


def _log_odds(logits: torch.Tensor) -> torch.Tensor:
    """Of all tokens of some passages against each passage's [CLS], which is what answers are ranked by: (1, n × (length − 1))."""
    return (logits[:, 1:] - logits[:, :1]).reshape(1, -1)


def _cross_entropy(logits: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    log_probabilities = torch.log_softmax(logits.float(), dim=-1).masked_fill(targets == 0, 0.0)
    return -(targets * log_probabilities).sum(-1).mean()
