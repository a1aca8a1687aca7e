"""Closing gaps, over real HTTP: from a question in vain, through /gaps and a reply, to whoever asked being told."""

from collections.abc import AsyncIterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.languages import KOREAN
from bot.library import key_of, provenance_of
from bot.sandbox import BotApiServer, Button, Chat, Message, User
from bot.state import State
from bot.texts import ENGLISH
from index.domain import SHARED
from tests.support import ARTICLE, Library, Scene, running, scene
from tests.test_documents import MINUTES, Waiting, added
from tests.test_fetching import Site, serving
from tests.test_sources import url_of

pytestmark = pytest.mark.anyio

QUESTION = "when does the harbour museum open?"
SENTENCE = "The harbour museum is going to open in May 2027."


@pytest.fixture
def library() -> Library:
    return Library(ARTICLE)


@pytest.fixture
async def here(tmp_path: Path, library: Library) -> AsyncIterator[Scene]:
    async with scene(tmp_path, library) as found:
        yield found


async def said(here: Scene, chat: Chat, by: User, text: str, thread: int | None = None) -> Message:
    """The bot's reply to what somebody says."""
    here.world.say(chat, by, text, thread=thread)
    return await here.server.sent(chat)


async def card_in(here: Scene, chat: Chat, by: User, thread: int | None = None) -> Message:
    """The card of the first gap."""
    gaps = await said(here, chat, by, "/gaps", thread)
    for _ in range(5):  # what another chat lacked is noted down just after it was told so
        if gaps.buttons:
            break
        gaps = await said(here, chat, by, "/gaps", thread)
    here.world.press(gaps, "1", by)
    return await here.server.sent(chat)


async def told_and_report(here: Scene, chat: Chat, card: Message, by: User, text: str = SENTENCE) -> list[Message]:
    """What the bot says in a group when an administrator replies to a card: to those who asked, then to the administrator."""
    reply = here.world.say(chat, by, text, reply_to=card)
    messages = [await here.server.sent(chat)]
    while messages[-1].reply_to != reply.id:
        messages.append(await here.server.sent(chat))
    return messages


async def test_a_reply_to_a_gap_becomes_a_document_and_whoever_asked_is_told(here: Scene, library: Library) -> None:
    question = here.world.say(here.group, here.ben, f"/ask {QUESTION}")
    await here.server.sent(here.group)
    card = await card_in(here, here.group, here.ann)

    told, report = await told_and_report(here, here.group, card, here.ann)

    assert told.reply_to == question.id
    assert told.text.startswith("You asked this before.")
    assert SENTENCE in told.text
    assert told.button("👍").callback_data
    assert "1 of 1 questions have an answer now. People told: 1." in report.text
    assert library.documents(SHARED) == [ARTICLE]


async def test_a_reply_to_a_gap_whose_question_was_erased_is_no_question(here: Scene) -> None:
    await said(here, here.group, here.ben, f"/ask {QUESTION}")
    card = await card_in(here, here.group, here.ann)
    await here.forget(here.group, here.ben, "/forgetme@citebot")

    here.world.say(here.group, here.ann, SENTENCE, reply_to=card)

    assert (await here.server.sent(here.group)).text == ENGLISH.gap_gone


async def test_whoever_asked_is_told_without_a_sound(here: Scene) -> None:
    await said(here, here.group, here.ben, f"/ask {QUESTION}")
    await told_and_report(here, here.group, await card_in(here, here.group, here.ann), here.ann)

    quiet = [call.parameters.get("disable_notification") for call in here.server.calls_of("sendMessage")[-2:]]
    assert quiet == [True, None]


async def test_the_document_says_who_brought_it_when_and_for_which_questions(here: Scene, library: Library, tmp_path: Path) -> None:
    await said(here, here.group, here.ben, f"/ask {QUESTION}")
    await told_and_report(here, here.group, await card_in(here, here.group, here.ann), here.ann)

    with closing(State.open(tmp_path / "citebot.sqlite3")) as state:
        (collection,) = state.shelves.of(here.group.id)
        (document,) = library.documents(collection)
        brought = provenance_of(document)
        assert brought is not None
        assert (brought.chat_id, brought.adder, brought.adder_id) == (here.group.id, "Ann", here.ann.id)
        assert document.text == SENTENCE
        assert QUESTION not in str(document.meta)
        assert document.meta["gap"].isdigit()


