"""Order within a chat, concurrency between chats."""

import asyncio

import pytest
from telegram import CallbackQuery, Chat, InlineKeyboardMarkup, Message, Update

from bot.formatting import Outgoing
from bot.gapcards import ListView, card_message, closed_card, doubtful_note, list_message
from bot.gaps import Gap
from bot.handlers import privacy
from bot.handlers.sources import really
from bot.library import key_of
from bot.ordering import InOrderPerChat, lane_of
from bot.sandbox.server import PATIENCE
from bot.texts import ENGLISH
from tests.support import ARTICLE
from tests.test_gaps_gathered import miss
from tests.test_triggers import ANN, GROUP, ME, NOW, PRIVATE, said

pytestmark = pytest.mark.anyio

GAP = Gap.of([miss("zebra?")])
CARD = card_message(GAP, ENGLISH, None, "")


def update(chat_id: int) -> Update:
    return Update(1, message=Message(1, NOW, Chat(chat_id, "private")))


async def test_updates_of_a_chat_are_worked_off_one_by_one_in_order() -> None:
    log: list[str] = []

    async def work(number: int) -> None:
        log.append(f"{number} begins")
        await asyncio.sleep(0.01 / (number + 1))
        log.append(f"{number} ends")

    processor = InOrderPerChat()
    await asyncio.gather(*(processor.process_update(update(1), work(number)) for number in range(5)))

    assert log == [f"{number} {what}" for number in range(5) for what in ("begins", "ends")]


async def test_chats_do_not_wait_for_each_other() -> None:
    second_is_done = asyncio.Event()

    async def set_event() -> None:
        second_is_done.set()

    processor = InOrderPerChat()
    async with asyncio.timeout(PATIENCE):
        await asyncio.gather(processor.process_update(update(1), second_is_done.wait()), processor.process_update(update(2), set_event()))


async def test_an_update_that_fails_lets_the_next_one_through() -> None:
    async def fail() -> None:
        raise ValueError

    async def work() -> str:
        return "done"

    processor = InOrderPerChat()
    results = await asyncio.gather(
        processor.process_update(update(1), fail()), processor.process_update(update(1), work()), return_exceptions=True
    )

    assert isinstance(results[0], ValueError)
    assert results[1] is None


async def test_nothing_is_kept_of_chats_that_are_quiet() -> None:
    processor = InOrderPerChat()
    for chat_id in range(100):
        await processor.process_update(update(chat_id), asyncio.sleep(0))

    assert processor.busy_chats == 0


async def test_at_the_end_what_is_under_way_is_cut_off_and_what_waits_never_begins() -> None:
    log: list[str] = []

    async def work(name: str) -> None:
        log.append(f"{name} begins")
        await asyncio.Event().wait()

    processor = InOrderPerChat()
    tasks = [asyncio.create_task(processor.process_update(update(1), work(name))) for name in ("first", "second")]
    await asyncio.sleep(0.01)
    await processor.shutdown()

    assert log == ["first begins"]
    assert all(task.done() for task in tasks)


def new(text: str, chat: Chat = PRIVATE, to: Outgoing | None = None) -> Update:
    """A message of Ann's, in reply `to` one of the bot's."""
    replied = said("", chat, ME, reply_markup=to.keyboard) if to is not None else None
    return Update(1, message=said(text, chat, ANN, reply_to_message=replied))


def edited(text: str) -> Update:
    return Update(1, edited_message=said(text, PRIVATE, ANN))


def press(shown: Outgoing, label: str, chat: Chat = PRIVATE) -> Update:
    assert isinstance(shown.keyboard, InlineKeyboardMarkup)
    button = next(button for row in shown.keyboard.inline_keyboard for button in row if button.text == label)
    return Update(1, callback_query=CallbackQuery("1", ANN, "1", said("", chat, ME), data=str(button.callback_data)))


REALLY, REALLY_ALL, DOUBTFUL = really(ARTICLE, ENGLISH), privacy.really(ANN.id, ENGLISH), doubtful_note(ENGLISH, key_of("minutes.txt"))


@pytest.mark.parametrize(
    "change",
    [
        new("/add a note"),
        edited("/add a better note"),
        press(REALLY, ENGLISH.yes_remove),
        press(DOUBTFUL, ENGLISH.gap_remove),
        new("It opens in May.", to=CARD),
        press(CARD, ENGLISH.gap_ask),
        press(REALLY_ALL, ENGLISH.yes_forget),
        press(REALLY_ALL, ENGLISH.yes_forget, GROUP),  # what is erased are the documents of the private chat
    ],
    ids=["note", "correction", "removal", "removal after a gap", "reply to a gap", "asking again", "erasure", "erasure from a group"],
)
def test_no_question_waits_for_a_change_of_documents(change: Update) -> None:
    assert change.effective_chat is not None
    assert lane_of(change.effective_chat.id, change) == (PRIVATE.id, True)


@pytest.mark.parametrize(
    "update",
    [
        new("when was it?"),
        new("and where?", to=Outgoing("In April 2016.")),
        new("and where?", to=list_message([GAP], ListView(), ENGLISH, None)),
        new("and where?", to=closed_card("Closed.", "zebra?")),
        new("/ask when was it?", to=CARD),
        edited("when was the other one?"),
        press(REALLY, ENGLISH.no_keep),
        new("/forgetme"),
        press(REALLY_ALL, ENGLISH.no_keep),
        press(DOUBTFUL, ENGLISH.gap_keep),
        press(CARD, ENGLISH.gap_dismiss),
    ],
)
def test_questions_and_presses_keep_their_order(update: Update) -> None:
    assert lane_of(PRIVATE.id, update) == (PRIVATE.id, False)


@pytest.mark.parametrize(
    "follower",
    [press(REALLY_ALL, ENGLISH.yes_forget), new("It opens in May.", to=CARD), press(CARD, ENGLISH.gap_ask)],
    ids=["erasure", "reply to a gap", "asking again"],
)
async def test_what_builds_on_questions_follows_them_and_documents_and_holds_up_no_question_after_it(follower: Update) -> None:
    log: list[str] = []
    second_is_done = asyncio.Event()

    async def slowly(name: str) -> None:
        await asyncio.sleep(0.01)
        log.append(name)

    async def follow() -> None:
        log.append("follower begins")
        await second_is_done.wait()
        log.append("follower ends")

    async def ask_again() -> None:
        log.append("second question")
        second_is_done.set()

    processor = InOrderPerChat()
    async with asyncio.timeout(PATIENCE):
        await asyncio.gather(
            processor.process_update(new("when was it?"), slowly("question")),
            processor.process_update(new("/add a note"), slowly("note")),
            processor.process_update(follower, follow()),
            processor.process_update(new("and where?"), ask_again()),
        )

    assert sorted(log[:2]) == ["note", "question"]
    assert log[-1] == "follower ends"
    assert processor.busy_chats == 0
