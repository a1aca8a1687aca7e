"""Logits → a span of characters. Pure numpy."""

import re
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from index.chunking import Offsets, paragraph_offsets

Logits = NDArray[np.float32]

MAX_TOKENS = 48
"""The longest answer: 99 % of those that people marked are shorter."""

LENGTH_COST = 0.3
"""What a span pays per log of its tokens when spans are compared: start and end are guessed apart, so that the start of one answer with
the end of another looks good. Worth 1.6 points of exact match, at the same F1, on the questions kept for tuning."""

_WORD = re.compile(
    r"(?<![\w.+-])[\w.+-]++@[\w-]+(?:\.[\w-]+)+"  # an e-mail address
    r"|(?:https?://|www\.)[^\s<>()\[\]\"'`]*\w"
    r"|(?<![\w.])\.(?![A-Z][a-z])\w+"  # a file's ending, a half: ".env", ".5"; no sentence without a blank
    r"|(?<![^\s(])[-−–]\d+(?:[.,:]\d+)*[^\W_]*"  # a number below 0, also with a dash for its sign
    r"|[^\W_]*\d(?:[.,:]\d+)+[^\W_]*"  # a number, a version, a time of day
    r"|(?<![\w-])[A-Z][a-z]\w*(?:-[A-Z]\w*)+"  # a name: 322 answers have one whole, six a part of it
    r"|[^\W_]+(?:_+[^\W_]+)*"
)
"""What is marked whole or not at all: of 82,616 answers in the data of training eight cut an address or a number."""

_HEADING = re.compile(r"(?![-*•‣]\s|\d{1,3}[.)]\s).{0,100}[^\s.:;,!?…]")
"""A paragraph of one line that is no sentence, and no item of a list."""

_PAIRS = tuple("() [] {} “” «»".split())
_PARTNERS = {pair[0]: pair[1] for pair in _PAIRS} | {pair[1]: pair[0] for pair in _PAIRS}
_STRAIGHT = "\"'’`"
_LEADING = frozenset(",.;:!?)]}”»'’—– ")
_TRAILING = frozenset(",;:!?([{“«—–- ")


def best_span(start: Logits, end: Logits, allowed: NDArray[np.bool_], max_tokens: int = MAX_TOKENS) -> tuple[int, int, float] | None:
    """First and last token (inclusive) of the best span within `allowed` tokens, and its log-odds against [CLS].

    `start`, `end`, `allowed`: (length,). The log-odds are start + end − (start[0] + end[0]): Devlin et al. 2019, section 4.3; the best span
    is the likeliest after `LENGTH_COST`. None if nothing is allowed.
    """
    first = np.flatnonzero(allowed)
    if not len(first):
        return None
    reach = np.arange(max_tokens)
    last = first[:, np.newaxis] + reach  # (n_allowed, max_tokens): every end that a start may have
    inside = last < len(end)
    last = np.where(inside, last, 0)
    scores = np.where(inside & allowed[last], start[first][:, np.newaxis] + end[last], -np.inf)
    row, length = np.unravel_index(np.argmax(scores - LENGTH_COST * np.log(reach + 1)), scores.shape)
    return int(first[row]), int(last[row, length]), float(scores[row, length] - start[0] - end[0])


def trimmed(text: str, start: int, end: int) -> Offsets:
    """`start`, `end` moved to what a person would mark: whole words, without a heading above, or punctuation of the sentence around.

    Never empty where `text[start:end]` holds a letter or digit.
    """
    start, end = _whole_words(text, _below_headings(text, start, end), end)
    while start < end and (_is_before(text, start) or _is_half_a_pair(text[start], text[start + 1 : end])):
        start += 1
    while start < end and (
        text[end - 1] in _TRAILING or _is_full_stop(text, start, end) or _is_half_a_pair(text[end - 1], text[start : end - 1])
    ):
        end -= 1
    return start, end


def _below_headings(text: str, start: int, end: int) -> int:
    """Tokens have no line breaks: to the model, a heading begins the sentence below it."""
    for (first, last), (below, _) in pairwise(paragraph_offsets(text)):
        if start < last and below < end and _HEADING.fullmatch(text, first, last):
            start = below
    return start


def _whole_words(text: str, start: int, end: int) -> Offsets:
    for word in _WORD.finditer(text):
        if word.start() < start < word.end():
            start = word.start()
        if word.start() < end < word.end():
            end = word.end()
    return start, end


def _is_before(text: str, place: int) -> bool:
    """Punctuation of what ends there, unless it begins a word: ".env"."""
    return text[place] in _LEADING and not _WORD.match(text, place)


def _is_full_stop(text: str, start: int, end: int) -> bool:
    """A last "." ends the sentence, unless its word has another: "U.S." keeps it."""
    words = text[start : end - 1].split()
    return text[end - 1] == "." and not (words and "." in words[-1])


def _is_half_a_pair(mark: str, others: str) -> bool:
    """A quote or bracket at the span's edge whose other half isn't among its other characters."""
    if mark in _PARTNERS:
        return others.count(_PARTNERS[mark]) <= others.count(mark)
    return mark in _STRAIGHT and others.count(mark) % 2 == 0
