"""The seams, with their obligations. Every implementation of one passes the same contract in `tests/`."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from index.domain import Calibration, Document, Hit, Passage, Span, Vocabulary

Vectors = NDArray[np.float32]
Progress = Callable[[int, int], None]
"""Called with (done, total) as long work goes on; must not raise."""


def no_progress(done: int, total: int) -> None:
    """For who shows none."""


Revision = Callable[[Sequence[Document] | None], Iterable[Document]]
"""A collection's present documents → its new ones. Called with None where the present ones can't be read; what it raises passes through
`revise`, and nothing is published."""


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


class Holdings(Protocol):
    """Some collections as they were at one moment: what is published later doesn't show in them. What a question is answered from."""

    @property
    def generations(self) -> Mapping[str, int]:
        """Of each of the collections, and of no other."""
        ...

    def vocabularies(self) -> Sequence[Vocabulary]:
        """The words of each collection's documents."""
        ...

    def search(self, question: str, vector: Vectors, k: int) -> list[Hit]:
        """The k best hits, best first; fewer only if there are fewer passages.

        Each collection normalises lexical scores by its own statistics; dense cosines compare as they are.
        """
        ...


class Store(Protocol):
    """Collections of documents, each with generations of its own. Nothing of one collection shows in what is got from another.

    Writing makes a new generation, atomically, and returns its number (the present one if nothing changed). Whoever is reading goes on
    with the generation they began with. A crash leaves the last generation or the next. Nothing of a document that was taken out stays,
    once nobody reads an earlier generation any more.
    """

    def publish(self, collection: str, documents: Sequence[Document], progress: Progress = ...) -> int:
        """Makes `documents` the whole of `collection`."""
        ...

    def revise(self, collection: str, revision: Revision, progress: Progress = ...) -> int:
        """Replaces the documents of `collection` by what `revision` makes of them. No other thread or process writes to it meanwhile."""
        ...

    def drop(self, collection: str) -> None:
        """Removes a collection, from the disk as well; one that isn't there is no error."""
        ...

    def renew(self, progress: Progress = ...) -> None:
        """Has every collection be of the present model and recipe, from its own documents, and removes what crashes left."""
        ...

    def holdings(self, collections: Sequence[str]) -> Holdings:
        """The present generations; raises SnapshotMissing if one was never published, SnapshotError if one can't be used."""
        ...

    def generation(self, collection: str) -> int:
        """The present one; raises as `holdings`."""
        ...

    def documents(self, collection: str) -> Sequence[Document]:
        """In the order of their ids; raises as `holdings`."""
        ...

    def document(self, collection: str, document_id: str) -> Document | None:
        """Without a look at all the others; None if there is none of that id. Raises as `holdings`."""
        ...
