"""The ONNX twin of a sentence-transformers model: made once, verified, kept in `<data>/models/<hash>/`.

`python -m index.twin MODEL FOLDER` is what `make_twin` runs as a child process, so that the memory of torch goes with it.
"""

import sys
import time
from pathlib import Path

import numpy as np
from pydantic import BaseModel, ConfigDict

from index.errors import ModelError
from index.models import ModelManifest, read_manifest, sha256_of, weights_sha256
from index.onnx import INPUTS, OnnxModel, export, faster, made_once, quantise

LEAST_COSINE = 0.99
_PROBES = (
    "When was the bridge opened?",
    "who signs the travel expenses",
    "The laboratory moved to the third floor in March 2019.",
    "Each member pays 25 euros a year; students pay nothing.",
    "Minutes of the meeting: the budget was approved with two votes against.",
    "The river rises in the mountains and flows north for 340 kilometres before it reaches the sea.",
    "Press the green button for five seconds until the lamp blinks, then release it.",
    "What does the warranty cover?",
    "Antibodies against the virus were found in 12 % of the samples taken between May and August.",
    "She wrote three novels, of which only the second was translated into French.",
    "An employee who falls ill informs the office before nine o'clock.",
    "The treaty entered into force after the fifth state had ratified it.",
    "how many seats does the hall have",
    "Save the file as UTF-8 and run the command again.",
    "In winter the museum closes at four, on Mondays it stays closed all day.",
    (
        "The committee consists of a chair, two vice-chairs and up to nine further members, who are elected for three years by the general "
        "assembly and may be re-elected twice. It meets at least four times a year. Its decisions need a simple majority."
    ),
)  # fmt: skip - a list of texts


class InputRecipe(BaseModel):
    """How texts become the model's input: what is put before them, and how many tokens are read."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    max_tokens: int
    query_prompt: str = ""
    passage_prompt: str = ""


class TwinManifest(ModelManifest):
    """`name`: as `Embedder.name`. `cosine`: the mean one to the original."""

    name: str
    recipe: InputRecipe
    dimension: int
    cosine: float


def find_twin(folder: Path) -> TwinManifest | None:
    """The twin in `folder`; None if there is none, or it isn't whole."""
    return read_manifest(TwinManifest, folder / "twin.json")


def make_twin(model: Path, folder: Path) -> TwinManifest:
    """Exports `model` in a child process, unless that is done. Raises ModelError when it can't be or the twin isn't faithful."""
    return made_once("index.twin", model, folder, find_twin)


def _make(model: Path, folder: Path) -> None:
    folder.mkdir(parents=True)
    recipe, reference = _export(model, folder)
    quantise(folder / "fp32.onnx", folder / "model.onnx")
    cosine, precision = _choose(folder, reference, recipe), "int8"
    if cosine is None:
        (folder / "fp32.onnx").replace(folder / "model.onnx")
        cosine, precision = _cosine(OnnxModel(folder / "model.onnx", folder / "tokenizer.json"), reference, recipe), "fp32"
    if cosine < LEAST_COSINE:
        raise ModelError(f"its mean cosine to the original is {cosine:.3f}, less than {LEAST_COSINE}")
    (folder / "fp32.onnx").unlink(missing_ok=True)
    files = {file.name: sha256_of(file) for file in sorted(folder.iterdir())}
    name = f"{weights_sha256(model)[:16]}/onnx-{precision}"
    manifest = TwinManifest(name=name, recipe=recipe, dimension=reference.shape[1], cosine=cosine, files=files)
    (folder / "twin.json").write_text(manifest.model_dump_json(indent=2), encoding="utf-8")


def _export(model: Path, folder: Path) -> tuple[InputRecipe, np.ndarray]:
    """Writes fp32.onnx and tokenizer.json; returns the input's recipe and the original's vectors of the probes, (n_probes, dimension)."""
    import torch
    from sentence_transformers import SentenceTransformer

    original = SentenceTransformer(str(model), device="cpu", local_files_only=True)

    inputs = dict(original.tokenizer(list(_PROBES[:2]), padding=True, return_tensors="pt"))
    names = [name for name in INPUTS if name in inputs]  # DistilBERT, MPNet and XLM-R know no token types

    class Unit(torch.nn.Module):
        """The whole pipeline, pooling included, as one function of its inputs."""

        def __init__(self) -> None:
            super().__init__()
            self.original = original

        def forward(self, *values: torch.Tensor) -> torch.Tensor:
            features = dict(zip(names, values, strict=True))
            return torch.nn.functional.normalize(self.original(features)["sentence_embedding"], dim=-1)

    export(Unit(), inputs, ["embedding"], folder / "fp32.onnx")
    original.tokenizer.backend_tokenizer.save(str(folder / "tokenizer.json"))
    reference = original.encode_document(list(_PROBES), normalize_embeddings=True, show_progress_bar=False)
    prompts = original.prompts
    recipe = InputRecipe(
        max_tokens=original.get_max_seq_length() or 512,
        query_prompt=prompts.get("query") or "",
        passage_prompt=next(filter(None, map(prompts.get, ("document", "passage", "corpus"))), ""),
    )
    return recipe, np.asarray(reference, np.float32)


def _choose(folder: Path, reference: np.ndarray, recipe: InputRecipe) -> float | None:
    """The int8 model's cosine, if it is faithful and on this CPU faster than fp32; else None."""
    small, large = (OnnxModel(folder / name, folder / "tokenizer.json") for name in ("model.onnx", "fp32.onnx"))
    cosine = _cosine(small, reference, recipe)
    is_faster = faster(lambda: _vectors(small, recipe), lambda: _vectors(large, recipe), time.perf_counter)
    return cosine if cosine >= LEAST_COSINE and is_faster else None


def _cosine(model: OnnxModel, reference: np.ndarray, recipe: InputRecipe) -> float:
    return float(np.mean(np.sum(_vectors(model, recipe) * reference, axis=1)))


def _vectors(model: OnnxModel, recipe: InputRecipe) -> np.ndarray:
    """(n_probes, dimension)"""
    model.tokenizer.enable_truncation(recipe.max_tokens)
    encodings = model.tokenizer.encode_batch([recipe.passage_prompt + probe for probe in _PROBES])
    return np.stack([vector for (vector,) in model.run_each(encodings)])


if __name__ == "__main__":
    _make(Path(sys.argv[1]), Path(sys.argv[2]))