async def test_a_closed_gap_is_gone_and_what_was_told_counts_once(here: Scene) -> None:
    await said(here, here.group, here.ben, f"/ask {QUESTION}")
    card = await card_in(here, here.group, here.ann)
    await told_and_report(here, here.group, card, here.ann)

    assert "Nothing is open" in (await said(here, here.group, here.ann, "/gaps")).text
    assert (await said(here, here.group, here.ann, "/stats")).text.startswith("Questions: 1 (1 answered")
    assert not here.group.messages[card.id].buttons


async def test_where_only_everybodys_documents_are_asked_a_gap_cannot_be_closed_here(here: Scene) -> None:
    settings = await said(here, here.group, here.ann, "/settings")
    for _ in range(2):
        settings = await here.press(settings, "Sources", by=here.ann)
    await said(here, here.group, here.ben, f"/ask {QUESTION}")
    card = await card_in(here, here.group, here.ann)

    assert "answered from everybody's documents only" in (await told_and_report(here, here.group, card, here.ann))[-1].text


async def test_who_dislikes_what_they_were_told_opens_the_gap_again(here: Scene) -> None:
    await said(here, here.group, here.ben, f"/ask {QUESTION}")
    told, _ = await told_and_report(here, here.group, await card_in(here, here.group, here.ann), here.ann)
    await here.press(told, "👎", by=here.ben)

    assert "👎 1" in (await said(here, here.group, here.ann, "/gaps")).text


async def test_everybody_is_told_once_however_often_they_asked(here: Scene) -> None:
    first = here.world.say(here.group, here.ben, f"/ask {QUESTION}")
    await here.server.sent(here.group)
    again = here.world.say(here.group, here.ben, f"/ask {QUESTION}")
    await here.server.sent(here.group)
    anns = here.world.say(here.group, here.ann, f"/ask {QUESTION}")
    await here.server.sent(here.group)

    *told, report = await told_and_report(here, here.group, await card_in(here, here.group, here.ann), here.ann)

    assert {message.reply_to for message in told} == {again.id, anns.id}
    assert first.id not in {message.reply_to for message in told}
    assert "3 of 3 questions have an answer now. People told: 2." in report.text


async def test_in_a_topic_whoever_asked_is_told_there(here: Scene) -> None:
    forum = here.world.supergroup("Forum", [here.ann, here.ben], forum=True)
    questions, office = here.world.topic(forum, "Questions"), here.world.topic(forum, "Office")
    await here.server.sent(forum)
    question = here.world.say(forum, here.ben, f"/ask {QUESTION}", thread=questions)
    await here.server.sent(forum)
    card = await card_in(here, forum, here.ann, office)

    told, report = await told_and_report(here, forum, card, here.ann)

    assert (told.thread, told.reply_to, report.thread) == (questions, question.id, office)


async def test_a_file_closes_a_gap_as_well(here: Scene) -> None:
    await said(here, here.group, here.ben, f"/ask {QUESTION}")
    card = await card_in(here, here.group, here.ann)
    here.world.upload(here.group, here.ann, "museum.md", f"# The museum\n\n{SENTENCE}".encode(), reply_to=card)

    assert SENTENCE in (await here.server.sent(here.group)).text
    assert "1 of 1" in (await here.server.sent(here.group)).text


async def test_what_does_not_answer_is_said_to_and_can_be_removed(here: Scene, library: Library, tmp_path: Path) -> None:
    await said(here, here.group, here.ben, f"/ask {QUESTION}")
    card = await card_in(here, here.group, here.ann)
    (report,) = await told_and_report(here, here.group, card, here.ann, "I like zebras.")
    assert "I don't find the answer in it" in report.text
    with closing(State.open(tmp_path / "citebot.sqlite3")) as state:
        (collection,) = state.shelves.of(here.group.id)
    assert len(library.documents(collection)) == 1

    query = here.world.press(report, "Remove it", here.ben)
    assert "Only administrators can" in (await here.server.answered(query))["text"]
    removed = await here.press(report, "Remove it")

    assert "is removed" in removed.text
    assert library.documents(collection) == []
    told, _ = await told_and_report(here, here.group, card, here.ann)
    assert SENTENCE in told.text


