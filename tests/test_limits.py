"""The pace of one person and of one chat."""

from pathlib import Path

import pytest

from bot.limits import Newest, Window
from tests.support import QUESTION, scene


def test_a_window_holds_so_many_and_has_room_again_later() -> None:
    now = [0.0]
    window = Window(2, 60, lambda: now[0])

    assert [window.take(1), window.take(1), window.take(1), window.take(2)] == [True, True, False, True]
    now[0] = 30
    assert window.wait(1) == 30
    now[0] = 60
    assert window.take(1)


def test_a_refusal_is_told_once_until_there_is_room_again() -> None:
    now = [0.0]
    window = Window(1, 60, lambda: now[0])
    window.take(1)

    assert [window.tell(1), window.tell(1)] == [True, False]
    now[0] = 61
    assert window.take(1)
    assert window.tell(1)


class Key(int):
    """Counts how often one of its kind is looked up."""

    looked_up = 0

    def __hash__(self) -> int:
        Key.looked_up += 1
        return super().__hash__()


def test_of_many_keys_only_those_are_looked_at_that_are_forgotten() -> None:
    now = [0.0]
    window = Window(1, 60, lambda: now[0])
    for key in range(1000):
        now[0] = key / 100
        window.take(Key(key))
    Key.looked_up = 0

    assert not window.take(Key(7))
    assert Key.looked_up < 10
    now[0] = 60.005
    assert [window.take(Key(0)), window.take(Key(1))] == [True, False]
    assert Key.looked_up < 20


def test_what_was_long_ago_counts_no_more_though_its_key_is_kept() -> None:
    now = [0.0]
    window = Window(2, 60, lambda: now[0])
    window.take(1)
    now[0] = 59
    window.take(1)
    now[0] = 61

    assert [window.take(1), window.take(1)] == [True, False]
    assert window.wait(1) == 58


def test_no_limit_is_none() -> None:
    assert all(Window(0, 60).take(1) for _ in range(1000))


def test_the_newest_query_of_a_person_is_known_until_it_ends() -> None:
    newest = Newest()
    with newest.turn(1, "a") as first, newest.turn(1, "b") as second, newest.turn(2, "c") as other:
        assert (first(), second(), other()) == (False, True, True)


@pytest.mark.anyio
async def test_whoever_asks_too_fast_is_told_kindly_and_once(tmp_path: Path) -> None:
    async with scene(tmp_path, user_limit=2) as here:
        await here.ask()
        await here.ask()
        _, told = await here.ask()
        here.world.say(here.chat, here.ann, QUESTION)
        await here.server.confirmed()
        here.world.say(here.group, here.ben, f"/ask {QUESTION}")

        assert "leave this one out" in told.text
        assert "April 2016" in (await here.server.sent(here.group)).text
        await here.silence(here.chat)


@pytest.mark.anyio
async def test_a_busy_group_is_asked_to_wait(tmp_path: Path) -> None:
    async with scene(tmp_path, chat_limit=1) as here:
        here.world.say(here.group, here.ann, f"/ask {QUESTION}")
        await here.server.sent(here.group)
        here.world.say(here.group, here.ben, f"/ask {QUESTION}")

        assert "leave this one out" in (await here.server.sent(here.group)).text


@pytest.mark.anyio
async def test_whoever_presses_too_fast_is_told_at_each_press(tmp_path: Path) -> None:
    async with scene(tmp_path, user_limit=1) as here:
        _, answer = await here.ask()
        queries = [here.world.press(answer, label, here.ben) for label in ("Next", "More", "Next", "👍", "Next")]
        told = [(await here.server.answered(query)).get("text") for query in queries]

        assert "Not so fast" not in f"{told[:4]}"
        assert "Not so fast" in str(told[4])


@pytest.mark.anyio
async def test_reactions_that_come_too_fast_are_not_counted(tmp_path: Path) -> None:
    async with scene(tmp_path, user_limit=1) as here:
        _, answer = await here.ask()
        for emoji in ("👍", "👎", "👍", "👎", "👍"):
            here.world.react(answer, here.ann, emoji)

        counts = [[button.text for button in (await here.server.edited(here.chat)).buttons][-2:] for _ in range(4)]
        assert counts[-1] == ["👍", "👎 1"]
        await here.server.confirmed()
        with pytest.raises(TimeoutError):
            await here.server.edited(here.chat, timeout=0.3)


@pytest.mark.anyio
async def test_whoever_calls_for_help_on_and_on_is_helped_at_a_persons_pace(tmp_path: Path) -> None:
    async with scene(tmp_path, user_limit=1) as here:
        for _ in range(5):
            here.world.say(here.chat, here.ann, "/help")
        for _ in range(3):  # /start was the first of four
            await here.server.sent(here.chat)
        _, answer = await here.ask()

        assert "April 2016" in answer.text


@pytest.mark.anyio
async def test_whoever_looks_too_often_while_typing_is_asked_for_a_moment_and_may_still_ask(tmp_path: Path) -> None:
    async with scene(tmp_path, user_limit=1) as here:
        answers = [await here.server.answered(here.world.inline_query(here.ann, f"{QUESTION}{'?' * number}")) for number in range(5)]
        _, answer = await here.ask()

        assert all(answer["results"] for answer in answers[:4])
        assert answers[4]["results"] == []
        assert "One moment" in answers[4]["button"]["text"]
        assert "April 2016" in answer.text


@pytest.mark.anyio
async def test_a_guest_who_asks_too_fast_is_told_once(tmp_path: Path) -> None:
    async with scene(tmp_path, user_limit=1) as here:
        elsewhere = here.world.group("Elsewhere", [here.ben], bot=False)
        queries = [here.world.mention_guest(elsewhere, here.ben, f"@citebot {QUESTION}") for _ in range(3)]
        await here.silence(here.group)

        assert [query.answer is not None and "leave this one out" in query.answer.text for query in queries] == [False, True, False]
        assert queries[2].answer is None


@pytest.mark.anyio
async def test_edits_cost_as_much_as_questions(tmp_path: Path) -> None:
    async with scene(tmp_path, user_limit=1) as here:
        question, _ = await here.ask("zebra?")
        here.world.edit(question, QUESTION)

        assert "leave this one out" in (await here.server.sent(here.chat)).text
        assert here.server.calls_of("editMessageText") == []


@pytest.mark.anyio
async def test_an_edit_that_leaves_the_words_alone_costs_nothing(tmp_path: Path) -> None:
    async with scene(tmp_path, user_limit=1) as here:
        question, _ = await here.ask()
        here.world.edit(question, QUESTION, entities=[{"type": "bold", "offset": 0, "length": 4}])

        await here.silence(here.chat)
