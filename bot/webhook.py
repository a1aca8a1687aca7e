"""Updates by webhook: the address that Telegram brings them to, and seeing to it that it does.

Telegram is answered once an update is in the inbox; the work on it comes after. Whatever can't be kept is refused with
a 5xx, and Telegram brings it again. A webhook outlives the bot: Telegram keeps the updates until the next start.
"""

import asyncio
import hashlib
import hmac
import json
import logging
import secrets
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from telegram import Update, WebhookInfo
from telegram.error import BadRequest, InvalidToken, TelegramError

from bot.app import UPDATES
from bot.context import App, Bot, services_of
from bot.errors import WebhookRefused
from bot.inbox import Inbox, NotReceived, inbox_of

logger = logging.getLogger(__name__)

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
MAX_BODY = 2**20
"""Bytes. Telegram's updates have a few thousand."""
MAX_CONNECTIONS = 8
"""Updates are committed one by one, so that more would only wait here; fewer would wait for the network."""
LOOK_EVERY, TRY_AGAIN_AFTER = 60.0, 10.0
"""Seconds between looks at what Telegram knows of the webhook; the second after one that failed."""
SILENT_AFTER = 3 * LOOK_EVERY
"""Seconds without a word from Telegram."""
RECENT = 300.0
"""Seconds for which a failed delivery is worth a warning; Telegram tries again after two minutes at most."""
NOT_YET = {"Retry-After": "1"}
"""Telegram keeps to it."""


def derived_secret(token: str) -> str:
    """The same at every start, so that what Telegram brings meanwhile is let in; and from it nobody finds the token."""
    return hmac.new(token.encode(), b"citebot webhook", hashlib.sha256).hexdigest()


