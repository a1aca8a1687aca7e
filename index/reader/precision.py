"""Runs a model that is trained in the precision that this CPU is faster in."""

import time
from collections.abc import Callable, Mapping
from functools import cache

import torch

from index.onnx import faster
from index.reader.losses import NOWHERE, Logits


def span_logits(model: torch.nn.Module, inputs: Mapping[str, torch.Tensor], allowed: torch.Tensor) -> Logits:
    """`allowed`: where a span may be, (n, length)."""
    with torch.autocast("cpu", dtype=torch.bfloat16, enabled=halves_are_faster()):
        output = model(**inputs)
    start, end = (torch.where(allowed, logits.float(), NOWHERE) for logits in (output.start_logits, output.end_logits))
    return start, end


@cache
def halves_are_faster() -> bool:
    """Whether bfloat16 is multiplied faster than float32: by CPUs with AMX it is, and of those with AVX-512 by AMD's, not by Intel's."""
    return faster(_product(torch.bfloat16), _product(torch.float32), time.perf_counter)


def _product(kind: torch.dtype) -> Callable[[], torch.Tensor]:
    left, right = torch.ones(4096, 384, dtype=kind), torch.ones(384, 1536, dtype=kind)
    return lambda: left @ right
