"""Two rankings become one, as their authors define it."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from index.fusion import Scores, min_max, normalised_sum, reciprocal_rank

sizes = st.integers(0, 20)


def scores(size: st.SearchStrategy[int] | int) -> st.SearchStrategy[Scores]:
    return arrays(np.float32, size, elements=st.integers(-40, 40).map(lambda number: number / 4))


pairs = sizes.flatmap(lambda size: st.tuples(scores(size), scores(size)))


@given(scores(sizes))
def test_min_max_moves_the_lowest_to_0_and_the_highest_to_1(given_scores: Scores) -> None:
    low, high = min(given_scores, default=0), max(given_scores, default=0)
    expected = [(score - low) / (high - low) if high > low else float(score > 0) for score in given_scores]

    scaled = min_max(given_scores)

    assert scaled.dtype == np.float32
    assert scaled.tolist() == pytest.approx(expected)


@given(pairs)
def test_the_sum_adds_both_arms_after_scaling(both: tuple[Scores, Scores]) -> None:
    dense, lexical = both

    assert np.array_equal(normalised_sum(dense, lexical), min_max(dense) + min_max(lexical))


@given(pairs, st.floats(0.5, 8), st.floats(-4, 4))
def test_the_sum_does_not_care_for_an_arms_scale(both: tuple[Scores, Scores], factor: float, offset: float) -> None:
    dense, lexical = both
    assume(len(set(lexical.tolist())) != 1)  # without contrast, there is no scale

    assert normalised_sum(dense, np.float32(factor) * lexical + np.float32(offset)) == pytest.approx(
        normalised_sum(dense, lexical), abs=1e-4
    )


def test_an_arm_that_tells_nothing_apart_adds_nothing() -> None:
    dense, nothing = np.array([0.2, 0.8, 0.5], np.float32), np.zeros(3, np.float32)

    assert normalised_sum(dense, nothing).tolist() == pytest.approx([0, 1, 0.5])


def test_reciprocal_ranks_by_hand() -> None:
    """Cormack et al. 2009: the sum over the rankings of 1 / (60 + rank), ranks from 1."""
    dense, lexical = np.array([0.9, 0.1, 0.5], np.float32), np.array([0.0, 7.0, 3.0], np.float32)

    expected = [1 / 61 + 1 / 63, 1 / 63 + 1 / 61, 1 / 62 + 1 / 62]

    assert reciprocal_rank(dense, lexical).tolist() == pytest.approx(expected)


@given(pairs, st.integers(1, 100))
def test_reciprocal_ranks_against_sorting(both: tuple[Scores, Scores], k: int) -> None:
    expected = np.zeros(len(both[0]))
    for arm in both:
        for rank, row in enumerate(sorted(range(len(arm)), key=(-arm).__getitem__), 1):
            expected[row] += 1 / (k + rank)

    assert reciprocal_rank(*both, k=k) == pytest.approx(expected, rel=1e-5)
