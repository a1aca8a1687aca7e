"""What a snapshot is made of when it is large: mapped texts, and an index that looks at a part of the vectors."""

from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.chunking import chunk
from index.dense import DenseIndex
from index.domain import Document
from index.lazy import Lazy
from index.protocols import Vectors
from index.stores.local import LocalStore
from index.stores.snapshot import CANDIDATES, Snapshot, open_snapshot
from index.stores.texts import Texts, Written, find, write_texts
from tests.fakes import CountingEmbedder, document, written_texts
from tests.test_stores import EMBEDDER, brute_force, numbered, search

DIMENSION = 32
SMALL = 100
"""Passages beyond which these tests call a collection large."""


def near(centres: Vectors, rows: int, seed: int) -> Vectors:
    """Unit vectors around `centres`, as texts are about something."""
    random = np.random.default_rng(seed)
    vectors = centres[random.integers(0, len(centres), rows)] + 0.1 * random.standard_normal((rows, DIMENSION))
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)


@pytest.fixture(scope="module")
def vectors() -> Vectors:
    return near(np.eye(DIMENSION, dtype=np.float32), 5000, seed=0)


@pytest.fixture(scope="module")
def large(vectors: Vectors, tmp_path_factory: pytest.TempPathFactory) -> DenseIndex:
    file = tmp_path_factory.mktemp("large") / "vectors.faiss"
    DenseIndex.build(vectors, exact_up_to=SMALL).save(file)
    return DenseIndex.load(file)


# The dense arm


def test_nearly_all_of_the_nearest_are_found(large: DenseIndex, vectors: Vectors) -> None:
    found = [set(large.search(query, 10)[0].tolist()) & set(np.argsort(-vectors @ query)[:10].tolist()) for query in near(vectors, 50, 1)]

    assert sum(map(len, found)) / 500 >= 0.95


def test_their_cosines_are_exact_and_in_order(large: DenseIndex, vectors: Vectors) -> None:
    query = near(vectors, 1, 1)[0]

    rows, cosines = large.search(query, 20)

    assert len(set(rows.tolist())) == 20
    assert cosines == pytest.approx((vectors @ query)[rows], abs=1e-3)
    assert cosines == pytest.approx(large.cosines(query, rows))
    assert all(one >= another for one, another in pairwise(cosines))


@pytest.mark.parametrize("k", [1, 4000, 5000, 9999])
def test_as_many_are_found_as_are_wanted(large: DenseIndex, vectors: Vectors, k: int) -> None:
    rows, cosines = large.search(vectors[0], k)

    assert len(rows) == len(cosines) == min(k, 5000)
    assert rows.min() >= 0


def test_vectors_do_not_drift_from_generation_to_generation(large: DenseIndex, vectors: Vectors, tmp_path: Path) -> None:
    """An index built of what an index gives back gives back the same bits."""
    DenseIndex.build(large.vectors(), exact_up_to=SMALL).save(tmp_path / "vectors.faiss")

    again = DenseIndex.load(tmp_path / "vectors.faiss")

    assert np.array_equal(again.vectors(), large.vectors())
    assert np.array_equal(again.vectors(np.array([7, 2])), vectors[[7, 2]].astype(np.float16).astype(np.float32))


# The texts


@given(st.lists(written_texts(), max_size=4))
def test_documents_and_passages_come_back_as_they_were(texts: list[str]) -> None:
    """Whatever their characters take in bytes."""
    documents = [Document(f"{number}/é\udcff.txt", "Tïtle", text, None, "2016", text[:3]) for number, text in enumerate(texts)]
    passages = [passage for found in documents for passage in chunk(found)]
    with TemporaryDirectory() as folder:
        write_texts(Path(folder), [Written.of(found, chunk(found)) for found in documents])
        opened = Texts(Path(folder))

        assert opened.documents == documents
        assert opened.passages == passages
        assert opened.of(range(len(passages))) == [passage.text for passage in passages]
        assert all(opened.document_of(row).text[passage.start : passage.end] == passage.text for row, passage in enumerate(passages))