async def test_it_is_removed_also_when_whoever_asked_has_edited_the_question(here: Scene, library: Library, tmp_path: Path) -> None:
    question = here.world.say(here.group, here.ben, f"/ask {QUESTION}")
    await here.server.sent(here.group)
    (report,) = await told_and_report(here, here.group, await card_in(here, here.group, here.ann), here.ann, "I like zebras.")
    here.world.edit(question, "/ask when was the second round in Seoul?")
    await here.server.edited(here.group)

    assert "is removed" in (await here.press(report, "Remove it")).text
    assert documents_of(here.group, library, tmp_path) == []


async def test_what_is_gone_already_is_said_to_be(here: Scene) -> None:
    await said(here, here.group, here.ben, f"/ask {QUESTION}")
    (report,) = await told_and_report(here, here.group, await card_in(here, here.group, here.ann), here.ann, "I like zebras.")
    opened = await here.press(await said(here, here.group, here.ann, "/sources"), "1")
    await here.press(await here.press(opened, "Remove"), "Yes, remove it")

    assert (await here.press(report, "Remove it")).text == "This document was removed already."


async def test_the_button_of_an_earlier_version_removes_as_well(here: Scene, library: Library, tmp_path: Path) -> None:
    await said(here, here.group, here.ben, f"/ask {QUESTION}")
    card = await card_in(here, here.group, here.ann)
    (report,) = await told_and_report(here, here.group, card, here.ann, "I like zebras.")
    key = (report.button("Remove it").callback_data or "").rpartition(":")[2]
    here.world.press(report, Button("Remove it", callback_data=f"note:remove:{card.id}:{key}"), here.ann)

    assert "is removed" in (await here.server.edited(here.group)).text
    assert documents_of(here.group, library, tmp_path) == []


async def test_an_edited_reply_to_a_card_is_no_question(here: Scene) -> None:
    await said(here, here.group, here.ben, f"/ask {QUESTION}")
    reply = here.world.say(here.group, here.ann, "I like zbras.", reply_to=await card_in(here, here.group, here.ann))
    await here.server.sent(here.group)
    here.world.edit(reply, "I like zebras.")
    following = here.world.say(here.group, here.ben, f"/ask {QUESTION}")

    assert (await here.server.sent(here.group)).reply_to == following.id


async def test_what_does_not_answer_can_be_kept(here: Scene, library: Library, tmp_path: Path) -> None:
    await said(here, here.group, here.ben, f"/ask {QUESTION}")
    (report,) = await told_and_report(here, here.group, await card_in(here, here.group, here.ann), here.ann, "I like zebras.")

    assert (await here.press(report, "Keep it")).text == "Kept."
    with closing(State.open(tmp_path / "citebot.sqlite3")) as state:
        assert len(library.documents(*state.shelves.of(here.group.id))) == 1


async def test_members_replies_to_a_card_add_nothing(here: Scene, tmp_path: Path) -> None:
    await said(here, here.group, here.ben, f"/ask {QUESTION}")
    card = await card_in(here, here.group, here.ann)

    (refusal,) = await told_and_report(here, here.group, card, here.ben)

    assert "can add what answers this" in refusal.text
    with closing(State.open(tmp_path / "citebot.sqlite3")) as state:
        assert state.shelves.of(here.group.id) == ()


async def test_links_and_pictures_are_turned_down_with_what_helps(here: Scene) -> None:
    await said(here, here.group, here.ben, f"/ask {QUESTION}")
    card = await card_in(here, here.group, here.ann)

    (link,) = await told_and_report(here, here.group, card, here.ann, "https://example.org/museum")
    here.world.upload(here.group, here.ann, "museum.gif", b"GIF89a", reply_to=card)
    picture = await here.server.sent(here.group)

    assert "can't open links" in link.text
    assert "I can't take “museum.gif”" in picture.text


async def test_a_follow_up_is_asked_again_with_what_it_leant_on(here: Scene) -> None:
    answer = await said(here, here.group, here.ben, "/ask is there a harbour museum?")
    here.world.say(here.group, here.ben, "and its café?", reply_to=answer)
    await here.server.sent(here.group)

    *_, report = await told_and_report(here, here.group, await card_in(here, here.group, here.ann), here.ann)

    assert "2 of 2 questions have an answer now." in report.text


