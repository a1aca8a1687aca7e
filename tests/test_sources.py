"""/sources and what becomes of documents: opened, replaced, removed, moved, erased. Over real HTTP, with a small library that answers."""

from contextlib import closing
from pathlib import Path

import pytest

from bot.sandbox import Button, Chat, Message, User
from bot.state import State
from bot.texts import ENGLISH
from tests.support import ARTICLE, HANDBOOK, QUESTION, Library, Scene, scene
from tests.test_documents import ASKED, MINUTES, added, answer_to
from tests.test_privacy import all_files

pytestmark = pytest.mark.anyio


async def pressed(here: Scene, message: Message, label: str, by: User | None = None) -> str:
    """What the alert says after a press that changes nothing."""
    query = here.world.press(message, label, by or here.ann)  # also of buttons that it no longer has
    return str((await here.server.answered(query)).get("text", ""))


async def card_of(here: Scene, chat: Chat, number: str = "1") -> Message:
    listed = await answer_to(here, chat, here.ann, "/sources")
    return await here.press(listed, number)


def labels(message: Message) -> list[str]:
    return [button["text"] for row in (message.markup or {}).get("inline_keyboard", []) for button in row]


def url_of(message: Message, label: str) -> str | None:
    buttons = [button for row in (message.markup or {}).get("inline_keyboard", []) for button in row]
    return next((str(button["url"]) for button in buttons if label in button["text"] and "url" in button), None)


async def test_the_list_has_the_chats_own_first_and_a_card_for_each(tmp_path: Path) -> None:
    async with scene(tmp_path, time_zone="Asia/Seoul") as here:
        await added(here, here.chat, here.ann)
        listed = await answer_to(here, here.chat, here.ann, "/sources")
        card = await here.press(listed, "1")
        back = await here.press(card, "All documents")

        assert "one document of its own" in listed.text
        assert "1. minutes" in listed.text
        assert "everybody's:\n• Biden pledges" in listed.text
        assert card.text.startswith("minutes\nminutes.txt · Passages: 1\nAdded by Ann on 20")
        assert labels(card) == ["Open", "Replace", "Remove", "« All documents"]
        assert back.text == listed.text


async def test_many_are_paged(tmp_path: Path) -> None:
    async with scene(tmp_path) as here:
        for number in range(9):
            await added(here, here.chat, here.ann, name=f"part {number}.txt")
        listed = await answer_to(here, here.chat, here.ann, "/sources")
        second = await here.press(listed, "Next")

        assert "9 documents of its own" in listed.text
        assert "part 8" in listed.text
        assert labels(listed) == [*"12345678", "Next »"]
        assert second.text.splitlines()[1:] == ["9. part 0"]
        assert labels(second) == ["9", "« Previous"]


async def test_removing_is_asked_twice_and_leaves_nothing_to_answer_from(tmp_path: Path) -> None:
    async with scene(tmp_path) as here:
        await added(here, here.chat, here.ann)
        _, answer = await here.ask(ASKED)
        _, searched = await here.ask(f"/search {ASKED}")
        asked = await here.press(await card_of(here, here.chat), "Remove")
        kept = await here.press(asked, "No, keep it")
        removed = await here.press(await here.press(kept, "Remove"), "Yes, remove it")

        assert "May 2025" in answer.text
        assert "May 2025" in searched.text
        assert "Shall I forget “minutes”?" in asked.text
        assert "“minutes” is removed" in removed.text
        assert "minutes" not in (await here.ask("/sources"))[1].text
        assert "May 2025" not in (await here.ask(ASKED))[1].text
        assert "May 2025" not in (await here.ask(f"/search {ASKED}"))[1].text
        for label in ("More", "Source", "👍"):
            assert "has been removed" in await pressed(here, answer, label)
        assert "removed already" in await pressed(here, asked, "Yes, remove it")

    assert b"May 2025" not in all_files(tmp_path)


async def test_what_left_the_shared_folder_is_not_shown_by_old_buttons_either(tmp_path: Path) -> None:
    library = Library(ARTICLE, HANDBOOK)
    async with scene(tmp_path, library) as here:
        _, answer = await here.ask()
        library.replace(HANDBOOK)

        assert "has been removed" in await pressed(here, answer, "More")


async def test_other_passages_stay_when_one_documents_are_gone(tmp_path: Path) -> None:
    async with scene(tmp_path) as here:
        await added(here, here.chat, here.ann, b"A dialogue took place in the office.")
        _, answer = await here.ask("when was the second round held in Seoul, of the dialogue in the office?")
        card = await card_of(here, here.chat)
        await here.press(await here.press(card, "Remove"), "Yes, remove it")
        page = await here.press(answer, "Next")

        assert "April 2016" in answer.text
        assert "took place" not in page.text