@given(st.lists(st.sampled_from("abcdef")), st.lists(st.sampled_from("abcdef")))
def test_a_text_is_found_by_its_content(wanted: list[str], known: list[str]) -> None:
    def contents(texts: list[str]) -> "np.ndarray[tuple[int], np.dtype[np.bytes_]]":
        return np.array(texts, "S16")

    rows = find(contents(wanted), contents(known)).tolist()

    assert [known[row] if row >= 0 else None for row in rows] == [text if text in known else None for text in wanted]


def test_a_lazy_sequence_is_one() -> None:
    squares = Lazy(5, lambda number: number**2)

    assert squares == [0, 1, 4, 9, 16]
    assert squares != [0, 1, 4, 9]
    assert squares != {0, 1}
    assert squares[-1] == 16
    assert squares[1:3] == [1, 4]
    assert 9 in squares
    with pytest.raises(IndexError):
        squares[5]


# The whole


def opened(folder: Path) -> Snapshot:
    return open_snapshot(folder / "collections" / "shared" / "generations" / "1", "shared", 1, "hashing")


def test_a_snapshot_is_large_beyond_its_limit_only(tmp_path: Path) -> None:
    for folder, count in ((tmp_path / "small", SMALL), (tmp_path / "large", SMALL + 1)):
        LocalStore(folder, EMBEDDER, exact_up_to=SMALL).publish("shared", numbered(count))

    assert [file.parts[-6] for file in tmp_path.rglob("*.float16")] == ["large"]


def test_nothing_is_kept_per_passage(tmp_path: Path) -> None:
    """What answers holds arrays that are mapped, and sequences of no items."""
    LocalStore(tmp_path, EMBEDDER, exact_up_to=SMALL).publish("shared", numbered(300))
    texts = opened(tmp_path).texts

    held = [*vars(texts).values(), *vars(texts._files).values()]  # noqa: SLF001  # what it keeps is what is tested

    assert {type(value).__name__ for value in held} == {"_Files", "_lru_cache_wrapper", "mmap", "memmap", "Lazy"}
    assert texts.documents[7] is not texts.documents[200]
    assert texts.passages[7] is not texts.passages[7]


def test_hits_of_a_large_snapshot_are_those_of_brute_force(tmp_path: Path) -> None:
    store = LocalStore(tmp_path, EMBEDDER, exact_up_to=SMALL)
    store.publish("shared", numbered(3 * CANDIDATES))

    hits = search(store, "shared", question="report 77 on 178", k=2)

    expected = brute_force(numbered(3 * CANDIDATES), "report 77 on 178", 2)
    assert [hit.passage.text for hit in hits] == [text for text, _ in expected]
    assert [hit.score for hit in hits] == pytest.approx([score for _, score in expected], abs=1e-2)


def test_vectors_stay_with_their_texts_through_every_kind_of_index(tmp_path: Path) -> None:
    for exact_up_to, count in ((SMALL, 120), (10_000, 140), (SMALL, 130)):
        counting = CountingEmbedder(EMBEDDER)
        store = LocalStore(tmp_path, counting, exact_up_to=exact_up_to)
        store.publish("shared", numbered(count)[::-1])

        hits = search(store, "shared", question="bridge 77", k=1000)

        assert len(counting.embedded) == {120: 120, 140: 20, 130: 0}[count]
        assert [hit.dense for hit in hits] == pytest.approx(
            [float(EMBEDDER.embed_query(hit.passage.text) @ EMBEDDER.embed_query("bridge 77")) for hit in hits], abs=1e-3
        )


def test_a_document_of_many_passages_is_written_once(tmp_path: Path) -> None:
    found = document(
        "\n\n".join(f"Paragraph {number} of the rēport is as long as a paragraph has to be, or nearly so." for number in range(500))
    )
    write_texts(tmp_path, [Written.of(found, chunk(found))])

    assert (tmp_path / "texts.utf8").stat().st_size == len(found.text.encode())
    assert Texts(tmp_path).passages == chunk(found)
