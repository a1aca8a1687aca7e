"""FAISS inner product over unit vectors: cosine. Exact up to `EXACT` passages; beyond, a short list that is measured exactly.

Beyond, FAISS finds the short list with 2 bits a component in inverted lists, and a file beside it has the vectors as float16, for
their cosines and for the next generation: what was rounded once isn't rounded again, so vectors don't drift. That file is read row by
row rather than mapped: of a million passages its pages would soon keep 770 MB resident.

Kinds of FAISS index compared over a million vectors of 384 dimensions in 1,024 inverted lists (`evaluation/README.md`). Recall@10 is that
of the result, after the short list was measured; the last one is used here, and quicker than the first two.

    SQ8        1/8 of the lists searched   recall 0.990   394 MB
    SQ4        1/8                         recall 0.990   202 MB
    RaBitQ     3/16                        recall 0.918    66 MB
    PQ192x4fs  3/16                        recall 0.998   107 MB
"""

import os
import weakref
from math import ceil, log2, sqrt
from pathlib import Path
from typing import Any, Protocol

import faiss
import numpy as np
from numpy.typing import NDArray

from index.errors import SnapshotDamaged
from index.protocols import Vectors

EXACT = 50_000
"""Passages up to which every vector is compared: 5 ms."""
PROBED = 3 / 16
"""The part of the inverted lists that is searched."""
SHORT_LIST = 4
"""How long the short list is when k passages are wanted, in times k."""
_TRAINED_ON = 40
"""Vectors for each inverted list."""
_BLOCK = 50_000

Rows = NDArray[np.int64]


class _Exact(Protocol):
    """float16 vectors of all passages, (n_passages, dimension)."""

    def __getitem__(self, rows: Rows) -> NDArray[np.float16]: ...


class _VectorFile:
    """Rows of float16 in a file, one after another. Thread-safe."""

    def __init__(self, file: Path, dimension: int) -> None:
        self._stream, self._dimension = file.open("rb", buffering=0), dimension
        weakref.finalize(self, self._stream.close)  # a snapshot is dropped when nobody searches it any more

    def __getitem__(self, rows: Rows) -> NDArray[np.float16]:
        descriptor, width = self._stream.fileno(), np.dtype(np.float16).itemsize * self._dimension
        read = b"".join(os.pread(descriptor, width, width * row) for row in rows.tolist())
        return np.frombuffer(read, np.float16).reshape(len(rows), self._dimension)


class DenseIndex:
    """The vectors of one collection, in the order of its passages. Thread-safe."""

    def __init__(self, index: Any, exact: _Exact | None = None) -> None:
        """`index`: a FAISS one (its stubs know little of them). `exact`: None when `index` has every vector as it is."""
        self._index, self._exact = index, exact

    @classmethod
    def build(cls, vectors: Vectors, exact_up_to: int = EXACT) -> "DenseIndex":
        """`vectors`: (n_passages, dimension), unit rows. `exact_up_to`: passages that are searched exactly."""
        is_exact = len(vectors) <= exact_up_to
        index = faiss.index_factory(vectors.shape[1], "Flat", faiss.METRIC_INNER_PRODUCT) if is_exact else _trained(vectors)
        for first in range(0, len(vectors), _BLOCK):
            index.add(vectors[first : first + _BLOCK])
        return cls(index, None if is_exact else vectors.astype(np.float16))

    @classmethod
    def load(cls, file: Path) -> "DenseIndex":
        """Opens what `save` wrote, memory-mapped."""
        try:
            index = faiss.read_index(str(file), faiss.IO_FLAG_MMAP)
        except RuntimeError as error:
            raise SnapshotDamaged(f"{file} can't be opened; run `citebot index` to build the index anew") from error
        beside = _beside(file)
        return cls(index, _VectorFile(beside, index.d) if beside.exists() else None)

    def save(self, file: Path) -> None:
        faiss.write_index(self._index, str(file))
        if self._exact is not None:
            self._exact[np.arange(len(self))].tofile(_beside(file))

    def __len__(self) -> int:
        return int(self._index.ntotal)

    def vectors(self, rows: Rows | None = None) -> Vectors:
        """(n_rows, dimension): what the index was built of, for reuse in the next generation; by default of all passages."""
        wanted = np.arange(len(self)) if rows is None else rows.astype(np.int64)
        if not len(wanted):
            return np.zeros((0, self._index.d), np.float32)
        return np.asarray(self._index.reconstruct_batch(wanted) if self._exact is None else self._exact[wanted], np.float32)

    def search(self, query: Vectors, k: int) -> tuple[Rows, Vectors]:
        """Rows and cosines of the k nearest passages, nearest first; fewer only if there are fewer."""
        if self._exact is None:
            return self._nearest(query, k)
        rows, _ = self._nearest(query, SHORT_LIST * k)
        cosines = self.cosines(query, rows)
        best = np.argsort(-cosines, kind="stable")[:k]
        return rows[best], cosines[best]

    def cosines(self, query: Vectors, rows: Rows) -> Vectors:
        """(n_rows,): of the query with these passages."""
        return np.asarray(self.vectors(rows) @ query, np.float32)

    def _nearest(self, query: Vectors, k: int) -> tuple[Rows, Vectors]:
        """As FAISS has it; searches all lists when those that are usually searched hold fewer than k."""
        if not len(self):
            return np.zeros(0, np.int64), np.zeros(0, np.float32)
        wanted = min(k, len(self))
        (cosines,), (rows,) = self._index.search(query[np.newaxis], wanted)
        if rows[-1] < 0:
            everywhere = faiss.SearchParametersIVF(nprobe=self._index.nlist)  # type: ignore[call-arg] # its stubs lack it
            (cosines,), (rows,) = self._index.search(query[np.newaxis], wanted, params=everywhere)
        return rows, cosines


def _trained(vectors: Vectors) -> Any:
    """An index for so many vectors, that knows how they are spread, without them."""
    passages, dimension = vectors.shape
    lists = 1 << round(log2(sqrt(passages)))
    index: Any = faiss.index_factory(dimension, f"IVF{lists},PQ{ceil(dimension / 2)}x4fs", faiss.METRIC_INNER_PRODUCT)
    index.nprobe = ceil(PROBED * lists)
    index.train(vectors[:: max(1, passages // (_TRAINED_ON * lists))])
    return index


def _beside(file: Path) -> Path:
    return file.with_suffix(".float16")
