"""Webhooks: which Telegram takes, and how it brings updates to them.

As the Bot API server does it, whose source is public: the updates of a chat go one after the other and those of other
chats beside them, a delivery that failed is repeated at once, then with pauses that grow, and one that got a 2xx is over.
"""

import asyncio
import ipaddress
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from itertools import chain, repeat
from typing import Any
from urllib.parse import urlsplit

import httpx

from bot.sandbox.errors import bad_request
from bot.sandbox.updates import Update, UpdateQueue

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
PORTS = (80, 88, 443, 8443)
PAUSES = (0.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0)
"""Seconds before the second, third … attempt; the last over and over."""
TIMEOUT = 60.0
"""Seconds to wait for an answer."""


@dataclass(frozen=True)
class WebhookRules:
    """`is_local`: as `telegram-bot-api --local`, which takes plain http and any port; here on this machine only."""

    is_local: bool = False
    pauses: tuple[float, ...] = PAUSES
    timeout: float = TIMEOUT


@dataclass(frozen=True)
class Webhook:
    """An empty `url` means none. `secret` goes along with each delivery."""

    url: str = ""
    secret: str = ""
    max_connections: int = 40
    ip_address: str = ""


class WebhookCourier:
    """Brings updates to the webhook that is set. Belongs to one event loop."""

    def __init__(self, updates: UpdateQueue, rules: WebhookRules, clock: Callable[[], float]) -> None:
        self._updates, self._rules, self._clock = updates, rules, clock
        self._webhook = Webhook()
        self._last_error: dict[str, Any] = {}
        self._work: asyncio.Task[None] | None = None

    def check(self, webhook: Webhook) -> None:
        """Raises the refusal, if Telegram wouldn't take it."""
        if webhook.url:
            _check(webhook, self._rules.is_local)

    def set(self, webhook: Webhook) -> None:
        """The same again changes nothing; another one begins afresh with all that waits."""
        if webhook == self._webhook:
            return
        self.stop()
        self._webhook, self._last_error = webhook, {}
        self._updates.webhook_set(bool(webhook.url))
        self.start()

    def drop_pending(self) -> None:
        self.stop()
        self._updates.drop_pending()
        self.start()

    def start(self) -> None:
        if self._webhook.url and self._rules.is_local:
            self._work = asyncio.create_task(self._deliver_all(self._webhook))

    def stop(self) -> None:
        """What is on its way is broken off, and comes again."""
        if self._work is not None:
            self._work.cancel()
            self._work = None

    def info(self) -> dict[str, Any]:
        found: dict[str, Any] = {"url": self._webhook.url, "has_custom_certificate": False}
        if self._webhook.url:
            found |= {"max_connections": self._webhook.max_connections} | self._last_error
        return found | ({"ip_address": self._webhook.ip_address} if self._webhook.ip_address else {})

    async def _deliver_all(self, webhook: Webhook) -> None:
        last: dict[Hashable, asyncio.Task[None]] = {}
        async with httpx.AsyncClient(timeout=self._rules.timeout, trust_env=False) as client, asyncio.TaskGroup() as deliveries:
            way = _Way(webhook, client, asyncio.Semaphore(webhook.max_connections))
            async for _, update in self._updates.history.follow(self._first_pending()):
                line = _line(update)
                last[line] = deliveries.create_task(self._deliver(update, way, after=last.get(line)))

    def _first_pending(self) -> int:
        """In the history."""
        history = self._updates.history.items
        return history.index(self._updates.pending[0]) if self._updates.pending else len(history)

    async def _deliver(self, update: Update, way: "_Way", after: asyncio.Task[None] | None) -> None:
        """Until it is taken."""
        if after is not None:
            await asyncio.wait({after})
        for pause in chain(self._rules.pauses, repeat(self._rules.pauses[-1])):
            failure = await way.bring(update)
            if failure is None:
                break
            self._last_error = {"last_error_date": int(self._clock()), "last_error_message": failure.message}
            await asyncio.sleep(failure.retry_after or pause)
        self._updates.forget(update)


@dataclass(frozen=True)
class _Failure:
    """`message`: in Telegram's words. `retry_after`: seconds that the bot has asked for, or 0."""

    message: str
    retry_after: int = 0


@dataclass(frozen=True)
class _Way:
    """To a webhook, by so many connections and no more."""

    webhook: Webhook
    client: httpx.AsyncClient
    connections: asyncio.Semaphore

    async def bring(self, update: Update) -> _Failure | None:
        headers = {SECRET_HEADER: self.webhook.secret} if self.webhook.secret else {}
        try:
            async with self.connections:
                response = await self.client.post(self.webhook.url, json=update.json(), headers=headers)
        except httpx.ConnectError:
            return _Failure("Connection refused")
        except httpx.TimeoutException:
            return _Failure("Read timeout expired")
        except httpx.TransportError:
            return _Failure("Webhook connection closed")
        if response.is_success:
            return None
        wait = response.headers.get("retry-after", "")
        reason = f"Wrong response from the webhook: {response.status_code} {response.reason_phrase}"
        return _Failure(reason, int(wait) if wait.isdecimal() else 0)


def _line(update: Update) -> Hashable:
    """Updates with the same one are delivered in order: messages and their edits of a chat, its reactions, one's presses …"""
    whose = update.content.get("chat") or update.content.get("from") or {}
    return update.kind.removeprefix("edited_"), whose.get("id")


def _check(webhook: Webhook, is_local: bool) -> None:
    try:
        address = urlsplit(webhook.url)
        host, port = address.hostname or "", address.port
    except ValueError:
        raise bad_request("invalid webhook URL specified") from None
    ip = _ip(webhook.ip_address or host)
    if is_local:
        if ip is None or not ip.is_loopback:
            raise bad_request("bad webhook: the sandbox delivers on its own machine only")
        return
    if address.scheme != "https":
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    if (port or 443) not in PORTS:
        raise bad_request("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")
    if ip is not None and ip.version == 6:
        raise bad_request("bad webhook: IPv6-only addresses are not allowed")
    if ip is not None and not ip.is_global:
        raise bad_request(f"bad webhook: IP address {ip} is reserved")


def _ip(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """None for a name: those aren't resolved, which would be a look out into the world."""
    try:
        return ipaddress.ip_address("127.0.0.1" if host == "localhost" else host)
    except ValueError:
        return None
