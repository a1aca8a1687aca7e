"""The composition root: settings → Answerer. The only module that knows every implementation."""

import logging
from dataclasses import dataclass
from pathlib import Path

from index.answering import Answerer
from index.domain import SHARED
from index.embedding import OnnxEmbedder, SentenceTransformerEmbedder
from index.errors import CorpusError, ModelError
from index.keeping import Keeper
from index.loading.corpus import check_folder
from index.models import packaged_model, weights_sha256
from index.protocols import Embedder, Progress, Reader, Store, no_progress
from index.reader.export import make_reader
from index.reader.span import CALIBRATION, SHIPPED, find_reader, open_reader
from index.retrieval import Retriever
from index.settings import IndexSettings
from index.stores.local import LocalStore
from index.twin import find_twin, make_twin
from index.understanding.spelling import English

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Library:
    """What answers from documents, and what changes them meanwhile."""

    answerer: Answerer
    keeper: Keeper


def build_library(settings: IndexSettings) -> Library:
    """Opens what the settings name, and leaves its documents as they are. Raises CorpusError before anything is made."""
    check_folder(settings.corpus)
    embedder = build_embedder(settings)
    store = build_store(settings, embedder)
    answerer = answerer_over(store, embedder, build_reader(settings), settings)
    return Library(answerer, Keeper(store, settings.corpus))


def build_answerer(settings: IndexSettings, progress: Progress = no_progress) -> Answerer:
    """What answers from the corpus as it is now: builds its index first if that is missing, damaged or outdated."""
    library = build_library(settings)
    library.keeper.refresh(progress)
    return library.answerer


def open_library(settings: IndexSettings, progress: Progress = no_progress) -> Library:
    """As `build_answerer`, for who goes on for long: documents may still come into an empty folder, and all collections are seen to."""
    library = build_library(settings)
    try:
        library.keeper.refresh(progress)
    except CorpusError as error:
        if not settings.corpus.is_dir():
            raise
        log.warning("%s", error)
        library.keeper.create(SHARED)
    library.keeper.renew(progress)
    return library


def answerer_over(store: Store, embedder: Embedder, reader: Reader, settings: IndexSettings) -> Answerer:
    """What answers from a store, whichever it is, as users are answered."""
    return Answerer(Retriever(embedder, store), reader, _english_of(settings))


def build_keeper(settings: IndexSettings) -> Keeper:
    """For who only changes documents: no reader is opened. Raises CorpusError before anything is made."""
    check_folder(settings.corpus)
    return Keeper(build_store(settings, build_embedder(settings)), settings.corpus)


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
    sha256 = weights_sha256(settings.reader, "CITEBOT_READER", "a Hugging Face question-answering")
    folder = settings.data / "models" / f"{sha256[:16]}-reader"
    if find_reader(folder) is None:
        make_reader(settings.reader, folder)
    return open_reader(folder, calibration_file(settings))


def calibration_file(settings: IndexSettings) -> Path:
    """Where `citebot calibrate` keeps what it fitted."""
    return settings.data / CALIBRATION


def build_store(settings: IndexSettings, embedder: Embedder) -> Store:
    return LocalStore(settings.data, embedder)


def model_folder(settings: IndexSettings) -> Path:
    return settings.model or packaged_model()


def _english_of(settings: IndexSettings) -> English | None:
    """What the packaged model takes for English; nothing is known of the languages of another."""
    return English.of_wordpiece(packaged_model() / "vocab.txt") if settings.model is None else None
