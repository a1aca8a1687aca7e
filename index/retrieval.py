"""Question → Hits: both arms of the search, through the seams."""

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

import numpy as np

from index.domain import Document, Hit
from index.protocols import Embedder, Holdings, Store, Vectors

T = TypeVar("T")


def first_of_each(items: Iterable[T], key: Callable[[T], str]) -> list[T]:
    """`items` in order, without those whose key came before."""
    first: dict[str, T] = {}
    for item in items:
        first.setdefault(key(item), item)
    return list(first.values())


def embed_queries(embedder: Embedder, questions: Sequence[str]) -> Vectors:
    """(n_questions, dimension), rows of norm 1, also of none."""
    vectors = np.empty((len(questions), embedder.dimension), np.float32)
    for row, question in enumerate(questions):
        vectors[row] = embedder.embed_query(question)
    return vectors


class Retriever:
    """Embeds the question and searches the store with it."""

    def __init__(self, embedder: Embedder, store: Store) -> None:
        self._embedder, self._store = embedder, store

    def holdings(self, collections: Sequence[str]) -> Holdings:
        """What one question is answered from, as it is now."""
        return self._store.holdings(collections)

    def retrieve(self, question: str, holdings: Holdings, k: int) -> list[Hit]:
        """The k best passages of different text, best first; fewer only if there are fewer."""
        vector, wanted = self._embedder.embed_query(question), 2 * k
        while True:
            hits = holdings.search(question, vector, wanted)
            different = first_of_each(hits, lambda hit: hit.passage.text)[:k]
            if len(different) == k or len(hits) < wanted:
                return different
            wanted *= 8  # the same words in many documents: a footer, a licence

    def embed(self, questions: Sequence[str]) -> Vectors:
        """(n_questions, dimension), rows of norm 1."""
        return embed_queries(self._embedder, questions)

    def documents(self, collection: str) -> Sequence[Document]:
        return self._store.documents(collection)

    def document(self, collection: str, document_id: str) -> Document | None:
        return self._store.document(collection, document_id)