class Webhook:
    """The way of updates from Telegram into `inbox`, open while `serve` runs. `clock`: seconds since 1970."""

    def __init__(
        self,
        url: str,
        secret: str,
        bot: Bot,
        inbox: Inbox,
        *,
        look_every: float = LOOK_EVERY,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._url, self._secret = url, secret.encode()
        self._bot, self._inbox = bot, inbox
        self._look_every, self._clock = look_every, clock
        self._is_open = False
        self._agreed: WebhookInfo | None = None
        self._looked_at = 0.0
        self._trouble: str | None = None

    @property
    def is_heard(self) -> bool:
        """Whether Telegram has been in touch lately. Failed deliveries don't count: whoever asks may be the proxy that fails them."""
        return self._clock() - max(self._looked_at, self._inbox.last_arrival or 0.0) < SILENT_AFTER

    # What comes in ---------------------------------------------------------------------------------------------------

    @property
    def route(self) -> Route:
        return Route(urlsplit(self._url).path or "/", self._receive, methods=["POST"])

    async def _receive(self, request: Request) -> Response:
        """Silent about refusals: anybody may knock, and what Telegram fails with, Telegram tells."""
        if not secrets.compare_digest(request.headers.get(SECRET_HEADER, "").encode(), self._secret):
            return Response(status_code=403)
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
            return Response(status_code=415)
        if not self._is_open:
            return Response(status_code=503, headers=NOT_YET)
        try:
            body = await _body(request)
        except ClientDisconnect:
            return Response(status_code=400)
        if body is None:
            return Response(status_code=413)
        update = self._parsed(body)
        return Response(status_code=400) if update is None else await self._keep(update)

    def _parsed(self, body: bytes) -> Update | None:
        try:
            content = json.loads(body)
            if not isinstance(content, dict) or not isinstance(content.get("update_id"), int):
                return None
            return Update.de_json(content, self._bot)
        except Exception:  # noqa: BLE001  # the library checks nothing; what is amiss shows in one way or another
            return None

    async def _keep(self, update: Update) -> Response:
        try:
            await self._inbox.put(update)
        except NotReceived as error:
            self._tell(error.message)
            return Response(status_code=503)
        return Response()

    # What Telegram knows ---------------------------------------------------------------------------------------------

    async def serve(self) -> None:
        """Lets updates in, until Telegram doesn't know the token any more. Raises WebhookRefused."""
        self._is_open = True
        try:
            while True:
                await self._look()
                await asyncio.sleep(TRY_AGAIN_AFTER if self._agreed is None else self._look_every)
        except InvalidToken:
            return
        finally:
            self._is_open = False

    async def _look(self) -> None:
        """Sets the webhook if it isn't set as it should be. Raises InvalidToken, and at first WebhookRefused."""
        try:
            info = await self._agree()
            self._looked_at = self._clock()
            self._tell(self._failure(info))
        except InvalidToken:
            raise
        except BadRequest as error:
            if self._agreed is None:
                raise WebhookRefused(error.message) from None
            self._tell(f"the webhook can't be set again ({error.message})")
        except TelegramError as error:
            self._tell(f"can't reach Telegram ({error.message}); trying on")

    async def _agree(self) -> WebhookInfo:
        if self._agreed is None:
            self._agreed = await self._set()
            logger.info("@%s is listening at %s: %s", self._bot.username, host_of(self._url), self._bot.link)
            return self._agreed
        info = await self._bot.get_webhook_info()
        if info.url == self._url and _terms(info) == _terms(self._agreed):
            return info
        logger.warning("another program has changed the webhook (to %s); it is set again", host_of(info.url))
        return await self._set()

    def _failure(self, info: WebhookInfo) -> str | None:
        """What Telegram fails with now; that it failed while the bot was away is no wonder."""
        is_old = self._agreed is not None and info.last_error_date == self._agreed.last_error_date
        if is_old or not is_failing(info, self._clock()):
            return None
        return f"Telegram can't deliver them ({info.last_error_message}); `citebot doctor` tells more"

    async def _set(self) -> WebhookInfo:
        """What Telegram makes of it: an older server, say, doesn't know all kinds of updates."""
        await self._bot.set_webhook(self._url, secret_token=self._secret.decode(), allowed_updates=UPDATES, max_connections=MAX_CONNECTIONS)
        return await self._bot.get_webhook_info()

    def _tell(self, trouble: str | None) -> None:
        """Logs what is amiss once per cause and not every time, and when it is over."""
        if trouble == self._trouble:
            return
        self._trouble = trouble
        if trouble is None:
            logger.info("updates come again")
        else:
            logger.warning("no updates for now: %s", trouble)


def webhook_of(application: App) -> Webhook | None:
    """The one that the settings ask for; None if the bot is to poll."""
    settings, bot = services_of(application).settings, application.bot
    if settings.webhook_url is None:
        return None
    given = settings.webhook_secret
    return Webhook(settings.webhook_url, given.get_secret_value() if given else derived_secret(bot.token), bot, inbox_of(application))


def host_of(url: str) -> str:
    """All that is shown of a webhook: many a path is a secret."""
    return urlsplit(url).hostname or "nowhere"


async def tell_of_webhook(bot: Bot) -> None:
    """Logs that one is set, which polling is going to delete."""
    with suppress(TelegramError):
        info = await bot.get_webhook_info()
        if info.url:
            waiting = info.pending_update_count
            logger.warning("the webhook at %s is deleted, for this bot fetches its updates; %d wait", host_of(info.url), waiting)


async def _body(request: Request) -> bytes | None:
    """None if it is too long."""
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > MAX_BODY:
            return None
    return bytes(body)


def _terms(info: WebhookInfo) -> tuple[Any, ...]:
    return info.max_connections, frozenset(info.allowed_updates or ())


def is_failing(info: WebhookInfo, now: float) -> bool:
    """Whether updates wait with Telegram, and it has failed to deliver lately. `now`: seconds since 1970."""
    failed_at = info.last_error_date
    return failed_at is not None and now - failed_at.timestamp() < RECENT and info.pending_update_count > 0
