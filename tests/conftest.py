"""What all tests share."""

from pathlib import Path

import pytest
from hypothesis import settings

from index.assembly import build_answerer
from index.settings import IndexSettings

settings.register_profile("citebot", deadline=None)  # machines that do other things besides are slow at times
settings.load_profile("citebot")

CORPUS = Path(__file__).parent.parent / "corpus"


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory with the real model and the index of `corpus/`, made once (10 s). Copy it to change it."""
    folder = tmp_path_factory.mktemp("citebot")
    build_answerer(IndexSettings.model_validate({"corpus": CORPUS, "data": folder}))
    return folder


@pytest.fixture
def anyio_backend() -> str:
    """Async tests, marked `anyio`, run on asyncio only: so does the bot."""
    return "asyncio"
