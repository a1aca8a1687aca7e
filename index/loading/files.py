"""A file → a Document: `parse` tells its format by content and name, and reads it where that can do no harm."""

import re
from pathlib import PurePosixPath

from index.errors import Damaged, Protected, TooLarge, UnknownFormat
from index.loading.confined import parse_confined
from index.loading.parsed import Limits, Parsed
from index.loading.texts import parse_markdown, parse_plain

FORMATS = (".txt", ".md", ".html", ".pdf", ".docx", ".epub", ".csv", ".json")
"""All that are read; of .json, Telegram's chat exports."""
_ALIASES = {".htm": ".html", ".xhtml": ".html", ".markdown": ".md", ".tsv": ".csv"}
_HERE = {".txt": parse_plain, ".md": parse_markdown}
"""Formats that are read in this process: in them nothing unpacks, and every step is proportional to the size."""

_HEAD = 1024
_CURES = {
    b"\xd0\xcf\x11\xe0": "an old Office file; save it as .docx or PDF",
    b"{\\rtf": "rich text (RTF); save it as .docx or PDF",
    b"\x89PNG": "a picture; run text recognition (OCR) over it first",
    b"\xff\xd8\xff": "a picture; run text recognition (OCR) over it first",
    b"GIF8": "a picture; run text recognition (OCR) over it first",
    b"Rar!": "an archive; unpack it and add its files",
    b"7z\xbc\xaf": "an archive; unpack it and add its files",
    b"\x1f\x8b": "an archive; unpack it and add its files",
}
_CURES_IN_ZIP = {
    b"xl/workbook": "a spreadsheet; save it as .csv",
    b"ppt/": "slides; save them as PDF",
    b"application/vnd.oasis.opendocument": "an OpenDocument file; save it as .docx, .csv or PDF",
}


def parse(name: str, content: bytes, limits: Limits = Limits()) -> Parsed:
    """The document that a file called `name`, which becomes its id, holds. Blocks up to `limits.seconds`. Raises Unreadable.

    Safe for whatever anybody sends. The caller may give the document another id (`dataclasses.replace`).
    """
    if len(content) > limits.size:
        raise TooLarge(f"larger than {limits.size // 1_000_000} MB; split it")
    kind = format_of(name, content)
    return _HERE[kind](name, content, limits) if kind in _HERE else parse_confined(kind, name, content, limits)


def format_of(name: str, content: bytes) -> str:
    """One of FORMATS, by what the file is rather than by how it is called. Raises Unreadable."""
    suffix = PurePosixPath(name).suffix.lower()
    suffix = _ALIASES.get(suffix, suffix)
    if found := _by_content(content):
        return found
    if suffix not in FORMATS:
        known = ", ".join(FORMATS)
        raise UnknownFormat(f"{suffix or 'a file without a suffix'} is not read; known are {known}")
    if suffix in (".pdf", ".docx", ".epub"):
        raise Damaged(f"called {suffix}, but it isn't one; open it and save it anew")
    return suffix


def _by_content(content: bytes) -> str | None:
    """What the first bytes say beyond doubt; None for text of any kind. Raises UnknownFormat for what is known and not read."""
    if b"%PDF-" in content[:_HEAD]:
        return ".pdf"
    if content.startswith(b"PK\x03\x04"):
        return _kind_of_zip(content)
    if content.startswith(b"\xd0\xcf\x11\xe0") and "EncryptedPackage".encode("utf-16-le") in content:
        raise Protected("this document asks for a password; save it without one")
    for mark, cure in _CURES.items():
        if content.startswith(mark):
            raise UnknownFormat(cure)
    head = content[:_HEAD].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    is_page = head.startswith((b"<!doctype html", b"<html")) or (head.startswith(b"<?xml") and b"<html" in head)
    return ".html" if is_page else None


def _kind_of_zip(content: bytes) -> str:
    """By the names in it, unopened: the list of what it holds may be a bomb itself."""
    if b"application/epub+zip" in content[:_HEAD] or b"META-INF/container.xml" in content:
        return ".epub"
    if re.search(rb"word/document\d*\.xml", content):  # with a number where Word Online has written it
        return ".docx"
    for part, cure in _CURES_IN_ZIP.items():
        if part in content:
            raise UnknownFormat(cure)
    raise UnknownFormat("an archive; unpack it and add its files")
