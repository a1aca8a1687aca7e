"""What the documents lack, over real HTTP: listed, looked into and dismissed by those whose business it is."""

from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.gapcards import ON_A_PAGE
from bot.sandbox import Button, Message, User
from bot.state import State
from index.domain import Decision
from tests.support import QUESTION, Scene, scene
from tests.test_documents import added
from tests.test_state import ANSWER, REPLY

pytestmark = pytest.mark.anyio


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Scene]:
    async with scene(tmp_path) as found:
        yield found


async def called(here: Scene, text: str, by: User) -> Message:
    here.world.say(here.group, by, text)
    return await here.server.sent(here.group)


async def opened(here: Scene, *questions: str) -> Message:
    """The card of the first gap, after Ben has asked in the group."""
    for question in questions:
        await called(here, f"/ask {question}", here.ben)
    listed = await called(here, "/gaps", here.ann)
    here.world.press(listed, "1", here.ann)
    return await here.server.sent(here.group)


def gaps_in(message: Message) -> list[str]:
    """The questions that a list shows."""
    return [line.partition(". ")[2].partition(" · ")[0] for line in message.text.splitlines() if line[:1].isdigit()]


async def test_a_groups_gaps_are_listed_once_each_most_asked_first_and_no_other_chats(here: Scene) -> None:
    for question in ("zebra?", "okapi?", "Zebra"):
        await called(here, f"/ask {question}", here.ben)
    await here.ask("quokka?")

    listed = await called(here, "/gaps", here.ann)

    assert gaps_in(listed) == ["zebra?", "okapi?"]
    assert "asked 2×, people: 1" in listed.text


async def test_the_earlier_name_still_works(here: Scene) -> None:
    await called(here, "/ask zebra?", here.ben)

    assert gaps_in(await called(here, "/unanswered", here.ann)) == ["zebra?"]


async def test_a_disliked_answer_is_a_gap_and_a_liked_or_answered_question_is_none(here: Scene) -> None:
    disliked = await called(here, f"/ask {QUESTION}", here.ben)
    await called(here, "/ask what is the Korean Positioning System (KPS)?", here.ben)
    await here.press(disliked, "👎", by=here.ann)

    listed = await called(here, "/gaps", here.ann)

    assert gaps_in(listed) == [QUESTION]
    assert "👎 1" in listed.text


async def test_where_nothing_is_lacking_that_is_said(here: Scene) -> None:
    await called(here, f"/ask {QUESTION}", here.ben)

    assert (
        await called(here, "/gaps", here.ann)
    ).text == "Nothing is open: no question that was left without an answer, and no answer with a 👎."


async def test_members_are_told_that_this_is_for_administrators(here: Scene) -> None:
    assert "Only administrators can" in (await called(here, "/gaps", here.ben)).text


async def test_members_presses_open_and_dismiss_nothing(here: Scene) -> None:
    card = await opened(here, "zebra?")
    listed = here.group.messages[card.reply_to or 0]
    for message, label in ((listed, "1"), (card, "Dismiss")):
        query = here.world.press(message, label, here.ben)
        assert "Only administrators can" in (await here.server.answered(query))["text"]

    assert gaps_in(await called(here, "/gaps", here.ann)) == ["zebra?"]


async def test_the_bots_administrators_see_private_questions_without_names_and_nobody_else_does(tmp_path: Path) -> None:
    async with scene(tmp_path, admins=frozenset({5_000_002})) as here:  # Ben
        await here.ask("zebra?")
        await called(here, "/ask okapi?", here.ann)
        _, refused = await here.ask("/gaps")
        listed, card = await seen_by_ben(here)

        assert "Only administrators can" in refused.text
        assert gaps_in(listed) == ["zebra?"]
        assert "zebra?" in card.text
        assert "Ann" not in listed.text + card.text


async def test_a_card_shows_no_words_out_of_somebodys_own_document(tmp_path: Path) -> None:
    async with scene(tmp_path, admins=frozenset({5_000_002})) as here:  # Ben
        await added(here, here.chat, here.ann)
        asked = "when in May was the budget approved?"
        listed, card = await seen_by_ben_once_disliked(here, asked, "May 2025")

        assert gaps_in(listed) == [asked]
        assert asked in card.text
        assert "I said" not in card.text
        assert "May 2025" not in listed.text + card.text


async def test_a_card_shows_what_was_said_out_of_everybodys_documents(tmp_path: Path) -> None:
    async with scene(tmp_path, admins=frozenset({5_000_002})) as here:  # Ben
        await added(here, here.chat, here.ann)
        asked = "when was the second round in Seoul, after the first in Washington?"
        _, card = await seen_by_ben_once_disliked(here, asked, "April 2016")

        assert "I said: April 2016" in card.text


async def seen_by_ben_once_disliked(here: Scene, question: str, words: str) -> tuple[Message, Message]:
    """The list and the card of the first gap, after Ann was answered `words` in private and doesn't like that."""
    _, answer = await here.ask(question)
    assert words in answer.text
    await here.press(answer, "👎")
    return await seen_by_ben(here)


