"""Buttons under an answer, over real HTTP."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.languages import KOREAN
from bot.sandbox import BotApiServer, Button
from tests.support import QUESTION, Scene, running, scene

pytestmark = pytest.mark.anyio


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Scene]:
    async with scene(tmp_path) as found:
        yield found


async def test_next_and_previous_turn_the_pages_of_one_message(here: Scene) -> None:
    _, answer = await here.ask()

    second = await here.press(answer, "Next")
    first = await here.press(answer, "Previous")

    assert second.id == first.id == answer.id
    assert "2 of 3" in second.text
    assert (first.text, first.entities) == (answer.text, answer.entities)


async def test_more_shows_the_paragraph_and_less_the_quote_again(here: Scene) -> None:
    _, answer = await here.ask()

    wider = await here.press(answer, "More")
    narrower = await here.press(answer, "Less")

    assert "It remained dormant after the second meeting" in wider.text
    assert narrower.text == answer.text


async def test_an_abstaining_answer_opens_its_passages(here: Scene) -> None:
    _, answer = await here.ask("zebra?")

    opened = await here.press(answer, "More")

    assert opened.text.startswith("A near passage:")


async def test_each_press_is_answered_so_that_no_clock_keeps_turning(here: Scene) -> None:
    _, answer = await here.ask()
    query = here.world.press(answer, "Next", here.ann)

    assert "text" not in await here.server.answered(query)


async def test_buttons_work_after_a_restart(tmp_path: Path) -> None:
    async with BotApiServer(flood=None) as server:
        ann = server.world.person("Ann")
        chat = server.world.private(ann)
        server.world.say(chat, ann, QUESTION)
        async with running(server, tmp_path):
            answer = await server.sent(chat)
        server.world.press(answer, "Next", ann)
        async with running(server, tmp_path):
            assert "2 of 3" in (await server.edited(chat)).text


async def test_an_answer_that_is_forgotten_says_so_kindly(tmp_path: Path) -> None:
    async with BotApiServer(flood=None) as server:
        ann = server.world.person("Ann")
        chat = server.world.private(ann)
        server.world.say(chat, ann, QUESTION)
        async with running(server, tmp_path / "before"):
            answer = await server.sent(chat)
        query = server.world.press(answer, "Next", ann)
        async with running(server, tmp_path / "after"):
            reply = await server.answered(query)

    assert reply["show_alert"]
    assert "I no longer remember this answer" in reply["text"]


@pytest.mark.parametrize("data", ["show:0", "feedback:1", "show:1:1:1", "x" * 64])
async def test_forged_and_foreign_buttons_are_answered_and_do_nothing(here: Scene, data: str) -> None:
    _, answer = await here.ask()
    query = here.world.press(answer, Button("?", callback_data=data), here.ann)

    assert (await here.server.answered(query))["show_alert"]
    assert here.server.calls_of("editMessageText") == []


async def test_a_page_number_far_beyond_shows_the_last_page(here: Scene) -> None:
    _, answer = await here.ask()
    here.world.press(answer, Button("?", callback_data="show:999999:999999"), here.ann)

    assert "3 of 3" in (await here.server.edited(here.chat)).text


async def test_a_second_press_of_the_same_button_is_no_error(here: Scene) -> None:
    _, answer = await here.ask()
    await here.press(answer, "Next")
    query = here.world.press(answer, answer.button("Next"), here.ann)

    assert "text" not in await here.server.answered(query)


async def test_a_press_on_a_deleted_message_is_answered(here: Scene) -> None:
    _, answer = await here.ask()
    here.world.delete(answer)
    query = here.world.press(answer, "Next", here.ann)

    assert "I no longer remember" in (await here.server.answered(query))["text"]


async def test_a_press_that_was_answered_too_late_still_turns_the_page(here: Scene) -> None:
    _, answer = await here.ask()
    description = "Bad Request: query is too old and response timeout expired or query ID is invalid"
    here.server.faults.fail("answerCallbackQuery", code=400, description=description)

    assert "2 of 3" in (await here.press(answer, "Next")).text
    assert "3 of 3" in (await here.press(answer, "Next")).text


async def test_any_member_may_turn_pages_in_a_group(here: Scene) -> None:
    here.world.say(here.group, here.ann, f"/ask {QUESTION}")
    answer = await here.server.sent(here.group)

    assert "2 of 3" in (await here.press(answer, "Next", by=here.ben)).text


async def test_an_answer_stays_in_the_language_of_whoever_asked_whoever_presses_its_buttons(here: Scene) -> None:
    mina = here.world.person("Mina", language="ko")
    here.world.join(here.group, mina)
    here.world.say(here.group, here.ann, f"/ask {QUESTION}")
    answer = await here.server.sent(here.group)

    assert (await here.press(answer, "Next", by=mina)).button("Previous").callback_data
    query = here.world.press(answer, "👍", mina)
    assert (await here.server.edited(here.group)).button("Previous").callback_data
    assert (await here.server.answered(query))["text"] == KOREAN.voted


async def test_strangers_presses_are_refused(tmp_path: Path) -> None:
    async with BotApiServer(flood=None) as server:
        ann, ben = server.world.person("Ann"), server.world.person("Ben")
        async with running(server, tmp_path, allowed_users=frozenset({ann.id})):
            group = server.world.supergroup("Team", [ann, ben])
            await server.sent(group)
            server.world.say(group, ann, f"/ask {QUESTION}")
            answer = await server.sent(group)
            query = server.world.press(answer, "Next", ben)

            assert "people I was set up for" in (await server.answered(query))["text"]
            assert server.calls_of("editMessageText") == []
