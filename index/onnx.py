"""BERT-like ONNX models in onnxruntime: made from torch modules (`export`, in a process of its own), and run (`OnnxModel`).

Texts are run one at a time, several in parallel, each on one thread: no padding is wasted, and a text's result doesn't depend on what
else is in a batch (dynamic quantisation scales activations by batch).
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from filelock import FileLock
from numpy.typing import NDArray
from tokenizers import Encoding, Tokenizer

from index.errors import ModelError
from index.models import M

# Since 1.29, onnxruntime's builds report every process and session to Microsoft unless told not to before they are loaded.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
import onnxruntime

if TYPE_CHECKING:
    import torch

INPUTS = ("input_ids", "attention_mask", "token_type_ids")
ROUNDS = 5
"""In which two ways are timed, in turn, since machines are noisy."""


class OnnxModel:
    """A model file with its tokenizer. Thread-safe."""

    def __init__(self, model: Path, tokenizer: Path) -> None:
        """Raises ModelError."""
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.log_severity_level = 3
        try:
            self._session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
            self.tokenizer = Tokenizer.from_file(str(tokenizer))
        except Exception as error:  # onnxruntime and tokenizers raise classes of their own, and bare Exception
            raise ModelError(f"{model.parent} holds no model that can be opened ({error}); remove the folder, it is made again") from error
        self.tokenizer.no_padding()
        self.tokenizer.no_truncation()
        self._inputs = [entry.name for entry in self._session.get_inputs()]
        self._pool = ThreadPoolExecutor(os.cpu_count(), "onnx")

    def run(self, encoding: Encoding) -> list[NDArray[np.float32]]:
        """The model's outputs for one text or pair, without the batch axis."""
        values = {"input_ids": encoding.ids, "attention_mask": encoding.attention_mask, "token_type_ids": encoding.type_ids}
        outputs = self._session.run(None, {name: np.array([values[name]], np.int64) for name in self._inputs})
        return [output[0] for output in outputs]

    def run_each(self, encodings: Iterable[Encoding]) -> Iterator[list[NDArray[np.float32]]]:
        """As `run`, in the order given, as many at a time as there are threads."""
        return self._pool.map(self.run, encodings)


def export(module: "torch.nn.Module", inputs: "dict[str, torch.Tensor]", outputs: Sequence[str], file: Path) -> None:
    """Writes a torch module that takes INPUTS, (n, length) each, as ONNX with both axes free. Imports torch: 5 s, 400 MB."""
    import torch

    names = [name for name in INPUTS if name in inputs]
    axes = {name: {0: "n", 1: "length"} for name in names} | {name: {0: "n"} for name in outputs}
    example = tuple(inputs[name] for name in names)
    torch.onnx.export(
        module.eval(), example, str(file), input_names=names, output_names=list(outputs), dynamic_axes=axes, opset_version=17, dynamo=False
    )


def quantise(model: Path, file: Path, *, embeddings: bool = False) -> None:
    """int8 weights, per channel, of matrix products, and of the embeddings if asked: a quarter of the file instead of two thirds.

    Compared on the tuning articles of new_wiki: per tensor loses 4 points of cosine, quantised embeddings half a point of recall.
    """
    from onnxruntime.quantization import QuantType, quantize_dynamic

    kinds = ["MatMul", "Gather"] if embeddings else ["MatMul"]
    quantize_dynamic(str(model), str(file), weight_type=QuantType.QInt8, per_channel=True, op_types_to_quantize=kinds)


def made_once(module: str, model: Path, folder: Path, find: Callable[[Path], M | None]) -> M:
    """What `find` tells of `folder`, after `python -m module MODEL FOLDER` has made it if need be: beside it first, so that it is whole
    or not there. Raises ModelError."""
    aside = folder.with_name(f".{folder.name}.making").absolute()
    folder.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(folder.with_suffix(".lock")):  # another process may be at it
        found = find(folder)
        if found is None:
            shutil.rmtree(aside, ignore_errors=True)
            run_child(module, str(model.absolute()), str(aside))
            shutil.rmtree(folder, ignore_errors=True)
            aside.rename(folder)
            found = find(folder)
    if found is None:
        raise ModelError(f"what was made in {folder} was removed or changed meanwhile; start again")
    return found


def run_child(module: str, *arguments: str) -> None:
    """`python -m module …` in a process of its own, whose memory ends with it. Raises ModelError with the last line it said."""
    command = [sys.executable, "-m", module, *arguments]
    child = subprocess.run(command, capture_output=True, text=True, cwd=Path(__file__).parents[1], check=False)
    if child.returncode != 0:
        lines = child.stderr.strip().splitlines()
        raise ModelError(f"{' '.join(arguments[:1])} can't be made into an ONNX model ({lines[-1] if lines else 'no reason given'})")


def faster(first: Callable[[], object], second: Callable[[], object], clock: Callable[[], float]) -> bool:
    """Whether `first` takes less time than `second`: the best of ROUNDS."""

    def seconds(work: Callable[[], object]) -> float:
        started = clock()
        work()
        return clock() - started

    times = [(seconds(first), seconds(second)) for _ in range(ROUNDS)]
    return min(one for one, _ in times) < min(other for _, other in times)
