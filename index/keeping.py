"""Collections, changed while questions go on being answered: the shared one from the corpus folder, others document by document."""

from collections.abc import Mapping, Sequence, Set
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from index.domain import SHARED, Document
from index.errors import CorpusError, SnapshotDamaged
from index.loading.corpus import Corpus, is_made_of, load_corpus
from index.protocols import Progress, Store, no_progress
from index.understanding.language import unread_language

_State = Mapping[Path, tuple[int, int, int]]
"""Of each file what changes when it does: time, size and inode."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What indexing the corpus came to. Paths of documents. `unread`: languages of those added or changed that aren't English.

    `kept`: those whose file can't be read any more, so that their last good version stays.
    """

    generation: int
    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    kept: tuple[str, ...]
    unchanged: int
    unread: dict[str, str]
    corpus: Corpus


class Keeper:
    """Changes collections. Each method returns when what it did is published and on the disk; threads take turns."""

    def __init__(self, store: Store, corpus: Path) -> None:
        """`corpus`: the folder of the shared documents."""
        self._store, self._corpus = store, corpus
        self._turn = Lock()  # one at a time is quicker, and leaves a core to who answers
        self._indexed: _State | None = None  # of the folder
        self._skipped: Set[Path] = frozenset()  # could not be parsed
        self._problems: tuple[str, ...] = ()

    def create(self, collection: str) -> None:
        """Makes an empty collection, unless it is there: from then on it may be asked."""
        self.put(collection)

    def put(self, collection: str, *documents: Document, progress: Progress = no_progress) -> int:
        """Adds documents, each in place of the one of its id, and returns the generation.

        Raises SnapshotDamaged rather than lose what the collection held.
        """
        return self._amend(collection, documents, (), progress)

    def remove(self, collection: str, *document_ids: str) -> int:
        """Takes documents out, from the disk as well, and returns the generation. Those that aren't there are no error."""
        return self._amend(collection, (), document_ids)

    def drop(self, collection: str) -> None:
        """Removes a collection with all its documents, from the disk as well; one that isn't there is no error."""
        with self._turn:
            self._store.drop(collection)

    def refresh(self, progress: Progress = no_progress) -> Changes:
        """Brings the shared collection in line with the corpus folder.

        Raises CorpusError when there is nothing to index; what was published before stays.
        """
        with self._turn:
            return self._refresh(_state(self._corpus), frozenset(), progress)

    def follow(self) -> Changes | None:
        """Refreshes, unless no file has changed since the last time; then there are no changes to tell of."""
        with self._turn:
            state = _state(self._corpus)
            if state is not None and state == self._indexed:
                return None
            unchanged = {path for path, status in (state or {}).items() if (self._indexed or {}).get(path) == status}
            return self._refresh(state, unchanged - self._skipped, no_progress)

    @property
    def problems(self) -> tuple[str, ...]:
        """What kept the shared documents from being all indexed the last time: for administrators, a line each."""
        return self._problems

    def renew(self, progress: Progress = no_progress) -> None:
        """Has every collection be of the present model, and removes what crashes left."""
        with self._turn:
            self._store.renew(progress)

    def _refresh(self, state: "_State | None", unchanged: Set[Path], progress: Progress) -> Changes:
        """`state`: as it was before any file was read; what changes meanwhile is seen the next time."""
        try:
            changes = publish_folder(self._store, self._corpus, progress, unchanged)
        except CorpusError as error:
            self._indexed, self._problems = None, (str(error),)  # the next look, whatever it finds, ends the trouble
            raise
        self._indexed = state
        self._skipped = {self._corpus / skipped.path for skipped in changes.corpus.skipped}
        self._problems = tuple(f"{skipped.path}: {skipped.reason}" for skipped in changes.corpus.skipped)
        return changes

    def _amend(self, collection: str, put: Sequence[Document], removed: Sequence[str], progress: Progress = no_progress) -> int:
        def amended(present: Sequence[Document] | None) -> list[Document]:
            if present is None:
                raise SnapshotDamaged(f"the documents of the collection {collection} are damaged; restore the data folder from a backup")
            replaced = {*removed, *(document.id for document in put)}
            return [*(document for document in present if document.id not in replaced), *put]

        with self._turn:
            return self._store.revise(collection, amended, progress)


def publish_folder(store: Store, folder: Path, progress: Progress = no_progress, unchanged: Set[Path] = frozenset()) -> Changes:
    """Brings the shared collection in line with the corpus folder, which is read while nobody else publishes: the last one is right.

    `unchanged`: files that hold what is published of them, so that they needn't be parsed again.
    Raises CorpusError when there is nothing to index; what was published before stays.
    """
    before: dict[str, Document] = {}
    corpus = Corpus((), ())

    def known(file: Path, name: str) -> Document | None:
        document = before.get(name)
        return document if document and (file in unchanged or is_made_of(document, file)) else None

    def as_in_the_folder(present: Sequence[Document] | None) -> list[Document]:
        nonlocal before, corpus
        before = {document.id: document for document in present or ()}
        corpus = load_corpus(folder, known)
        now = [*corpus.documents, *(before[name] for name in _kept(before, corpus))]
        if not now:
            raise CorpusError(
                f"{folder} holds no document that can be read{_reasons(corpus)}; put one in (.txt, .md, .pdf, .docx …){_until_then(before)}"
            )
        return now

    generation = store.revise(SHARED, as_in_the_folder, progress)
    return _changes(generation, before, corpus)


def _until_then(before: Mapping[str, Document]) -> str:
    """What an empty folder, which may only be one that isn't mounted, leaves to answer from."""
    if not before:
        return ""
    return (
        f"; until then the documents of before ({len(before)}) are answered from; to be rid of them, stop the bot and remove "
        f"collections/{SHARED} in the data folder"
    )


def _changes(generation: int, before: dict[str, Document], corpus: Corpus) -> Changes:
    now, kept = {document.id: document for document in corpus.documents}, _kept(before, corpus)
    added = tuple(name for name in now if name not in before)
    changed = tuple(name for name in now if name in before and before[name] != now[name])
    languages = {name: unread_language(now[name].text) for name in (*added, *changed)}
    return Changes(
        generation=generation,
        added=added,
        changed=changed,
        removed=tuple(name for name in before if name not in now and name not in kept),
        kept=kept,
        unchanged=sum(name in before for name in now) - len(changed),
        unread={name: language for name, language in languages.items() if language},
        corpus=corpus,
    )


def _kept(before: dict[str, Document], corpus: Corpus) -> tuple[str, ...]:
    """Documents whose files, or their folders, are there and can't be read."""
    return tuple(name for name in before if any(skipped.holds(name) for skipped in corpus.skipped))


def _state(folder: Path) -> _State | None:
    """None where there is no folder."""
    if not folder.is_dir():
        return None
    found = {}
    for path in folder.rglob("*"):
        with suppress(OSError):  # gone, or a link to nowhere
            status = path.stat()
            found[path] = status.st_mtime_ns, status.st_size, status.st_ino
    return found


def _reasons(corpus: Corpus) -> str:
    return "".join(f"; {skipped.path}: {skipped.reason}" for skipped in corpus.skipped[:3])
