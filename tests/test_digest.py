"""The weekly digest: when it is due, and over real HTTP."""

import time
from collections.abc import AsyncIterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.digest import last_due
from bot.preferences import Digest, Preferences, Quiet
from bot.records import Scope
from bot.sandbox import BotApiServer, Chat, User
from bot.state import State
from bot.votes import Vote
from index.protocols import Vectors
from tests.support import ARTICLE, Library, running, scene
from tests.test_gaps import called, gaps_in
from tests.test_state import ANSWER

pytestmark = pytest.mark.anyio
DAYS = list(Digest)[1:]


@given(st.datetimes(timezones=st.just(UTC)).filter(lambda now: now.year > 1), st.sampled_from(DAYS), st.integers(0, 23))
def test_it_was_due_within_the_last_week_on_the_day_and_at_the_hour(now: datetime, day: Digest, hour: int) -> None:
    due = last_due(now, day, hour, now.tzinfo)

    assert timedelta(0) <= now - due < timedelta(days=7)
    assert (DAYS[due.weekday()], due.hour, due.minute) == (day, hour, 0)


@pytest.mark.parametrize("zone", [ZoneInfo("Europe/Berlin"), None])
def test_it_is_due_once_where_clocks_are_put_back_in_between(zone: ZoneInfo | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    saturday_at_nine = datetime(2026, 10, 24, 7, tzinfo=UTC)

    assert last_due(datetime(2026, 10, 25, 1, 5, tzinfo=UTC), Digest.SATURDAY, 9, zone) == saturday_at_nine
    monkeypatch.undo()
    time.tzset()


LONG_AGO = datetime.now(UTC) - timedelta(days=8)


def choose(data: Path, chat: Chat, quiet: Quiet = Quiet.NEVER) -> None:
    """A digest, whose last one was eight days ago."""
    with closing(State.open(data / "citebot.sqlite3")) as state:
        state.preferences.choose(chat.id, Preferences(digest=DAYS[LONG_AGO.weekday()], quiet=quiet))
        state.gaps.note_told(chat.id, LONG_AGO, "en")


@dataclass
class Team:
    """A group of Ann's, in which Ben has asked something in vain, and so has he in private. The bot is down."""

    server: BotApiServer
    ann: User
    ben: User
    group: Chat
    bens: Chat


@pytest.fixture
async def team(tmp_path: Path) -> AsyncIterator[Team]:
    async with BotApiServer(flood=None) as server:
        ann, ben = server.world.person("Ann"), server.world.person("Ben")
        async with running(server, tmp_path):
            group, bens = server.world.supergroup("Team", [ann, ben]), server.world.private(ben)
            await server.sent(group)
            for chat in (group, bens):
                server.world.say(chat, ben, "/ask zebra?")
                await server.sent(chat)
        yield Team(server, ann, ben, group, bens)


async def test_a_group_that_chose_it_is_told_once_of_what_was_lacking(team: Team, tmp_path: Path) -> None:
    choose(tmp_path, team.group, Quiet.ALWAYS)
    async with running(team.server, tmp_path):
        digest = await team.server.sent(team.group)
        was_quiet = team.server.calls_of("sendMessage")[-1].parameters["disable_notification"]
        team.server.world.press(digest, "1", team.ann)
        card = await team.server.sent(team.group)
        team.server.world.press(digest, "All that is lacking", team.ann)
        everything = await team.server.edited(team.group)
    async with running(team.server, tmp_path):
        team.server.world.say(team.group, team.ann, "/stats")
        after = await team.server.sent(team.group)

    assert digest.text.startswith("What my documents couldn't tell since the last digest (1).")
    assert gaps_in(digest) == gaps_in(everything) == ["zebra?"]
    assert was_quiet
    assert "zebra?" in card.text
    assert after.text.startswith("Questions: 1 ")


async def test_where_nothing_was_lacking_since_nothing_is_said(team: Team, tmp_path: Path) -> None:
    choose(tmp_path, team.group)
    with closing(State.open(tmp_path / "citebot.sqlite3")) as state:
        state.gaps.settle([miss.id for miss in state.gaps.misses()], datetime.now(UTC))
    async with running(team.server, tmp_path):
        team.server.world.say(team.group, team.ann, "/stats")
        said = await team.server.sent(team.group)

    assert said.text.startswith("Questions: 1 ")


async def test_an_older_answer_that_somebody_disliked_since_was_lacking_since(team: Team, tmp_path: Path) -> None:
    choose(tmp_path, team.group)
    with closing(State.open(tmp_path / "citebot.sqlite3")) as state:
        (found,) = state.gaps.misses(Scope(team.group.id))
        older = replace(found.reply, content=ANSWER, asked_at=LONG_AGO - timedelta(days=1))
        state.remember(older)
        state.votes.cast(older, team.ann.id, Vote.DOWN)
    async with running(team.server, tmp_path):
        assert gaps_in(await team.server.sent(team.group)) == ["zebra?"]


async def test_private_digests_are_for_the_bots_administrators(team: Team, tmp_path: Path) -> None:
    choose(tmp_path, team.bens)
    async with running(team.server, tmp_path):
        with pytest.raises(TimeoutError):
            await team.server.sent(team.bens, timeout=0.2)
    async with running(team.server, tmp_path, admins=frozenset({team.ben.id})):
        assert gaps_in(await team.server.sent(team.bens)) == ["zebra?"]


async def test_groups_have_one_as_long_as_they_or_somebody_in_them_may_be_served(team: Team, tmp_path: Path) -> None:
    choose(tmp_path, team.group)
    async with running(team.server, tmp_path, allowed_chats=frozenset({-1})):
        with pytest.raises(TimeoutError):
            await team.server.sent(team.group, timeout=0.2)
    async with running(team.server, tmp_path, allowed_users=frozenset({team.ben.id})):
        assert gaps_in(await team.server.sent(team.group)) == ["zebra?"]


async def test_who_put_the_bot_out_has_no_digest_and_others_have(team: Team, tmp_path: Path) -> None:
    other = team.server.world.supergroup("Others", [team.ann, team.ben], bot=False)
    choose(tmp_path, other)
    choose(tmp_path, team.group)
    with closing(State.open(tmp_path / "citebot.sqlite3")) as state:
        (found, *_) = state.gaps.misses(Scope(team.group.id))
        state.remember(replace(found.reply, chat_id=other.id))
    async with running(team.server, tmp_path):
        assert gaps_in(await team.server.sent(team.group)) == ["zebra?"]


async def test_where_telegram_asks_to_wait_for_hours_no_other_chat_waits(team: Team, tmp_path: Path) -> None:
    async with running(team.server, tmp_path):
        other = team.server.world.supergroup("Others", [team.ann, team.ben])
        await team.server.sent(other)
        team.server.world.say(other, team.ben, "/ask zebra?")
        await team.server.sent(other)
    choose(tmp_path, other)
    choose(tmp_path, team.group)
    team.server.faults.flood("sendMessage", retry_after=3600)
    async with running(team.server, tmp_path):
        refused = await team.server.refused("sendMessage")
        told = await team.server.called("sendMessage")

    assert {int(call.parameters["chat_id"]) for call in (refused, told)} == {other.id, team.group.id}


class Stumbling(Library):
    """Fails once to see which questions are alike, for no reason that anybody foresaw."""

    has_failed = False

    def embed(self, questions: Sequence[str]) -> Vectors:
        if not self.has_failed:
            self.has_failed = True
            raise RuntimeError("out of order")
        return super().embed(questions)


async def test_what_nobody_foresaw_puts_a_digest_off_by_one_look(
    team: Team, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("bot.digest.EVERY", 0.05)
    choose(tmp_path, team.group)
    async with running(team.server, tmp_path, Stumbling(ARTICLE)):
        assert gaps_in(await team.server.sent(team.group)) == ["zebra?"]

    assert f"chat {team.group.id} has no digest yet" in caplog.text


async def test_the_settings_offer_it_to_groups_and_to_the_bots_administrators(tmp_path: Path) -> None:
    async with scene(tmp_path, admins=frozenset({5_000_002})) as here:  # Ben
        card = await called(here, "/settings", here.ann)
        chosen = await here.press(card, "Weekly digest of gaps: never")
        later = await here.press(chosen, "Digest at: 9:00")
        _, anns = await here.ask("/settings")
        bens = here.world.private(here.ben)
        here.world.say(bens, here.ben, "/settings")
        offered = await here.server.sent(bens)

    assert "Weekly digest of gaps: Monday" in [button.text for button in later.buttons]
    assert "Digest at: 12:00" in [button.text for button in later.buttons]
    assert "digest" not in " ".join(button.text for button in anns.buttons)
    assert offered.button("Weekly digest of gaps: never").callback_data


async def test_at_another_hour_it_still_tells_all_since_the_last_one(team: Team, tmp_path: Path) -> None:
    two_days_ago = datetime.now(UTC) - timedelta(days=2)
    with closing(State.open(tmp_path / "citebot.sqlite3")) as state:
        state.preferences.choose(team.group.id, Preferences(digest=DAYS[two_days_ago.weekday() - 1]))
        state.gaps.note_told(team.group.id, two_days_ago, "en")
        async with running(team.server, tmp_path):
            team.server.world.say(team.group, team.ann, "/settings")
            team.server.world.press(await team.server.sent(team.group), "Digest at: 9:00", team.ann)
            await team.server.edited(team.group)
        told = state.gaps.told(team.group.id)

    assert told is not None
    assert told.at == two_days_ago


async def test_whoever_switches_it_on_is_not_told_at_once(tmp_path: Path) -> None:
    async with scene(tmp_path) as here:
        await called(here, "/ask zebra?", here.ben)
        card = await called(here, "/settings", here.ann)
        await here.press(card, "Weekly digest of gaps: never")
    with closing(State.open(tmp_path / "citebot.sqlite3")) as state:
        told = state.gaps.told(here.group.id)

    assert told is not None
    assert (told.language, told.at > datetime.now(UTC) - timedelta(minutes=1)) == ("en", True)
