"""The reader: a BERT-like extractive question-answering model in ONNX."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, ValidationError
from tokenizers import Encoding

from index.domain import Calibration, Passage, Span
from index.errors import ModelError
from index.models import sha256_of
from index.onnx import OnnxModel
from index.reader.decoding import best_span, trimmed

FORMAT = 1
MAX_TOKENS = 384
STRIDE = 96
"""Tokens that neighbouring windows of a long passage share: an answer is whole in one of them."""

MAX_QUESTION = 256
"""Characters of a question that are read, the last ones: that is where people who explain at length ask. Leaves room for a passage even
if each character is a token."""

SHIPPED = Path(__file__).parent / "weights"


CALIBRATION = "calibration.json"
UNCALIBRATED = Calibration(span=0.2, hit=2.0, bias=-3.5, answer=0.8, perhaps=0.5)
"""For a model of somebody else's, until `citebot calibrate` has fitted one."""


class ReaderManifest(BaseModel):
    """`files`: SHA-256 by file name."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: int = FORMAT
    files: dict[str, str]

    @property
    def name(self) -> str:
        """Identifies the weights."""
        return self.files["model.onnx"][:16]


class FittedCalibration(BaseModel):
    """A calibration, and the name of the reader that it was fitted for: it means nothing for another."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    reader: str
    calibration: Calibration


class SpanReader:
    """Implements `Reader`. A span's score is its log-odds against "none here"."""

    def __init__(self, model: OnnxModel, name: str, calibration: Calibration = UNCALIBRATED) -> None:
        self._model, self.name, self.calibration = model, name, calibration
        model.tokenizer.enable_truncation(MAX_TOKENS, stride=STRIDE, strategy="only_second")

    def read(self, question: str, passages: Sequence[Passage]) -> list[Span | None]:
        windows = [(number, window) for number, passage in enumerate(passages) for window in self._windows(question, passage.text)]
        best: list[Span | None] = [None] * len(passages)
        outputs = self._model.run_each(window for _, window in windows)
        for (number, window), (start, end) in zip(windows, outputs, strict=True):
            span = _decode(passages[number].text, window, best_span(start, end, _is_passage(window)))
            present = best[number]
            if span and (present is None or span.score > present.score):
                best[number] = span
        return best

    def _windows(self, question: str, text: str) -> Iterator[Encoding]:
        encoding = self._model.tokenizer.encode(question[-MAX_QUESTION:], text)
        yield encoding
        yield from encoding.overflowing


def open_reader(folder: Path = SHIPPED, fitted: Path | None = None) -> SpanReader:
    """Opens what `export` wrote. `fitted`: a team's own calibration, which wins over the shipped one if it is for this reader.

    Raises ModelError when the reader isn't whole.
    """
    manifest = find_reader(folder)
    if manifest is None:
        raise ModelError(
            f"the reader in {folder} is missing or damaged; install Citebot again, or remove the folder if it is below your data"
        )
    files = [file for file in (fitted, folder / CALIBRATION) if file and file.exists()]
    found = [stored.calibration for stored in map(read_calibration, files) if stored.reader == manifest.name]
    return SpanReader(OnnxModel(folder / "model.onnx", folder / "tokenizer.json"), manifest.name, *found[:1])


def read_calibration(file: Path) -> FittedCalibration:
    try:
        return FittedCalibration.model_validate_json(file.read_bytes())
    except (OSError, ValidationError) as error:
        raise ModelError(f"{file} is no calibration; remove it, or run `citebot calibrate` again") from error


def write_calibration(file: Path, fitted: FittedCalibration) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(fitted.model_dump_json(indent=2), encoding="utf-8")


def find_reader(folder: Path) -> ReaderManifest | None:
    """The manifest of the reader in `folder`; None if there is none, or it isn't whole. 20 ms."""
    try:
        manifest = ReaderManifest.model_validate_json((folder / "reader.json").read_bytes())
    except (OSError, ValidationError):
        return None
    whole = all((folder / name).is_file() and sha256_of(folder / name) == sha256 for name, sha256 in manifest.files.items())
    return manifest if whole and manifest.format == FORMAT else None


def write_manifest(folder: Path) -> None:
    files = {name: sha256_of(folder / name) for name in ("model.onnx", "tokenizer.json")}
    (folder / "reader.json").write_text(ReaderManifest(files=files).model_dump_json(indent=2), encoding="utf-8")


def _is_passage(window: Encoding) -> NDArray[np.bool_]:
    return np.array([sequence == 1 for sequence in window.sequence_ids])


def _decode(text: str, window: Encoding, tokens: tuple[int, int, float] | None) -> Span | None:
    """Tokens of a window → characters of the passage; None where only punctuation was marked."""
    if tokens is None:
        return None
    first, last, score = tokens
    start, end = trimmed(text, window.offsets[first][0], window.offsets[last][1])
    return Span(start, end, score) if any(map(str.isalnum, text[start:end])) else None
