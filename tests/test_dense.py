"""FAISS, against a matrix product."""

import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.dense import DenseIndex
from index.errors import SnapshotDamaged
from index.protocols import Vectors


def units(rows: int, seed: int = 0, dimension: int = 8) -> Vectors:
    vectors = np.random.default_rng(seed).standard_normal((rows, dimension)).astype(np.float32)
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)


@given(st.integers(1, 40), st.integers(1, 50), st.integers(0, 1000))
def test_the_nearest_are_those_of_brute_force(size: int, k: int, seed: int) -> None:
    vectors, query = units(size, seed), units(1, seed + 1)[0]

    rows, cosines = DenseIndex.build(vectors).search(query, k)

    expected = np.sort(vectors @ query)[::-1][:k]
    assert cosines == pytest.approx(expected, abs=1e-5)
    assert (vectors @ query)[rows] == pytest.approx(expected, abs=1e-5)


def test_cosines_are_those_of_the_rows_asked_for() -> None:
    vectors, query = units(10), units(1, 7)[0]
    rows = np.array([7, 2, 2])

    assert DenseIndex.build(vectors).cosines(query, rows) == pytest.approx((vectors @ query)[rows], abs=1e-6)
    assert len(DenseIndex.build(vectors).cosines(query, rows[:0])) == 0


def test_vectors_come_back_bit_by_bit(tmp_path: Path) -> None:
    """The next generation is built of them."""
    vectors = units(5)
    DenseIndex.build(vectors).save(tmp_path / "vectors.faiss")

    opened = DenseIndex.load(tmp_path / "vectors.faiss")

    assert len(opened) == 5
    assert np.array_equal(opened.vectors(), vectors)


def test_without_passages_nothing_is_near(tmp_path: Path) -> None:
    DenseIndex.build(units(0)).save(tmp_path / "vectors.faiss")

    rows, cosines = DenseIndex.load(tmp_path / "vectors.faiss").search(units(1)[0], 5)

    assert len(rows) == len(cosines) == 0


@pytest.mark.parametrize("size", [0, 10, 100])
def test_a_file_that_was_cut_off_is_refused_with_the_cure(tmp_path: Path, size: int) -> None:
    DenseIndex.build(units(5)).save(tmp_path / "vectors.faiss")
    os.truncate(tmp_path / "vectors.faiss", size)

    with pytest.raises(SnapshotDamaged, match="run `citebot index`"):
        DenseIndex.load(tmp_path / "vectors.faiss")
