"""A folder of files → Documents. One bad file never stops the others."""

import os
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

from index.domain import Document
from index.errors import CorpusError, Unreadable
from index.loading.files import parse
from index.loading.parsed import Limits, Parsed


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that isn't in the index, and why."""

    path: str
    reason: str

    def holds(self, document_id: str) -> bool:
        """Whether it is the document's file, or a folder that it is in."""
        return f"{document_id}/".startswith(f"{self.path}/")


@dataclass(frozen=True, slots=True)
class Corpus:
    """What a folder came to, in order of paths. `partly`: what is missing of documents that were read now."""

    documents: tuple[Document, ...]
    skipped: tuple[Skipped, ...]
    partly: tuple[Skipped, ...] = ()


SOURCE = "source"
"""Key in `Document.meta`: the version of the parsers and the SHA-256 of the file that a document was made of."""
_PARSERS = 7
"""To be raised when they make something else of a file than before."""
QUICK = (".txt", ".md")
"""Files that are read anew each time, since that takes no time."""


Known = Callable[[Path, str], Document | None]
"""The document that a file is known to hold, by its id, so that it needn't be read; None where that isn't known."""


def _nothing(file: Path, name: str) -> None:  # as Known
    pass


def check_folder(folder: Path) -> None:
    """Raises CorpusError when it is missing or no folder."""
    if not folder.is_dir():
        raise CorpusError(f"there is no folder {folder}; create it and put documents in, or set CITEBOT_CORPUS")


def load_corpus(folder: Path, known: Known = _nothing) -> Corpus:
    """All documents below `folder`, in the order of their ids; hidden files and README.md at its top are left out.

    Raises CorpusError when the folder is missing or no folder.
    """
    check_folder(folder)
    documents, skipped, partly = [], [], []
    names = (file.relative_to(folder).as_posix() for file in folder.rglob("*") if not _is_walked(file))
    for name in sorted(filter(_is_meant, names)):
        try:
            _check_place(folder, name)
            document = known(folder / name, name)
            if document is None:
                parsed = load(folder / name, name)
                document = parsed.document
                partly += [Skipped(name, missing) for missing in parsed.missing]
            documents.append(document)
        except Unreadable as reason:
            skipped.append(Skipped(_printable(name), str(reason)))
    return Corpus(tuple(documents), tuple(skipped), tuple(partly))


def load(file: Path, name: str) -> Parsed:
    """Reads one file as the document `name`. Raises Unreadable."""
    content = _read(file)
    parsed = parse(name, content)
    if file.suffix.lower() in QUICK:
        return parsed
    return replace(parsed, document=replace(parsed.document, meta={SOURCE: _source(content)}))


def is_made_of(document: Document, file: Path) -> bool:
    """Whether parsing the file would give that document again. Raises Unreadable."""
    return SOURCE in document.meta and document.meta[SOURCE] == _source(_read(file))


def _source(content: bytes) -> str:
    return f"{_PARSERS} {sha256(content).hexdigest()}"


def _is_walked(path: Path) -> bool:
    """Whether `rglob` looks into this folder. It leaves out what it may not read, and links, without a word."""
    return os.path.isdir(path) and not path.is_symlink() and os.access(path, os.R_OK | os.X_OK)  # noqa: PTH112  # Path.is_dir may raise


def _is_meant(name: str) -> bool:
    """Not so hidden files, and what editors leave beside a file: "notes.txt~", "~$report.docx"."""
    return not any(part.startswith((".", "~$")) or part.endswith("~") for part in name.split("/")) and name != "README.md"


def _check_place(folder: Path, name: str) -> None:
    """Raises Unreadable for what lies in the corpus but not as a document. Everybody may read those: no link makes a secret one."""
    path = folder / name
    if _printable(name) != name:
        raise Unreadable("its name isn't in UTF-8, or holds control characters; rename it")
    if not Path(os.path.realpath(path)).is_relative_to(os.path.realpath(folder)):
        raise Unreadable("a link that leads out of the corpus; copy here what it leads to")
    if os.path.isdir(path):  # noqa: PTH112  # Path.is_dir may raise
        raise Unreadable(
            "a link to a folder; copy the folder here" if path.is_symlink() else "a folder that can't be read; check its permissions"
        )


def _printable(name: str) -> str:
    """Control characters, and bytes that are no UTF-8, as escapes."""
    return "".join(ascii(character)[1:-1] if unicodedata.category(character) in ("Cc", "Cs") else character for character in name)


def _read(file: Path) -> bytes:
    try:
        if not file.is_file():
            raise Unreadable(
                "not a regular file; remove it" if file.exists() else "a link to a file that isn't there; remove it, or put the file back"
            )
        if file.stat().st_size > Limits().size:
            raise Unreadable(f"larger than {Limits().size // 1_000_000} MB; split it")
        return file.read_bytes()
    except OSError as error:
        raise Unreadable(f"can't be read ({error.strerror}); check its permissions") from error