async def test_ask_again_finds_what_came_otherwise(here: Scene, library: Library) -> None:
    await said(here, here.group, here.ben, f"/ask {QUESTION}")
    card = await card_in(here, here.group, here.ann)
    query = here.world.press(card, "Ask again now", here.ann)
    assert "0 of 1" in (await here.server.answered(query))["text"]

    library.replace(ARTICLE, ARTICLE.__class__("museum.txt", "Museum", SENTENCE))
    here.world.press(card, "Ask again now", here.ann)

    assert SENTENCE in (await here.server.sent(here.group)).text
    assert "1 of 1" in (await here.server.edited(here.group)).text


def documents_of(chat: Chat, library: Library, data: Path) -> list[str]:
    """The texts of a chat's own documents."""
    with closing(State.open(data / "citebot.sqlite3")) as state:
        return [document.text for collection in state.shelves.of(chat.id) for document in library.documents(collection)]


@pytest.fixture
async def private(tmp_path: Path, library: Library) -> AsyncIterator[Scene]:
    """Where Ben administers the bot, and Ann has asked in private."""
    async with scene(tmp_path, library, admins=frozenset({5_000_002})) as found:
        yield found


async def test_a_private_question_is_answered_in_private_and_nobody_else_gets_the_document(
    private: Scene, library: Library, tmp_path: Path
) -> None:
    question, _ = await private.ask(QUESTION)
    bens = private.world.private(private.ben)
    card = await card_in(private, bens, private.ben)
    private.world.say(bens, private.ben, SENTENCE, reply_to=card)

    told = await private.server.sent(private.chat)
    report = await private.server.sent(bens)

    assert (told.reply_to, SENTENCE in told.text) == (question.id, True)
    assert "People told: 1." in report.text
    assert "Ann" not in report.text + card.text
    with closing(State.open(tmp_path / "citebot.sqlite3")) as state:
        assert [document.text for document in library.documents(*state.shelves.of(private.chat.id))] == [SENTENCE]
        assert state.shelves.of(private.group.id) == ()
    assert SENTENCE not in (await said(private, private.group, private.ann, f"/ask {QUESTION}")).text


async def test_whoever_asked_in_private_is_helped_alone_as_the_card_says_and_is_not_told_by_whom(private: Scene) -> None:
    await private.ask(QUESTION)
    bens = private.world.private(private.ben)
    card = await card_in(private, bens, private.ben)
    private.world.say(bens, private.ben, SENTENCE, reply_to=card)
    await private.server.sent(private.chat)
    _, sources = await private.ask("/sources")
    opened = await private.press(sources, "1")

    assert "to the documents of those who asked" in card.text
    assert f"Added by {private.world.bot.first_name} on" in opened.text


async def test_what_answered_in_private_can_be_taken_back_from_whoever_asked(private: Scene, library: Library, tmp_path: Path) -> None:
    await private.ask(QUESTION)
    bens = private.world.private(private.ben)
    private.world.say(bens, private.ben, SENTENCE, reply_to=await card_in(private, bens, private.ben))
    await private.server.sent(private.chat)
    report = await private.server.sent(bens)
    await private.server.edited(bens)  # the card
    before = documents_of(private.chat, library, tmp_path)
    removed = await private.press(report, "Remove it", by=private.ben)

    assert removed.text == ENGLISH.removed.format(title=SENTENCE.removesuffix("."))
    assert (before, documents_of(private.chat, library, tmp_path)) == ([SENTENCE], [])


async def test_what_was_added_in_private_is_removed_also_when_the_question_is_erased(
    private: Scene, library: Library, tmp_path: Path
) -> None:
    await private.ask(QUESTION)
    bens = private.world.private(private.ben)
    private.world.say(bens, private.ben, "I like zebras.", reply_to=await card_in(private, bens, private.ben))
    report = await private.server.sent(bens)
    assert len(documents_of(private.chat, library, tmp_path)) == 1
    with closing(State.open(tmp_path / "citebot.sqlite3")) as state:
        state.forget_before(datetime.now(UTC) + timedelta(days=1))

    assert "is removed" in (await private.press(report, "Remove it", by=private.ben)).text
    assert documents_of(private.chat, library, tmp_path) == []