async def seen_by_ben(here: Scene) -> tuple[Message, Message]:
    """The list and the card of the first gap, in his private chat."""
    bens = here.world.private(here.ben)
    here.world.say(bens, here.ben, "/gaps")
    listed = await here.server.sent(bens)
    here.world.press(listed, "1", here.ben)
    return listed, await here.server.sent(bens)


async def test_another_chats_gap_cannot_be_opened_by_a_forged_button(here: Scene) -> None:
    await here.ask("quokka?")
    card = await opened(here, "zebra?")
    number = int((here.group.messages[card.reply_to or 0].buttons[0].callback_data or "").rpartition(":")[2])
    for other in range(number):
        query = here.world.press(card, Button("?", callback_data=f"gap:open:{other}"), here.ann)
        assert "Nothing of this is open" in (await here.server.answered(query))["text"]


@pytest.mark.parametrize("data", ["gap:", "gap:open:", "gap:open:x", "gaps:most:-1", "gaps:least:0", "gap:words:1"])
async def test_other_forged_buttons_do_nothing(here: Scene, data: str) -> None:
    card = await opened(here, "zebra?")
    query = here.world.press(card, Button("?", callback_data=data), here.ann)

    assert "text" not in await here.server.answered(query)


async def test_a_card_shows_the_wordings(here: Scene) -> None:
    card = await opened(here, "is there a zebra?", "Is there a ZEBRA", "there is a zebra, is it?")

    shown = await here.press(card, "How it was asked")

    assert {"• is there a zebra?", "• Is there a ZEBRA", "• there is a zebra, is it?"} <= set(shown.text.splitlines())


async def test_a_dismissed_gap_comes_back_only_if_somebody_asks_again(here: Scene) -> None:
    card = await opened(here, "zebra?")
    assert "comes back if somebody asks" in (await here.press(card, "Dismiss")).text
    assert "Nothing is open" in (await called(here, "/gaps", here.ann)).text

    await called(here, "/ask zebra?", here.ben)

    listed = await called(here, "/gaps", here.ann)
    assert gaps_in(listed) == ["zebra?"]
    assert "asked 1×" in listed.text


async def test_dismissing_can_be_taken_back(here: Scene) -> None:
    card = await opened(here, "zebra?")
    dismissed = await here.press(card, "Dismiss")
    await here.press(dismissed, "Bring it back")

    assert gaps_in(await called(here, "/gaps", here.ann)) == ["zebra?"]


async def test_long_lists_have_pages_and_can_begin_with_the_newest(here: Scene, tmp_path: Path) -> None:
    none = replace(ANSWER, decision=Decision.NONE)
    animals = ["aardvark", "bison", "capybara", "dugong", "echidna", "fossa", "gerenuk"]
    with closing(State.open(tmp_path / "citebot.sqlite3")) as state:
        for number, animal in enumerate(animals):
            for again in range(len(animals) - number):
                reply = replace(REPLY, chat_id=here.group.id, question=animal, content=replace(none, question=animal))
                message, asked_at = 1000 + 10 * number + again, datetime.now(UTC) + timedelta(minutes=number)
                state.remember(replace(reply, message_id=message, command_message_id=message, asked_at=asked_at))
    listed = await called(here, "/gaps", here.ann)
    turned = await here.press(listed, "Next")
    newest = await here.press(turned, "Newest first")

    assert gaps_in(listed) == animals[:ON_A_PAGE]
    assert gaps_in(turned) == animals[ON_A_PAGE:]
    assert gaps_in(newest) == animals[:1:-1]


async def test_in_a_topic_list_and_card_stay_there(here: Scene) -> None:
    forum = here.world.supergroup("Forum", [here.ann], forum=True)
    topic = here.world.topic(forum, "Questions")
    await here.server.sent(forum)
    here.world.say(forum, here.ann, "/ask zebra?", thread=topic)
    await here.server.sent(forum)
    here.world.say(forum, here.ann, "/gaps", thread=topic)
    listed = await here.server.sent(forum)
    here.world.press(listed, "1", here.ann)

    assert [listed.thread, (await here.server.sent(forum)).thread] == [topic, topic]


async def test_what_was_erased_is_no_gap_any_more(here: Scene) -> None:
    card = await opened(here, "zebra?")
    await here.forget(here.group, here.ben)

    query = here.world.press(card, "Dismiss", here.ann)

    assert "erased" in (await here.server.answered(query))["text"]
    assert "Nothing is open" in (await called(here, "/gaps", here.ann)).text


async def test_an_edited_question_leaves_its_gap(here: Scene) -> None:
    question = here.world.say(here.group, here.ben, "/ask zebra?")
    await here.server.sent(here.group)
    card = await opened(here)
    here.world.edit(question, f"/ask {QUESTION}")
    await here.server.edited(here.group)

    query = here.world.press(card, "Dismiss", here.ann)

    assert "Nothing of this is open" in (await here.server.answered(query))["text"]
