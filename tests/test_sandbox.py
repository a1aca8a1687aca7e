"""The sandbox: the real bot and the embedded server in one process, and the page on top, over HTTP."""

import tempfile
from pathlib import Path

import pytest

from bot.errors import TokenRefused
from bot.sandbox import BotApiServer
from bot.sandbox.session import session
from bot.settings import BotSettings
from tests.support import ARTICLE, QUESTION, Library

pytestmark = pytest.mark.anyio


def settings(**others: object) -> BotSettings:
    """Those of a team that serves somebody else."""
    return BotSettings.model_validate({"allowed_users": frozenset({1}), "admins": frozenset({2}), **others})


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where temporary folders are made; nothing is to be left there."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


async def test_a_session_answers_everybody_in_its_world_and_leaves_nothing_behind(tmp_path: Path, temporary: Path) -> None:
    server = BotApiServer()
    async with session(server, settings(data=tmp_path), Library(ARTICLE)):
        assert names(temporary)
        ann = server.world.person("Ann")
        chat = server.world.private(ann)
        server.world.say(chat, ann, QUESTION)
        answer = await server.sent(chat)

    assert "April 2016" in answer.text
    assert names(tmp_path) == [temporary.name]
    assert names(temporary) == []


async def test_its_administrators_are_people_of_its_world(tmp_path: Path) -> None:
    server = BotApiServer()
    ann, ben = server.world.person("Ann"), server.world.person("Ben")
    async with session(server, settings(data=tmp_path), Library(ARTICLE), admins=[ann]):
        for person in (ann, ben):
            server.world.say(server.world.private(person), person, "/stats")

        assert "0 questions" in (await server.sent(server.world.private(ann))).text
        assert "for administrators" in (await server.sent(server.world.private(ben))).text


async def test_what_ends_the_bot_ends_the_session(tmp_path: Path) -> None:
    server = BotApiServer()
    server.faults.fail("getMe", code=401, description="Unauthorized")

    with pytest.raises(TokenRefused):
        async with session(server, settings(data=tmp_path), Library(ARTICLE)):
            pytest.fail("the bot cannot be up")
