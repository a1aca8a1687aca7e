"""The bot on the network: comes up however long that takes, polls or is brought its updates, and goes down in order."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, closing, suppress
from http import HTTPStatus
from typing import Any

from telegram import Bot
from telegram.error import Conflict, InvalidToken, TelegramError
from telegram.ext import Updater
from telegram.request import HTTPXRequest

from bot.app import UPDATES, build_application, introduce, set_menus
from bot.computing import Computing
from bot.context import App, Services, services_of
from bot.digest import keep_telling
from bot.errors import TokenMissing, TokenRefused
from bot.inbox import MAX_ATTEMPTS, GivenUp, Inbox, NotReceived, inbox_of
from bot.library import Index, Librarian
from bot.limits import Limits
from bot.metrics import Measured, Metrics
from bot.ordering import InOrderPerChat
from bot.retention import keep_forgetting
from bot.settings import BotSettings
from bot.state import State
from bot.web import bracketed, listening, pages
from bot.webhook import Webhook, tell_of_webhook, webhook_of

logger = logging.getLogger(__name__)

NO_MORE_WITHIN, FINISH_WITHIN, CUT_OFF_WITHIN, CLOSE_WITHIN = 1.0, 2.0, 0.5, 0.5
"""Seconds at the end to stop updates from coming, to finish what is under way, to cut off the rest, and to close connections.
With a second for the pages of health and metrics that is 5 of the 8 in which it has to end; containers kill after 10."""
STOP_POLLING_WITHIN = 40.0
"""Seconds, when it is built anew."""
PAUSES = (1.0, 2.0, 5.0, 10.0, 30.0)
"""Seconds between attempts to come up; the last one over and over."""


SILENT_AFTER = 60.0
"""Seconds without a poll that succeeded; each lasts 10 at most."""


class PollingConnection(HTTPXRequest):
    """The connection that updates come by. `refused` is set when Telegram doesn't know the token any more.

    `heard_at`: when a poll last succeeded, by `time.monotonic`.
    """

    def __init__(self) -> None:
        super().__init__(connection_pool_size=1)
        self.heard_at = time.monotonic()
        self.refused = asyncio.Event()
        self._trouble: str | None = None

    async def do_request(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        status, body = await super().do_request(*args, **kwargs)
        if status == HTTPStatus.OK:
            self._hear()
        if status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.NOT_FOUND} and not self.refused.is_set():
            self.refused.set()
            # Left hanging, the poll is cancelled in the shutdown that follows. Its error would end up in a task of the
            # library's that nobody looks at any more, and in the log as a traceback.
            await asyncio.Event().wait()
        return status, body

    async def rebuild(self) -> None:
        """New connections, whatever has become of the old ones."""
        await self.shutdown()
        await self.initialize()
        self.heard_at = time.monotonic()

    def _hear(self) -> None:
        self.heard_at = time.monotonic()
        if self._trouble is not None:
            self._trouble = None
            logger.info("updates come again")

    def report(self, error: TelegramError) -> None:
        """Logs why no updates come, once per cause and not at every attempt."""
        if error.message != self._trouble:
            self._trouble = error.message
            logger.warning("no updates for now: %s", _cause(error))


async def check_token(settings: BotSettings) -> None:
    """Raises TokenRefused at once, before anything slow is done; a network that is down is none of its business."""
    if settings.token is None:
        raise TokenMissing
    try:
        async with Bot(settings.token.get_secret_value(), base_url=settings.api_url):
            pass  # it has asked who it is
    except InvalidToken:
        raise TokenRefused from None  # its own text holds the token
    except TelegramError:
        logger.info("can't reach Telegram yet")


async def run(settings: BotSettings, library: Index, known: Callable[[App], None] | None = None) -> None:
    """Serves until cancelled. Raises TokenRefused, StateError and the like when it can't go on.

    `known`: is given the application before it comes up.
    """
    executor = Computing()
    try:
        with closing(State.open(settings.database)) as state, closing(Librarian(library, state)) as librarian:
            connection, metrics = PollingConnection(), Metrics()
            answers = Measured(library.answerer, metrics)
            limits = Limits.of(settings.user_limit, settings.chat_limit)
            services = Services(settings, answers, librarian, state, executor, limits)
            application = build_application(services, connection)
            if known is not None:
                known(application)
            webhook = webhook_of(application)
            _watch(metrics, inbox_of(application), executor)
            async with _offered(settings, metrics, application, connection, webhook):
                await serve(application, connection, webhook=webhook)
    finally:
        executor.shutdown(wait=False, cancel_futures=True)  # whoever asked waits in the inbox


def _watch(metrics: Metrics, inbox: Inbox, executor: Computing) -> None:
    metrics.watch("citebot_queue", "Updates waiting or in work.", lambda: inbox.unfinished)
    metrics.watch("citebot_computing", "Answers waiting for a thread or in one.", lambda: executor.unfinished)
    metrics.watch("citebot_last_update_timestamp_seconds", "When an update last came; 0: never yet.", lambda: inbox.last_arrival or 0)


@asynccontextmanager
async def _offered(
    settings: BotSettings, metrics: Metrics, application: App, connection: PollingConnection, webhook: Webhook | None
) -> AsyncIterator[None]:
    """Health, metrics and the webhook inside, if the settings say where."""
    if settings.http_port is None:
        yield
        return

    def is_ready() -> bool:
        is_heard = webhook.is_heard if webhook else time.monotonic() - connection.heard_at < SILENT_AFTER
        return application.running and is_heard and inbox_of(application).takes

    more = [webhook.route] if webhook else []
    async with listening(pages(metrics, is_ready, more), settings.http_host, settings.http_port) as port:
        logger.info("health and metrics: http://%s:%d/metrics", bracketed(settings.http_host), port)
        yield


async def serve(
    application: App, connection: PollingConnection, silent_after: float = SILENT_AFTER, webhook: Webhook | None = None
) -> None:
    """Comes up, answers until cancelled, and finishes what is under way; the rest is kept in the inbox."""
    services = services_of(application)
    telling: asyncio.Task[None] | None = None
    forgetting = asyncio.create_task(keep_forgetting(services.state, services.settings.retention_days))
    try:
        await come_up(application)
        await _start(application)
        telling = asyncio.create_task(keep_telling(application.bot, services))
        if webhook is not None:
            await webhook.serve()
        else:
            await _listen(application, connection, silent_after)
        raise TokenRefused
    finally:
        forgetting.cancel()
        if telling is not None:
            telling.cancel()
        await _stop(application)


async def _listen(application: App, connection: PollingConnection, silent_after: float) -> None:
    await tell_of_webhook(application.bot)
    await _poll(application, connection)
    logger.info("@%s is listening: %s", application.bot.username, application.bot.link)
    await _until_refused(application, connection, silent_after)


async def _until_refused(application: App, connection: PollingConnection, silent_after: float) -> None:
    """Polling can die in silence, with the updater still calling itself running: then it is built anew."""
    while not connection.refused.is_set():
        with suppress(TimeoutError):
            await asyncio.wait_for(connection.refused.wait(), silent_after / 4)
        silence = time.monotonic() - connection.heard_at
        if silence > silent_after and not connection.refused.is_set():
            logger.warning("no poll has succeeded for %.0f s; the connection is built anew", silence)
            await _poll_anew(application, connection)


async def _poll_anew(application: App, connection: PollingConnection) -> None:
    updater = _updater(application)
    if updater.running:
        # Not cut off at once: a poll that failed may pause for 30 s, and broken off there it would never run again.
        await _within(STOP_POLLING_WITHIN, updater.stop())
    await connection.rebuild()
    await _poll(application, connection)


async def come_up(application: App) -> None:
    """Finds Telegram, trying for as long as it takes. Raises TokenRefused."""
    attempt = 0
    while True:
        try:
            await application.initialize()
            return
        except InvalidToken:
            raise TokenRefused from None
        except TelegramError as error:
            pause = PAUSES[min(attempt, len(PAUSES) - 1)]
            logger.warning("can't reach Telegram (%s); trying again in %g s", error.message, pause)
            await asyncio.sleep(pause)
            attempt += 1


async def _start(application: App) -> None:
    try:
        await set_menus(application.bot)
        await introduce(application.bot)
    except TelegramError as error:  # the bot is of use without them
        logger.warning("the menus of commands or the bot's description could not be set: %s", error.message)
    await application.start()
    for update in await inbox_of(application).take_up(application.bot):
        await application.process_error(update, GivenUp(f"the bot ended in the middle of it {MAX_ATTEMPTS} times"))


async def _poll(application: App, connection: PollingConnection) -> None:
    await _updater(application).start_polling(allowed_updates=UPDATES, bootstrap_retries=-1, error_callback=connection.report)


def _updater(application: App) -> Updater:
    if application.updater is None:
        raise RuntimeError("the application was built without an updater")
    return application.updater


def _cause(error: TelegramError) -> str:
    if isinstance(error, NotReceived):
        return error.message
    if isinstance(error, Conflict):
        return "another instance runs with the same token, and Telegram serves only one; stop the other one"
    return f"can't reach Telegram ({error.message}); trying on"


async def _stop(application: App) -> None:
    """Stops in order: no more updates, then those under way, then the connections. What hasn't begun stays in the inbox."""
    if isinstance(application.update_processor, InOrderPerChat):
        application.update_processor.close()
    if application.updater is not None and application.updater.running:
        await _within(NO_MORE_WITHIN, application.updater.stop())
    if application.running:
        await _within(FINISH_WITHIN, application.stop())
    # Cut off before the connections are closed: a send that failed for that would seem to be finished.
    await _within(CUT_OFF_WITHIN, application.update_processor.shutdown())
    await _within(CLOSE_WITHIN, _close(application))
    if waiting := inbox_of(application).unfinished:
        logger.info("%d updates wait in the inbox for the next start", waiting)


async def _close(application: App) -> None:
    await application.shutdown()
    await application.bot.shutdown()  # which the application leaves open when it never came up


async def _within(seconds: float, work: Coroutine[Any, Any, None]) -> None:
    """Does `work`, but doesn't wait for it for longer than `seconds`, whatever it makes of being cancelled."""
    task = asyncio.ensure_future(work)
    await asyncio.wait({task}, timeout=seconds)
    if task.done():
        task.result()
    else:
        task.cancel()
        logger.warning("not stopped after %g s; going on", seconds)
