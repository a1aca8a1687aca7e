"""Logits → characters."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from index.reader.decoding import LENGTH_COST, Logits, best_span, trimmed

LENGTH = 12
logits = arrays(np.float32, LENGTH, elements=st.floats(-20, 20, width=32))


@given(start=logits, end=logits, allowed=arrays(np.bool_, LENGTH), longest=st.integers(1, LENGTH))
def test_the_best_span_is_what_trying_every_span_finds(start: Logits, end: Logits, allowed: NDArray[np.bool_], longest: int) -> None:
    every = [
        (start[first] + end[last] - LENGTH_COST * np.log(last - first + 1), first, last)
        for first in range(LENGTH)
        for last in range(first, min(LENGTH, first + longest))
        if allowed[first] and allowed[last]
    ]

    found = best_span(start, end, allowed, longest)

    if not every:
        assert found is None
    else:
        assert found is not None
        first, last, score = found
        assert allowed[first]
        assert allowed[last]
        assert 0 <= last - first < longest
        assert start[first] + end[last] - LENGTH_COST * np.log(last - first + 1) == pytest.approx(float(max(every)[0]), abs=1e-4)
        assert score == pytest.approx(float(start[first] + end[last] - start[0] - end[0]), abs=1e-4)


@pytest.mark.parametrize(
    ("text", "marked", "wanted"),
    [
        ("It opened in May 1999.", "May 1999.", "May 1999"),
        ("It opened in May 1999, they say", " May 1999,", "May 1999"),
        ("She moved to the U.S. in June", "the U.S.", "the U.S."),
        ("The (old) town hall", "(old)", "(old)"),
        ("The town (hall)", "hall)", "hall"),
        ("called “the hall”, it", "the hall”,", "the hall"),
        ("called “the hall”, it", "“the hall”", "“the hall”"),
        ('called "the hall" by all', 'the hall"', "the hall"),
        ("run `make test` first", "make test`", "make test"),
        ("run `make test` first", "`make test`", "`make test`"),
        ("the “old” hall", "“old", "old"),
        ("The (old) town hall", "(old", "old"),
        ("put it into .env, then", "env,", ".env"),
        ("stored at –20 °C", "20 °C", "–20 °C"),
        ("a result of -3.4 million euros", "3.4 million", "-3.4 million"),
        ("the years 2019–2021", "2021", "2021"),
        ("from 5 -10 people", "-10", "-10"),
        ("- 5 apples", "5 apples", "5 apples"),
        ("lost .5 of a point", ".5", ".5"),
        ("the end .Next year", ".Next year", "Next year"),
        ("a twenty-five-year lease", "wenty-five-yea", "twenty-five-year"),
        ("costs $25 a year", "$25", "$25"),
        ("grew by 12 % in May", "12 %", "12 %"),
        ("in 1999–2001 – or so", "1999–2001 –", "1999–2001"),
        ("| Lena | lena.k@nordwind.example |", "@nordwind", "lena.k@nordwind.example"),
        ("see https://wiki.example/a/b?c=1.", "wiki.example", "https://wiki.example/a/b?c=1"),
        ("cost 1,250.50 in all", "250", "1,250.50"),
        ("opens at 9:30.", "30.", "9:30"),
        ("needs v2.10.3 or later", "10", "v2.10.3"),
        ("run `make_all` first", "all", "make_all"),
        ("the _second_ one", "second", "second"),
        ("the end.The next one", "end", "end"),
        ("called **Larkfield-Guest**; it", "Larkfield", "Larkfield-Guest"),
        ("a Seoul-based firm", "Seoul", "Seoul"),
        ("Security\n\nTwo guards watch.", "Security\n\nTwo guards", "Two guards"),
        ("# Doors\n\n## Key cards\n\nReception has them.", "Key cards\n\nReception", "Reception"),
        ("Bring this.\n\n- a pen\n\n- a hat", "a pen\n\n- a hat", "a pen\n\n- a hat"),
        ("It opens at 9.\n\nIt closes at 5.", "opens at 9.\n\nIt closes at 5.", "opens at 9.\n\nIt closes at 5"),
    ],
)
def test_a_span_is_trimmed_to_what_a_person_would_mark(text: str, marked: str, wanted: str) -> None:
    start = text.index(marked)

    first, last = trimmed(text, start, start + len(marked))

    assert text[first:last] == wanted


@given(text=st.text(st.sampled_from("ab 1.,(“”)'é🚀"), max_size=30), offsets=st.tuples(st.integers(0, 30), st.integers(0, 30)))
def test_trimming_keeps_every_letter_and_stays_inside_the_text(text: str, offsets: tuple[int, int]) -> None:
    start, end = sorted(min(offset, len(text)) for offset in offsets)

    first, last = trimmed(text, start, end)

    assert 0 <= first <= len(text)
    assert last <= len(text)
    kept = range(first, last)
    assert all(place in kept for place in range(start, end) if text[place].isalnum())
