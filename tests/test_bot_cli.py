"""The console script as people run it: a process of its own, and everything that it prints."""

import asyncio
import os
import re
import signal
import sys
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import httpx
import pytest

from bot.sandbox import BotApiServer
from tests.test_web import free_port

pytestmark = pytest.mark.anyio

ROOT = Path(__file__).parents[1]
SECRET = "AAE-sekrit_sekrit_sekrit_sekrit"
TOKEN = f"123456789:{SECRET}"
PATIENCE = 90
"""Seconds, with the models to load on a busy machine."""
STOPS_WITHIN = 8
"""Seconds; containers kill after 10."""


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the first process prepares its models, and the others find them."""
    return tmp_path_factory.mktemp("models")


@pytest.fixture
def place(tmp_path: Path, models: Path) -> Path:
    """An empty directory but for one document."""
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "a.txt").write_text("The second round of the dialogue was in April 2016.")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "models").symlink_to(models)
    return tmp_path


@asynccontextmanager
async def citebot(place: Path, *arguments: str, **environment: str) -> AsyncIterator[Process]:
    """`citebot …`, with none of the developer's own settings."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith(("CITEBOT_", "TELEGRAM_"))}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", "from bot.cli import main; main()", *arguments),
        cwd=place,
        env=ours | {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1", "TERM": "dumb"} | environment,
        stdin=PIPE,
        stdout=PIPE,
        stderr=STDOUT,
    )
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


def published(place: Path) -> list[Path]:
    """What says which generation of a collection is the current one."""
    return list(place.glob("data/collections/*/CURRENT"))


async def finished(process: Process, typed: str = "") -> tuple[int | None, str]:
    """Exit code and everything printed."""
    async with asyncio.timeout(PATIENCE):
        printed, _ = await process.communicate(typed.encode())
    return process.returncode, printed.decode()


async def printed_until(process: Process, words: str) -> str:
    """What is printed up to the line with `words`."""
    assert process.stdout is not None, "it is piped"
    lines: list[str] = []
    async with asyncio.timeout(PATIENCE):
        while not lines or words not in lines[-1]:
            line = await process.stdout.readline()
            assert line, f"it ended before it said {words!r}: {lines}"
            lines.append(line.decode())
    return "".join(lines)


@pytest.mark.parametrize("debug", [[], ["--debug"]], ids=["usual", "debug"])
async def test_a_wrong_token_is_one_line_with_the_cure(place: Path, debug: list[str]) -> None:
    async with (
        BotApiServer() as server,
        citebot(place, *debug, "run", TELEGRAM_BOT_TOKEN=TOKEN, TELEGRAM_BASE_URL=server.base_url) as process,
    ):
        code, printed = await finished(process)

    assert code == 1
    assert "@BotFather" in printed
    assert SECRET not in printed
    assert debug or len(printed.strip().splitlines()) == 1


async def test_a_network_that_is_down_is_waited_for_in_clear_words_without_the_token(place: Path) -> None:
    server = BotApiServer()
    await server.start()
    await server.stop()  # a port that nobody listens on
    async with citebot(
        place,
        "run",
        TELEGRAM_BOT_TOKEN=TOKEN,
        TELEGRAM_BASE_URL=server.base_url,
        CITEBOT_LOG_LEVEL="DEBUG",
    ) as process:
        printed = await printed_until(process, "again in 1 s")
        process.send_signal(signal.SIGTERM)
        code, rest = await finished(process)

    assert code == 0
    assert SECRET not in printed + rest
    assert "Traceback" not in printed + rest


async def test_the_bot_answers_and_ends_in_order_when_it_is_told_to(place: Path) -> None:
    async with BotApiServer(flood=None) as server:
        ann = server.world.person("Ann")
        chat = server.world.private(ann)
        server.world.say(chat, ann, "when was the second round of the dialogue?")
        environment = {"TELEGRAM_BOT_TOKEN": server.token, "TELEGRAM_BASE_URL": server.base_url}
        async with citebot(place, "run", CITEBOT_LOG_LEVEL="DEBUG", **environment) as process:
            answer = await server.sent(chat, timeout=PATIENCE)
            process.send_signal(signal.SIGTERM)
            code, printed = await finished(process)

    assert "April 2016" in answer.text
    assert code == 0
    assert server.token.partition(":")[2] not in printed
    assert printed.count("everybody who finds the bot is served") == 1
    assert "dialogue" not in printed  # no question is logged, at no level


async def test_told_to_end_while_it_builds_an_index_it_breaks_off(place: Path) -> None:
    paragraphs = "\n\n".join(f"In the year {number} the bridge over the river was closed for repairs." for number in range(10_000))
    (place / "corpus" / "long.txt").write_text(paragraphs)
    async with (
        BotApiServer() as server,
        citebot(place, "run", TELEGRAM_BOT_TOKEN=server.token, TELEGRAM_BASE_URL=server.base_url) as process,
    ):
        await server.called("getMe", timeout=PATIENCE)
        await asyncio.sleep(2)  # well into it
        process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(STOPS_WITHIN):
            code, printed = await finished(process)

    assert (code, printed) == (128 + signal.SIGTERM, "")
    assert published(place) == []


