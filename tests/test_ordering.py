"""Order within a chat, concurrency between chats."""

import asyncio

import pytest
from telegram import Chat, Message, Update

from bot.ordering import InOrderPerChat
from tests.test_triggers import NOW

pytestmark = pytest.mark.anyio


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
    async with asyncio.timeout(5):
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
