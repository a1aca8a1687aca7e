"""What parsing a file takes and gives. Light: each parsing process imports it."""

from dataclasses import dataclass

from index.domain import Document


@dataclass(frozen=True, slots=True)
class Limits:
    """What a file may cost. The defaults are far beyond what somebody wrote to be read.

    `size`: bytes, what Telegram lets a bot download. `memory`: bytes of address space of the process that parses, where the
    platform can limit it. `pages`: of a PDF. `entries`, `unpacked`: files in a .docx or .epub, and bytes of them all, unpacked.
    `characters`: of the text; ten million are twenty thick books. `places`: headings, pages and messages that it is divided by.
    """

    size: int = 20_000_000
    seconds: float = 30.0
    memory: int = 768 * 2**20
    pages: int = 3_000
    entries: int = 5_000
    unpacked: int = 150_000_000
    characters: int = 10_000_000
    places: int = 100_000


@dataclass(frozen=True, slots=True)
class Parsed:
    """A document, and what is worth saying about how it was read.

    `pages`: how many, where the format has pages. `scanned`: pages that are pictures without text, and `broken`: such that couldn't be
    read; both from 1.
    """

    document: Document
    pages: int | None = None
    scanned: tuple[int, ...] = ()
    broken: tuple[int, ...] = ()

    @property
    def missing(self) -> tuple[str, ...]:
        """What of the file isn't in the document, a line each."""
        said = (
            ("pictures without text on page {}; run text recognition (OCR) over the file", self.scanned),
            ("nothing of page {}, which is damaged; save the file anew", self.broken),
        )
        return tuple(what.format(", ".join(map(str, pages))) for what, pages in said if pages)
