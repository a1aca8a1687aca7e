"""What the bot says when it comes into a group."""

from contextlib import closing
from pathlib import Path

import pytest

from bot.preferences import Preferences, Quiet
from bot.sandbox import BotApiServer
from bot.state import State
from tests.support import running, scene

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("privacy", [True, False])
async def test_the_card_offers_a_mention_only_where_it_arrives(tmp_path: Path, privacy: bool) -> None:
    async with BotApiServer(flood=None) as server, running(server, tmp_path):
        server.world.set_privacy(privacy)
        ann = server.world.person("Ann")
        group = server.world.group("Team", [ann])

        card = await server.sent(group)

        assert ("@citebot in your message" in card.text) == (not privacy)
        assert ("/ask@citebot" in card.text) == privacy


async def test_changes_of_its_rights_are_no_reason_to_speak(tmp_path: Path) -> None:
    async with scene(tmp_path) as here:
        here.world.promote(here.group, here.world.bot, by=here.ann)
        here.world.demote(here.group, here.world.bot, by=here.ann)
        here.world.restrict(here.group, here.world.bot, by=here.ann, rights=["can_send_messages"])
        here.world.remove_bot(here.group, by=here.ann)

        await here.silence(here.group)


async def test_it_introduces_itself_again_when_it_comes_back(tmp_path: Path) -> None:
    async with scene(tmp_path) as here:
        here.world.remove_bot(here.group, by=here.ann)
        here.world.add_bot(here.group, by=here.ann)

        assert "replying to one of my messages" in (await here.server.sent(here.group)).text


@pytest.mark.parametrize("quiet", [Quiet.ALWAYS, Quiet.NEVER])
@pytest.mark.parametrize("allowed", [frozenset[int](), frozenset({1})], ids=["served", "not served"])
async def test_in_silent_hours_it_comes_without_a_sound(tmp_path: Path, quiet: Quiet, allowed: frozenset[int]) -> None:
    async with BotApiServer(flood=None) as server:
        group = server.world.supergroup("Team", [server.world.person("Ann")])
        with closing(State.open(tmp_path / "citebot.sqlite3")) as state:
            state.preferences.choose(group.id, Preferences(quiet=quiet))
        async with running(server, tmp_path, allowed_users=allowed):
            await server.sent(group)

        assert bool(server.calls_of("sendMessage")[0].parameters.get("disable_notification")) is (quiet is Quiet.ALWAYS)


async def test_being_blocked_and_unblocked_is_borne_in_silence(tmp_path: Path) -> None:
    async with scene(tmp_path) as here:
        here.world.block(here.ben)
        here.world.unblock(here.ben)

        await here.silence(here.world.private(here.ben))
