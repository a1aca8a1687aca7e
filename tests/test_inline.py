"""Questions from chats that the bot isn't in: inline and as a guest, over real HTTP."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from bot.handlers import inline
from bot.languages import JAPANESE
from bot.sandbox import BotApiServer, InlineQuery
from index.domain import Answer, Document
from index.rendering import shorten
from index.understanding.language import LANGUAGES
from tests.support import ARTICLE, QUESTION, Library, running, scene

pytestmark = pytest.mark.anyio

SURELY_ANSWERED = "when was the second round in Seoul?"


async def offered(server: BotApiServer, query: InlineQuery) -> list[str]:
    """The titles of what is offered."""
    await server.answered(query)
    return [result["title"] for result in query.results]


async def test_the_answer_and_the_nearest_passages_are_offered(tmp_path: Path) -> None:
    async with scene(tmp_path) as here:
        query = here.world.inline_query(here.ann, SURELY_ANSWERED)

        titles = await offered(here.server, query)

        assert titles[0] == "April 2016"
        assert len(titles) > 1
        assert query.results[0]["description"] == "Biden pledges to expand space cooperation, ¶ 2"


async def test_what_may_be_the_answer_is_offered_as_the_sentence_that_it_is_from(tmp_path: Path) -> None:
    async with scene(tmp_path) as here:
        (first, *_) = await offered(here.server, here.world.inline_query(here.ann, "when was the round?"))

        assert first == shorten("The first round was held in Washington in July 2014, and the second round in Seoul in April 2016.", 80)


async def test_a_chosen_answer_becomes_a_message_with_question_quote_and_source(tmp_path: Path) -> None:
    async with scene(tmp_path) as here:
        query = here.world.inline_query(here.ann, QUESTION)
        await offered(here.server, query)
        other = here.world.group("Elsewhere", [here.ann, here.ben], bot=False)

        message = here.world.choose(query, query.results[0]["id"], other)

        assert message.text.startswith(QUESTION)
        assert "second round in Seoul in April 2016" in message.text
        assert {"blockquote", "bold"} <= {entity["type"] for entity in message.entities}


async def test_where_the_documents_do_not_tell_only_near_passages_are_offered(tmp_path: Path) -> None:
    async with scene(tmp_path) as here:
        query = here.world.inline_query(here.ann, "zebra?")
        await here.server.answered(query)

        texts = [result["input_message_content"]["message_text"] for result in query.results]
        assert texts
        assert all("A near passage:" in text for text in texts)


class Puzzled(Library):
    """A library that is asked in a language it can't read."""

    def ask(self, question: str, *, collections: Sequence[str], previous: Answer | None = None) -> Answer:
        return replace(super().ask(question, collections=collections, previous=previous), unread="ko")


async def test_a_question_that_is_not_read_is_offered_the_word_of_that_and_nothing_that_looks_like_an_answer(tmp_path: Path) -> None:
    async with scene(tmp_path, Puzzled(ARTICLE)) as here:
        query = here.world.inline_query(here.ann, QUESTION)
        titles = await offered(here.server, query)

        assert titles == [shorten(LANGUAGES["ko"].notice, inline.MAX_TITLE)]
        assert LANGUAGES["ko"].notice in query.results[0]["input_message_content"]["message_text"]


@pytest.mark.parametrize("text", ["", "   ", "?"])
async def test_before_anything_is_typed_nothing_is_offered(tmp_path: Path, text: str) -> None:
    async with scene(tmp_path, Library()) as here:
        assert await offered(here.server, here.world.inline_query(here.ann, text)) == []


async def test_of_what_is_typed_letter_by_letter_the_last_state_is_looked_up_and_hardly_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inline, "PAUSE", 2.0)  # on a busy machine the letters come in slowly
    async with scene(tmp_path) as here:
        typed = [here.world.inline_query(here.ann, SURELY_ANSWERED[:length]) for length in range(10, len(SURELY_ANSWERED) + 1)]
        others = here.world.inline_query(here.ben, "what is the KPS?")

        assert "April 2016" in await offered(here.server, typed[-1])
        assert await offered(here.server, others)
        assert sum(query.answer is not None for query in typed) <= 3  # the first ones may come with a poll of their own


async def test_results_are_shared_only_where_everybody_is_served(tmp_path: Path) -> None:
    async with BotApiServer(flood=None) as server:
        ann = server.world.person("Ann")
        for allowed, is_personal in ((frozenset[int](), False), (frozenset({ann.id}), True)):
            async with running(server, tmp_path, allowed_users=allowed):
                query = server.world.inline_query(ann, f"{QUESTION}{is_personal}")
                answer = await server.answered(query)

                assert answer["is_personal"] == is_personal
                assert answer["cache_time"] <= 30


