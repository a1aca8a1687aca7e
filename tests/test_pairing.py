"""Being let in by a one-time code, over real HTTP and in the database."""

from contextlib import closing
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.admissions import CODE_LIFETIME, Admitted
from bot.cli import app
from bot.sandbox import BotApiServer
from bot.state import State
from tests.support import QUESTION, running

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def code_for(data: Path) -> str:
    with closing(State.open(data / "citebot.sqlite3")) as state:
        return state.admissions.issue(datetime.now(UTC))


@pytest.mark.anyio
async def test_a_stranger_with_a_code_is_served_from_then_on_also_after_a_restart(tmp_path: Path) -> None:
    async with BotApiServer(flood=None) as server:
        ben = server.world.person("Ben")
        chat = server.world.private(ben)
        async with running(server, tmp_path, allowed_users=frozenset({1})):
            server.world.say(chat, ben, f"/pair {code_for(tmp_path).lower()}")
            assert "Welcome" in (await server.sent(chat)).text
        async with running(server, tmp_path, allowed_users=frozenset({1})):
            server.world.say(chat, ben, QUESTION)
            assert "April 2016" in (await server.sent(chat)).text


@pytest.mark.anyio
async def test_a_stranger_who_goes_on_and_on_is_answered_no_more(tmp_path: Path) -> None:
    async with BotApiServer(flood=None) as server:
        ann, ben = server.world.person("Ann"), server.world.person("Ben")
        async with running(server, tmp_path, allowed_users=frozenset({ann.id}), user_limit=2):
            chat, anns = server.world.private(ben), server.world.private(ann)
            for words in (*[""] * 4, *["AAAA-BBBB"] * 8):
                server.world.say(chat, ben, f"/pair {words}")
            told = [(await server.sent(chat)).text for _ in range(8)]
            server.world.say(anns, ann, QUESTION)
            await server.sent(anns)

            assert len(set(told)) == 3  # how, twice; wrong, five times; too many, once
            assert len([call for call in server.calls_of("sendMessage") if call.parameters["chat_id"] == chat.id]) == 8


@pytest.mark.anyio
async def test_a_code_in_a_group_lets_in_the_group_and_works_once(tmp_path: Path) -> None:
    async with BotApiServer(flood=None) as server:
        ann, ben = server.world.person("Ann"), server.world.person("Ben")
        async with running(server, tmp_path, allowed_users=frozenset({ann.id})):
            group = server.world.group("Team", [ann, ben])
            await server.sent(group)
            code = code_for(tmp_path)
            server.world.say(group, ann, f"/pair@citebot {code}")
            assert "everybody here" in (await server.sent(group)).text

            server.world.say(group, ben, f"/ask {QUESTION}")
            assert "April 2016" in (await server.sent(group)).text

            chat = server.world.private(ben)
            server.world.say(chat, ben, f"/pair {code}")
            assert "isn't valid" in (await server.sent(chat)).text


@pytest.mark.anyio
@pytest.mark.parametrize("is_out", [True, False])
async def test_a_strangers_group_is_not_left_while_a_code_is_out_that_may_be_for_it(tmp_path: Path, is_out: bool) -> None:
    async with BotApiServer(flood=None) as server:
        ann, ben = server.world.person("Ann"), server.world.person("Ben")
        async with running(server, tmp_path, allowed_users=frozenset({ann.id})):
            code = code_for(tmp_path) if is_out else ""
            group = server.world.group("Team", [ben])
            assert "/pair" in (await server.sent(group)).text
            if not is_out:
                await server.called("leaveChat")
                return
            server.world.say(group, ben, f"/pair@citebot {code}")

            assert "everybody here" in (await server.sent(group)).text
            assert server.calls_of("leaveChat") == []


@pytest.mark.anyio
async def test_guessing_is_slowed_down(tmp_path: Path) -> None:
    async with BotApiServer(flood=None) as server:
        ben = server.world.person("Ben")
        chat = server.world.private(ben)
        async with running(server, tmp_path, allowed_users=frozenset({1})):
            for guess in range(5):
                server.world.say(chat, ben, f"/pair AAAA-AAA{guess}")
                assert "isn't valid" in (await server.sent(chat)).text
            server.world.say(chat, ben, f"/pair {code_for(tmp_path)}")
            assert "many tries" in (await server.sent(chat)).text


