"""The seams, with their obligations. Every implementation of one passes the same contract in `tests/`."""

from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from index.domain import Calibration, Document, Hit, Passage, Span, Vocabulary

Vectors = NDArray[np.float32]
Progress = Callable[[int, int], None]
"""Called with (done, total) as long work goes on; must not raise."""


class Embedder(Protocol):
    """Text → unit vectors. Passages and queries each have a method of their own, since some models embed them differently."""

    @property
    def name(self) -> str:
        """Identifies model and precision; vectors of different names never meet in one index."""
        ...

    @property
    def dimension(self) -> int: ...

    def embed_passages(self, texts: Sequence[str], progress: Progress = ...) -> Vectors:
        """(n_texts, dimension), float32, rows of norm 1; row i belongs to text i, whatever the batching."""
        ...

    def embed_query(self, text: str) -> Vectors:
        """(dimension,), float32, norm 1."""
        ...


class Reader(Protocol):
    """Finds the words that answer. It alone decides between passages, also between those of different collections."""

    def read(self, question: str, passages: Sequence[Passage]) -> list[Span | None]:
        """The best span of each passage, in the order of `passages`; None where there is none to offer.

        A span is non-empty, inside the passage's text, and neither begins nor ends with white space.
        """
        ...

    @property
    def name(self) -> str:
        """Identifies the weights; a calibration belongs to them."""
        ...

    @property
    def calibration(self) -> Calibration:
        """What this reader's scores are worth, fitted on questions that it wasn't trained on."""
        ...


class Store(Protocol):
    """Collections of passages, each with generations of its own. Nothing of one collection shows in the hits of another."""

    def publish(self, collection: str, documents: Sequence[Document], progress: Progress = ...) -> int:
        """Makes `documents` the whole of `collection`, atomically, and returns the new generation (the present one if nothing changed).

        Whoever is searching goes on with the generation they began with. A crash leaves the last generation or the next.
        """
        ...

    def generation(self, collection: str) -> int:
        """The generation that `search` answers from; raises SnapshotMissing if there is none."""
        ...

    def documents(self, collection: str) -> Sequence[Document]:
        """In the order of their ids; raises SnapshotMissing."""
        ...

    def vocabulary(self, collection: str) -> Vocabulary:
        """The words of its documents and of no other; raises SnapshotMissing."""
        ...

    def search(self, collections: Sequence[str], question: str, vector: Vectors, k: int) -> list[Hit]:
        """The k best hits over `collections`, best first; fewer only if there are fewer passages.

        Each collection normalises lexical scores by its own statistics; dense cosines compare as they are.
        """
        ...
