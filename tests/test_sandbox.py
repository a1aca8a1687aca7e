"""The sandbox: the real bot and the embedded server in one process, and the page on top, over HTTP."""

import asyncio
import json
import re
import tempfile
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.context import App, services_of
from bot.errors import PortTaken, TokenRefused
from bot.library import Provenance
from bot.sandbox import BotApiServer, Chat, User
from bot.sandbox.cast import Cast
from bot.sandbox.chatpage import PAGE, mount_page
from bot.sandbox.session import session
from bot.settings import BotSettings
from index.domain import SHARED
from tests.support import ARTICLE, HANDBOOK, QUESTION, Library

pytestmark = pytest.mark.anyio


def settings(**others: object) -> BotSettings:
    """Those of a team that serves somebody else."""
    return BotSettings.model_validate({"allowed_users": frozenset({1}), "admins": frozenset({2}), **others})


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where temporary folders are made; nothing is to be left there."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


async def test_a_session_answers_everybody_in_its_world_and_leaves_nothing_behind(tmp_path: Path, temporary: Path) -> None:
    server = BotApiServer()
    async with session(server, settings(data=tmp_path), Library(ARTICLE)):
        assert names(temporary)
        ann = server.world.person("Ann")
        chat = server.world.private(ann)
        server.world.say(chat, ann, QUESTION)
        answer = await server.sent(chat)

    assert "April 2016" in answer.text
    assert names(tmp_path) == [temporary.name]
    assert names(temporary) == []


async def test_documents_that_were_given_to_the_bot_are_taken_out_again(tmp_path: Path) -> None:
    server, library, applications = BotApiServer(), Library(ARTICLE), list[App]()
    async with session(server, settings(data=tmp_path), library, known=applications.append):
        provenance = Provenance(5_000_001, 1, datetime.now(UTC), "Ann")
        added = await services_of(applications[0]).librarian.add(5_000_001, HANDBOOK, provenance)
        assert library.documents(added.collection)
        assert added.collection in library.collections

    assert library.collections == [SHARED]
    assert library.documents(SHARED) == [ARTICLE]


async def test_its_administrators_are_people_of_its_world(tmp_path: Path) -> None:
    server = BotApiServer()
    ann, ben = server.world.person("Ann"), server.world.person("Ben")
    async with session(server, settings(data=tmp_path), Library(ARTICLE), admins=[ann]):
        for person in (ann, ben):
            server.world.say(server.world.private(person), person, "/stats")

        assert "Questions: 0 " in (await server.sent(server.world.private(ann))).text
        assert "Only administrators" in (await server.sent(server.world.private(ben))).text


async def test_what_ends_the_bot_ends_the_session(tmp_path: Path) -> None:
    server = BotApiServer()
    server.faults.fail("getMe", code=401, description="Unauthorized")

    with pytest.raises(TokenRefused):
        async with session(server, settings(data=tmp_path), Library(ARTICLE)):
            pytest.fail("the bot cannot be up")


