"""What administrators see and choose, over real HTTP."""

from collections.abc import AsyncIterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.languages import JAPANESE, KOREAN
from bot.preferences import Caution, Hears, Language, Preferences, Quiet
from bot.replies import cautious
from bot.sandbox import BotApiServer, Button, Message, User
from bot.state import State
from bot.texts import ENGLISH
from index.domain import Decision
from tests.support import ARTICLE, QUESTION, Library, Scene, running, scene

pytestmark = pytest.mark.anyio


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Scene]:
    async with scene(tmp_path) as found:
        yield found


async def called(here: Scene, text: str, by: User, anonymous: bool = False) -> Message:
    here.world.say(here.group, by, text, anonymous=anonymous)
    return await here.server.sent(here.group)


async def test_a_groups_administrators_see_what_its_questions_came_to(here: Scene) -> None:
    answer = await called(here, f"/ask {QUESTION}", here.ben)
    await called(here, "/ask zebra?", here.ben)
    await here.press(answer, "👍", by=here.ben)
    await here.ask("in private?")

    told = await called(here, "/stats", here.ann)

    assert told.text.startswith("Questions: 2 (0 answered, 1 with a maybe, 1 not in my documents)")
    assert "👍 1" in told.text


async def test_members_are_told_that_these_are_for_administrators(here: Scene) -> None:
    for command in ("/stats", "/settings"):
        assert (await called(here, command, here.ben)).text == ENGLISH.admins_only
    assert (await here.ask("/stats"))[1].text == ENGLISH.admins_only_private.format(id=here.ann.id)


async def test_who_administers_is_known_where_telegram_does_not_tell_what_one_person_is(here: Scene) -> None:
    here.server.faults.fail("getChatMember", code=400, description="Bad Request: member list is inaccessible", times=2)

    assert "Tap to change" in (await called(here, "/settings", here.ann)).text
    assert (await called(here, "/settings", here.ben)).text == ENGLISH.admins_only


async def test_an_anonymous_administrator_is_one(here: Scene) -> None:
    assert "Tap to change" in (await called(here, "/settings", here.ann, anonymous=True)).text


async def test_a_choice_changes_with_each_press_and_is_kept(tmp_path: Path) -> None:
    async with scene(tmp_path) as here:
        card = await called(here, "/settings", here.ann)
        await here.press(card, "I answer: when I am called")
        await here.press(card, "Answers: as usual")
        await here.press(card, "Without a sound: never")
        changed = await here.press(card, "Language: of whoever writes")
        assert "Language: English" in [button.text for button in changed.buttons]

    with closing(State.open(tmp_path / "citebot.sqlite3")) as state:
        assert state.preferences.of(here.group.id) == Preferences(Hears.QUESTIONS, Language.ENGLISH, Caution.CAREFUL, Quiet.NIGHT)


async def test_members_presses_change_nothing(here: Scene) -> None:
    card = await called(here, "/settings", here.ann)
    query = here.world.press(card, "Language", here.ben)

    assert "Only administrators can" in (await here.server.answered(query))["text"]
    assert here.server.calls_of("editMessageText") == []


async def test_somebody_who_was_demoted_has_no_say_any_more(here: Scene) -> None:
    here.world.promote(here.group, here.ben, by=here.ann)
    card = await called(here, "/settings", here.ben)
    here.world.demote(here.group, here.ben, by=here.ann)
    query = here.world.press(card, "Language", here.ben)

    assert "Only administrators can" in (await here.server.answered(query))["text"]


async def test_a_chat_is_spoken_to_in_the_language_that_it_chose(here: Scene) -> None:
    _, card = await here.ask("/settings")
    for _ in range(2):
        card = await here.press(card, here.world.chats[here.chat.id].messages[card.id].buttons[0].text)
    assert card.text.startswith(KOREAN.settings)

    await here.press(card, "한국어")
    _, told = await here.ask("/privacy")
    assert told.text.startswith(JAPANESE.privacy)


async def choose(here: Scene, choice: Preferences, tmp_path: Path) -> None:
    with closing(State.open(tmp_path / "citebot.sqlite3")) as state:
        state.preferences.choose(here.group.id, choice)


async def test_a_group_may_be_answered_on_commands_only(here: Scene, tmp_path: Path) -> None:
    await choose(here, Preferences(hears=Hears.COMMANDS), tmp_path)
    answer = await called(here, f"/ask {QUESTION}", here.ann)
    here.world.say(here.group, here.ann, "and where?", reply_to=answer)

    await here.silence(here.group)


