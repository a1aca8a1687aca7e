"""What it costs that documents change is measured over what serves them; here with little, for the way and not for the figures."""

import re
from pathlib import Path

from index.evaluation.living import Bench, adding, asking_meanwhile, many_collections
from index.settings import IndexSettings
from tests.conftest import CORPUS


def test_every_figure_is_measured(data: Path, tmp_path: Path) -> None:
    bench = Bench(IndexSettings.model_validate({"corpus": CORPUS, "data": data}), tmp_path, passages=30)

    lines = [*adding(bench), *asking_meanwhile(bench), *many_collections(bench, collections=3)]

    assert [line.partition(":")[0] for line in lines] == [
        "adding a page",
        "questions/s, 1 thread",
        "questions/s, 2 threads",
        "3 collections asked in turn",
        "opening one again",
    ]
    assert all(float(number) > 0 for line in lines[:3] for number in re.findall(r"\d+\.\d+", line))
    assert len(bench.store.documents("chat-2")) == 1