async def test_in_a_group_only_administrators_and_who_brought_it_change_it(tmp_path: Path) -> None:
    async with scene(tmp_path) as here:
        cem = here.world.person("Cem")
        here.world.join(here.group, cem)
        settings = await answer_to(here, here.group, here.ann, "/settings")
        await here.press(settings, "Documents are added by")
        await added(here, here.group, here.ben, caption="/add@citebot")
        card = await card_of(here, here.group)

        assert "Only this group's administrators and whoever brought" in await pressed(here, card, "Remove", cem)
        assert "Only this group's administrators and whoever brought" in await pressed(here, card, "Replace", cem)
        assert "Reply to this message" in await pressed(here, card, "Replace", here.ben)
        taken = await added(here, here.group, cem, b"Other minutes of May 2025.", caption="/add@citebot")
        assert "only administrators and whoever brought it may replace" in taken.text
        assert "is removed" in (await here.press(await here.press(card, "Remove", here.ben), "Yes, remove it", here.ben)).text


async def test_buttons_of_a_message_that_is_gone_say_so(tmp_path: Path) -> None:
    async with scene(tmp_path, admins=frozenset({5_000_001})) as here:
        await added(here, here.chat, here.ann)
        _, listed = await here.ask("/sources")
        here.world.delete(listed)
        buttons = [listed.button("1"), *(Button("?", callback_data=data) for data in ("docs:1", "gaps:most:1", f"note:keep:{0:024x}"))]
        answers = [await here.server.answered(here.world.press(listed, button, here.ann)) for button in buttons]

        assert [answer.get("text") for answer in answers] == [*[ENGLISH.press_gone] * 3, ENGLISH.gap_kept]


async def test_who_brought_a_document_changes_it_in_every_way_though_only_administrators_add_by_now(tmp_path: Path) -> None:
    async with scene(tmp_path) as here:
        settings = await answer_to(here, here.group, here.ann, "/settings")
        settings = await here.press(settings, "Documents are added by")
        await added(here, here.group, here.ben, caption="/add@citebot")
        note = here.world.say(here.group, here.ben, "/add The office key is with Ben since March 2024.")
        await here.server.sent(here.group)
        await here.server.edited(here.group)
        await here.press(settings, "Documents are added by")
        card = await card_of(here, here.group, "2")

        assert "Reply to this message" in await pressed(here, card, "Replace", here.ben)
        by_file = await added(here, here.group, here.ben, b"The budget was approved in June 2025.", "new.txt", reply_to=card)
        here.world.edit(note, "/add The office key is with Ben since May 2026.")
        await here.server.sent(here.group)
        by_edit = await here.server.edited(here.group)
        here.world.say(here.group, here.ben, "/add The budget was approved in July 2025.", reply_to=by_file)
        await here.server.sent(here.group)
        by_note = await here.server.edited(here.group)
        assert "“new” is in the place of “minutes” now" in by_file.text
        assert all("is in the place of" in told.text for told in (by_edit, by_note))


async def test_nobody_elses_document_is_replaced_though_everybody_may_add(tmp_path: Path) -> None:
    async with scene(tmp_path) as here:
        settings = await answer_to(here, here.group, here.ann, "/settings")
        await here.press(settings, "Documents are added by")
        told = await added(here, here.group, here.ann, caption="/add@citebot")
        refused = here.world.upload(here.group, here.ben, "new.txt", b"The budget was approved in June 2025.", reply_to=told)

        said = await here.server.sent(here.group)
        assert (said.reply_to, said.text) == (refused.id, ENGLISH.not_yours)


async def test_a_reply_to_the_card_takes_the_documents_place(tmp_path: Path) -> None:
    async with scene(tmp_path) as here:
        await added(here, here.group, here.ann, caption="/add@citebot")
        card = await card_of(here, here.group)
        told = await added(here, here.group, here.ann, b"The budget was approved in June 2025.", "new.txt", reply_to=card)
        listed = await answer_to(here, here.group, here.ann, "/sources")

        assert "“new” is in the place of “minutes” now" in told.text
        assert "one document of its own" in listed.text
        assert "June 2025" in (await answer_to(here, here.group, here.ben, f"/ask {ASKED}")).text


async def test_in_a_supergroup_citations_link_the_message_also_in_topics(tmp_path: Path) -> None:
    async with scene(tmp_path) as here:
        forum = here.world.supergroup("Forum", [here.ann], forum=True)
        await here.server.sent(forum)
        topic = here.world.topic(forum, "Papers")
        carrier = here.world.upload(forum, here.ann, "minutes.txt", MINUTES, caption="/add@citebot", thread=topic)
        receipt = await here.server.sent(forum)
        await here.server.edited(forum)
        here.world.say(forum, here.ann, f"/ask {ASKED}", thread=topic)
        answer = await here.server.sent(forum)

        link = f"https://t.me/c/{-forum.id - 10**12}/{topic}/{carrier.id}"
        assert url_of(answer, "Source") == link
        assert link in str(answer.entities)
        assert url_of(forum.messages[receipt.id], "Open") == link