@pytest.mark.parametrize("command", ["/help", "/doctor"])
async def test_where_commands_only_are_answered_no_other_way_is_taught(here: Scene, tmp_path: Path, command: str) -> None:
    await choose(here, Preferences(hears=Hears.COMMANDS), tmp_path)
    here.world.promote(here.group, here.world.bot, by=here.ann)

    told = await called(here, command, here.ann)

    assert ENGLISH.way_ask_reply.format(suffix="") in told.text
    assert ENGLISH.way_reply not in told.text
    assert "mention" not in told.text


@pytest.mark.parametrize("hears_all", [False, True])
async def test_who_chooses_that_any_question_is_answered_is_told_where_none_arrives(here: Scene, hears_all: bool) -> None:
    if hears_all:
        here.world.promote(here.group, here.world.bot, by=here.ann)
    query = here.world.press(await called(here, "/settings", here.ann), "I answer: when I am called", here.ann)

    assert (await here.server.answered(query)).get("text") == (None if hears_all else ENGLISH.doctor_hears_some)
    assert (ENGLISH.way_question in (await called(here, "/help", here.ann)).text) is hears_all


async def test_a_group_may_have_any_question_answered_that_is_sure(here: Scene, tmp_path: Path) -> None:
    await choose(here, Preferences(hears=Hears.QUESTIONS), tmp_path)
    here.world.promote(here.group, here.world.bot, by=here.ann)
    sure = "when was the third Civil Space Dialogue by the end of the year?"
    lunch = here.world.say(here.group, here.ann, "lunch?")
    here.world.say(here.group, here.ann, sure.rstrip("?"))
    here.world.say(here.group, here.ben, sure, reply_to=lunch)
    question = here.world.say(here.group, here.ben, sure)

    assert (await here.server.sent(here.group)).reply_to == question.id
    await here.silence(here.group)


async def test_where_commands_only_are_answered_an_edit_calls_the_bot_no_more_than_a_message(here: Scene, tmp_path: Path) -> None:
    await choose(here, Preferences(hears=Hears.COMMANDS), tmp_path)
    here.world.promote(here.group, here.world.bot, by=here.ann)
    message = here.world.say(here.group, here.ann, "lunch?")
    here.world.edit(message, f"@citebot {QUESTION}")

    await here.silence(here.group)


async def test_a_question_that_was_overheard_may_be_edited_like_any_other(here: Scene, tmp_path: Path) -> None:
    await choose(here, Preferences(hears=Hears.QUESTIONS), tmp_path)
    here.world.promote(here.group, here.world.bot, by=here.ann)
    question = here.world.say(here.group, here.ben, "when was the third Civil Space Dialogue by the end of the year?")
    answer = await here.server.sent(here.group)

    here.world.edit(question, "when was the second round in Seoul after the first round in Washington?")

    edited = await here.server.edited(here.group)
    assert edited.id == answer.id
    assert "April 2016" in edited.text


async def test_nobody_is_asked_to_wait_who_did_not_call_the_bot(tmp_path: Path) -> None:
    async with scene(tmp_path, user_limit=1) as here:
        await choose(here, Preferences(hears=Hears.QUESTIONS), tmp_path)
        here.world.promote(here.group, here.world.bot, by=here.ann)
        for _ in range(3):
            here.world.say(here.group, here.ben, "lunch?")

        await here.silence(here.group)


@pytest.mark.parametrize("text", [f"/ask {QUESTION}", "/help", "/stats", "/settings", "/privacy", "/pair"])
async def test_at_quiet_hours_nothing_makes_a_sound(here: Scene, tmp_path: Path, text: str) -> None:
    await choose(here, Preferences(quiet=Quiet.ALWAYS), tmp_path)
    await called(here, text, here.ann)

    assert here.server.calls_of("sendMessage")[-1].parameters["disable_notification"]


async def test_at_quiet_hours_the_source_of_an_answer_makes_no_sound_either(here: Scene, tmp_path: Path) -> None:
    await choose(here, Preferences(quiet=Quiet.ALWAYS), tmp_path)
    here.world.press(await called(here, f"/ask {QUESTION}", here.ann), "Source", here.ben)

    assert (await here.server.called("sendDocument")).parameters["disable_notification"]


@pytest.mark.parametrize(("hour", "is_silent"), [(23, True), (12, False)])
async def test_silent_hours_and_the_settings_go_by_the_clock_that_is_set(tmp_path: Path, hour: int, is_silent: bool) -> None:
    offset = (hour - datetime.now(UTC).hour + 11) % 24 - 11  # −11..12, east of Greenwich; the names count west of it
    zone = f"Etc/GMT{-offset:+}"
    async with scene(tmp_path, time_zone=zone) as here:
        await choose(here, Preferences(quiet=Quiet.NIGHT), tmp_path)
        await called(here, f"/ask {QUESTION}", here.ann)
        told = here.server.calls_of("sendMessage")[-1].parameters
        card = await called(here, "/settings", here.ann)

    assert bool(told.get("disable_notification")) is is_silent
    assert f"({zone})" in card.text
    assert f" {hour}:" in card.text


