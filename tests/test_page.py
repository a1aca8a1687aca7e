"""The sandbox's page, used as people use it: a real browser, the real bot, the real index of the article."""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pytest
from playwright.async_api import Browser, FilePayload, Locator, Page, Route, expect

from bot.sandbox import BotApiServer
from bot.sandbox.chatpage import mount_page
from bot.sandbox.session import session
from bot.settings import BotSettings
from index.assembly import Library, build_library
from index.settings import IndexSettings
from tests.browser import barriers, chromium
from tests.conftest import CORPUS

pytestmark = pytest.mark.anyio

QUESTION = "when was the second civil space dialogue?"
MENTIONING = f"{QUESTION} @citebot"  # at the beginning the mention would open inline mode, where Enter takes a result once there are some
SELECT = "(element, start) => getSelection().setBaseAndExtent(element.firstChild, start, element.firstChild, element.textContent.length)"
"""From a character on, to the end."""
QUOTE = re.compile("The first round of dialogue .* second round In Seoul in April 2016")
expect.set_options(timeout=20_000)  # ms; machines that do other things besides are slow at times


@dataclass(frozen=True)
class Desk:
    """Somebody before the page, in the chat that is open."""

    page: Page

    @property
    def text(self) -> Locator:
        return self.page.locator("#text")  # its name is in the language of whoever writes

    @property
    def choices(self) -> Locator:
        return self.page.locator("#choices").get_by_role("option")

    @property
    def messages(self) -> Locator:
        return self.page.get_by_role("log").get_by_role("article")

    @property
    def last(self) -> Locator:
        return self.messages.last

    async def write(self, text: str) -> None:
        await self.text.fill(text)
        await self.text.press("Enter")

    async def say(self, text: str) -> Locator:
        """The message, once it is there."""
        own = self.page.locator("article.mine")
        said = await own.count()
        await self.write(text)
        await expect(own).to_have_count(said + 1)
        return own.nth(said)

    async def ask(self, question: str = QUESTION) -> Locator:
        """The answer to a question, once it is there."""
        answer = (await self.say(question)).locator("xpath=following-sibling::article").first
        await expect(answer).to_be_visible()
        return answer

    async def attach(self, **files: str) -> None:
        """Sends text files, by their names without the suffix."""
        async with self.page.expect_file_chooser() as choosing:
            await self.page.get_by_role("button", name="Send a file").click()
        await (await choosing.value).set_files(
            [FilePayload(name=f"{name}.txt", mimeType="text/plain", buffer=text.encode()) for name, text in files.items()]
        )

    async def start(self) -> None:
        """Begins to talk with the bot, which says hello."""
        await self.page.get_by_role("button", name="Start", exact=True).click()
        await expect(self.messages).to_have_count(2)

    async def go(self, chat: str) -> None:
        chats = self.page.get_by_role("navigation").get_by_role("button")
        await chats.filter(has=self.page.get_by_text(chat, exact=True)).click()
        await expect(self.page.get_by_role("heading", name=chat, exact=True)).to_be_visible()

    async def become(self, person: str) -> None:
        await self.page.get_by_role("radio", name=re.compile(f"^{person}")).check()

    async def do(self, message: Locator, what: str) -> None:
        """Something from the menu of a message."""
        await message.get_by_role("button", name="More about this message").click()
        await self.page.get_by_role("menuitem", name=what, exact=True).click()


async def address_of(message: Locator) -> str:
    """Telegram's for a message of a group that is open: with its topic, where there are any."""
    _, chat, topic = message.page.url.partition("#")[2].split("/")
    return "/".join(filter(None, ["https://t.me/c", str(-int(chat) - 10**12), topic, await message.get_attribute("data-id")]))


def button(message: Locator, name: str) -> Locator:
    return message.get_by_role("group").get_by_role("button", name=name)


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as found:
        yield found


@pytest.fixture(scope="module")
def library(data: Path) -> Library:
    return build_library(IndexSettings.model_validate({"corpus": CORPUS, "data": data}))


