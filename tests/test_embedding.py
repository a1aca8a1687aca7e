"""What every embedder keeps to, with the real model; a new one subclasses `EmbedderContract`."""

from pathlib import Path

import numpy as np
import pytest

from index.assembly import build_embedder
from index.chunking import chunk
from index.embedding import BATCH, OnnxEmbedder, SentenceTransformerEmbedder
from index.errors import ModelError
from index.loading.corpus import load_corpus
from index.models import packaged_model
from index.protocols import Embedder
from index.settings import IndexSettings
from tests.conftest import CORPUS
from tests.fakes import CountingEmbedder, HashingEmbedder

LENGTHS = [f"Report {number} " + number % 5 * "on the budget " for number in range(BATCH + 5)]
ODD = ["", " ", "🚀", "漢字", "word " * 1000, "e\u0301", "\ufeff\u200f"]


@pytest.fixture(scope="module")
def original() -> SentenceTransformerEmbedder:
    return SentenceTransformerEmbedder(packaged_model())


@pytest.fixture(scope="module")
def twin(data: Path) -> Embedder:
    return build_embedder(IndexSettings.model_validate({"data": data}))


@pytest.fixture(scope="module")
def passages() -> list[str]:
    """All passages of the corpus."""
    return [passage.text for document in load_corpus(CORPUS).documents for passage in chunk(document)]


class EmbedderContract:
    @pytest.fixture
    def embedder(self) -> Embedder:
        raise NotImplementedError  # each embedder's tests give theirs

    def test_vectors_are_units_in_float32(self, embedder: Embedder) -> None:
        vectors = embedder.embed_passages([*LENGTHS[:5], *ODD])

        assert vectors.shape == (5 + len(ODD), embedder.dimension)
        assert vectors.dtype == np.float32
        assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(len(vectors)), abs=1e-4)

    @pytest.mark.parametrize("text", ["when was it?", *ODD])
    def test_a_query_is_one_unit_vector(self, embedder: Embedder, text: str) -> None:
        vector = embedder.embed_query(text)

        assert vector.shape == (embedder.dimension,)
        assert vector.dtype == np.float32
        assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-4)

    def test_each_row_is_of_its_own_text_whatever_the_batch(self, embedder: Embedder) -> None:
        together = embedder.embed_passages(LENGTHS)

        alone = np.concatenate([embedder.embed_passages([text]) for text in LENGTHS[::9]])

        assert together[::9] == pytest.approx(alone, abs=1e-5)

    def test_of_nothing_there_are_no_vectors(self, embedder: Embedder) -> None:
        assert embedder.embed_passages([]).shape == (0, embedder.dimension)

    def test_progress_goes_up_to_the_end(self, embedder: Embedder) -> None:
        seen: list[tuple[int, int]] = []

        embedder.embed_passages(LENGTHS, lambda done, total: seen.append((done, total)))

        assert seen == sorted(seen)
        assert seen[-1] == (len(LENGTHS), len(LENGTHS))

    def test_a_question_is_nearest_to_what_answers_it(self, embedder: Embedder) -> None:
        texts = ["The river floods in spring.", "The bridge was opened in 1999.", "Tea costs two euros."]

        cosines = embedder.embed_passages(texts) @ embedder.embed_query("when did the bridge open?")

        assert int(np.argmax(cosines)) == 1


class TestSentenceTransformerEmbedder(EmbedderContract):
    @pytest.fixture
    def embedder(self, original: SentenceTransformerEmbedder) -> Embedder:
        return original


class TestOnnxEmbedder(EmbedderContract):
    @pytest.fixture
    def embedder(self, twin: Embedder) -> Embedder:
        assert isinstance(twin, OnnxEmbedder), "it could not be made"
        return twin


class TestHashingEmbedder(EmbedderContract):
    @pytest.fixture
    def embedder(self) -> Embedder:
        return CountingEmbedder(HashingEmbedder())


def test_the_twin_sees_the_corpus_as_the_original_does(twin: Embedder, original: SentenceTransformerEmbedder, passages: list[str]) -> None:
    cosines = np.sum(twin.embed_passages(passages) * original.embed_passages(passages), axis=1)

    assert np.mean(cosines) >= 0.99
    assert np.min(cosines) >= 0.97


def test_the_twin_ranks_the_corpus_as_the_original_does(twin: Embedder, original: SentenceTransformerEmbedder, passages: list[str]) -> None:
    def nearest(embedder: Embedder) -> str:
        cosines = embedder.embed_passages(passages) @ embedder.embed_query("when was the second civil space dialogue?")
        return passages[int(np.argmax(cosines))]

    assert nearest(twin) == nearest(original)


def test_models_are_told_apart_by_what_they_are_not_by_where_they_lie(twin: Embedder, original: SentenceTransformerEmbedder) -> None:
    assert twin.name.split("/")[0] == original.name.split("/")[0] == "53aa51172d142c89"
    assert twin.name != original.name


def test_a_folder_that_holds_no_model_is_refused_with_the_cure(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="set CITEBOT_MODEL to a folder with one"):
        SentenceTransformerEmbedder(tmp_path)
