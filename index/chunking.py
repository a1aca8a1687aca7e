"""Document → Passages: by paragraph, then by sentence. Pure; offsets are exact.

A passage is a few whole sentences of one paragraph that overlap their neighbours by a sentence, so that it stands on its own.
It crosses paragraphs only to join very short ones (headings, captions), never into another section, and cuts a sentence only when
that alone is too long. A row of a table is a passage of its own: beside others a reader takes the neighbour's value.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from index.domain import Document, Passage

Offsets = tuple[int, int]

_HEADING = r"[ ]{0,3}#{1,6}[ \t]"
_PARAGRAPH_BREAK = re.compile(rf"^{_HEADING}.*(?P<below>\n\s*)|(?P<blank>\n[^\S\n]*\n\s*)|(?P<above>\n(?={_HEADING}))", re.MULTILINE)
"""Where a paragraph ends. A heading of Markdown needs no blank line around it."""
# What counts as a word: Chinese and Japanese write without spaces, and a run of 40 characters is no word to keep whole.
_WORD = re.compile(r"[\u2e80-\u9fff]|[^\s\u2e80-\u9fff]{1,40}")
# A sentence may end after . ! ? … (and closing quotes or brackets) before white space, or right after CJK full stops;
# a list item begins on a line of its own. Every run of characters is looked at once: documents have long ones of dots and spaces.
_SENTENCE_END = re.compile(
    r"""(?<![.!?…])(?P<stop>[.!?…]++)(?P<close>["'”’»)\]]*(?:\s[”’»](?=\s|$))?)\s+   # a closing quote set apart is a typo to live with
      | [。！？]+[」』”’）]*\s*
      | (?<=\n)(?=[^\S\n]*+(?:[-*•‣]|\d{1,3}[.)])\s)
    """,
    re.VERBOSE,
)
_ABBREVIATIONS = frozenset(
    "ext tel fax max min incl excl nr str bzw mr mrs ms dr prof sr jr st mt gen col lt maj capt cmdr sgt gov sen rep rev hon pres "
    "no nos vol vols ed eds fig figs pp ch sec art approx ca cf vs etc al e.g i.e viz resp "
    "inc ltd co corp dept univ assn jan feb mar apr jun jul aug sep sept oct nov dec".split()
)
_BEFORE_NUMBER = re.compile(r"(?:\b(?:Mon|Tues?|Wed|Thu(?:rs?)?|Fri|Sat|Sun|Apt|Bldg|Dim|Div|Rm|Temp)|\wstr)\Z")
"""Abbreviations where a number follows, elsewhere words ("in the Sun."). Other short words before a number mostly end a sentence."""
_LONGEST_ABBREVIATION = 20
_ROW = re.compile(r"^[^:;\n]{1,60}: [^;\n]+; [^:;\n]{1,60}: .*", re.MULTILINE)
"""As tables are read: "Name: Ada; Office: London"."""
_LIST_NUMBER = re.compile(r"(?:^|\n)[^\S\n]*(?:#{1,6} )?(?:\d{1,3}\.)*\d{1,3}\Z")  # of a heading too


@dataclass(frozen=True, slots=True)
class ChunkingRecipe:
    """How documents are cut; part of a snapshot's identity.

    `max_words`: of a passage, unless it is a whole paragraph hardly longer. `short_words`: a paragraph below it joins its neighbour.
    `max_sentence_words`: a longer sentence is cut between words.
    """

    max_words: int = 90
    short_words: int = 12
    max_sentence_words: int = 120


def chunk(document: Document, recipe: ChunkingRecipe = ChunkingRecipe()) -> list[Passage]:
    """Passages in reading order; every word of the document is in at least one of them."""
    paragraphs = paragraph_offsets(document.text)
    starts = [start for start, _ in paragraphs]
    return [
        Passage(document.id, start, end, document.text[start:end], bisect_right(starts, start))
        for block in _blocks(document, _rows_apart(document.text, paragraphs), recipe.short_words)
        for start, end in _windows(document.text, block, recipe)
    ]


def paragraph_offsets(text: str) -> list[Offsets]:
    """Paragraphs are separated by blank lines, and a heading is one; their outer white space is left out."""
    gaps = (found.span(found.lastgroup or 0) for found in _PARAGRAPH_BREAK.finditer(text))
    edges = [0, *(edge for gap in gaps for edge in gap), len(text)]
    trimmed = (_trim(text, start, end) for start, end in zip(edges[::2], edges[1::2], strict=True))
    return [(start, end) for start, end in trimmed if start < end]


def sentence_offsets(text: str, start: int = 0, end: int | None = None) -> list[Offsets]:
    """Sentences of `text[start:end]`, outer white space left out; every word is in exactly one of them."""
    end = len(text) if end is None else end
    ends = [match.end() for match in _SENTENCE_END.finditer(text, start, end) if _ends_sentence(text, match, end)]
    trimmed = (_trim(text, first, last) for first, last in pairwise([start, *ends, end]))
    return [(first, last) for first, last in trimmed if first < last]


def _ends_sentence(text: str, match: re.Match[str], end: int) -> bool:
    """Whether the full stop at `match` ends a sentence rather than an abbreviation or an initial."""
    if match["stop"] != "." or match["close"]:
        return not _continues(text, match.end(), end)
    before = text[max(0, match.start() - _LONGEST_ABBREVIATION) : match.start()]
    if _LIST_NUMBER.search(before):
        return False
    words = before.rsplit(None, 1)[-1:]  # the one that the full stop closes
    word = words[0].lstrip("(['\"“‘").lower() if words else ""
    is_initial = len(word) == 1 and word.isalpha()
    is_acronym = re.fullmatch(r"(?:[a-z]\.)+[a-z]", word) is not None
    is_before_number = _BEFORE_NUMBER.search(before) is not None and text[match.end() : match.end() + 1].isdigit()
    return not (is_initial or is_acronym or is_before_number or word in _ABBREVIATIONS or _continues(text, match.end(), end))


def _continues(text: str, position: int, end: int) -> bool:
    """A lower-case letter goes on with the sentence, whatever stood before it."""
    return position < end and text[position].islower()


def _rows_apart(text: str, paragraphs: list[Offsets]) -> Iterator[Offsets]:
    """Paragraphs, but rows of tables each by itself."""
    for start, end in paragraphs:
        edges = [start, *(edge for row in _ROW.finditer(text, start, end) for edge in row.span()), end]
        trimmed = (_trim(text, first, last) for first, last in pairwise(edges))
        yield from ((first, last) for first, last in trimmed if first < last)


def _blocks(document: Document, paragraphs: Iterable[Offsets], short_words: int) -> Iterator[list[Offsets]]:
    """Runs of paragraphs that are cut as one: very short ones join the next, at the end of the text the one before.

    A heading begins a run, unless it stands right below another one. A row of a table ends one.
    """
    headings = set(document.section_starts)
    blocks: list[list[Offsets]] = []
    joins_next = False
    for paragraph in paragraphs:
        begins_section = paragraph[0] in headings and blocks and blocks[-1][-1][0] not in headings
        if joins_next and not begins_section:
            blocks[-1].append(paragraph)
        else:
            blocks.append([paragraph])
        is_short = _count_words(document.text, (blocks[-1][0][0], paragraph[1])) < short_words
        joins_next = is_short and not _is_row(document.text, paragraph)
    if joins_next and len(blocks) > 1 and blocks[-1][0][0] not in headings and not _is_row(document.text, blocks[-2][-1]):
        last = blocks.pop()
        blocks[-1].extend(last)
    yield from blocks


def _is_row(text: str, paragraph: Offsets) -> bool:
    return _ROW.match(text, *paragraph) is not None


def _windows(text: str, block: list[Offsets], recipe: ChunkingRecipe) -> Iterator[Offsets]:
    """Passages of one block: sentences filled up to an even share of it, each beginning with the last one of the passage before."""
    sentences = [
        piece
        for paragraph in block
        for sentence in sentence_offsets(text, *paragraph)
        for piece in _pieces(text, sentence, recipe.max_sentence_words)
    ]
    words = [_count_words(text, sentence) for sentence in sentences]
    share = sum(words) / max(1, round(sum(words) / recipe.max_words))
    first = 0
    while first < len(sentences):
        last, size = first, words[first]
        while last + 1 < len(sentences) and size + words[last + 1] / 2 <= share:
            last += 1
            size += words[last]
        yield sentences[first][0], sentences[last][1]
        if last + 1 == len(sentences):
            return
        overlaps = last > first and words[last] <= share / 2
        first = last if overlaps else last + 1


def _pieces(text: str, sentence: Offsets, max_words: int) -> Iterator[Offsets]:
    """The sentence itself, or stretches of `max_words` words when it is longer."""
    words = [match.span() for match in _WORD.finditer(text, *sentence)]
    for first in range(0, len(words), max_words):
        piece = words[first : first + max_words]
        yield piece[0][0], piece[-1][1]


def _count_words(text: str, offsets: Offsets) -> int:
    return sum(1 for _ in _WORD.finditer(text, *offsets))


def _trim(text: str, start: int, end: int) -> Offsets:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end
