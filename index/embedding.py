"""Text → unit vectors: sentence-transformers, which defines any model, and its ONNX twin, which is ten times lighter."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from index.errors import ModelError
from index.models import weights_sha256
from index.onnx import OnnxModel
from index.protocols import Progress, Vectors, no_progress
from index.twin import TwinManifest

BATCH = 32


class SentenceTransformerEmbedder:
    """Any sentence-transformers model in a local folder. Imports torch."""

    def __init__(self, folder: Path) -> None:
        from sentence_transformers import SentenceTransformer  # 5 s: only who needs torch waits for it

        try:
            self._model = SentenceTransformer(str(folder), device="cpu", local_files_only=True)
        except (OSError, ValueError) as error:
            raise ModelError(f"{folder} is no sentence-transformers model ({error}); set CITEBOT_MODEL to a folder with one") from error
        self.name = f"{weights_sha256(folder)[:16]}/torch-fp32"
        self.dimension = int(self._model.get_embedding_dimension() or 0)

    def embed_passages(self, texts: Sequence[str], progress: Progress = no_progress) -> Vectors:
        by_length = sorted(range(len(texts)), key=lambda row: -len(texts[row]))  # batches of one length waste no padding
        vectors = np.empty((len(texts), self.dimension), np.float32)
        for first in range(0, len(texts), BATCH):
            rows = by_length[first : first + BATCH]
            vectors[rows] = self._model.encode_document([texts[row] for row in rows], normalize_embeddings=True, show_progress_bar=False)
            progress(first + len(rows), len(texts))
        return _checked(vectors)

    def embed_query(self, text: str) -> Vectors:
        return _checked(np.asarray(self._model.encode_query(text, normalize_embeddings=True, show_progress_bar=False), np.float32))


class OnnxEmbedder:
    """The twin of a sentence-transformers model, in `folder`. Doesn't import torch."""

    def __init__(self, folder: Path, manifest: TwinManifest) -> None:
        self._model = OnnxModel(folder / "model.onnx", folder / "tokenizer.json")
        self._model.tokenizer.enable_truncation(manifest.recipe.max_tokens)
        self._recipe = manifest.recipe
        self.name, self.dimension = manifest.name, manifest.dimension

    def embed_passages(self, texts: Sequence[str], progress: Progress = no_progress) -> Vectors:
        vectors = np.empty((len(texts), self.dimension), np.float32)
        for first in range(0, len(texts), BATCH):
            batch = [self._recipe.passage_prompt + text for text in texts[first : first + BATCH]]
            encodings = self._model.tokenizer.encode_batch(batch)
            for row, (vector,) in enumerate(self._model.run_each(encodings), first):
                vectors[row] = vector
            progress(first + len(batch), len(texts))
        return _checked(vectors)

    def embed_query(self, text: str) -> Vectors:
        (vector,) = self._model.run(self._model.tokenizer.encode(self._recipe.query_prompt + text))
        return _checked(vector)


def _checked(vectors: Vectors) -> Vectors:
    """Raises ModelError unless all rows have norm 1: only then are inner products cosines."""
    if not np.allclose(np.linalg.norm(vectors, axis=-1), 1, atol=1e-3):
        raise ModelError("the embedding model gives vectors without direction; set CITEBOT_MODEL to another")
    return vectors
