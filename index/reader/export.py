"""A Hugging Face question-answering model → what `SpanReader` runs: `python -m index.reader.export MODEL FOLDER`.

That is what `make_reader` runs as a child process, so that torch's memory goes with it.
"""

import sys
from pathlib import Path

from index.onnx import export, made_once, quantise
from index.reader.span import find_reader, write_manifest


def make_reader(model: Path, folder: Path) -> None:
    """Exports `model` in a child process, unless that is done. Raises ModelError."""
    made_once("index.reader.export", model, folder, find_reader)


def export_reader(model: Path, folder: Path) -> None:
    """Writes model.onnx (int8), tokenizer.json and reader.json."""
    import torch
    from transformers import AutoModelForQuestionAnswering, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(model, local_files_only=True)
    original = AutoModelForQuestionAnswering.from_pretrained(model, local_files_only=True, attn_implementation="eager")

    class Logits(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.original = original

        def forward(self, *inputs: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
            output = self.original(**dict(zip(names, inputs, strict=True)))
            return output.start_logits, output.end_logits

    inputs = dict(tokenizer(["when?"], ["The hall was opened in May."], return_tensors="pt"))
    names = [name for name in ("input_ids", "attention_mask", "token_type_ids") if name in inputs]
    folder.mkdir(parents=True, exist_ok=True)
    export(Logits(), inputs, ["start", "end"], folder / "fp32.onnx")
    quantise(folder / "fp32.onnx", folder / "model.onnx", embeddings=True)
    (folder / "fp32.onnx").unlink()
    tokenizer.backend_tokenizer.save(str(folder / "tokenizer.json"))
    write_manifest(folder)


if __name__ == "__main__":
    export_reader(Path(sys.argv[1]), Path(sys.argv[2]))
