"""Files → Documents: a function per suffix, in a table. One bad file never stops the others."""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError, field_validator

from index.domain import Document
from index.errors import CorpusError

MAX_BYTES = 20_000_000
"""What Telegram lets a bot download; a text longer than a shelf of books is no document that somebody wrote."""

_FENCE = "---\n"


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
    def _as_text(cls, value: object) -> object:
        """YAML reads `2022-05-23` as a date and `1984` as a number; a title may be either."""
        return str(value) if isinstance(value, (int, float, date)) else value

    @field_validator("url")
    @classmethod
    def _web_address(cls, url: str | None) -> str | None:
        if url is not None and not url.startswith(("https://", "http://")):
            raise ValueError("should begin with https:// or http://")
        return url


class Unreadable(Exception):
    """Why a file can't become a document."""


def load_corpus(folder: Path) -> Corpus:
    """All documents below `folder`; hidden files and README.md at its top are left out.

    Raises CorpusError when the folder is missing or no folder.
    """
    if not folder.is_dir():
        raise CorpusError(f"there is no folder {folder}; create it and put documents in, or set CITEBOT_CORPUS")
    documents, skipped = [], []
    for file in sorted(path for path in folder.rglob("*") if not path.is_dir() and _is_meant(path.relative_to(folder))):
        name = file.relative_to(folder).as_posix()
        try:
            documents.append(load(file, name))
        except Unreadable as reason:
            skipped.append(Skipped(name, str(reason)))
    return Corpus(tuple(documents), tuple(skipped))


def load(file: Path, name: str) -> Document:
    """Reads one file as the document `name`. Raises Unreadable."""
    loader = LOADERS.get(file.suffix.lower())
    if loader is None:
        raise Unreadable(f"{file.suffix or 'a file without a suffix'} is not read; known are {', '.join(LOADERS)}")
    return loader(_read(file), name)


def _is_meant(path: Path) -> bool:
    return not any(part.startswith(".") for part in path.parts) and path.as_posix() != "README.md"


def _read(file: Path) -> bytes:
    try:
        if not file.is_file():
            raise Unreadable("not a regular file")
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
    if not text.startswith(_FENCE):
        return FrontMatter(), text
    block, fence, body = text[len(_FENCE) :].partition(f"\n{_FENCE}")
    if not fence:
        return FrontMatter(), text
    try:
        return FrontMatter.model_validate(yaml.safe_load(block) or {}), body
    except yaml.YAMLError as error:
        raise Unreadable(f"its front matter is no YAML ({str(error).splitlines()[0]})") from error
    except ValidationError as error:
        detail = error.errors(include_url=False)[0]
        place = ".".join(map(str, detail["loc"])) or "front matter"
        raise Unreadable(f"its front matter is wrong: {place}: {detail['msg']}") from error


def _title(body: str, name: str) -> str:
    """The first Markdown heading of a `.md`, else the file's name in words."""
    path = Path(name)
    if path.suffix.lower() == ".md":
        headings = (line.lstrip("#").strip() for line in body.splitlines() if line.startswith("#"))
        if heading := next(filter(None, headings), None):
            return heading
    return path.stem.replace("-", " ").replace("_", " ").strip() or name
