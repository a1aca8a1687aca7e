"""FAISS inner product over unit vectors: cosine, exact."""

from pathlib import Path

import faiss
import numpy as np

from index.errors import SnapshotDamaged
from index.protocols import Vectors


class DenseIndex:
    """The vectors of one collection, in the order of its passages."""

    def __init__(self, index: faiss.Index) -> None:
        self._index = index

    @classmethod
    def build(cls, vectors: Vectors) -> "DenseIndex":
        """`vectors`: (n_passages, dimension), unit rows."""
        index = faiss.IndexFlatIP(vectors.shape[1])
        index.add(vectors)
        return cls(index)

    @classmethod
    def load(cls, file: Path) -> "DenseIndex":
        try:
            return cls(faiss.read_index(str(file), faiss.IO_FLAG_MMAP))
        except RuntimeError as error:
            raise SnapshotDamaged(f"{file} can't be opened; run `citebot index` to build the index anew") from error

    def save(self, file: Path) -> None:
        faiss.write_index(self._index, str(file))

    def __len__(self) -> int:
        return int(self._index.ntotal)

    def vectors(self) -> Vectors:
        """(n_passages, dimension): what the index was built of, for reuse in the next generation."""
        return np.asarray(self._index.reconstruct_n(0, len(self)), np.float32)

    def search(self, query: Vectors, k: int) -> tuple[np.ndarray, Vectors]:
        """Rows and cosines of the k nearest passages, nearest first; fewer only if there are fewer."""
        if not len(self):
            return np.zeros(0, np.int64), np.zeros(0, np.float32)
        cosines, rows = self._index.search(query[np.newaxis], min(k, len(self)))
        return rows[0], cosines[0]

    def cosines(self, query: Vectors, rows: np.ndarray) -> Vectors:
        """(n_rows,): of the query with these passages."""
        if not len(rows):
            return np.zeros(0, np.float32)
        return np.asarray(self._index.reconstruct_batch(rows.astype(np.int64)) @ query, np.float32)
