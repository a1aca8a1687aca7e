"""Two arms' scores → one ranking. Pure.

`normalised_sum` ranks better than reciprocal rank fusion on every set it was compared on (see `evaluation/README.md`), so it is what
retrieval uses; both stay for the comparison.
"""

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float32]


def normalised_sum(dense: Scores, lexical: Scores) -> Scores:
    """Both arms scaled to 0..1 over the candidates (min-max, Fox and Shaw 1994), then summed. (n,) each."""
    return min_max(dense) + min_max(lexical)


def min_max(scores: Scores) -> Scores:
    """Scaled to 0..1; without contrast, as with a single candidate, 1 for what scores at all and 0 for what doesn't. (n,)"""
    low, high = scores.min(initial=np.inf), scores.max(initial=-np.inf)
    return np.asarray((scores - low) / (high - low) if high > low else scores > 0, np.float32)


def reciprocal_rank(dense: Scores, lexical: Scores, k: int = 60) -> Scores:
    """RRF, Cormack et al. 2009; k = 60, ranks from 1. (n,) each."""
    return sum((1 / (k + _ranks(scores)) for scores in (dense, lexical)), np.zeros(len(dense), np.float32)).astype(np.float32)


def _ranks(scores: Scores) -> NDArray[np.int64]:
    """1 for the highest; ties in order of place."""
    ranks = np.empty(len(scores), np.int64)
    ranks[np.argsort(-scores, kind="stable")] = np.arange(1, len(scores) + 1)
    return ranks
