"""The twin is made once, whole, and found again; whatever is wrong with it is noticed."""

import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from index.embedding import OnnxEmbedder
from index.errors import ModelError
from index.models import packaged_model, weights_sha256
from index.onnx import OnnxModel, faster
from index.twin import LEAST_COSINE, find_twin, make_twin


@pytest.fixture
def folder(data: Path, tmp_path: Path) -> Path:
    """A twin, to be damaged."""
    return shutil.copytree(data / "models" / weights_sha256(packaged_model())[:16], tmp_path / "twin")


def test_the_twin_is_faithful_and_light(folder: Path) -> None:
    twin = find_twin(folder)

    assert twin is not None
    assert twin.cosine >= LEAST_COSINE
    assert twin.dimension == 384
    assert twin.recipe.max_tokens == 256
    assert sum(file.stat().st_size for file in folder.iterdir()) < 100_000_000


def test_nothing_but_the_twin_is_left_behind(data: Path) -> None:
    made = data / "models" / weights_sha256(packaged_model())[:16]

    assert sorted(file.name for file in made.iterdir()) == ["model.onnx", "tokenizer.json", "twin.json"]
    assert [path.name for path in (data / "models").iterdir() if path.name.startswith(".")] == []


@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json", "twin.json"])
def test_a_twin_that_is_not_whole_is_none(folder: Path, name: str) -> None:
    content = (folder / name).read_bytes()
    for damaged in (content[:-1], bytes([content[0] ^ 1]) + content[1:], b""):
        (folder / name).write_bytes(damaged)
        assert find_twin(folder) is None

    (folder / name).unlink()
    assert find_twin(folder) is None


def test_a_twin_of_another_format_is_none(folder: Path) -> None:
    manifest = folder / "twin.json"
    manifest.write_text(manifest.read_text().replace('"format": 1', '"format": 2'))

    assert find_twin(folder) is None


def test_a_twin_that_is_there_is_not_made_again(folder: Path) -> None:
    before = (folder / "twin.json").stat().st_mtime_ns

    made = make_twin(packaged_model(), folder)

    assert made == find_twin(folder)
    assert (folder / "twin.json").stat().st_mtime_ns == before


def test_other_models_have_twins_with_their_own_prompts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A DistilBERT in small, without token types, that was taught to tell questions from passages by a word before them.

    Its place is relative to where Citebot runs; the child that makes the twin runs elsewhere.
    """
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from transformers import AutoTokenizer, DistilBertConfig, DistilBertModel

    small = DistilBertConfig(dim=32, hidden_dim=64, n_layers=1, n_heads=2, max_position_embeddings=64)
    DistilBertModel(small).save_pretrained(tmp_path / "bert")
    AutoTokenizer.from_pretrained(packaged_model(), model_input_names=["input_ids", "attention_mask"]).save_pretrained(tmp_path / "bert")
    modules = [Transformer(str(tmp_path / "bert"), max_seq_length=64), Pooling(32)]
    model = SentenceTransformer(modules=modules, prompts={"query": "question: ", "document": "text: "}, device="cpu")
    model.save(str(tmp_path / "model"))

    monkeypatch.chdir(tmp_path)
    twin = make_twin(Path("model"), Path("twin"))

    embedder = OnnxEmbedder(tmp_path / "twin", twin)
    assert (twin.recipe.max_tokens, twin.recipe.query_prompt, twin.recipe.passage_prompt) == (64, "question: ", "text: ")
    for text in ("where is the bridge?", "bridge " * 100):
        assert embedder.embed_query(text) @ model.encode_query(text, normalize_embeddings=True) >= LEAST_COSINE
        assert embedder.embed_passages([text])[0] @ model.encode_document(text, normalize_embeddings=True) >= LEAST_COSINE


def test_what_onnxruntime_cannot_open_is_one_error(folder: Path) -> None:
    (folder / "model.onnx").write_bytes(b"no model")

    with pytest.raises(ModelError, match="remove the folder, it is made again"):
        OnnxModel(folder / "model.onnx", folder / "tokenizer.json")


def test_texts_do_not_disturb_each_other(folder: Path) -> None:
    """Quantisation scales by batch; texts that are run one by one come out the same in any company, and from any thread."""
    twin = find_twin(folder)
    assert twin is not None
    embedder = OnnxEmbedder(folder, twin)
    texts = ["The budget was approved.", "word " * 300, "?"]

    with ThreadPoolExecutor(4) as executor:
        together = list(executor.map(embedder.embed_query, texts * 10))

    for row, vector in enumerate(together):
        assert np.array_equal(vector, embedder.embed_query(texts[row % 3]))


def test_the_faster_is_the_one_that_takes_less_time() -> None:
    """The clock is moved by the work itself."""
    now = [0.0]

    def work(*seconds: float) -> Iterator[None]:
        for second in seconds:
            now[0] += second
            yield

    one, other = work(9, 1, 9, 9, 9), work(2, 2, 2, 2, 2)

    assert faster(lambda: next(one), lambda: next(other), lambda: now[0])
