"""What all tests share."""

import pytest
from hypothesis import settings

settings.register_profile("citebot", deadline=None)  # machines that do other things besides are slow at times
settings.load_profile("citebot")


@pytest.fixture
def anyio_backend() -> str:
    """Async tests, marked `anyio`, run on asyncio only: so does the bot."""
    return "asyncio"