async def test_without_a_token_it_is_the_sandbox_that_answers_and_leaves_nothing_behind(place: Path) -> None:
    temporary = place / "temporary"
    temporary.mkdir()
    async with citebot(place, "run", TMPDIR=str(temporary), HTTP_PROXY="http://proxy.invalid:3128") as process:
        printed = await printed_until(process, "http://")
        address = re.findall(r"http://\S+", printed)[0]
        async with httpx.AsyncClient(base_url=address, trust_env=False) as page:
            state = (await page.get("state")).json()
            ann, chat = state["people"][0]["id"], state["chats"][0]["id"]
            await page.post("say", json={"by": ann, "chat": chat, "text": "when was the second round of the dialogue?"})
            async with page.stream("GET", "events") as events, asyncio.timeout(PATIENCE):
                async for line in events.aiter_lines():
                    if "April 2016" in line:
                        break
                process.send_signal(signal.SIGTERM)  # while the page is open
                code, rest = await finished(process)

    assert code == 0
    assert "@BotFather" in printed
    assert "Traceback" not in rest
    assert not list(temporary.glob("citebot-*"))  # onnxruntime leaves a file of its own
    assert not list((place / "data").glob("*.sqlite3"))


async def test_a_conversation_is_played_and_printed_without_a_page(place: Path) -> None:
    (place / "talk.yaml").write_text("people: [Ann]\nscenes: [private: [Ann says: 'when was the second round of the dialogue?']]")
    async with citebot(place, "sandbox", "--script", "talk.yaml") as process:
        status, printed = await finished(process)

    assert status == 0
    assert printed.endswith("[Source] [👍] [👎]\n")
    assert "Ann: when was the second round of the dialogue?" in printed
    assert "**April 2016**" in printed


async def test_a_mistake_in_a_conversation_is_one_line_that_tells_where(place: Path) -> None:
    (place / "talk.yaml").write_text("people: [Ann]\nscenes:\n  - private:\n    - Anne says: hello")
    async with citebot(place, "sandbox", "--script", "talk.yaml") as process:
        status, printed = await finished(process)

    assert (status, printed) == (1, "citebot: talk.yaml, line 4: 'Anne' isn't among the people; is it 'Ann'?\n")


async def test_a_sandbox_for_others_warns_and_names_a_port_that_is_taken(place: Path) -> None:
    async with BotApiServer() as taken, citebot(place, "sandbox", "--host", "0.0.0.0", "--port", str(taken.port)) as process:
        code, printed = await finished(process)

    warning, error = printed.strip().splitlines()
    assert code == 1
    assert "Beware" in warning
    assert f"can't listen on 0.0.0.0:{taken.port}" in error


async def test_without_a_token_and_a_sandbox_it_is_an_error_that_names_the_cure(place: Path) -> None:
    async with citebot(place, "run", CITEBOT_SANDBOX="off") as process:
        code, printed = await finished(process)

    assert code == 1
    assert "@BotFather" in printed
    assert len(printed.strip().splitlines()) == 1


@pytest.mark.parametrize(
    ("name", "value", "cure"),
    [
        ("TELEGRAM_BOT_TOKEN", SECRET, "TELEGRAM_BOT_TOKEN"),
        ("TELEGRAM_TOKEN", TOKEN, "did you mean TELEGRAM_BOT_TOKEN?"),
        ("CITEBOT_ALLOWED_USER", "1", "did you mean CITEBOT_ALLOWED_USERS?"),
        ("CITEBOT_ALLOWED_CHATS", "ours", "CITEBOT_ALLOWED_CHATS"),
        ("CITEBOT_WEBHOOK_SECRET", f"{SECRET}!", "CITEBOT_WEBHOOK_SECRET"),
    ],
)
async def test_a_wrong_setting_is_one_line_that_names_it(place: Path, name: str, value: str, cure: str) -> None:
    async with citebot(place, "run", **{name: value}) as process:
        code, printed = await finished(process)

    assert code == 1
    assert cure in printed
    assert SECRET not in printed
    assert len(printed.strip().splitlines()) == 1


async def test_a_webhook_that_telegram_refuses_ends_the_start_with_the_cure_and_shows_no_secret(place: Path) -> None:
    async with (
        BotApiServer() as server,
        citebot(
            place,
            "run",
            TELEGRAM_BOT_TOKEN=server.token,
            TELEGRAM_BASE_URL=server.base_url,
            CITEBOT_WEBHOOK_URL="https://127.0.0.1/telegram",
            CITEBOT_WEBHOOK_SECRET=SECRET,
            CITEBOT_HTTP_PORT=str(free_port()),
            CITEBOT_LOG_LEVEL="DEBUG",
        ) as process,
    ):
        code, printed = await finished(process)

    assert code == 1
    assert "127.0.0.1 is reserved); it needs an address that the internet can reach" in printed
    assert SECRET not in printed
    assert server.token.partition(":")[2] not in printed


async def test_the_doctor_marks_what_is_broken_and_fails(place: Path) -> None:
    async with (
        BotApiServer() as server,
        citebot(place, "doctor", TELEGRAM_BOT_TOKEN=TOKEN, TELEGRAM_BASE_URL=server.base_url) as process,
    ):
        code, printed = await finished(process)

    assert code == 1
    assert "✗ Token" in printed
    assert "✓ Documents" in printed
    assert "✓ Model" in printed
    assert SECRET not in printed
