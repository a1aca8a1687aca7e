"""Voices on answers, over real HTTP."""

from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from bot.sandbox import BotApiServer, Button, Message
from bot.state import State
from bot.votes import Vote, Votes, vote_of
from index.domain import Answer
from tests.support import QUESTION, Scene, running, scene

pytestmark = pytest.mark.anyio


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Scene]:
    async with scene(tmp_path) as found:
        yield found


async def asked_in_group(here: Scene) -> Message:
    here.world.say(here.group, here.ann, f"/ask {QUESTION}")
    return await here.server.sent(here.group)


def labels(message: Message) -> list[str]:
    return [button.text for button in message.buttons][-2:]


async def test_a_vote_is_thanked_for_and_counted_on_the_button(here: Scene) -> None:
    answer = await asked_in_group(here)
    query = here.world.press(answer, "👍", here.ann)

    assert labels(await here.server.edited(here.group)) == ["👍 1", "👎"]
    assert await here.server.answered(query) == {"callback_query_id": query.id, "text": "Thank you, noted.", "show_alert": False}


async def test_everybody_has_one_voice_and_may_change_it(here: Scene) -> None:
    answer = await asked_in_group(here)
    await here.press(answer, "👍", by=here.ann)

    assert labels(await here.press(answer, "👍", by=here.ben)) == ["👍 2", "👎"]
    assert labels(await here.press(answer, "👎", by=here.ben)) == ["👍 1", "👎 1"]
    assert labels(await here.press(answer, "👎", by=here.ben)) == ["👍 1", "👎"]


async def test_presses_of_many_leave_a_group_its_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.limits.ASIDES", 1)
    async with scene(tmp_path) as here:
        answer = await asked_in_group(here)
        await here.press(answer, "👍", by=here.ann)
        vote, turn = here.world.press(answer, "👍", here.ben), here.world.press(answer, "Next", here.ben)

        assert (await here.server.answered(vote))["text"] == "Thank you, noted."
        assert "in a group I may write only so often" in (await here.server.answered(turn))["text"]
        assert len(here.server.calls_of("editMessageReplyMarkup")) == 1
        assert here.server.calls_of("editMessageText") == []
        with closing(State.open(tmp_path / "citebot.sqlite3")) as state:
            assert state.votes.of(here.group.id, answer.id) == Votes(up=2)


async def test_votes_stay_when_pages_turn(here: Scene) -> None:
    _, answer = await here.ask()
    await here.press(answer, "👍")

    assert labels(await here.press(answer, "Next")) == ["👍 1", "👎"]


async def test_a_vote_keeps_the_page_that_is_shown(here: Scene) -> None:
    _, answer = await here.ask()
    await here.press(answer, "Next")

    voted = await here.press(answer, "👍")

    assert "2 of 3" in voted.text
    assert voted.button("Previous").callback_data


async def test_an_abstention_can_be_voted_on_too(here: Scene) -> None:
    _, answer = await here.ask("zebra?")

    assert labels(await here.press(answer, "👎")) == ["👍", "👎 1"]


async def test_an_edited_question_starts_from_no_votes(here: Scene) -> None:
    question, answer = await here.ask("zebra?")
    await here.press(answer, "👎")
    here.world.edit(question, QUESTION)

    assert labels(await here.server.edited(here.chat)) == ["👍", "👎"]
    assert labels(await here.press(answer, "👍")) == ["👍 1", "👎"]


async def test_a_reaction_counts_where_the_bot_sees_it(here: Scene) -> None:
    here.world.promote(here.group, here.world.bot, by=here.ann)
    answer = await asked_in_group(here)

    here.world.react(answer, here.ben, "👍")
    assert labels(await here.server.edited(here.group)) == ["👍 1", "👎"]

    here.world.react(answer, here.ben, "👎")
    assert labels(await here.server.edited(here.group)) == ["👍", "👎 1"]

    here.world.react(answer, here.ben)
    assert labels(await here.server.edited(here.group)) == ["👍", "👎"]


async def test_other_reactions_and_those_to_other_messages_are_no_votes(here: Scene) -> None:
    question, answer = await here.ask()
    here.world.react(answer, here.ann, "🔥")
    here.world.react(question, here.ann, "👍")
    await here.silence(here.chat)

    assert here.server.calls_of("editMessageReplyMarkup") == []


async def test_strangers_have_no_voice(tmp_path: Path) -> None:
    async with BotApiServer(flood=None) as server:
        ann, ben = server.world.person("Ann"), server.world.person("Ben")
        async with running(server, tmp_path, allowed_users=frozenset({ann.id})):
            group = server.world.supergroup("Team", [ann, ben])
            server.world.promote(group, server.world.bot, by=ann)
            await server.sent(group)
            server.world.say(group, ann, f"/ask {QUESTION}")
            answer = await server.sent(group)
            server.world.react(answer, ben, "👍")
            query = server.world.press(answer, "👍", ben)

            assert "people I was set up for" in (await server.answered(query))["text"]
            assert server.calls_of("editMessageReplyMarkup") == []


async def test_a_vote_on_a_forgotten_answer_is_told_so(here: Scene) -> None:
    card = here.group.messages[max(here.group.messages)]
    query = here.world.press(card, Button("👍", callback_data="vote:up"), here.ann)

    assert "no longer remember" in (await here.server.answered(query))["text"]


async def test_a_vote_is_kept_with_question_answer_and_generation(tmp_path: Path) -> None:
    async with scene(tmp_path) as here:
        _, answer = await here.ask()
        await here.press(answer, "👎")

    with closing(State.open(tmp_path / "citebot.sqlite3")) as state:
        reply = state.reply_in(here.chat.id, answer.id)
        assert reply is not None
        assert isinstance(reply.content, Answer)
        assert (reply.question, reply.content.best and reply.content.best.text, reply.content.generations) == (
            QUESTION,
            "April 2016",
            {"shared": 1},
        )
        assert state.votes.by(reply, here.ann.id) is Vote.DOWN
        assert state.votes.of(here.chat.id, answer.id) == Votes(down=1)


@pytest.mark.parametrize(
    ("emoji", "vote"), [({"👍"}, Vote.UP), ({"👎", "🔥"}, Vote.DOWN), ({"👍", "👎"}, None), ({"🔥"}, None), (set(), None)]
)
def test_reactions_are_votes_if_they_are_clear(emoji: set[str], vote: Vote | None) -> None:
    assert vote_of(frozenset(emoji)) is vote