@pytest.mark.anyio
async def test_an_open_bot_is_closed_by_the_first_who_pairs(tmp_path: Path) -> None:
    async with BotApiServer(flood=None) as server, running(server, tmp_path):
        ann, ben = server.world.person("Ann"), server.world.person("Ben")
        chat, others = server.world.private(ann), server.world.private(ben)
        server.world.say(chat, ann, f"/pair {code_for(tmp_path)}")
        await server.sent(chat)
        server.world.say(others, ben, QUESTION)

        assert "I answer only the people" in (await server.sent(others)).text


@pytest.mark.anyio
async def test_without_a_code_it_says_how_to_get_one(tmp_path: Path) -> None:
    async with BotApiServer(flood=None) as server, running(server, tmp_path):
        ann = server.world.person("Ann")
        chat = server.world.private(ann)
        server.world.say(chat, ann, "/pair")

        assert "citebot pair" in (await server.sent(chat)).text


def test_the_command_line_prints_a_code_and_takes_an_admission_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    first = CliRunner().invoke(app, ["pair", "--data", str(tmp_path)]).output
    printed = CliRunner().invoke(app, ["pair", "--data", str(tmp_path)]).output.split()
    assert f"a new one: {tmp_path / 'citebot.sqlite3'}." in first
    assert "new" not in printed
    assert "only those let in, or named in the settings, are served." in first
    with closing(State.open(tmp_path / "citebot.sqlite3")) as state:
        assert printed[0] == "/pair"
        assert state.admissions.redeem(printed[1], 7, datetime.now(UTC))

    assert CliRunner().invoke(app, ["pair", "--data", str(tmp_path), "--revoke", "7"]).output == "put out\n"
    assert "was not let in" in CliRunner().invoke(app, ["pair", "--data", str(tmp_path), "--revoke", "7"]).output


@pytest.mark.parametrize("command", ["pair", "gaps"])
def test_what_has_to_do_with_the_database_asks_for_its_folder(command: str) -> None:
    shown = " ".join(CliRunner().invoke(app, [command, "--help"]).output.split())

    assert "Folder of the database" in shown
    assert "Folder of the index" not in shown


def test_codes_expire_and_are_not_kept_as_they_are(tmp_path: Path) -> None:
    with closing(State.open(tmp_path / "citebot.sqlite3")) as state:
        code = state.admissions.issue(NOW)

        assert state.admissions.expects(NOW)
        assert not state.admissions.expects(NOW + CODE_LIFETIME)
        assert not state.admissions.redeem(code, 7, NOW + CODE_LIFETIME)
        assert state.admissions.redeem(code.replace("-", " "), 7, NOW + CODE_LIFETIME - timedelta(seconds=1))
    assert code.replace("-", "").encode() not in (tmp_path / "citebot.sqlite3").read_bytes()


def test_a_code_is_good_for_as_long_by_the_clock_of_another_zone(tmp_path: Path) -> None:
    seoul = timezone(timedelta(hours=9))
    with closing(State.open(tmp_path / "citebot.sqlite3")) as state:
        code = state.admissions.issue(NOW.astimezone(seoul))

        assert state.admissions.expects(NOW)
        assert not state.admissions.expects(NOW + CODE_LIFETIME)
        assert not state.admissions.redeem(code, 7, (NOW + CODE_LIFETIME).astimezone(seoul))


def test_a_bot_that_was_closed_does_not_open_when_the_last_one_is_put_out(tmp_path: Path) -> None:
    with closing(State.open(tmp_path / "citebot.sqlite3")) as state:
        assert state.admissions.admitted() == Admitted(frozenset(), is_closed=False)
        state.admissions.admit(7, NOW)
        state.admissions.revoke(7, NOW)

        assert state.admissions.admitted() == Admitted(frozenset(), is_closed=True)
