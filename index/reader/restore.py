"""What `SpanReader` runs → a Hugging Face model to train on from: `python -m index.reader.restore FOLDER MODEL`.

The weights that are shipped are int8; as floating-point numbers again they answer the same, and a training that starts from them
(`python -m index.reader.train --base MODEL`) goes on where theirs ended.
"""

import sys
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import numpy_helper
from transformers import AutoConfig, AutoModelForQuestionAnswering, AutoTokenizer

from index.models import packaged_model

_PREFIX = "original."  # what `export` wraps the model in


def restore(folder: Path, model: Path, architecture: Path) -> None:
    """Writes `model`, of the kind of `architecture`, whose tokenizer it has. Raises KeyError if the weights are of another kind."""
    restored = AutoModelForQuestionAnswering.from_config(  # type: ignore[no-untyped-call] # transformers types it in part
        AutoConfig.from_pretrained(architecture, local_files_only=True)
    )
    values = _weights(onnx.load(str(folder / "model.onnx")).graph)
    weights = {name: torch.from_numpy(values[name].copy()) for name in dict(restored.named_parameters())}
    restored.load_state_dict(weights, strict=False)  # strictly would ask for buffers too, which are constants
    restored.save_pretrained(model)
    AutoTokenizer.from_pretrained(architecture, local_files_only=True).save_pretrained(model)


def _weights(graph: Any) -> dict[str, NDArray[np.float32]]:
    """Parameter → its values. Matrices of products lie transposed in the file, under the path of the module that they belong to."""
    stored = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    weights = {name.removeprefix(_PREFIX): value for name, value in stored.items() if name.startswith(_PREFIX)}
    for name, value in stored.items():
        if name.endswith("_quantized"):
            weight = name.removesuffix("_quantized")
            weights[weight.removeprefix(_PREFIX)] = _as_float(value, stored[f"{weight}_scale"], stored[f"{weight}_zero_point"])
    for node in graph.node:
        if node.op_type == "MatMulInteger" and node.input[1] in stored:
            module = node.name.split("/MatMul")[0].strip("/").replace("/", ".").removeprefix(_PREFIX)
            weights[f"{module}.weight"] = weights[node.input[1].removesuffix("_quantized")].T
    return weights


def _as_float(values: NDArray[np.int8], scale: NDArray[np.float32], zero: NDArray[np.int8]) -> NDArray[np.float32]:
    """int8 weights, with a scale for all or one a column."""
    return ((values.astype(np.float32) - zero.astype(np.float32)) * scale).astype(np.float32)


if __name__ == "__main__":
    restore(Path(sys.argv[1]), Path(sys.argv[2]), packaged_model())
