"""The shipped weights can be trained on: there and back again, they answer the same."""

from pathlib import Path

import pytest

from index.domain import Passage
from index.models import packaged_model
from index.onnx import run_child
from index.reader.restore import restore
from index.reader.span import SHIPPED, open_reader

HALL = "The town hall was opened in May 1999 by Anna Berg. The library followed in 2004."
QUESTIONS = ("When was the town hall opened?", "who opened the town hall", "when did the library open?", "Who closed the library?")


def test_what_is_restored_and_exported_again_reads_as_the_shipped_reader_does(tmp_path: Path) -> None:
    restore(SHIPPED, tmp_path / "model", packaged_model())
    run_child("index.reader.export", str(tmp_path / "model"), str(tmp_path / "folder"))
    shipped, again = open_reader(), open_reader(tmp_path / "folder")
    passages = [Passage("hall.txt", 0, len(HALL), HALL, 1)]

    for question in QUESTIONS:
        (one,), (other,) = shipped.read(question, passages), again.read(question, passages)
        assert one is not None
        assert other is not None
        assert (one.start, one.end) == (other.start, other.end)
        assert one.score == pytest.approx(other.score, abs=0.2)
