"""What can go wrong between a bot and Telegram, on demand."""

import asyncio
from dataclasses import dataclass
from typing import Literal

from bot.sandbox.errors import ApiError, too_many_requests

Kind = Literal["refuse", "cut", "slow", "hang"]
DOWNLOAD = "download"
"""In place of a method: a file that is fetched by its link."""


@dataclass(frozen=True)
class Fault:
    """`after`: the call is carried out first, so that the bot cannot know whether it was."""

    method: str
    kind: Kind
    error: ApiError | None = None
    seconds: float = 0.0
    after: bool = False


class Faults:
    """The faults to come; each strikes once, in the order given, at the next call of its method."""

    def __init__(self) -> None:
        self._pending: list[Fault] = []
        self._released = asyncio.Event()

    def fail(self, method: str, *, code: int = 500, description: str = "Internal Server Error", times: int = 1) -> None:
        self._add(Fault(method, "refuse", ApiError(code, description)), times)

    def flood(self, method: str, *, retry_after: int = 1, times: int = 1) -> None:
        """429, whatever the flood limits say."""
        self._add(Fault(method, "refuse", too_many_requests(retry_after)), times)

    def cut(self, method: str, *, after: bool = False, times: int = 1) -> None:
        """The connection breaks before the answer."""
        self._add(Fault(method, "cut", after=after), times)

    def slow(self, method: str, seconds: float, *, times: int = 1) -> None:
        self._add(Fault(method, "slow", seconds=seconds), times)

    def hang(self, method: str = "getUpdates", *, times: int = 1) -> None:
        """No answer until `release()`: a connection that has died without telling."""
        self._add(Fault(method, "hang"), times)

    def release(self) -> None:
        """Let every hanging call go on and forget the faults to come."""
        self._pending.clear()
        self._released.set()
        self._released = asyncio.Event()

    def take(self, method: str) -> Fault | None:
        """The next fault for this call, if one is due. It is then spent."""
        for fault in self._pending:
            if fault.method == method:
                self._pending.remove(fault)
                return fault
        return None

    async def wait_for_release(self) -> None:
        await self._released.wait()

    def _add(self, fault: Fault, times: int) -> None:
        self._pending += [fault] * times
