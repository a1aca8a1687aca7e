"""Strangers are told so, and get nothing else."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from bot.records import Scope
from bot.sandbox import BotApiServer
from bot.state import State
from bot.texts import ENGLISH
from tests.support import QUESTION, running
from tests.test_computing import Held

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


async def test_a_stranger_who_writes_on_and_on_is_answered_at_a_persons_pace(server: BotApiServer, tmp_path: Path) -> None:
    ann, ben = server.world.person("Ann"), server.world.person("Ben")
    async with running(server, tmp_path, allowed_users=frozenset({ann.id}), user_limit=2):
        chat = server.world.private(ben)
        for _ in range(5):
            server.world.say(chat, ben, "hello?")
        for _ in range(2):
            await server.sent(chat)

        with pytest.raises(TimeoutError):
            await server.sent(chat, timeout=0.5)


async def test_a_stranger_is_not_served_either_when_it_can_not_be_looked_up_whom_to_serve(server: BotApiServer, tmp_path: Path) -> None:
    ann, ben = server.world.person("Ann"), server.world.person("Ben")
    async with running(server, tmp_path, allowed_users=frozenset({ann.id})):
        with closing(sqlite3.connect(tmp_path / "citebot.sqlite3")) as database:
            database.execute("ALTER TABLE preferences RENAME TO away")
        chat = server.world.private(ben)
        server.world.say(chat, ben, QUESTION)

        assert "went wrong on my side" in (await server.sent(chat)).text
        with pytest.raises(TimeoutError):
            await server.sent(chat, timeout=0.5)


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
    async with running(server, tmp_path, allowed_users=frozenset({ann.id}), leave_unknown=False):
        group = server.world.group("Strangers", [ben])
        told = await server.sent(group)
        assert str(group.id) in told.text
        assert ENGLISH.leaving not in told.text

        server.world.say(group, ben, f"/ask {QUESTION}")
        chat = server.world.private(ann)
        await server.confirmed()
        server.world.say(chat, ann, "/help")
        await server.sent(chat)

        with pytest.raises(TimeoutError):
            await server.sent(group, timeout=0.2)


async def test_an_allowed_user_is_served_in_any_group(server: BotApiServer, tmp_path: Path) -> None:
    ann, ben = server.world.person("Ann"), server.world.person("Ben")
    async with running(server, tmp_path, allowed_users=frozenset({ann.id}), leave_unknown=False):
        group = server.world.group("Strangers", [ben, ann])
        await server.sent(group)
        server.world.say(group, ann, f"/ask {QUESTION}")

        assert "April 2016" in (await server.sent(group)).text


@pytest.mark.parametrize("is_served", [False, True])
async def test_a_group_that_is_served_through_a_member_only_is_not_invited_as_a_whole(
    server: BotApiServer, tmp_path: Path, is_served: bool
) -> None:
    ann, ben = server.world.person("Ann"), server.world.person("Ben")
    group = server.world.group("Friends", [ann, ben], bot=False)
    chats = frozenset({group.id} if is_served else set())
    async with running(server, tmp_path, allowed_users=frozenset({ann.id}), allowed_chats=chats):
        server.world.add_bot(group, by=ann)

        assert (ENGLISH.added_for_some in (await server.sent(group)).text) is not is_served


async def test_an_allowed_user_who_writes_as_the_group_is_told_once_that_nobody_sees_who_it_is(
    server: BotApiServer, tmp_path: Path
) -> None:
    ann, ben = server.world.person("Ann"), server.world.person("Ben")
    async with running(server, tmp_path, allowed_users=frozenset({ann.id})):
        group = server.world.supergroup("Friends", [ann, ben])
        await server.sent(group)
        for _ in range(2):
            server.world.say(group, ann, f"/ask {QUESTION}", anonymous=True)
        server.world.say(group, ann, f"/ask {QUESTION}")

        assert (await server.sent(group)).text == ENGLISH.not_served_as_group
        assert "April 2016" in (await server.sent(group)).text


async def test_a_group_of_strangers_is_told_why_and_left(server: BotApiServer, tmp_path: Path) -> None:
    ann, ben = server.world.person("Ann"), server.world.person("Ben")
    async with running(server, tmp_path, allowed_users=frozenset({ann.id})):
        group = server.world.group("Strangers", [ben])
        told = await server.sent(group)
        await server.called("leaveChat")

    assert str(group.id) in told.text
    assert ENGLISH.leaving in told.text
    assert group.member(server.world.bot).status == "left"


async def test_a_group_that_is_not_served_any_more_is_told_when_it_calls_and_left(server: BotApiServer, tmp_path: Path) -> None:
    ann, ben = server.world.person("Ann"), server.world.person("Ben")
    async with running(server, tmp_path):
        group = server.world.group("Once open", [ben])
        await server.sent(group)
    async with running(server, tmp_path, allowed_users=frozenset({ann.id})):
        server.world.say(group, ben, "just talk")
        server.world.say(group, ben, f"/ask {QUESTION}")
        told = await server.sent(group)
        await server.called("leaveChat")

    assert str(group.id) in told.text
    assert group.member(server.world.bot).status == "left"


@pytest.mark.parametrize("is_admin", [False, True])
async def test_a_group_that_calls_is_stayed_in_silently_where_somebody_served_is_a_member(
    server: BotApiServer, tmp_path: Path, is_admin: bool
) -> None:
    ann, ben, cem = (server.world.person(name) for name in ("Ann", "Ben", "Cem"))
    async with running(server, tmp_path):
        group = server.world.group("Once open", [ben, ann])
        await server.sent(group)
    admins, users = ({ann.id}, {cem.id}) if is_admin else ({cem.id}, {ann.id})
    async with running(server, tmp_path, allowed_users=frozenset(users), admins=frozenset(admins)):
        server.world.say(group, ben, f"/ask {QUESTION}")
        server.world.say(group, ann, f"/ask {QUESTION}")

        assert "April 2016" in (await server.sent(group)).text
        assert server.calls_of("leaveChat") == []


async def test_a_group_that_calls_is_not_left_where_telegram_does_not_tell_who_is_a_member(server: BotApiServer, tmp_path: Path) -> None:
    ann, ben = server.world.person("Ann"), server.world.person("Ben")
    async with running(server, tmp_path):
        group = server.world.group("Once open", [ben, ann])
        await server.sent(group)
    async with running(server, tmp_path, allowed_users=frozenset({ann.id})):
        server.faults.fail("getChatMember", code=400, description="Bad Request: member list is inaccessible")
        server.world.say(group, ben, f"/ask {QUESTION}")
        server.world.say(group, ann, f"/ask {QUESTION}")

        assert "April 2016" in (await server.sent(group)).text
        assert server.calls_of("leaveChat") == []


async def test_a_group_that_calls_is_told_once_where_unknown_groups_are_not_left(server: BotApiServer, tmp_path: Path) -> None:
    ann, ben = server.world.person("Ann"), server.world.person("Ben")
    async with running(server, tmp_path):
        group = server.world.group("Once open", [ben])
        await server.sent(group)
    async with running(server, tmp_path, allowed_users=frozenset({ann.id}), leave_unknown=False):
        server.world.say(group, ben, f"/ask {QUESTION}")
        assert str(group.id) in (await server.sent(group)).text
        server.world.say(group, ben, f"/ask {QUESTION}")
        await server.confirmed()

        with pytest.raises(TimeoutError):
            await server.sent(group, timeout=0.5)
        assert server.calls_of("leaveChat") == []


async def test_a_group_of_strangers_where_it_may_not_speak_is_left_too(server: BotApiServer, tmp_path: Path) -> None:
    ann, ben = server.world.person("Ann"), server.world.person("Ben")
    async with running(server, tmp_path, allowed_users=frozenset({ann.id})):
        server.faults.fail("sendMessage", code=400, description="Bad Request: not enough rights to send text messages to the chat")
        server.world.group("Strangers", [ben])

        assert (await server.called("leaveChat")).ok


async def test_a_group_where_an_allowed_user_brought_the_bot_is_stayed_in(server: BotApiServer, tmp_path: Path) -> None:
    ann, ben = server.world.person("Ann"), server.world.person("Ben")
    async with running(server, tmp_path, allowed_users=frozenset({ann.id})):
        await server.sent(server.world.group("Friends", [ann, ben]))

        assert server.calls_of("leaveChat") == []


async def test_administrators_are_served_whatever_the_lists_say(server: BotApiServer, tmp_path: Path) -> None:
    ann, ben = server.world.person("Ann"), server.world.person("Ben")
    async with running(server, tmp_path, allowed_users=frozenset({ann.id}), admins=frozenset({ben.id})):
        chat = server.world.private(ben)
        server.world.say(chat, ben, QUESTION)

        assert "April 2016" in (await server.sent(chat)).text


@pytest.mark.parametrize("joins_first", [False, True])
async def test_an_allowed_group_that_became_a_supergroup_is_served_on_and_keeps_its_answers(
    server: BotApiServer, tmp_path: Path, caplog: pytest.LogCaptureFixture, joins_first: bool
) -> None:
    ann, ben = server.world.person("Ann"), server.world.person("Ben")
    group = server.world.group("Team", [ann, ben])
    async with running(server, tmp_path, allowed_chats=frozenset({group.id})):
        await server.sent(group)
        server.world.say(group, ben, f"/ask {QUESTION}")
        await server.sent(group)
        new = server.world.migrate(group, joins_first=joins_first)
        server.world.say(new, ben, f"/ask {QUESTION}")

        assert "April 2016" in (await server.sent(new)).text
        assert server.calls_of("leaveChat") == []
    with closing(State.open(tmp_path / "citebot.sqlite3")) as state:
        assert state.tally(Scope(new.id)).questions == 2
        assert state.admissions.admitted().ids == {new.id}
    assert f"`citebot pair --revoke {new.id}` puts it out again" in caplog.text


async def test_no_message_of_a_supergroup_is_taken_for_one_of_the_group_that_it_was(server: BotApiServer, tmp_path: Path) -> None:
    ann = server.world.person("Ann")
    async with running(server, tmp_path):
        group = server.world.group("Team", [ann])
        await server.sent(group)
        asked = server.world.say(group, ann, f"/ask {QUESTION}")
        server.world.say(group, ann, "just talk")  # so that the answers have different numbers
        await server.sent(group)
        new = server.world.migrate(group)
        while max(new.messages) < asked.id - 1:
            server.world.say(new, ann, "just talk")
        again = server.world.say(new, ann, "/ask zebra?")
        answer = await server.sent(new)
        server.world.edit(again, "/ask when was the first round held in Washington?")

        assert again.id == asked.id
        assert (await server.edited(new)).id == answer.id
        server.world.say(new, ann, "/help@citebot")
        assert "/ask@citebot" in (await server.sent(new)).text  # and no second answer before


async def test_an_answer_under_way_when_its_group_moves_follows_no_message_of_the_supergroup(server: BotApiServer, tmp_path: Path) -> None:
    library = Held()
    ann = server.world.person("Ann")
    async with running(server, tmp_path, library):
        group = server.world.group("Team", [ann])
        await server.sent(group)
        asked = server.world.say(group, ann, f"/ask {QUESTION}")
        await asyncio.to_thread(library.is_asked.wait, 20)
        new = server.world.migrate(group)
        library.let_go.set()
        answer = await server.sent(new)
    with closing(State.open(tmp_path / "citebot.sqlite3")) as state:
        reply = state.reply_in(new.id, answer.id)
        assert reply is not None
        assert reply.question_message_id == -asked.id


async def test_a_group_that_silenced_it_hears_no_apology(server: BotApiServer, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    ann = server.world.person("Ann")
    async with running(server, tmp_path):
        group = server.world.supergroup("Team", [ann])
        await server.sent(group)
        server.world.restrict(group, server.world.bot, by=ann)
        server.world.say(group, ann, f"/ask {QUESTION}")
        await server.refused("sendMessage")

    assert len(server.calls_of("sendMessage")) == 2  # the card, and the answer that was refused
    assert caplog.text == ""
