"""Strangers are told so, and get nothing else."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.sandbox import BotApiServer
from tests.support import QUESTION, running

pytestmark = pytest.mark.anyio


@pytest.fixture
async def server() -> AsyncIterator[BotApiServer]:
    async with BotApiServer(flood=None) as found:
        yield found


async def test_a_stranger_is_told_the_id_that_would_let_them_in(server: BotApiServer, tmp_path: Path) -> None:
    ann, ben = server.world.person("Ann"), server.world.person("Ben")
    async with running(server, tmp_path, allowed_users=frozenset({ann.id})):
        chat = server.world.private(ben)
        server.world.say(chat, ben, QUESTION)

        assert f"{ben.id}" in (await server.sent(chat)).text


async def test_a_strangers_edit_changes_nothing(server: BotApiServer, tmp_path: Path) -> None:
    ann, ben = server.world.person("Ann"), server.world.person("Ben")
    chat = server.world.private(ben)
    question = server.world.say(chat, ben, "zebra?")
    async with running(server, tmp_path):
        await server.sent(chat)
    async with running(server, tmp_path, allowed_users=frozenset({ann.id})):
        server.world.edit(question, QUESTION)
        await server.confirmed()
        server.world.say(chat, ben, "still there?")
        await server.sent(chat)

    assert server.calls_of("editMessageText") == []


async def test_in_an_allowed_chat_everybody_is_served(server: BotApiServer, tmp_path: Path) -> None:
    ann, ben = server.world.person("Ann"), server.world.person("Ben")
    group = server.world.group("Team", [ann, ben])
    async with running(server, tmp_path, allowed_chats=frozenset({group.id})):
        await server.sent(group)
        server.world.say(group, ben, f"/ask {QUESTION}")

        assert "April 2016" in (await server.sent(group)).text


async def test_a_group_of_strangers_is_told_once_and_then_left_alone(server: BotApiServer, tmp_path: Path) -> None:
    ann, ben = server.world.person("Ann"), server.world.person("Ben")
    async with running(server, tmp_path, allowed_users=frozenset({ann.id})):
        group = server.world.group("Strangers", [ben])
        assert str(group.id) in (await server.sent(group)).text

        server.world.say(group, ben, f"/ask {QUESTION}")
        chat = server.world.private(ann)
        await server.confirmed()
        server.world.say(chat, ann, "/help")
        await server.sent(chat)

        with pytest.raises(TimeoutError):
            await server.sent(group, timeout=0.2)


async def test_an_allowed_user_is_served_in_any_group(server: BotApiServer, tmp_path: Path) -> None:
    ann, ben = server.world.person("Ann"), server.world.person("Ben")
    async with running(server, tmp_path, allowed_users=frozenset({ann.id})):
        group = server.world.group("Strangers", [ben, ann])
        await server.sent(group)
        server.world.say(group, ann, f"/ask {QUESTION}")

        assert "April 2016" in (await server.sent(group)).text
