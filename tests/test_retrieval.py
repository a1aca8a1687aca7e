"""Question → hits: different passages, through the seams."""

from pathlib import Path

import pytest

from index.errors import SnapshotMissing
from index.retrieval import Retriever, first_of_each
from index.stores.local import LocalStore
from tests.fakes import HashingEmbedder, document

FOOTER = "All rights reserved by the city council."


@pytest.fixture
def store(tmp_path: Path) -> LocalStore:
    return LocalStore(tmp_path, HashingEmbedder())


@pytest.fixture
def retriever(store: LocalStore) -> Retriever:
    return Retriever(HashingEmbedder(), store)


def test_the_first_of_each_kind_is_kept_in_order() -> None:
    assert first_of_each(["bat", "ant", "bee", "cat", "asp"], lambda word: word[0]) == ["bat", "ant", "cat"]


def test_hits_are_best_first_and_no_more_than_asked_for(store: LocalStore, retriever: Retriever) -> None:
    store.publish("shared", [document(f"The bridge number {number} is closed.", f"{number}.txt") for number in range(10)])

    hits = retriever.retrieve("bridge number 7", retriever.holdings(["shared"]), 3)

    assert hits[0].passage.text == "The bridge number 7 is closed."
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert len(hits) == 3


@pytest.mark.parametrize("copies", [3, 30, 300])
def test_a_text_that_is_everywhere_does_not_crowd_out_the_others(store: LocalStore, retriever: Retriever, copies: int) -> None:
    same = [document(FOOTER, f"copy-{number}.txt") for number in range(copies)]
    others = [document(f"Another text about {word}.", f"{word}.txt") for word in ("rivers", "bridges", "winter", "votes")]
    store.publish("shared", [*same, *others])

    hits = retriever.retrieve("which rights are reserved by the council?", retriever.holdings(["shared"]), 5)

    assert hits[0].passage.text == FOOTER
    assert len({hit.passage.text for hit in hits}) == 5


def test_all_passages_are_found_if_there_are_fewer(store: LocalStore, retriever: Retriever) -> None:
    store.publish("shared", [document(FOOTER), document(FOOTER, "b.txt"), document("The river.", "c.txt")])

    assert len(retriever.retrieve("river", retriever.holdings(["shared"]), 5)) == 2


def test_documents_and_generations_are_the_stores(store: LocalStore, retriever: Retriever) -> None:
    store.publish("shared", [document(FOOTER)])
    store.publish("team", [document(FOOTER, "b.txt")])
    store.publish("team", [document(FOOTER, "c.txt")])

    assert retriever.holdings(["shared", "team"]).generations == {"shared": 1, "team": 2}
    assert [found.id for found in retriever.documents("team")] == ["c.txt"]
    assert retriever.document("team", "c.txt") == document(FOOTER, "c.txt")


def test_a_collection_that_was_never_published_is_missing(retriever: Retriever) -> None:
    with pytest.raises(SnapshotMissing, match="run `citebot index`"):
        retriever.retrieve("river", retriever.holdings(["shared"]), 5)
