"""Question → Hits: both arms of the search, through the seams."""

from collections.abc import Sequence

from index.domain import Document, Hit
from index.protocols import Embedder, Store


class Retriever:
    """Embeds the question and searches the store with it."""

    def __init__(self, embedder: Embedder, store: Store) -> None:
        self._embedder, self._store = embedder, store

    def retrieve(self, question: str, collections: Sequence[str], k: int) -> list[Hit]:
        """The k best passages of different text, best first."""
        hits = self._store.search(collections, question, self._embedder.embed_query(question), 2 * k)
        return list({hit.passage.text: hit for hit in reversed(hits)}.values())[::-1][:k]

    def documents(self, collection: str) -> list[Document]:
        return self._store.documents(collection)

    def generations(self, collections: Sequence[str]) -> dict[str, int]:
        return {collection: self._store.generation(collection) for collection in collections}