@dataclass
class Page:
    """What a browser has: an address to ask, and the journal."""

    server: BotApiServer
    cast: Cast
    client: httpx.AsyncClient

    @property
    def ann(self) -> User:
        return self.cast.admin

    @property
    def chat(self) -> Chat:
        return self.server.world.private(self.ann)

    async def act(self, name: str, by: User | None = None, chat: Chat | None = None, **facts: Any) -> dict[str, Any]:
        """What the act comes to, or `{"error": …}`."""
        body = {"by": (by or self.ann).id, "chat": (chat or self.chat).id} | facts
        answer: dict[str, Any] = (await self.client.post(name, json=body)).json()
        return answer

    async def told(self, accepts: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """The first line of the journal that is accepted."""
        async with self.client.stream("GET", "events") as events, asyncio.timeout(10):
            async for line in events.aiter_lines():
                if line.startswith("data: ") and accepts(entry := json.loads(line.removeprefix("data: "))):
                    return dict(entry)
        raise AssertionError("the journal has ended")


@pytest.fixture
async def empty() -> AsyncIterator[Page]:
    """A page without a bot."""
    server = BotApiServer(flood=None)
    path, cast = mount_page(server, Library(ARTICLE))
    async with server, httpx.AsyncClient(base_url=f"{server.url}{path}") as client:
        yield Page(server, cast, client)


@pytest.fixture
async def page(tmp_path: Path) -> AsyncIterator[Page]:
    """The page as people see it."""
    server = BotApiServer(flood=None)
    path, cast = mount_page(server, Library(ARTICLE))
    async with (
        session(server, settings(data=tmp_path), Library(ARTICLE), [cast.admin]),
        httpx.AsyncClient(base_url=f"{server.url}{path}") as client,
    ):
        yield Page(server, cast, client)


def has_text(words: str) -> Callable[[dict[str, Any]], bool]:
    return lambda entry: entry["kind"] == "posted" and words in entry["message"].get("text", "")


async def test_the_page_shows_that_the_real_bot_answers(page: Page) -> None:
    asked = await page.act("say", text=QUESTION)

    answer = await page.told(has_text("April 2016"))
    assert answer["message"]["from"]["username"] == "citebot"
    assert answer["message"]["reply_to_message"]["message_id"] == asked["message_id"]


async def test_the_journal_has_the_updates_and_calls_that_belong_to_a_message(page: Page) -> None:
    asked = (await page.act("say", text=QUESTION))["message_id"]

    update = await page.told(lambda entry: entry["kind"] == "update" and entry["update"].get("message", {}).get("message_id") == asked)
    call = await page.told(lambda entry: entry["kind"] == "call" and "reply_parameters" in entry["parameters"])
    assert update["update"]["message"]["text"] == QUESTION
    assert call["parameters"]["reply_parameters"]["message_id"] == asked
    assert call["answer"]["ok"]


async def test_a_journal_that_broke_off_goes_on_where_it_did(page: Page) -> None:
    await page.act("say", text=QUESTION)
    await page.told(has_text("April 2016"))
    async with page.client.stream("GET", "events", headers={"Last-Event-ID": "4"}) as events:
        numbers = (line async for line in events.aiter_lines() if line.startswith("id: "))

        assert await anext(numbers) == "id: 5"


async def test_the_page_knows_what_is_no_news(empty: Page) -> None:
    told = (await empty.client.get("state")).json()["told"]
    await empty.act("say", text="zebra?")

    async with empty.client.stream("GET", "events", headers={"Last-Event-ID": str(told - 1)}) as events:
        first = await anext(line async for line in events.aiter_lines() if line.startswith("data: "))
    assert json.loads(first.removeprefix("data: "))["message"]["text"] == "zebra?"


async def test_files_of_the_page_are_served_and_load_nothing_from_elsewhere(empty: Page) -> None:
    index = await empty.client.get("")
    script = await empty.client.get("main.js")

    assert index.headers["content-type"].startswith("text/html")
    assert script.headers["content-type"].startswith("text/javascript")
    policy = index.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    assert script.headers["content-security-policy"] == policy
    assert index.headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize("host", ["evil.example", "evil.example:{port}", "127.0.0.1", "127.0.0.1:1", "[::1", ""])
async def test_a_name_that_was_made_to_mean_this_machine_gets_nothing(empty: Page, host: str) -> None:
    refused = await empty.client.get("state", headers={"Host": host.format(port=empty.server.port)})

    assert refused.status_code == 403
    assert "people" not in refused.text


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]"])
async def test_this_machine_is_known_by_its_names(empty: Page, host: str) -> None:
    assert (await empty.client.get("state", headers={"Host": f"{host}:{empty.server.port}"})).status_code == 200


@pytest.mark.parametrize("origin", ["https://evil.example", "http://localhost", "null"])
async def test_another_page_can_do_nothing(empty: Page, origin: str) -> None:
    body = {"by": empty.ann.id, "chat": empty.chat.id, "text": QUESTION}

    refused = await empty.client.post("say", json=body, headers={"Origin": origin})

    assert refused.status_code == 403
    assert not empty.chat.messages


async def test_whoever_does_not_know_the_key_gets_nothing(empty: Page) -> None:
    for path in ("/", "/chat/", "/chat/guess/", "/chat/guess/state", "/state"):
        assert (await empty.client.get(f"{empty.server.url}{path}")).status_code == 404, path


async def test_nothing_outside_the_page_is_served(empty: Page) -> None:
    for path in ("../acts.py", "..%2facts.py", "%2e%2e%2facts.py", "%2fetc%2fpasswd"):
        assert (await empty.client.get(path, follow_redirects=True)).status_code == 404, path


async def test_a_method_that_nobody_knows_gets_telegrams_error(empty: Page) -> None:
    answer = await empty.client.post(f"{empty.server.base_url}{empty.server.token}/sendPigeon")

    assert (answer.status_code, answer.json()) == (404, {"ok": False, "error_code": 404, "description": "Not Found"})


async def test_suggested_questions_are_ones_that_the_documents_answer(empty: Page) -> None:
    assert (await empty.client.get("suggestions")).json() == ["When was the first round held?"]


async def test_a_press_gets_the_bots_word_and_the_next_page(page: Page) -> None:
    await page.act("say", text=QUESTION)
    answer = await page.server.sent(page.chat)

    pressed = await page.act("press", message=answer.id, data=answer.button("👍").callback_data)
    turned = await page.act("press", message=answer.id, data=answer.button("Next").callback_data)

    assert pressed["answer"]["text"] == "Thank you, noted."
    assert turned["answer"] is not None
    assert (await page.told(lambda entry: entry["kind"] == "edited"))["message"]["message_id"] == answer.id


async def test_an_edit_a_quote_and_a_reaction_reach_the_bot(page: Page) -> None:
    team = page.cast.groups[0]
    await page.server.sent(team)  # its hello
    minjun = page.cast.people[1]
    colleagues = (await page.act("say", minjun, team, text=f"Hi! {QUESTION}"))["message_id"]
    await page.act("say", chat=team, text="/ask", reply_to=colleagues, quote=QUESTION)
    answer = await page.server.sent(team)
    await page.act("react", chat=team, message=answer.id, emoji="👍")

    assert answer.extra["quote"]["text"] == QUESTION
    assert (await page.told(lambda entry: entry["kind"] == "reacted"))["reactions"] == {"👍": [page.ann.id]}


