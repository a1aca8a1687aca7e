"""What every store keeps to. A new one subclasses `StoreContract`, gives it a `store`, and passes."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Thread
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.chunking import chunk
from index.domain import Document, Hit
from index.errors import SnapshotMismatch, SnapshotMissing
from index.fusion import normalised_sum
from index.lexical import LexicalIndex
from index.protocols import Store
from index.stores.local import LocalStore
from index.stores.snapshot import CANDIDATES
from tests.fakes import DIMENSION, CountingEmbedder, HashingEmbedder, document, libraries

EMBEDDER = HashingEmbedder()
QUESTION = "when was the bridge closed in Seoul?"

questions = st.sampled_from([QUESTION, "council vote on the school budget", "zebra", "the and of"])


def search(store: Store, *collections: str, question: str = QUESTION, k: int = 10) -> list[Hit]:
    return store.holdings(collections).search(question, EMBEDDER.embed_query(question), k)


def numbered(count: int) -> list[Document]:
    return [document(f"Report {number} on the bridge.", f"{number:03}.txt") for number in range(count)]


def brute_force(documents: Sequence[Document], question: str, k: int) -> list[tuple[str, float]]:
    """Texts of the k best passages with their scores: all that a store does, in a few lines of numpy."""
    texts = [passage.text for found in documents for passage in chunk(found)]
    dense = EMBEDDER.embed_passages(texts) @ EMBEDDER.embed_query(question)
    lexical = LexicalIndex.build(texts).scores(question)
    by_lexical = [row for row in np.argsort(-lexical)[:CANDIDATES] if lexical[row] > 0]
    rows = sorted({*np.argsort(-dense)[:CANDIDATES].tolist(), *map(int, by_lexical)})
    scores = normalised_sum(dense[rows], lexical[rows])
    return [(texts[rows[place]], float(scores[place])) for place in np.argsort(-scores, kind="stable")[:k]]


class StoreContract:
    """`store`: an empty one over `EMBEDDER`."""

    @pytest.fixture
    def store(self, tmp_path: Path) -> Store:
        return self.new_store(tmp_path, EMBEDDER)

    def new_store(self, folder: Path, embedder: HashingEmbedder | CountingEmbedder) -> Store:
        raise NotImplementedError  # each store's tests give theirs

    def test_a_collection_that_was_dropped_is_gone_and_may_be_made_anew(self, store: Store) -> None:
        store.publish("a", numbered(3))
        store.publish("b", numbered(2))
        held = store.holdings(["a"])

        store.drop("a")
        store.drop("a")

        with pytest.raises(SnapshotMissing):
            store.documents("a")
        assert len(held.search(QUESTION, EMBEDDER.embed_query(QUESTION), 10)) == 3
        assert list(store.documents("b")) == numbered(2)
        store.publish("a", numbered(1))
        assert list(store.documents("a")) == numbered(1)

    def test_what_was_published_is_found(self, store: Store) -> None:
        report = document("The bridge was closed in April.\n\nThe vote was in Seoul.", "below/report.txt", "Report")
        store.publish("shared", [report])

        hit, *_ = search(store, "shared", question="bridge closed")

        assert hit.collection == "shared"
        assert hit.document == report
        assert hit.passage == chunk(report)[0]
        assert hit.dense == pytest.approx(float(EMBEDDER.embed_query(hit.passage.text) @ EMBEDDER.embed_query("bridge closed")), abs=1e-5)

    @settings(max_examples=30)  # each writes to the disk
    @given(libraries(), questions, st.integers(1, 8))
    def test_hits_are_those_of_brute_force(self, library: list[Document], question: str, k: int) -> None:
        with TemporaryDirectory() as folder:
            store = self.new_store(Path(folder), EMBEDDER)
            store.publish("shared", library)
            hits = search(store, "shared", question=question, k=k)

        expected = brute_force(library, question, k)
        assert [hit.score for hit in hits] == pytest.approx([score for _, score in expected], abs=1e-4)
        assert {hit.passage.text: hit.score for hit in hits if hit.score > hits[-1].score + 1e-4} == pytest.approx(
            {text: score for text, score in expected if score > hits[-1].score + 1e-4}, abs=1e-4
        )

    def test_hits_of_a_large_collection_are_those_of_brute_force(self, store: Store) -> None:
        library = numbered(3 * CANDIDATES)
        store.publish("shared", library)

        hits = search(store, "shared", question="report 77 on 178")

        expected = brute_force(library, "report 77 on 178", 2)
        assert [hit.passage.text for hit in hits[:2]] == [text for text, _ in expected]
        assert [hit.score for hit in hits[:2]] == pytest.approx([score for _, score in expected], abs=1e-4)

    @pytest.mark.parametrize("k", [1, 7, CANDIDATES + 1, 3 * CANDIDATES, 1000])
    def test_there_are_k_hits_unless_there_are_fewer_passages(self, store: Store, k: int) -> None:
        store.publish("shared", numbered(250))

        assert len(search(store, "shared", k=k)) == min(k, 250)

    def test_a_collection_that_was_never_published_is_missing(self, store: Store) -> None:
        store.publish("shared", numbered(1))

        for access in (store.generation, store.documents, lambda name: search(store, name), lambda name: search(store, "shared", name)):
            with pytest.raises(SnapshotMissing, match="run `citebot index`"):
                access("team")

    def test_an_empty_collection_has_no_hits(self, store: Store) -> None:
        store.publish("shared", numbered(2))
        store.publish("team", [])

        assert store.documents("team") == []
        assert search(store, "team") == []
        assert len(search(store, "team", "shared")) == 2

    def test_of_no_collections_there_are_no_hits(self, store: Store) -> None:
        assert search(store) == []

    def test_publishing_replaces_the_whole_collection(self, store: Store) -> None:
        first = store.publish("shared", [document("Old bridge."), document("River.", "b.txt")])
        second = store.publish("shared", [document("New bridge.")])

        assert second == store.generation("shared") > first
        assert [hit.passage.text for hit in search(store, "shared")] == ["New bridge."]

    def test_publishing_the_same_again_changes_nothing(self, store: Store) -> None:
        library = numbered(3)

        assert store.publish("shared", library) == store.publish("shared", library[::-1]) == store.generation("shared")

    @pytest.mark.parametrize(
        "changed",
        [{"title": "B"}, {"url": "https://example.org"}, {"date": "2016"}, {"author": "Ann"}, {"meta": {"by": "🚀"}}],
    )
    def test_a_change_of_what_is_known_of_a_document_is_a_change(self, store: Store, changed: dict[str, Any]) -> None:
        store.publish("shared", [document("The bridge.")])
        later = replace(document("The bridge."), **changed)

        assert store.publish("shared", [later]) == 2
        assert store.documents("shared") == [later]

    def test_documents_come_in_the_order_of_their_ids(self, store: Store) -> None:
        store.publish("shared", [document("b", "b.txt"), document("c", "a/c.txt"), document("a", "a.txt")])

        assert [found.id for found in store.documents("shared")] == ["a.txt", "a/c.txt", "b.txt"]

    def test_a_document_is_found_by_its_id(self, store: Store) -> None:
        store.publish("team", [document("b", "b.txt"), document("c", "a/c.txt"), document("é", "é.txt")])

        assert [store.document("team", name) for name in ("é.txt", "b.txt")] == [document("é", "é.txt"), document("b", "b.txt")]
        assert [store.document("team", name) for name in ("", "a.txt", "c.txt", "ü.txt")] == [None] * 4

    def test_a_revision_makes_what_is_to_be_of_what_is(self, store: Store) -> None:
        seen: list[list[Document]] = []

        def revised(present: Sequence[Document] | None) -> list[Document]:
            seen.append(list(present or []))
            return [*seen[-1], document(str(len(seen)), f"{len(seen)}.txt")]

        assert [store.revise("team", revised) for _ in range(3)] == [1, 2, 3]
        assert seen == [[], [document("1", "1.txt")], [document("1", "1.txt"), document("2", "2.txt")]]
        assert len(store.documents("team")) == 3

    def test_a_revision_that_fails_leaves_what_was(self, store: Store) -> None:
        def failing(present: Sequence[Document] | None) -> list[Document]:
            raise KeyError(present)

        store.publish("team", numbered(1))

        with pytest.raises(KeyError):
            store.revise("team", failing)

        assert store.documents("team") == numbered(1)
        assert store.publish("team", numbered(2)) == 2

    def test_revisions_of_one_collection_take_turns(self, store: Store) -> None:
        def revise(number: int) -> None:
            store.revise("team", lambda present: [*(present or []), document("The bridge.", f"{number}.txt")])

        threads = [Thread(target=revise, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert store.generation("team") == len(store.documents("team")) == 8

    def test_holdings_stay_as_they_were(self, store: Store) -> None:
        """Whoever is answering isn't disturbed, however much is published meanwhile."""
        store.publish("shared", [document("The old bridge.")])
        store.publish("team", numbered(2))
        holdings = store.holdings(["shared", "team"])
        for number in range(3):
            store.publish("shared", [document(f"A new river {number}.")])
            store.publish("team", [])

        assert holdings.generations == {"shared": 1, "team": 1}
        assert ["old" in vocabulary for vocabulary in holdings.vocabularies()] == [True, False]
        assert not any("river" in vocabulary for vocabulary in holdings.vocabularies())
        assert {hit.document.id for hit in holdings.search("bridge", EMBEDDER.embed_query("bridge"), 10)} == {"a.txt", "000.txt", "001.txt"}
        assert {hit.passage.text for hit in search(store, "shared", "team")} == {"A new river 2."}

    def test_after_a_change_of_model_every_collection_is_renewed_from_its_own_documents(self, tmp_path: Path) -> None:
        for name in ("shared", "team", "empty"):
            self.new_store(tmp_path, EMBEDDER).publish(name, [document("The bridge.", f"{name}.txt")] * (name != "empty"))
        counting = CountingEmbedder(HashingEmbedder("other"))
        store = self.new_store(tmp_path, counting)
        with pytest.raises(SnapshotMismatch):
            store.documents("team")

        for _ in range(2):
            store.renew()

        assert {name: [found.id for found in store.documents(name)] for name in ("shared", "team", "empty")} == {
            "shared": ["shared.txt"],
            "team": ["team.txt"],
            "empty": [],
        }
        assert [store.generation(name) for name in ("shared", "team", "empty")] == [2, 2, 2]
        assert counting.embedded == ["The bridge."] * 2

    def test_only_what_changed_is_embedded(self, tmp_path: Path) -> None:
        counting = CountingEmbedder(EMBEDDER)
        store = self.new_store(tmp_path, counting)
        store.publish("shared", [document("One."), document("Two.", "b.txt"), document("Three.", "c.txt")])
        counting.embedded.clear()

        store.publish("shared", [document("One."), document("Two!", "b.txt"), document("Three.", "moved.txt"), document("Four.", "d.txt")])

        assert sorted(counting.embedded) == ["Four.", "Two!"]
        assert {hit.passage.text: round(hit.dense, 4) for hit in search(store, "shared")} == {
            text: round(float(EMBEDDER.embed_query(text) @ EMBEDDER.embed_query(QUESTION)), 4)
            for text in ("One.", "Two!", "Three.", "Four.")
        }

    def test_progress_counts_what_is_embedded(self, store: Store) -> None:
        seen: list[tuple[int, int]] = []
        store.publish("shared", numbered(5), lambda done, total: seen.append((done, total)))
        store.publish("shared", numbered(5), lambda done, total: seen.append((done, total)))

        assert seen[-1] == (5, 5)
        assert seen == sorted(set(seen))

    def test_a_collection_tells_its_own_words_and_how_often_they_occur(self, store: Store) -> None:
        store.publish("mine", [document("The bridge, the Bridge 2016!", title="On bridges")])
        store.publish("theirs", [document("A harbour.")])

        (vocabulary,) = store.holdings(["mine"]).vocabularies()

        assert vocabulary.counts == {"on": 1, "bridges": 1, "the": 2, "bridge": 2}
        assert list(vocabulary.words) == ["bridge", "bridges", "on", "the"]
        assert list(vocabulary.starting_with("bridge")) == ["bridge", "bridges"]
        with pytest.raises(SnapshotMissing):
            store.holdings(["nobody"])

    @settings(max_examples=20)  # as above
    @given(libraries(), libraries("b/"), questions)
    def test_nothing_of_another_collection_shows(self, mine: list[Document], theirs: list[Document], question: str) -> None:
        with TemporaryDirectory() as folder:
            store = self.new_store(Path(folder), EMBEDDER)
            store.publish("mine", mine)
            alone = search(store, "mine", question=question)
            store.publish("theirs", theirs)

            beside = search(store, "mine", question=question)
            together = search(store, "mine", "theirs", question=question, k=1000)

        assert beside == alone
        assert {(hit.passage, hit.dense, hit.lexical) for hit in alone} <= {(hit.passage, hit.dense, hit.lexical) for hit in together}
        assert {hit.document.id for hit in together if hit.collection == "mine"} <= {found.id for found in mine}
        assert {hit.document.id for hit in together if hit.collection == "theirs"} <= {found.id for found in theirs}

    @pytest.mark.parametrize("name", ["", "..", "a/b", "a\nb", "x" * 65, "é", "."])
    def test_a_name_that_leads_elsewhere_is_refused(self, store: Store, name: str) -> None:
        with pytest.raises(ValueError, match="is no name of a collection"):
            store.publish(name, numbered(1))

    def test_searches_go_on_while_others_publish(self, store: Store) -> None:
        """Every hit list is of one generation, whole; nobody waits for it, nobody sees an error."""
        store.publish("shared", numbered(3))
        seen: set[frozenset[str]] = set()
        failures: list[BaseException] = []
        done = Event()

        def keep_searching() -> None:
            try:
                while not done.is_set():
                    seen.add(frozenset(hit.document.title for hit in search(store, "shared")))
            except BaseException as error:  # noqa: BLE001  # any is a failure, and must reach the test
                failures.append(error)

        threads = [Thread(target=keep_searching) for _ in range(3)]
        for thread in threads:
            thread.start()
        for generation in range(10):
            store.publish("shared", [document(found.text, found.id, str(generation)) for found in numbered(3)])
        done.set()
        for thread in threads:
            thread.join()

        assert not failures
        assert len(seen) > 1
        assert all(len(titles) == 1 for titles in seen)


class TestLocalStore(StoreContract):
    def new_store(self, folder: Path, embedder: HashingEmbedder | CountingEmbedder) -> Store:
        return LocalStore(folder, embedder)


def test_the_embedder_is_one() -> None:
    assert np.linalg.norm(EMBEDDER.embed_passages(["river", ""]), axis=1) == pytest.approx([1, 1])
    assert EMBEDDER.embed_query("").shape == (DIMENSION,)
