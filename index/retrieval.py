"""Question → Hits: both arms of the search, through the seams."""

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from index.domain import Document, Hit, Vocabulary
from index.protocols import Embedder, Store

T = TypeVar("T")


def first_of_each(items: Iterable[T], key: Callable[[T], str]) -> list[T]:
    """`items` in order, without those whose key came before."""
    first: dict[str, T] = {}
    for item in items:
        first.setdefault(key(item), item)
    return list(first.values())


class Retriever:
    """Embeds the question and searches the store with it."""

    def __init__(self, embedder: Embedder, store: Store) -> None:
        self._embedder, self._store = embedder, store

    def retrieve(self, question: str, collections: Sequence[str], k: int) -> list[Hit]:
        """The k best passages of different text, best first; fewer only if there are fewer."""
        vector, wanted = self._embedder.embed_query(question), 2 * k
        while True:
            hits = self._store.search(collections, question, vector, wanted)
            different = first_of_each(hits, lambda hit: hit.passage.text)[:k]
            if len(different) == k or len(hits) < wanted:
                return different
            wanted *= 8  # the same words in many documents: a footer, a licence

    def documents(self, collection: str) -> Sequence[Document]:
        return self._store.documents(collection)

    def vocabularies(self, collections: Sequence[str]) -> list[Vocabulary]:
        return [self._store.vocabulary(collection) for collection in collections]

    def generations(self, collections: Sequence[str]) -> dict[str, int]:
        return {collection: self._store.generation(collection) for collection in collections}
