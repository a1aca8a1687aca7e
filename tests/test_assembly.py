"""The composition root: the collection follows the folder, and every part is the one that the settings name."""

from pathlib import Path

import pytest
from tokenizers import Tokenizer

from index.assembly import build_answerer, build_embedder, model_folder
from index.domain import SHARED
from index.embedding import OnnxEmbedder, SentenceTransformerEmbedder
from index.errors import CorpusError, ModelError
from index.keeping import publish_folder
from index.models import packaged_model
from index.settings import IndexSettings
from index.stores.local import LocalStore
from tests.conftest import CORPUS
from tests.fakes import CountingEmbedder, HashingEmbedder, document


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "corpus"
    folder.mkdir()
    for name, text in (("a.txt", "The bridge is open."), ("b.txt", "The river is near."), ("c.bin", "?")):
        (folder / name).write_text(text)
    return folder


@pytest.fixture
def store(tmp_path: Path) -> LocalStore:
    return LocalStore(tmp_path / "data", HashingEmbedder())


def settings(**values: object) -> IndexSettings:
    return IndexSettings.model_validate(values)


def test_the_first_time_everything_is_added(store: LocalStore, corpus: Path) -> None:
    changes = publish_folder(store, corpus)

    assert (changes.generation, changes.added, changes.changed, changes.removed, changes.unchanged) == (1, ("a.txt", "b.txt"), (), (), 0)
    assert [skipped.path for skipped in changes.corpus.skipped] == ["c.bin"]
    assert [document.id for document in store.documents(SHARED)] == ["a.txt", "b.txt"]


def test_later_only_what_changed_is_done_and_named(tmp_path: Path, corpus: Path) -> None:
    counting = CountingEmbedder(HashingEmbedder())
    store = LocalStore(tmp_path / "data", counting)
    (corpus / "same.txt").write_text("The school is old.")
    publish_folder(store, corpus)
    counting.embedded.clear()
    (corpus / "a.txt").write_text("The bridge is closed.")
    (corpus / "b.txt").rename(corpus / "moved.txt")

    changes = publish_folder(store, corpus)

    assert (changes.added, changes.changed, changes.removed, changes.unchanged) == (("moved.txt",), ("a.txt",), ("b.txt",), 1)
    assert counting.embedded == ["The bridge is closed."]


def test_without_changes_nothing_is_published(store: LocalStore, corpus: Path) -> None:
    publish_folder(store, corpus)

    changes = publish_folder(store, corpus)

    assert (changes.generation, changes.added, changes.changed, changes.removed, changes.unchanged) == (1, (), (), (), 2)


def test_of_a_file_that_became_bad_the_last_good_version_stays(store: LocalStore, corpus: Path) -> None:
    publish_folder(store, corpus)
    (corpus / "a.txt").write_bytes(b"\0")
    publish_folder(store, corpus)

    changes = publish_folder(store, corpus)

    assert (changes.generation, changes.kept, changes.removed) == (1, ("a.txt",), ())
    assert "binary" in changes.corpus.skipped[0].reason
    assert store.document(SHARED, "a.txt") == document("The bridge is open.", title="a")


def test_an_empty_folder_is_an_error_and_what_was_published_stays(store: LocalStore, corpus: Path) -> None:
    publish_folder(store, corpus)
    for name in ("a.txt", "b.txt"):
        (corpus / name).unlink()

    with pytest.raises(CorpusError, match=r"no document that can be read; c.bin: .bin is not read.*; put one in .*; until then .* \(2\)"):
        publish_folder(store, corpus)

    assert len(store.documents(SHARED)) == 2


def test_a_damaged_index_is_built_again_from_the_corpus(tmp_path: Path, store: LocalStore, corpus: Path) -> None:
    publish_folder(store, corpus)
    for file in (tmp_path / "data").rglob("*.faiss"):
        file.write_bytes(b"damaged")
    reopened = LocalStore(tmp_path / "data", HashingEmbedder())

    assert publish_folder(reopened, corpus).generation == 2
    assert len(reopened.documents(SHARED)) == 2


def test_an_index_of_another_model_is_built_again(tmp_path: Path, store: LocalStore, corpus: Path) -> None:
    publish_folder(store, corpus)

    assert publish_folder(LocalStore(tmp_path / "data", HashingEmbedder("other")), corpus).generation == 2


def test_the_model_is_the_packaged_one_unless_another_is_named(tmp_path: Path) -> None:
    assert model_folder(settings()) == packaged_model()
    assert model_folder(settings(model=tmp_path)) == tmp_path


def test_the_embedder_is_the_twin(data: Path) -> None:
    assert isinstance(build_embedder(settings(data=data)), OnnxEmbedder)


def test_a_model_that_cannot_be_exported_is_served_as_it_is(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Word vectors, whose average is no BERT."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding

    words = StaticEmbedding(Tokenizer.from_file(str(packaged_model() / "tokenizer.json")), embedding_dim=8)
    SentenceTransformer(modules=[words]).save(str(tmp_path / "model"))

    embedder = build_embedder(settings(data=tmp_path / "data", model=tmp_path / "model"))

    assert isinstance(embedder, SentenceTransformerEmbedder)
    assert embedder.dimension == 8
    assert "serving it with sentence-transformers, which is slower" in caplog.text


def test_a_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="holds no weights"):
        build_embedder(settings(data=tmp_path, model=tmp_path))


def test_answers_come_from_the_corpus_that_the_settings_name(data: Path) -> None:
    answerer = build_answerer(settings(data=data, corpus=CORPUS))

    answer = answerer.ask("what does KPS stand for?", collections=[SHARED])

    assert answer.generations == {SHARED: 1}
    assert [document.id for document in answerer.documents(SHARED)] == [file.name for file in sorted(CORPUS.glob("*.txt"))]
