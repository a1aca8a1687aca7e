"""Files → Documents: a function per suffix, in a table. One bad file never stops the others."""

import os
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError, field_validator

from index.domain import Document
from index.errors import CorpusError

MAX_BYTES = 20_000_000
"""What Telegram lets a bot download; a text longer than a shelf of books is no document that somebody wrote."""

_FRONT_MATTER = re.compile(r"---[ \t]*\n(.*?)^---[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that isn't in the index, and why."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Corpus:
    """What a folder came to, in order of paths."""

    documents: tuple[Document, ...]
    skipped: tuple[Skipped, ...]


class FrontMatter(BaseModel):
    """What a file may say about itself between two lines of `---`; other keys are left alone."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    title: str | None = None
    url: str | None = None
    date: str | None = None
    author: str | None = None

    @field_validator("*", mode="before")
    @classmethod
    def _none_if_blank(cls, value: object) -> object:
        return value or None

    @field_validator("url")
    @classmethod
    def _web_address(cls, url: str | None) -> str | None:
        if url is not None and not url.startswith(("https://", "http://")):
            raise ValueError("should begin with https:// or http://")
        return url


class Unreadable(Exception):
    """Why a file can't become a document."""


def load_corpus(folder: Path) -> Corpus:
    """All documents below `folder`, in the order of their ids; hidden files and README.md at its top are left out.

    Raises CorpusError when the folder is missing or no folder.
    """
    if not folder.is_dir():
        raise CorpusError(f"there is no folder {folder}; create it and put documents in, or set CITEBOT_CORPUS")
    documents, skipped = [], []
    names = (file.relative_to(folder).as_posix() for file in folder.rglob("*") if not _is_walked(file))
    for name in sorted(filter(_is_meant, names)):
        try:
            _check_place(folder, name)
            documents.append(load(folder / name, name))
        except Unreadable as reason:
            skipped.append(Skipped(_printable(name), str(reason)))
    return Corpus(tuple(documents), tuple(skipped))


def load(file: Path, name: str) -> Document:
    """Reads one file as the document `name`. Raises Unreadable."""
    loader = LOADERS.get(file.suffix.lower())
    if loader is None:
        raise Unreadable(f"{file.suffix or 'a file without a suffix'} is not read; known are {', '.join(LOADERS)}")
    return loader(_read(file), name)


def _is_walked(path: Path) -> bool:
    """Whether `rglob` looks into this folder. It leaves out what it may not read, and links, without a word."""
    return os.path.isdir(path) and not path.is_symlink() and os.access(path, os.R_OK | os.X_OK)  # noqa: PTH112  # Path.is_dir may raise


def _is_meant(name: str) -> bool:
    return not any(part.startswith(".") for part in name.split("/")) and name != "README.md"


def _check_place(folder: Path, name: str) -> None:
    """Raises Unreadable for what lies in the corpus but not as a document. Everybody may read those: no link makes a secret one."""
    path = folder / name
    if _printable(name) != name:
        raise Unreadable("its name isn't in UTF-8, or holds control characters; rename it")
    if not Path(os.path.realpath(path)).is_relative_to(os.path.realpath(folder)):
        raise Unreadable("a link that leads out of the corpus; copy here what it leads to")
    if os.path.isdir(path):  # noqa: PTH112  # Path.is_dir may raise
        raise Unreadable("a link to a folder" if path.is_symlink() else "a folder that can't be read; check its permissions")


def _printable(name: str) -> str:
    """Control characters, and bytes that are no UTF-8, as escapes."""
    return "".join(ascii(character)[1:-1] if unicodedata.category(character) in ("Cc", "Cs") else character for character in name)


def _read(file: Path) -> bytes:
    try:
        if not file.is_file():
            raise Unreadable("not a regular file" if file.exists() else "a link to a file that isn't there")
        if file.stat().st_size > MAX_BYTES:
            raise Unreadable(f"larger than {MAX_BYTES // 1_000_000} MB; split it")
        return file.read_bytes()
    except OSError as error:
        raise Unreadable(f"can't be read ({error.strerror}); check its permissions") from error


def _text_document(content: bytes, name: str) -> Document:
    """Plain text or Markdown, with optional front matter."""
    text = normalised(_decoded(content))
    front, body = _split_front_matter(text)
    if not body.strip():
        raise Unreadable("empty")
    return Document(name, front.title or _title(body, name), body, front.url, front.date, front.author)


LOADERS: dict[str, Callable[[bytes, str], Document]] = {".txt": _text_document, ".md": _text_document}


def normalised(text: str) -> str:
    """Line endings as "\\n" and Unicode in NFC; nothing else changes."""
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))


def _decoded(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    else:
        if b"\0" in content:
            raise Unreadable("binary, not text")
        encoding = "utf-8-sig"
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise Unreadable(f"not in UTF-8 (byte {error.start}); save it as UTF-8") from error


def _split_front_matter(text: str) -> tuple[FrontMatter, str]:
    """A first line of `---` begins front matter only if another one ends it; else it is a rule in the text."""
    match = _FRONT_MATTER.match(text)
    if not match:
        return FrontMatter(), text
    try:
        # Values stay as they were written: `1984`, `2022-05-23` and `No` are titles like any other.
        values = yaml.load(match[1], yaml.BaseLoader) or {}
    except (yaml.YAMLError, RecursionError) as error:
        raise Unreadable(f"its front matter is no YAML ({str(error).splitlines()[0]})") from error
    if not isinstance(values, dict):
        raise Unreadable("its front matter should be lines such as `title: …`")
    try:
        return FrontMatter.model_validate(values), text[match.end() :]
    except ValidationError as error:
        detail = error.errors(include_url=False)[0]
        raise Unreadable(f"its front matter is wrong: {detail['loc'][0]}: {detail['msg'].removeprefix('Value error, ')}") from error


def _title(body: str, name: str) -> str:
    """The first Markdown heading of a `.md`, else the file's name in words."""
    path = Path(name)
    if path.suffix.lower() == ".md":
        headings = (line.lstrip("#").strip() for line in body.splitlines() if line.startswith("#"))
        if heading := next(filter(None, headings), None):
            return heading
    return path.stem.replace("-", " ").replace("_", " ").strip() or name
