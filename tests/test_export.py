"""A team's own reader is made once, whole, whatever happens meanwhile."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from index.errors import ModelError
from index.models import packaged_model
from index.reader.export import make_reader
from index.reader.span import SHIPPED, find_reader

MAKING = "import sys, pathlib; from index.reader.export import make_reader; make_reader(*map(pathlib.Path, sys.argv[1:]))"


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A question-answering model in small."""
    from transformers import AutoTokenizer, BertConfig, BertForQuestionAnswering

    small = BertConfig(hidden_size=32, intermediate_size=64, num_hidden_layers=1, num_attention_heads=2)
    BertForQuestionAnswering(small).save_pretrained(tmp_path / "model")
    AutoTokenizer.from_pretrained(packaged_model()).save_pretrained(tmp_path / "model")
    return tmp_path / "model"


def test_a_reader_whose_making_was_cut_off_is_not_there_and_is_made_anew(tmp_path: Path, model: Path) -> None:
    folder, aside = tmp_path / "models" / "reader", tmp_path / "models" / ".reader.making"
    making = subprocess.Popen([sys.executable, "-c", MAKING, str(model), str(folder)], start_new_session=True)
    while making.poll() is None and not aside.exists():
        time.sleep(0.01)
    os.killpg(making.pid, signal.SIGKILL)
    making.wait()

    assert aside.exists()
    assert not folder.exists()

    make_reader(model, folder)

    assert find_reader(folder) is not None
    assert sorted(file.name for file in folder.iterdir()) == ["model.onnx", "reader.json", "tokenizer.json"]
    assert not aside.exists()


def test_a_model_that_cannot_be_exported_leaves_what_was_there(tmp_path: Path) -> None:
    (tmp_path / "model").mkdir()
    folder = tmp_path / "reader"
    folder.mkdir()
    (folder / "reader.json").write_text("of another format")

    with pytest.raises(ModelError, match="can't be made into an ONNX model"):
        make_reader(tmp_path / "model", folder)

    assert (folder / "reader.json").read_text() == "of another format"


def test_a_reader_that_is_there_is_not_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "reader").symlink_to(SHIPPED)

    make_reader(Path("no model"), Path("reader"))

    assert find_reader(Path("reader")) is not None
