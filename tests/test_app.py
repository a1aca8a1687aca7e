"""What the application asks of Telegram, and offers there."""

from pathlib import Path

import pytest

from bot.languages import JAPANESE, KOREAN
from bot.sandbox import BotApiServer
from bot.texts import ENGLISH
from tests.support import running, scene

pytestmark = pytest.mark.anyio


async def test_each_kind_of_chat_is_offered_its_commands(tmp_path: Path) -> None:
    async with scene(tmp_path) as here:
        private = [command["command"] for command in here.world.menu(here.chat, here.ann)]
        member = [command["command"] for command in here.world.menu(here.group, here.ben)]
        admin = [command["command"] for command in here.world.menu(here.group, here.ann)]

        assert private == ["search", "add", "sources", "settings", "privacy", "help"]
        assert member == admin == ["ask", "search", "add", "sources", "settings", "privacy", "help"]


async def test_the_menu_speaks_the_language_of_its_reader(tmp_path: Path) -> None:
    async with scene(tmp_path) as here:
        haru = here.world.person("Haru", language="ja")

        assert here.world.menu(here.chat, haru)[0]["description"] == JAPANESE.menu_search


async def test_whoever_opens_the_chat_reads_in_their_language_what_the_bot_is_for(tmp_path: Path) -> None:
    async with scene(tmp_path) as here:
        profile = here.world.profile

        assert profile.descriptions == {"": ENGLISH.description, "ko": KOREAN.description, "ja": JAPANESE.description}
        assert profile.short_descriptions == {"": ENGLISH.about, "ko": KOREAN.about, "ja": JAPANESE.about}


@pytest.mark.parametrize(
    ("said", "other", "ours"),
    [("descriptions", "short_descriptions", ENGLISH.about), ("short_descriptions", "descriptions", ENGLISH.description)],
)
async def test_what_the_owner_says_of_the_bot_stays(tmp_path: Path, said: str, other: str, ours: str) -> None:
    async with BotApiServer(flood=None) as server:
        by_owner, by_us = (getattr(server.world.profile, name) for name in (said, other))
        by_owner[""] = "Ask me about our bylaws."
        async with running(server, tmp_path):
            assert by_owner == {"": "Ask me about our bylaws."}
            assert by_us[""] == ours


async def test_an_introduction_that_broke_off_is_made_whole_at_the_next_start(tmp_path: Path) -> None:
    async with BotApiServer(flood=None) as server:
        server.faults.fail("setMyShortDescription", code=400)
        async with running(server, tmp_path):
            assert "" not in server.world.profile.descriptions
        async with running(server, tmp_path):
            assert server.world.profile.descriptions.keys() == server.world.profile.short_descriptions.keys() == {"", "ko", "ja"}


async def test_only_updates_that_are_handled_are_asked_for(tmp_path: Path) -> None:
    async with scene(tmp_path) as here:
        await here.ask()

        polls = here.server.calls_of("getUpdates")
        assert set(polls[-1].parameters["allowed_updates"]) == {
            "message",
            "edited_message",
            "callback_query",
            "message_reaction",
            "inline_query",
            "guest_message",
            "my_chat_member",
        }


async def test_nothing_the_bot_does_is_refused_by_telegram(tmp_path: Path) -> None:
    async with scene(tmp_path) as here:
        for text in ("/help", "/sources", "/search space", "zebra?", "when was the dialogue?"):
            _, answer = await here.ask(text)
        for label in ("Next", "More", "Less", "Previous"):
            answer = await here.press(answer, label)

        assert [call for call in here.server.calls.items if not call.ok] == []