async def test_in_private_and_in_basic_groups_the_source_is_the_file_itself(tmp_path: Path) -> None:
    async with scene(tmp_path) as here:
        basic = here.world.group("Family", [here.ann])
        await here.server.sent(basic)
        for chat, caption in ((here.chat, ""), (basic, "/add@citebot")):
            carrier = here.world.upload(chat, here.ann, "minutes.txt", MINUTES, caption=caption)
            await here.server.sent(chat)
            await here.server.edited(chat)
            answer = await answer_to(here, chat, here.ann, ASKED if chat is here.chat else f"/ask {ASKED}")
            here.world.press(answer, "Source", here.ann)
            given = await here.server.sent(chat)

            assert given.content["document"]["file_id"] == carrier.content["document"]["file_id"]
            assert given.text == "minutes, ¶ 2"
            assert given.reply_to == answer.id


async def test_a_note_is_opened_where_it_was_written(tmp_path: Path) -> None:
    async with scene(tmp_path) as here:
        written = here.world.say(here.chat, here.ann, "/add The key is with Ben since March 2024.")
        await here.server.sent(here.chat)
        await here.server.edited(here.chat)
        here.world.press(await card_of(here, here.chat), "Open", here.ann)
        opened = await here.server.sent(here.chat)

        assert "The key is with Ben since March 2024." in opened.text
        assert opened.reply_to == written.id


async def test_a_group_that_becomes_a_supergroup_keeps_its_documents(tmp_path: Path) -> None:
    async with scene(tmp_path) as here:
        basic = here.world.group("Family", [here.ann])
        await here.server.sent(basic)
        await added(here, basic, here.ann, caption="/add@citebot")
        family = here.world.migrate(basic)
        answer = await answer_to(here, family, here.ann, f"/ask {ASKED}")
        here.world.press(answer, "Source", here.ann)

        assert "May 2025" in answer.text
        assert (await here.server.sent(family)).content["document"]["file_name"] == "minutes.txt"


async def test_forget_me_erases_the_documents_of_ones_private_chat(tmp_path: Path) -> None:
    library = Library(ARTICLE)
    async with scene(tmp_path, library) as here:
        await added(here, here.chat, here.ann)
        await added(here, here.group, here.ann, caption="/add@citebot")
        await here.forget(here.chat, here.ann)

        assert "minutes" not in (await here.ask("/sources"))[1].text
        assert "minutes" in (await answer_to(here, here.group, here.ben, "/sources")).text
    with closing(State.open(tmp_path / "citebot.sqlite3")) as state:
        assert state.shelves.of(here.ann.id) == ()


@pytest.mark.parametrize(("presses", "own", "shared"), [(0, True, True), (1, True, False), (2, False, True)])
async def test_a_chat_chooses_what_it_is_answered_from(tmp_path: Path, presses: int, own: bool, shared: bool) -> None:
    async with scene(tmp_path) as here:
        await added(here, here.chat, here.ann)
        _, card = await here.ask("/settings")
        for _ in range(presses):
            card = await here.press(card, "Sources")

        assert ("May 2025" in (await here.ask(ASKED))[1].text) is own
        assert ("April 2016" in (await here.ask())[1].text) is shared


async def test_where_only_everybodys_documents_are_asked_an_added_one_comes_with_a_warning(tmp_path: Path) -> None:
    async with scene(tmp_path) as here:
        _, card = await here.ask("/settings")
        for _ in range(2):
            card = await here.press(card, "Sources")

        report = await added(here, here.chat, here.ann)

        assert "answered from everybody's documents only, so not from this one. That can be changed in /settings." in report.text


async def test_lists_that_are_asked_for_over_and_over_leave_a_group_its_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.limits.ASIDES", 1)
    async with scene(tmp_path) as here:
        before = len(here.server.calls_of("sendMessage"))
        await answer_to(here, here.group, here.ben, "/sources")
        here.world.say(here.group, here.ben, "/sources")
        here.world.say(here.group, here.ben, "/help")

        assert "April 2016" in (await answer_to(here, here.group, here.ann, f"/ask {QUESTION}")).text
        assert len(here.server.calls_of("sendMessage")) == before + 2


@pytest.mark.parametrize("opened", [False, True])
async def test_inline_mode_knows_ones_own_only_where_that_is_set_and_nobody_elses(tmp_path: Path, opened: bool) -> None:
    async with scene(tmp_path, inline_own=opened) as here:
        await added(here, here.chat, here.ann)
        mine, bens = (here.world.inline_query(person, ASKED) for person in (here.ann, here.ben))
        shown, others = await here.server.answered(mine), await here.server.answered(bens)

        assert ("May 2025" in str(shown["results"])) is opened
        assert bool(shown.get("is_personal")) is opened
        assert "May 2025" not in str(others["results"])


async def test_doctor_tells_the_bots_administrators_which_shared_documents_cannot_be_read(tmp_path: Path) -> None:
    library = Library(ARTICLE)
    library.problems = ("broken.pdf: damaged",)
    async with scene(tmp_path, library, admins=frozenset({5_000_001})) as here:
        bens = here.world.private(here.ben)

        assert "• broken.pdf: damaged" in (await here.ask("/doctor"))[1].text
        assert "broken.pdf" not in (await answer_to(here, bens, here.ben, "/doctor")).text
        assert "broken.pdf" not in (await answer_to(here, here.group, here.ann, "/doctor")).text
