"""What all tests share."""

import pytest


@pytest.fixture
def anyio_backend() -> str:
    """Async tests, marked `anyio`, run on asyncio only: so does the bot."""
    return "asyncio"
