"""The reader: a BERT-like extractive question-answering model in ONNX."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, ValidationError
from tokenizers import Encoding

from index.chunking import Offsets, sentence_offsets
from index.domain import Calibration, Passage, Span
from index.errors import ModelError
from index.models import ModelManifest, read_manifest, sha256_of
from index.onnx import OnnxModel
from index.reader.decoding import best_span, trimmed

MAX_TOKENS = 384
STRIDE = 96
"""Tokens that neighbouring windows of a long passage share: an answer is whole in one of them."""

MAX_QUESTION = 256
"""Characters of a question that are read, the last ones: that is where people who explain at length ask. Leaves room for a passage even
if each character is a token."""

DOUBTFUL = -7.0
"""A span of a lower score gets no closer look. Where 7.2 passages are read, 1.6 sentences are looked at once more; of 910 answerable tuning
questions about documents 647 are answered right at the precision of 0.75, 593 without (weights 1732b6704906f5ea)."""

SHIPPED = Path(__file__).parent / "weights"


CALIBRATION = "calibration.json"
UNCALIBRATED = Calibration(span=0.2, hit=2.0, bias=-3.5, answer=0.8, perhaps=0.5)
"""For a model of somebody else's, until `citebot calibrate` has fitted one."""


class ReaderManifest(ModelManifest):
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
        """Each passage; and where it may answer, the sentence that says it once more by itself: the mean of both looks counts."""
        texts = [passage.text for passage in passages]
        looks = self._looks(question, texts)
        spans = [look.span if look else None for look in looks]
        closer = {number: part for number, span in enumerate(spans) if span and (part := _worth_a_closer_look(texts[number], span))}
        closer_looks = self._looks(question, [texts[number][start:end] for number, (start, end) in closer.items()])
        for (number, (shift, _)), closer_look in zip(closer.items(), closer_looks, strict=True):
            if (look := looks[number]) and closer_look:
                spans[number] = _agreed(texts[number], look.odds(), closer_look.odds(shift)) or look.span
        return spans

    def _looks(self, question: str, texts: Sequence[str]) -> "list[_Look | None]":
        """At each text; of a long one's windows, at that with the likeliest span. None where there is none to offer."""
        windows = [(number, window) for number, text in enumerate(texts) for window in self._windows(question, text)]
        best: list[_Look | None] = [None] * len(texts)
        outputs = self._model.run_each(window for _, window in windows)
        for (number, window), (start, end) in zip(windows, outputs, strict=True):
            look = _look(texts[number], window, start, end)
            present = best[number]
            if look and (present is None or look.span.score > present.span.score):
                best[number] = look
        return best

    def _windows(self, question: str, text: str) -> Iterator[Encoding]:
        encoding = self._model.tokenizer.encode(question[-MAX_QUESTION:], text)
        yield encoding
        yield from encoding.overflowing


Odds = dict[Offsets, tuple[float, float]]
"""By a token's place in the passage: the log-odds against "none here" that an answer begins with it, and that one ends with it."""


@dataclass(frozen=True, slots=True)
class _Look:
    """What the model says of a window, (length,) each, and the span that follows."""

    window: Encoding
    start: NDArray[np.float32]
    end: NDArray[np.float32]
    span: Span

    def odds(self, shift: int = 0) -> Odds:
        """`shift`: where the text that was looked at begins in the passage."""
        starts, ends = (self.start - self.start[0]).tolist(), (self.end - self.end[0]).tolist()
        tokens = zip(self.window.offsets, self.window.sequence_ids, starts, ends, strict=True)
        return {(first + shift, last + shift): (start, end) for (first, last), sequence, start, end in tokens if sequence == 1}


def _look(text: str, window: Encoding, start: NDArray[np.float32], end: NDArray[np.float32]) -> _Look | None:
    span = _decode(text, window.offsets, best_span(start, end, np.array([sequence == 1 for sequence in window.sequence_ids])))
    return _Look(window, start, end, span) if span else None


def _worth_a_closer_look(text: str, span: Span) -> Offsets | None:
    """The sentences that a span is in, if it may answer, and they aren't all of the text."""
    if span.score < DOUBTFUL:
        return None
    sentences = sentence_offsets(text)
    held = [(start, end) for start, end in sentences if start < span.end and span.start < end]
    return (held[0][0], held[-1][1]) if len(held) < len(sentences) else None


def _agreed(text: str, one: Odds, other: Odds) -> Span | None:
    """What follows from the mean of two looks, at the tokens that both were at."""
    tokens = [token for token in other if token in one]
    if not tokens:
        return None
    odds = np.array([[one[token], other[token]] for token in tokens]).mean(axis=1)  # (n_tokens, 2)
    start, end = np.vstack([np.zeros(2), odds]).T.astype(np.float32)  # behind "none here", whose log-odds against itself are 0
    return _decode(text, [(0, 0), *tokens], best_span(start, end, np.arange(len(start)) > 0))


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
    """The manifest of the reader in `folder`; None if there is none, or it isn't whole."""
    return read_manifest(ReaderManifest, folder / "reader.json")


def write_manifest(folder: Path) -> None:
    files = {name: sha256_of(folder / name) for name in ("model.onnx", "tokenizer.json")}
    (folder / "reader.json").write_text(ReaderManifest(files=files).model_dump_json(indent=2), encoding="utf-8")


def _decode(text: str, offsets: Sequence[Offsets], tokens: tuple[int, int, float] | None) -> Span | None:
    """Tokens → characters of the passage; None where only punctuation was marked."""
    if tokens is None:
        return None
    first, last, score = tokens
    start, end = trimmed(text, offsets[first][0], offsets[last][1])
    return Span(start, end, score) if any(map(str.isalnum, text[start:end])) else None
