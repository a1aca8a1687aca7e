"""Health and metrics, as those who watch over the bot ask for them."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import httpx
import pytest

from bot.errors import PortTaken
from bot.metrics import Metrics
from bot.polling import run
from bot.sandbox import BotApiServer
from bot.web import bracketed, listening, pages
from tests.support import ARTICLE, QUESTION, Library, settings_for

pytestmark = pytest.mark.anyio

HOST = "127.0.0.1"


def free_port() -> int:
    with socket.create_server((HOST, 0)) as listener:
        return int(listener.getsockname()[1])


@asynccontextmanager
async def bot_with_pages(server: BotApiServer, data: Path) -> AsyncIterator[httpx.AsyncClient]:
    """The whole bot, and a client for its pages."""
    port = free_port()
    bot = asyncio.create_task(run(settings_for(server, data=data, http_port=port), Library(ARTICLE)))
    try:
        await server.polled(timeout=30)
        async with httpx.AsyncClient(base_url=f"http://{HOST}:{port}") as client:
            yield client
    finally:
        bot.cancel()
        with suppress(asyncio.CancelledError):
            await bot


async def test_a_bot_that_works_is_healthy_ready_and_counts(tmp_path: Path) -> None:
    async with BotApiServer(flood=None) as server, bot_with_pages(server, tmp_path) as client:
        ann = server.world.person("Ann")
        chat = server.world.private(ann)
        for text in ("zebra?", QUESTION):
            server.world.say(chat, ann, text)
            await server.sent(chat)
        health, readiness, metrics = [await client.get(page) for page in ("/healthz", "/readyz", "/metrics")]

        assert (health.status_code, readiness.status_code) == (200, 200)
        assert "citebot_questions_total 2.0" in metrics.text
        assert 'citebot_outcomes_total{decision="perhaps"} 1.0' in metrics.text
        assert 'citebot_outcomes_total{decision="none"} 1.0' in metrics.text
        assert 'citebot_snapshot_generation{collection="shared"} 1.0' in metrics.text
        assert "citebot_answer_seconds_count 2.0" in metrics.text
        assert "citebot_queue " in metrics.text
        assert "citebot_last_update_timestamp_seconds 1." in metrics.text
        assert "dialogue" not in metrics.text


async def test_a_bot_that_hears_nothing_is_healthy_but_not_ready() -> None:
    async with listening(pages(Metrics(), lambda: False), HOST, 0) as port, httpx.AsyncClient(base_url=f"http://{HOST}:{port}") as client:
        assert (await client.get("/healthz")).status_code == 200
        assert (await client.get("/readyz")).status_code == 503


@pytest.mark.parametrize("host", [HOST, *(["::1"] if Path("/proc/net/if_inet6").exists() else [])])
async def test_addresses_of_both_kinds_are_listened_on(host: str) -> None:
    async with listening(pages(Metrics(), lambda: True), host, 0) as port, httpx.AsyncClient() as client:
        assert (await client.get(f"http://{bracketed(host)}:{port}/readyz")).text == "ready"


async def test_a_port_that_is_taken_is_named_with_the_cure() -> None:
    with socket.create_server((HOST, 0)) as taken, pytest.raises(PortTaken, match="CITEBOT_HTTP_PORT"):
        async with listening(pages(Metrics(), lambda: True), HOST, taken.getsockname()[1]):
            pass
