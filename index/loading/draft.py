"""A document's text as a parser puts it together: paragraphs, and the places that they are at."""

import re
import unicodedata
from pathlib import PurePosixPath

from index.domain import Document, Place
from index.errors import Damaged, NoText, TooLarge
from index.loading.parsed import Limits

PARAGRAPH, LINE, SPACE = "\n\n", "\n", " "
"""What stands between a stretch of text and the one before."""
MOST_MARKS = 50
"""Combining marks in a row. Unicode's Stream-Safe Text Format (UAX #15) allows 30, far beyond what any language needs."""

_HEADING = 200
"""Characters of a heading that are remembered for what stands below it, over and over."""

_PROGRAMS_TITLE = re.compile(
    r"microsoft (?:word|powerpoint|excel)\b.*|powerpoint presentation|word document|untitled\b.*|\(anonymous\)|(?:document|slide) ?\d*"
    r"|.*\.(?:docx?|pptx?|xlsx?|indd|tex|pdf|odt|odp|rtf)",
    re.IGNORECASE,
)

# Nothing that a reader would see: control characters, halves of surrogates, soft hyphens, and marks of byte order.
_UNSEEN = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\u00ad\ud800-\udfff\ufeff\ufffe\uffff]")


class Draft:
    """Raises TooLarge when the text grows beyond the limit."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._parts: list[str] = []
        self._length = 0
        self._places: list[Place] = []
        self._headings: list[tuple[int, str]] = []
        self._first_heading = ""
        self.page: int | None = None
        """Of what is added next."""

    def heading(self, level: int, text: str) -> None:
        """A paragraph that what follows stands under, until the next heading of `level` or above."""
        if text := one_line(text):
            self.section(level, text)
            self.add(text)

    def section(self, level: int, title: str) -> None:
        """As `heading`, where the text itself doesn't say it."""
        if title := short_heading(title):
            self._headings = [*(outer for outer in self._headings if outer[0] < level), (level, title)]
            self._first_heading = self._first_heading or title

    def add(self, text: str, before: str = PARAGRAPH, url: str | None = None) -> None:
        """A stretch of text; it may hold line breaks. `before`: what separates it from the one before. `url`: its own address."""
        text = clean(text)
        if not text:
            return
        separator = before if self._parts else ""
        self._length += len(separator) + len(text)
        if self._length > self._limits.characters:
            raise TooLarge(f"more than {self._limits.characters // 1_000_000} million characters of text; split it")
        self._parts += separator, text
        self._place(Place(self._length - len(text), tuple(heading for _, heading in self._headings), self.page, url))

    def finish(
        self, name: str, title: str | None = None, author: str | None = None, url: str | None = None, date: str | None = None
    ) -> Document:
        """The document; without a title of its own it has its first heading's, or the file name in words. Raises NoText."""
        if not self._parts:
            raise NoText("empty: it holds no text; put some in, or remove it")
        title = one_line(title or "") or self._first_heading or title_of(name)
        return Document(name, title, "".join(self._parts), url, date, one_line(author or "") or None, places=tuple(self._places))

    def _place(self, place: Place) -> None:
        """Remembers where it is other than before."""
        last = self._places[-1] if self._places else Place(0)
        if (place.headings, place.page, place.url) != (last.headings, last.page, last.url):
            self._places.append(place)
            check_places(len(self._places), self._limits)


def clean(text: str) -> str:
    """What can be seen of `text`, each run of white space as one space or line break; in NFC."""
    lines = (" ".join(line.split()) for line in _UNSEEN.sub("", text).splitlines())
    return composed("\n".join(filter(None, lines)))


def short_heading(text: str) -> str:
    return one_line(text)[:_HEADING].rstrip()


def check_places(count: int, limits: Limits) -> None:
    """Each is kept in memory. Raises TooLarge."""
    if count > limits.places:
        raise TooLarge(f"more than {limits.places:,} headings or messages; split it")


def one_line(text: str) -> str:
    return clean(text).replace("\n", " ")


def composed(text: str) -> str:
    """The text in NFC. Raises Damaged where marks are piled up without end: to put them in order takes time by the square of their number,
    and lets no other thread run. 40,000 of them, a file of 80 kB, stopped the bot for 7 s.
    """
    for start in range(0, len(text) - MOST_MARKS + 1, MOST_MARKS):  # one such stretch lies inside any run of twice as many
        if _is_mark(text[start]) and all(map(_is_mark, text[start : start + MOST_MARKS])):
            raise Damaged(f"it piles {MOST_MARKS} accents or more on one letter, as no language does; take them off")
    return unicodedata.normalize("NFC", text)


def _is_mark(character: str) -> bool:
    """By category: U+0F73 has no combining class, and is made of two that have one."""
    return unicodedata.category(character).startswith("M")


def joint(before: str, after: str, is_raised: bool) -> str:
    """What keeps two numbers apart of which one is in superscript, `after` or else `before`: 10 and 6 are not 106, but 10^6."""
    first = after.lstrip("+-−") if is_raised else after
    if not (before[-1:].isdigit() and first[:1].isdigit()):
        return ""
    return "^" if is_raised else " "


def sensible_title(title: str) -> str | None:
    """What a program wrote in place of a title is none."""
    return None if _PROGRAMS_TITLE.fullmatch(title.strip()) else title


def title_of(name: str) -> str:
    """A file's name in words."""
    return PurePosixPath(name).stem.replace("-", " ").replace("_", " ").strip() or name
