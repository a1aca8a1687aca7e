"""The composition root: settings → Answerer. The only module that knows every implementation."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from index.answering import Answerer
from index.domain import Document
from index.embedding import OnnxEmbedder, SentenceTransformerEmbedder, no_progress
from index.errors import CorpusError, ModelError, SnapshotError
from index.loading import Corpus, load_corpus
from index.models import packaged_model, weights_sha256
from index.onnx import run_child
from index.protocols import Embedder, Progress, Reader, Store
from index.reader.span import CALIBRATION, SHIPPED, find_reader, open_reader
from index.retrieval import Retriever
from index.settings import IndexSettings
from index.stores.local import LocalStore
from index.twin import find_twin, make_twin
from index.understanding.language import unread_language
from index.understanding.spelling import English

log = logging.getLogger(__name__)

SHARED = "shared"
"""The collection of everybody's documents, from the corpus folder."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What indexing the corpus came to. Paths of documents. `unread`: languages of those added or changed that aren't English."""

    generation: int
    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    unchanged: int
    unread: dict[str, str]
    corpus: Corpus


def build_answerer(settings: IndexSettings, progress: Progress = no_progress) -> Answerer:
    """Opens what the settings name; first builds the index of the corpus if it is missing, damaged or outdated."""
    embedder = build_embedder(settings)
    store = build_store(settings, embedder)
    refresh(store, settings.corpus, progress)
    return Answerer(Retriever(embedder, store), build_reader(settings), english_of(settings))


def build_embedder(settings: IndexSettings) -> Embedder:
    """The ONNX twin of the model, made on first use (10 s); the model itself where no faithful twin can be made."""
    model = model_folder(settings)
    folder = settings.data / "models" / weights_sha256(model)[:16]
    try:
        return OnnxEmbedder(folder, find_twin(folder) or make_twin(model, folder))
    except ModelError as error:
        log.warning("%s; serving it with sentence-transformers, which is slower and needs 400 MB more", error)
        return SentenceTransformerEmbedder(model)


def build_reader(settings: IndexSettings) -> Reader:
    """The shipped reader, or the one that the settings name, made into ONNX on first use."""
    if settings.reader is None:
        return open_reader(SHIPPED, calibration_file(settings))
    folder = settings.data / "models" / f"{weights_sha256(settings.reader)[:16]}-reader"
    if find_reader(folder) is None:
        run_child("index.reader.export", str(settings.reader.absolute()), str(folder.absolute()))
    return open_reader(folder, calibration_file(settings))


def calibration_file(settings: IndexSettings) -> Path:
    """Where `citebot calibrate` keeps what it fitted."""
    return settings.data / CALIBRATION


def english_of(settings: IndexSettings) -> English | None:
    """What the packaged model takes for English; nothing is known of the languages of another."""
    return English.of_wordpiece(packaged_model() / "vocab.txt") if settings.model is None else None


def build_store(settings: IndexSettings, embedder: Embedder) -> Store:
    return LocalStore(settings.data, embedder)


def model_folder(settings: IndexSettings) -> Path:
    return settings.model or packaged_model()


def refresh(store: Store, folder: Path, progress: Progress = no_progress) -> Changes:
    """Brings the shared collection in line with the corpus folder.

    Raises CorpusError when there is nothing to index; what was published before stays.
    """
    corpus = load_corpus(folder)
    if not corpus.documents:
        raise CorpusError(f"{folder} holds no document that can be read{_reasons(corpus)}; put a .txt or .md file in")
    before = {document.id: document for document in _published(store)}
    generation = store.publish(SHARED, corpus.documents, progress)
    now = {document.id: document for document in corpus.documents}
    added = tuple(name for name in now if name not in before)
    changed = tuple(name for name in now if name in before and before[name] != now[name])
    languages = {name: unread_language(now[name].text) for name in (*added, *changed)}
    return Changes(
        generation=generation,
        added=added,
        changed=changed,
        removed=tuple(name for name in before if name not in now),
        unchanged=sum(name in before for name in now) - len(changed),
        unread={name: language for name, language in languages.items() if language},
        corpus=corpus,
    )


def _published(store: Store) -> Sequence[Document]:
    try:
        return store.documents(SHARED)
    except SnapshotError:
        return []


def _reasons(corpus: Corpus) -> str:
    return "".join(f"; {skipped.path}: {skipped.reason}" for skipped in corpus.skipped[:3])