async def test_no_forged_button_removes_a_document_that_somebody_brought(private: Scene, library: Library, tmp_path: Path) -> None:
    await added(private, private.chat, private.ann)
    await private.ask(QUESTION)
    bens = private.world.private(private.ben)
    card = await card_in(private, bens, private.ben)
    private.world.press(card, Button("?", callback_data=f"note:remove:{key_of('minutes.txt')}"), private.ben)

    assert (await private.server.edited(bens)).text == "This document was removed already."
    assert documents_of(private.chat, library, tmp_path) == [MINUTES.decode()]


async def test_who_blocked_the_bot_is_not_told_and_the_others_are(private: Scene) -> None:
    await private.ask(QUESTION)
    cem = private.world.person("Cem")
    cems, bens = private.world.private(cem), private.world.private(private.ben)
    await said(private, cems, cem, QUESTION)
    private.world.block(private.ann)
    card = await card_in(private, bens, private.ben)
    private.world.say(bens, private.ben, SENTENCE, reply_to=card)

    assert SENTENCE in (await private.server.sent(cems)).text
    assert "2 of 2 questions have an answer now. People told: 1." in (await private.server.sent(bens)).text


async def test_who_had_all_erased_is_not_told(private: Scene) -> None:
    await private.ask(QUESTION)
    cem = private.world.person("Cem")
    cems, bens = private.world.private(cem), private.world.private(private.ben)
    await said(private, cems, cem, QUESTION)
    card = await card_in(private, bens, private.ben)
    await private.forget(private.chat, private.ann)
    private.world.say(bens, private.ben, SENTENCE, reply_to=card)

    assert SENTENCE in (await private.server.sent(cems)).text
    assert "1 of 1 questions" in (await private.server.sent(bens)).text
    await private.silence(private.chat)


async def test_who_is_not_served_any_more_is_not_told(tmp_path: Path, library: Library) -> None:
    async with BotApiServer(flood=None) as server:
        ann, ben = server.world.person("Ann"), server.world.person("Ben")
        chats = server.world.private(ann), server.world.private(ben)
        async with running(server, tmp_path, library, admins=frozenset({ben.id})):
            server.world.say(chats[0], ann, QUESTION)
            await server.sent(chats[0])
        async with running(server, tmp_path, library, admins=frozenset({ben.id}), allowed_users=frozenset({ben.id})):
            server.world.say(chats[1], ben, "/gaps")
            server.world.press(await server.sent(chats[1]), "1", ben)
            server.world.say(chats[1], ben, SENTENCE, reply_to=await server.sent(chats[1]))

            assert "People told: 0." in (await server.sent(chats[1])).text
            with pytest.raises(TimeoutError):
                await server.sent(chats[0], timeout=0.2)


async def test_people_are_told_in_their_language(private: Scene) -> None:
    dana, bens = private.world.person("Dana", language="ko"), private.world.private(private.ben)
    danas = private.world.private(dana)
    await said(private, danas, dana, QUESTION)
    private.world.say(bens, private.ben, SENTENCE, reply_to=await card_in(private, bens, private.ben))

    assert (await private.server.sent(danas)).text.startswith(KOREAN.gap_found)


async def test_a_question_that_was_deleted_is_answered_without_a_reply(here: Scene) -> None:
    question = here.world.say(here.group, here.ben, f"/ask {QUESTION}")
    await here.server.sent(here.group)
    card = await card_in(here, here.group, here.ann)
    here.world.delete(question)

    told, _ = await told_and_report(here, here.group, card, here.ann)

    assert (told.reply_to, SENTENCE in told.text) == (None, True)


async def test_links_are_opened_only_where_that_is_switched_on_and_never_private_ones(tmp_path: Path, library: Library) -> None:
    async with scene(tmp_path, library, fetch=True) as here:
        await said(here, here.group, here.ben, f"/ask {QUESTION}")
        card = await card_in(here, here.group, here.ann)

        (refused,) = await told_and_report(here, here.group, card, here.ann, "https://127.0.0.1/museum")

    assert "begins with https://" in refused.text