async def test_strangers_are_offered_nothing_but_a_way_in(tmp_path: Path) -> None:
    async with BotApiServer(flood=None) as server:
        ann, ben = server.world.person("Ann"), server.world.person("Ben")
        async with running(server, tmp_path, allowed_users=frozenset({ann.id})):
            answer = await server.answered(server.world.inline_query(ben, QUESTION))

            assert answer["results"] == []
            assert answer["is_personal"]
            assert answer["button"]["text"] == "I answer only the people I was set up for"


async def test_documents_full_of_markup_are_offered_as_they_are(tmp_path: Path) -> None:
    wild = Document("wild.md", "Wild 🚀 *title*", "The <b>second</b> round of the [dialogue](x) 👩‍🚀 was in April 2016. " * 200)
    async with scene(tmp_path, Library(wild)) as here:
        assert await offered(here.server, here.world.inline_query(here.ann, QUESTION))


async def test_a_guests_question_is_answered_once(tmp_path: Path) -> None:
    async with scene(tmp_path) as here:
        elsewhere = here.world.group("Elsewhere", [here.ben], bot=False)
        query = here.world.mention_guest(elsewhere, here.ben, f"@citebot {QUESTION}")
        await here.server.called("answerGuestQuery")

        assert query.answer is not None
        assert "April 2016" in query.answer.text
        assert query.answer.buttons == ()


async def test_a_foreign_group_that_calls_all_at_once_is_answered_at_telegrams_pace_then_told_once(tmp_path: Path) -> None:
    async with BotApiServer() as server, running(server, tmp_path):
        people = [server.world.person(f"Person {number}") for number in range(25)]
        elsewhere = server.world.group("Elsewhere", people, bot=False)
        queries = [server.world.mention_guest(elsewhere, person, f"@citebot {QUESTION}") for person in people]
        for _ in range(16):
            await server.called("answerGuestQuery")
        await server.confirmed()

        answers = [query.answer.text if query.answer is not None else None for query in queries]
        assert all("April 2016" in str(answer) for answer in answers[:15])
        assert "leave this one out" in str(answers[15])
        assert answers[16:] == [None] * 9
        assert all(call.ok for call in server.calls_of("answerGuestQuery"))


async def test_strangers_in_a_foreign_group_who_call_all_at_once_are_told_at_telegrams_pace(tmp_path: Path) -> None:
    async with BotApiServer() as server, running(server, tmp_path, allowed_users=frozenset({1})):
        people = [server.world.person(f"Person {number}") for number in range(7)]
        elsewhere = server.world.group("Elsewhere", people, bot=False)
        queries = [server.world.mention_guest(elsewhere, person, f"@citebot {QUESTION}") for person in people]
        for _ in people:
            await server.called("answerGuestQuery")

        assert all(query.answer is not None for query in queries)
        assert all(call.ok for call in server.calls_of("answerGuestQuery"))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("@citebot", JAPANESE.empty_mention),
        ("@citebot zebra?", JAPANESE.answer.none),
        ("@citebot thanks!", JAPANESE.courtesy),
        ("@citebot who are you?", JAPANESE.start),
    ],
)
async def test_a_guest_is_spoken_to_in_their_language(tmp_path: Path, text: str, words: str) -> None:
    async with scene(tmp_path) as here:
        haru = here.world.person("Haru", language="ja")
        query = here.world.mention_guest(here.world.group("Elsewhere", [haru], bot=False), haru, text)
        await here.server.called("answerGuestQuery")

        assert query.answer is not None
        assert query.answer.text == words


async def test_a_stranger_who_calls_for_the_bot_as_a_guest_is_told_once(tmp_path: Path) -> None:
    async with BotApiServer(flood=None) as server:
        ann, ben = server.world.person("Ann"), server.world.person("Ben")
        async with running(server, tmp_path, allowed_users=frozenset({ann.id})):
            elsewhere = server.world.group("Elsewhere", [ann, ben], bot=False)
            first, second = (server.world.mention_guest(elsewhere, ben, f"@citebot {QUESTION}") for _ in range(2))
            served = server.world.mention_guest(elsewhere, ann, f"@citebot {QUESTION}")  # answered after both
            for _ in range(2):
                await server.called("answerGuestQuery")

            assert first.answer is not None
            assert first.answer.text.startswith("I answer only the people I was set up for.")
            assert second.answer is None
            assert served.answer is not None
            assert "April 2016" in served.answer.text