async def test_an_edited_question_is_answered_anew(page: Page) -> None:
    asked = (await page.act("say", text="zebra?"))["message_id"]
    await page.server.sent(page.chat)
    await page.act("edit", message=asked, text=QUESTION)

    assert "April 2016" in (await page.server.edited(page.chat)).text


async def test_privacy_mode_hides_what_is_said_in_a_group_until_it_is_off(page: Page) -> None:
    team = page.cast.groups[0]
    await page.server.sent(team)
    await page.act("say", chat=team, text=f"@citebot {QUESTION}")
    assert not (await page.told(has_text("@citebot")))["seen"]

    await page.act("privacy", on=False)
    await page.server.sent(team)  # it says hello again
    await page.act("say", chat=team, text=f"@citebot {QUESTION}")

    assert "April 2016" in (await page.server.sent(team)).text


async def test_inline_mode_offers_results_and_sends_the_chosen_one(page: Page) -> None:
    team = page.cast.groups[0]
    offered = await page.act("inline", chat=team, text=QUESTION)
    result = offered["answer"]["results"][0]
    await page.act("choose", chat=team, query=offered["query"], result=result["id"])

    sent = await page.told(lambda entry: entry["kind"] == "posted" and "via_bot" in entry["message"])
    assert sent["message"]["from"]["id"] == page.ann.id
    assert "April 2016" in sent["message"]["text"]


async def test_a_file_is_uploaded_whole(empty: Page) -> None:
    content = bytes(range(256))
    query: dict[str, int | str] = {"by": empty.ann.id, "chat": empty.chat.id, "name": "notes ü.txt", "mime_type": "text/plain"}

    await empty.client.post("upload", params=query, content=content)

    document = (await empty.told(lambda entry: "document" in entry.get("message", {})))["message"]["document"]
    assert document["file_name"] == "notes ü.txt"
    downloaded = await empty.client.get(f"files/{document['file_id']}")
    assert downloaded.content == content
    assert downloaded.headers["content-disposition"].startswith("attachment")


async def test_the_commands_offered_are_those_of_the_chat_in_the_speakers_language(page: Page) -> None:
    minjun = page.cast.people[1]

    in_private = await page.act("menu")
    in_group = await page.act("menu", minjun, page.cast.groups[0])

    assert "ask" not in [command["command"] for command in in_private["commands"]]
    assert {"command": "ask", "description": "질문하기"} in in_group["commands"]


@pytest.mark.parametrize(
    ("name", "facts", "reason"),
    [
        ("say", {"text": " "}, "nothing to send"),
        ("say", {"text": "x" * 4097}, "4096"),
        ("say", {"text": "x", "thread": 77}, "no such topic"),
        ("say", {"text": "x", "colour": "red"}, "colour"),
        ("edit", {"message": 99, "text": "x"}, "message not found"),
        ("react", {"message": 99, "emoji": "🦖"}, "message not found"),
        ("choose", {"query": "99", "result": "x"}, "99"),
    ],
)
async def test_what_makes_no_sense_is_refused_with_its_reason(empty: Page, name: str, facts: dict[str, Any], reason: str) -> None:
    assert reason in (await empty.act(name, **facts))["error"]


async def test_nobody_speaks_where_they_are_not(empty: Page) -> None:
    minjun = empty.cast.people[1]

    assert (await empty.act("say", minjun, empty.chat, text="hi"))["error"] == "Minjun isn't in this chat"


async def test_only_administrators_delete_what_others_wrote(empty: Page) -> None:
    team, minjun = empty.cast.groups[0], empty.cast.people[1]
    message = (await empty.act("say", chat=team, text="lunch?"))["message_id"]

    assert "error" in await empty.act("delete", minjun, team, message=message)
    assert await empty.act("delete", chat=team, message=message) == {}


def test_the_page_speaks_every_language_of_its_people() -> None:
    words = json.loads((PAGE / "words.json").read_text(encoding="utf-8"))

    assert words.keys() == {"en", "ko", "ja"}
    assert words["ko"].keys() == words["ja"].keys() == words["en"].keys()
    for name, text in words["en"].items():
        assert set(placeholders(text)) == set(placeholders(words["ko"][name])) == set(placeholders(words["ja"][name])), name


def placeholders(text: str) -> list[str]:
    return re.findall(r"{\w+}", text)


async def test_a_port_that_is_taken_is_named(empty: Page) -> None:
    with pytest.raises(PortTaken, match=f"127.0.0.1:{empty.server.port}; choose another port"):
        await BotApiServer(port=empty.server.port).start()


async def test_another_name_is_known_if_the_sandbox_was_given_it() -> None:
    server = BotApiServer(host="localhost")
    path, _ = mount_page(server, Library(ARTICLE))
    async with server, httpx.AsyncClient(base_url=f"{server.url}{path}") as client:
        assert server.url == f"http://localhost:{server.port}"
        assert (await client.get("state")).status_code == 200