@pytest.mark.parametrize(
    ("path", "reason"),
    [("missing", "in a browser"), ("large", "larger than 1 MB"), ("film", "I read .txt")],
)
async def test_a_link_that_leads_to_no_document_is_turned_down_with_what_helps(
    tmp_path: Path, library: Library, path: str, reason: str
) -> None:
    with serving(Site()) as site:
        site.answers["/large"] = (200, {"Content-Type": "text/plain"}, b"x" * 1_000_001)
        site.answers["/film"] = (200, {"Content-Type": "video/mp4"}, b"x")
        async with scene(tmp_path, library, links=site.rules(size=1_000_000), fetch=True) as here:
            await said(here, here.group, here.ben, f"/ask {QUESTION}")
            card = await card_in(here, here.group, here.ann)

            (refused,) = await told_and_report(here, here.group, card, here.ann, f"{site.url}/{path}")

    assert reason in refused.text


async def test_a_link_closes_a_gap_with_the_page_that_it_leads_to(tmp_path: Path, library: Library) -> None:
    with serving(Site()) as site:
        site.answers["/museum"] = (200, {"Content-Type": "text/html"}, f"<html><title>Museum</title><p>{SENTENCE}</p></html>".encode())
        async with scene(tmp_path, library, links=site.rules(), fetch=True) as here:
            await said(here, here.group, here.ben, f"/ask {QUESTION}")
            card = await card_in(here, here.group, here.ann)

            told, report = await told_and_report(here, here.group, card, here.ann, f"{site.url}/museum")

    assert SENTENCE in told.text
    assert url_of(told, "Source") == f"{site.url}/museum#:~:text=The%20harbour%20museum%20is%20going%20to%20open%20in%20May%202027."
    assert "1 of 1 questions have an answer now." in report.text


async def test_a_link_waits_for_its_turn_to_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.handlers.documents.STEP", 0.05)
    library = Waiting(ARTICLE)
    with serving(Site()) as site:
        async with scene(tmp_path, library, links=site.rules(), fetch=True) as here:
            await said(here, here.group, here.ben, f"/ask {QUESTION}")
            card = await card_in(here, here.group, here.ann)
            here.world.upload(here.chat, here.ann, "minutes.txt", MINUTES)
            await here.server.called("getFile")
            await here.server.sent(here.chat)
            await here.server.edited(here.chat)  # it is indexed, and the next ones wait, with their files in hand
            for person in (here.ben, here.world.person("Cy")):
                here.world.upload(here.world.private(person), person, "minutes.txt", MINUTES)
                await here.server.called("getFile")
            here.world.say(here.group, here.ann, site.url, reply_to=card)
            await here.silence(here.group)
            asked_meanwhile = len(site.asked)
            library.let_on.set()
            await here.server.sent(here.group)

    assert (asked_meanwhile, len(site.asked)) == (0, 1)


async def test_a_file_takes_no_other_documents_place(here: Scene, library: Library, tmp_path: Path) -> None:
    await said(here, here.group, here.ben, f"/ask {QUESTION}")
    here.world.upload(here.group, here.ann, "museum.md", b"I like zebras.", caption="/add")
    await here.server.sent(here.group)
    card = await card_in(here, here.group, here.ann)
    here.world.upload(here.group, here.ann, "museum.md", SENTENCE.encode(), reply_to=card)
    await here.server.sent(here.group)
    await here.server.sent(here.group)

    with closing(State.open(tmp_path / "citebot.sqlite3")) as state:
        assert {document.text for document in library.documents(*state.shelves.of(here.group.id))} == {"I like zebras.", SENTENCE}


async def test_a_document_that_is_removed_later_breaks_no_list(here: Scene) -> None:
    await said(here, here.group, here.ben, f"/ask {QUESTION}")
    told, _ = await told_and_report(here, here.group, await card_in(here, here.group, here.ann), here.ann)
    await here.server.edited(here.group)  # the card
    await here.press(told, "👎", by=here.ben)
    sources = await said(here, here.group, here.ann, "/sources")
    opened = await here.press(sources, "1")
    await here.press(await here.press(opened, "Remove"), "Yes, remove it")

    assert "Nothing is open" in (await said(here, here.group, here.ann, "/gaps")).text