def test_quiet_hours_go_over_midnight() -> None:
    night = Preferences(quiet=Quiet.NIGHT)

    assert [hour for hour in range(24) if not night.is_quiet(hour)] == list(range(7, 22))
    assert not any(Preferences().is_quiet(hour) for hour in range(24))


def test_a_cautious_chat_is_shown_unsure_answers_as_a_maybe() -> None:
    answer = Library(ARTICLE).ask("the third Civil Space Dialogue by the end of the year", collections=["shared"])
    assert answer.decision is Decision.ANSWER

    assert cautious(answer, answer.confidence) is answer
    assert cautious(answer, answer.confidence + 0.01).decision is Decision.PERHAPS


async def test_choices_follow_their_group_to_its_new_id(tmp_path: Path) -> None:
    with closing(State.open(tmp_path / "citebot.sqlite3")) as state:
        state.preferences.choose(-5, Preferences(hears=Hears.COMMANDS))
        state.move_chat(-5, -7)

        assert state.preferences.of(-7).hears is Hears.COMMANDS


@pytest.mark.parametrize("data", ["set:", "set:everything", "set:hears:1"])
async def test_forged_choices_change_nothing(here: Scene, data: str) -> None:
    card = await called(here, "/settings", here.ann)
    query = here.world.press(card, Button("?", callback_data=data), here.ann)
    await here.server.answered(query)

    assert "text" not in (query.answer or {})


async def test_a_press_on_a_card_that_was_deleted_is_answered(here: Scene) -> None:
    card = await called(here, "/settings", here.ann)
    here.world.delete(card)
    query = here.world.press(card, "Language", here.ann)

    assert "text" not in await here.server.answered(query)


async def test_in_private_only_the_bots_administrators_see_what_all_private_questions_came_to(tmp_path: Path) -> None:
    async with BotApiServer(flood=None) as server:
        ann, ben = server.world.person("Ann"), server.world.person("Ben")
        async with running(server, tmp_path, admins=frozenset({ben.id})):
            for text, said in ((QUESTION, "April 2016"), ("/stats", "Only administrators can do this")):
                server.world.say(server.world.private(ann), ann, text)
                assert said in (await server.sent(server.world.private(ann))).text
            group = server.world.supergroup("Team", [ann])
            await server.sent(group)
            server.world.say(group, ann, "/ask zebra?")
            await server.sent(group)
            server.world.say(server.world.private(ben), ben, "/stats")

            assert (await server.sent(server.world.private(ben))).text.startswith("Questions: 1 (0 answered, 1 with a maybe, 0 not")


async def test_help_names_the_administrators_commands_to_them_alone(tmp_path: Path) -> None:
    async with scene(tmp_path, admins=frozenset({5_000_002})) as here:  # Ben
        bens = here.world.private(here.ben)
        here.world.say(bens, here.ben, "/help")

        assert ENGLISH.help_admins in (await here.server.sent(bens)).text
        assert ENGLISH.help_admins not in (await here.ask("/help"))[1].text


async def test_doctor_does_not_vouch_for_what_was_switched_off_since_the_bot_came(here: Scene) -> None:
    here.world.set_privacy(on=False)

    told = await called(here, "/doctor", here.ben)

    assert ENGLISH.doctor_hears_since in told.text
    assert ENGLISH.doctor_hears_all not in told.text


async def test_doctor_says_what_works_here_and_how_to_change_it(here: Scene) -> None:
    before = await called(here, "/doctor", here.ben)
    here.world.promote(here.group, here.world.bot, by=here.ann)
    after = await called(here, "/doctor", here.ben)
    _, private = await here.ask("/doctor")

    assert "/setprivacy" in before.text
    assert "Make me an administrator" in before.text
    assert "I hear all messages" in after.text
    assert "I see reactions" in after.text
    assert "Inline mode is on" in private.text
    assert ENGLISH.doctor_guest_on in private.text
    assert f"Your id: {here.ann.id}" in private.text
    assert f"This chat's id: {here.group.id}" in after.text
    here.world.profile.guest = False
    assert ENGLISH.doctor_guest_off in (await here.ask("/doctor"))[1].text
    assert ENGLISH.doctor_guest_off in (await called(here, "/doctor", here.ben)).text