@pytest.fixture
async def desk(browser: Browser, library: Library) -> AsyncIterator[Desk]:
    """Ann's, in a sandbox where nothing has happened yet. The browser must have nothing to complain about."""
    server = BotApiServer()
    path, cast = mount_page(server, library.answerer)
    async with session(server, BotSettings(), library, [cast.admin]):
        page = await browser.new_page()
        complaints: list[str] = []
        page.on("console", lambda message: complaints.append(message.text) if message.type in {"error", "warning"} else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        await page.goto(f"{server.url}{path}")
        yield Desk(page)
        await page.close()

    assert complaints == []


async def test_the_first_minute_is_a_start_and_a_suggested_question(desk: Desk) -> None:
    await desk.start()
    suggested = desk.page.get_by_role("group", name="Questions to begin with").get_by_role("button")
    question = await suggested.first.inner_text()
    await suggested.first.click()

    await expect(desk.messages).to_have_count(4)
    await expect(desk.last.get_by_role("blockquote").first).to_be_visible()
    await expect(desk.last.locator("blockquote strong").first).to_be_visible()
    assert question not in await suggested.all_inner_texts()


async def test_a_question_is_answered_with_the_quote_the_answer_bold_and_the_source_below(desk: Desk) -> None:
    await desk.start()
    answer = await desk.ask()

    await expect(answer.locator("blockquote").first).to_have_text(QUOTE)
    await expect(answer.locator("blockquote strong")).to_have_text("April 2016")
    await expect(answer).to_contain_text("Biden pledges to expand space cooperation with South Korea and Japan, ¶ 11")
    await button(answer, "Source").click()
    await expect(desk.last.get_by_role("link", name="Download")).to_be_visible()


async def test_passages_are_turned_and_unfolded(desk: Desk) -> None:
    await desk.start()
    answer = await desk.ask()

    await answer.get_by_role("button", name="Show the whole quote").click()
    await button(answer, "👍").click()
    await expect(button(answer, "👍 1")).to_be_visible()
    await expect(answer.get_by_role("button", name="Show less of the quote")).to_be_visible()
    await button(answer, "Next").click()
    await expect(answer).to_contain_text("2 of 5")
    await button(answer, "Previous").click()
    await expect(answer).to_contain_text("1 of 5")
    await button(answer, "More").click()
    await expect(answer.locator("blockquote")).to_have_count(1)
    await expect(answer.locator("blockquote")).to_have_text(re.compile("The two leaders also agreed to hold the third .* April 2016"))


async def test_an_edited_question_has_its_answer_edited(desk: Desk) -> None:
    await desk.start()
    answer = await desk.ask("what is KPS short for?")
    await expect(answer.locator("blockquote strong")).to_have_text("Korean Positioning System")

    await desk.text.press("ArrowUp")
    await expect(desk.text).to_have_value("what is KPS short for?")
    await desk.write(QUESTION)

    await expect(answer.locator("blockquote strong")).to_have_text("April 2016")
    await expect(answer).to_contain_text("edited")


async def test_a_reply_to_an_answer_follows_it_up(desk: Desk) -> None:
    await desk.start()
    answer = await desk.ask()
    await desk.do(answer, "Reply")
    followed = await desk.ask("and where?")

    await expect(followed.locator("blockquote strong")).to_have_text("Seoul")


async def test_what_is_typed_while_a_message_is_on_its_way_stays(desk: Desk) -> None:
    await desk.start()
    on_its_way, may_arrive = asyncio.Event(), asyncio.Event()

    async def hold(route: Route) -> None:
        on_its_way.set()
        await may_arrive.wait()
        await route.continue_()

    await desk.page.route("**/say", hold)
    await desk.write(QUESTION)
    await on_its_way.wait()
    await desk.text.press_sequentially("and where?")
    may_arrive.set()

    await expect(desk.messages).to_have_count(4)
    await expect(desk.text).to_have_value("and where?")


async def test_a_part_of_a_message_is_quoted(desk: Desk) -> None:
    await desk.go("Team")
    said = await desk.say(f"Good morning! {QUESTION}")
    await said.get_by_text("Good morning").evaluate(SELECT, len("Good morning! "))
    await desk.page.get_by_role("button", name="Quote", exact=True).click()
    answer = await desk.ask("/ask")

    await expect(answer.locator(".reply .quoted")).to_have_text(QUESTION)
    await expect(answer.locator("blockquote strong")).to_have_text("April 2016")


async def test_a_topic_is_answered_in_the_topic(desk: Desk) -> None:
    await desk.go("Questions")
    answer = await desk.ask(f"/ask {QUESTION}")
    await expect(answer.locator("blockquote strong")).to_have_text("April 2016")

    await desk.go("Small talk")
    await expect(desk.messages).to_have_count(1)  # it was created


async def test_a_group_asks_by_command_by_reply_and_where_it_is_heard_by_mention(desk: Desk) -> None:
    await desk.go("Team")
    by_command = await desk.ask(f"/ask {QUESTION}")
    await expect(by_command.locator("blockquote strong")).to_have_text("April 2016")

    await desk.do(by_command, "Reply")
    by_reply = await desk.ask("and where?")
    await expect(by_reply.locator("blockquote strong")).to_have_text("Seoul")

    await desk.page.get_by_role("switch", name="Bot is administrator").click()
    by_mention = await desk.ask(MENTIONING)
    await expect(by_mention.locator("blockquote strong")).to_have_text("April 2016")


async def test_privacy_mode_hides_what_is_not_for_the_bot(desk: Desk) -> None:
    hidden = "The bot doesn't get this message"
    await desk.go("Team")
    await expect((await desk.say(MENTIONING)).get_by_label(hidden)).to_be_visible()

    await desk.page.get_by_role("switch", name="Privacy mode").click()
    await expect(desk.last).to_contain_text("Hello!")  # it was added anew, as Telegram asks for
    answer = await desk.ask(MENTIONING)
    await expect(answer.locator("blockquote strong")).to_have_text("April 2016")

    await desk.page.get_by_role("switch", name="Privacy mode").click()
    await expect(desk.last).to_contain_text("Hello!")
    await expect((await desk.say(MENTIONING)).get_by_label(hidden)).to_be_visible()


async def test_feedback_is_counted_and_taken_with_thanks(desk: Desk) -> None:
    await desk.start()
    answer = await desk.ask()
    await button(answer, "👍").click()

    await expect(button(answer, "👍 1")).to_be_visible()
    await expect(desk.page.get_by_text("Thank you, noted.")).to_be_visible()


async def test_what_the_bot_says_to_a_press_is_said_to_screen_readers(desk: Desk) -> None:
    """They read out what comes into an element that was there before, not one that comes with its words."""
    said = desk.page.get_by_role("main").get_by_role("status").last
    await expect(desk.page.get_by_role("status")).to_have_count(2)  # the other one is the chat's
    await expect(said).to_be_empty()
    await desk.start()
    await button(await desk.ask(), "👍").click()

    await expect(said).to_have_text("Thank you, noted.")
    await expect(said).to_be_empty()
    await expect(desk.page.get_by_role("status")).to_have_count(2)


async def test_files_are_uploaded_and_answered_from(desk: Desk) -> None:
    await desk.start()
    await desk.attach(office="The office is in Daejeon.", canteen="The canteen opens at noon.")

    await expect(desk.page.get_by_role("link", name="Download office.txt")).to_be_visible()
    for name in ("office", "canteen"):
        await expect(desk.messages.filter(has_text=f"I have “{name}” now")).to_be_visible()
    answer = await desk.ask("where is the office?")
    await expect(answer.locator("blockquote strong")).to_have_text("Daejeon")


async def test_a_link_to_a_message_of_another_chat_leads_to_it_there(desk: Desk) -> None:
    await desk.go("Questions")
    lunch = await desk.say("lunch?")
    address = await address_of(lunch)
    await desk.go("Team")
    await desk.say(f"as I asked: {address}")
    await desk.page.get_by_role("link", name=address).click()

    await expect(desk.page.get_by_role("heading", name="Questions", exact=True)).to_be_visible()
    await expect(lunch).to_be_in_viewport()
    await expect(desk.page.get_by_role("log")).to_be_focused()
    assert desk.page.context.pages == [desk.page]


async def test_the_source_of_an_answer_is_shown_where_it_was_posted(desk: Desk) -> None:
    """In supergroups the button holds the message's address."""
    await desk.page.set_viewport_size({"width": 1200, "height": 400})
    await desk.go("Team")
    await desk.text.fill("/add@citebot")
    await desk.attach(office="The office is in Daejeon.")
    await expect(desk.last).to_contain_text("I have “office” now")
    answer = await desk.ask("/ask where is the office?")
    source = desk.messages.filter(has=desk.page.get_by_role("link", name="Download office.txt"))
    await expect(source).not_to_be_in_viewport()
    await desk.text.fill("a draft")
    await button(answer, "Source").click()

    await expect(source).to_be_in_viewport()
    await expect(desk.text).to_have_value("a draft")
    assert desk.page.context.pages == [desk.page]


async def test_a_link_to_a_message_that_is_deleted_says_so(desk: Desk) -> None:
    await desk.go("Team")
    lunch = await desk.say("lunch?")
    address = await address_of(lunch)
    await desk.say(f"as I asked: {address}")
    await desk.do(lunch, "Delete")
    await desk.page.get_by_role("link", name=address).click()

    await expect(desk.page.get_by_text("That message is deleted")).to_be_visible()
    assert desk.page.context.pages == [desk.page]


async def test_inline_mode_offers_results_while_one_types(desk: Desk) -> None:
    await desk.go("Team")
    await desk.text.fill(f"@citebot {QUESTION}")
    await expect(desk.choices.first).to_contain_text("April 2016")
    await desk.text.press("Enter")

    await expect(desk.last).to_contain_text("via @citebot")
    await expect(desk.last.locator("blockquote strong")).to_have_text("April 2016")


async def test_tab_goes_past_the_results_of_inline_mode(desk: Desk) -> None:
    """Only Enter and a click send one."""
    await desk.go("Team")
    await desk.text.fill(f"@citebot {QUESTION}")
    await expect(desk.choices.first).to_be_visible()

    await desk.text.press("Tab")
    await expect(desk.page.get_by_role("button", name="Send", exact=True)).to_be_focused()
    await desk.page.keyboard.press("Shift+Tab")
    await expect(desk.text).to_be_focused()
    await desk.page.keyboard.press("Shift+Tab")
    await expect(desk.page.get_by_role("button", name="Send a file")).to_be_focused()

    await expect(desk.text).to_have_value(f"@citebot {QUESTION}")
    await expect(desk.page.locator("article.mine")).to_have_count(0)


async def test_tab_completes_a_command_and_shift_tab_goes_back(desk: Desk) -> None:
    await desk.go("Team")
    await desk.text.fill("/se")
    await expect(desk.choices.first).to_contain_text("/search")
    await desk.text.press("Shift+Tab")
    await expect(desk.text).to_have_value("/se")
    await expect(desk.text).not_to_be_focused()

    await desk.text.press("Tab")
    await expect(desk.text).to_have_value("/search ")
    await expect(desk.text).to_be_focused()


async def test_commands_are_offered_in_the_language_of_whoever_writes(desk: Desk) -> None:
    await desk.become("Aoi")
    await desk.go("Team")
    await desk.text.fill("/se")

    await expect(desk.choices).to_have_count(2)  # /search, /settings
    await expect(desk.choices.first).to_contain_text("探す")


async def test_a_message_shows_the_update_and_the_calls_it_led_to(desk: Desk) -> None:
    await desk.start()
    await desk.ask()
    await desk.do(desk.messages.nth(2), "Updates and API calls")

    traffic = desk.page.get_by_role("complementary")
    await expect(traffic.get_by_text("sendMessage")).to_be_visible()
    await traffic.get_by_text("update message").click()
    await expect(traffic.locator("details[open] pre")).to_contain_text(QUESTION)


async def test_what_is_open_among_all_traffic_stays_open_when_more_comes(desk: Desk) -> None:
    await desk.start()
    await desk.page.get_by_role("button", name="Updates and API calls").click()
    traffic = desk.page.get_by_role("complementary")
    await traffic.get_by_text("update message").filter(has_text="/start").click()
    await desk.ask()

    await expect(traffic.locator("summary").filter(has_text="call sendMessage").first).to_contain_text("The first round of dialogue")
    await expect(traffic.locator("details[open]")).to_have_count(1)
    await expect(traffic.locator("details[open] pre")).to_contain_text("/start")


async def test_everything_can_be_done_with_the_keyboard(desk: Desk) -> None:
    """Nothing that happens takes the focus away from where somebody is."""
    keyboard = desk.page.keyboard
    await reach(desk.page, desk.page.get_by_role("button", name="Start", exact=True))
    await keyboard.press("Enter")
    await expect(desk.text).to_be_focused()
    await keyboard.type(QUESTION)
    await keyboard.press("Enter")
    answer = desk.messages.nth(3)
    await expect(answer.locator("blockquote strong")).to_have_text("April 2016")

    await reach(desk.page, button(answer, "Next"), "Shift+Tab")
    for page in (2, 3):
        await keyboard.press("Enter")
        await expect(answer).to_contain_text(f"{page} of 5")
        await expect(button(answer, "Next")).to_be_focused()

    await reach(desk.page, answer.get_by_role("button", name="More about this message"), "Shift+Tab")
    await keyboard.press("Enter")
    await keyboard.press("ArrowUp")
    await expect(desk.page.get_by_role("menuitem", name="Updates and API calls")).to_be_focused()
    await keyboard.press("Escape")
    await expect(answer.get_by_role("button", name="More about this message")).to_be_focused()

    await keyboard.press("Enter")
    await keyboard.press("Enter")  # the first reaction
    await expect(answer.get_by_role("button", name="React with 👍")).to_be_visible()


async def reach(page: Page, element: Locator, key: str = "Tab") -> None:
    """Goes on from element to element until this one has the focus."""
    for _ in range(60):
        await page.keyboard.press(key)
        if await element.evaluate("element => element === document.activeElement"):
            return
    pytest.fail(f"{key} never comes to {element}")


async def test_colours_follow_the_system_and_the_switch(desk: Desk) -> None:
    async def brightness() -> int:
        colour: str = await desk.page.evaluate("getComputedStyle(document.body).backgroundColor")
        return sum(map(int, re.findall(r"\d+", colour)[:3]))

    light = await brightness()
    await desk.page.emulate_media(color_scheme="dark")
    dark = await brightness()
    await desk.page.get_by_label("Colours").select_option("light")

    assert dark < 150 < light
    assert await brightness() == light
    await desk.page.reload()
    await expect(desk.page.get_by_role("heading", name="Citebot", level=2)).to_be_visible()
    assert await brightness() == light


async def test_on_a_phone_one_pane_is_shown_and_nothing_is_cut_off(desk: Desk) -> None:
    await desk.page.set_viewport_size({"width": 360, "height": 720})
    await desk.start()
    await desk.ask()

    assert await desk.page.evaluate("document.documentElement.scrollWidth") == 360
    await expect(desk.page.get_by_role("navigation")).to_be_hidden()
    await desk.page.get_by_role("button", name="Back to the chats").click()
    await desk.go("Team")
    await expect(desk.page.get_by_role("navigation")).to_be_hidden()


@pytest.mark.parametrize("colours", ["light", "dark"])
async def test_nobody_is_shut_out(desk: Desk, colours: Literal["light", "dark"]) -> None:
    """What axe calls serious or critical, in the states that people meet."""
    await desk.page.emulate_media(color_scheme=colours)
    await expect(desk.page.get_by_role("button", name="Start", exact=True)).to_be_visible()
    at_first = await barriers(desk.page)
    await desk.start()
    await desk.do(await desk.ask(), "Reply")
    await desk.ask("and where?")
    await desk.page.get_by_role("button", name="Updates and API calls").click()
    private = await barriers(desk.page)
    await desk.page.get_by_role("button", name="Close").click()

    await desk.go("Team")
    await desk.say("lunch?")
    await desk.ask(f"/ask {QUESTION}")
    await desk.last.get_by_role("button", name="More about this message").click()
    in_group = await barriers(desk.page)
    await desk.page.keyboard.press("Escape")
    await desk.text.fill("/")
    await expect(desk.choices.first).to_be_visible()
    choosing = await barriers(desk.page)

    assert [*at_first, *private, *in_group, *choosing] == []
