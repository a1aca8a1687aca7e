"""`citebot doctor`: what is in order and what isn't, each finding with its cure. Never shows the token."""

import asyncio
import logging
import os
import platform
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from enum import Enum
from functools import cache
from pathlib import Path

from rich.text import Text
from telegram import Bot, User, WebhookInfo
from telegram.error import InvalidToken, TelegramError
from telegram.request import HTTPXRequest

from bot.admissions import Admitted
from bot.errors import StateOutdated, TokenMissing, TokenRefused
from bot.logs import Redact
from bot.settings import BotSettings
from bot.state import State
from bot.webhook import host_of, is_failing
from index.assembly import build_embedder, build_reader, build_store
from index.domain import SHARED, Document
from index.errors import CitebotError, ModelError, SnapshotError, SnapshotMissing
from index.loading.corpus import QUICK, Known, is_made_of, load_corpus
from index.protocols import Store
from index.settings import IndexSettings

logger = logging.getLogger(__name__)

TIMEOUT = 10.0
"""Seconds to wait for Telegram."""


class Health(Enum):
    """`HINT`: it works, but you may want to know."""

    FINE = "✓"
    HINT = "!"
    BROKEN = "✗"


_STYLES = {Health.FINE: "green", Health.HINT: "yellow", Health.BROKEN: "red"}


@dataclass(frozen=True, slots=True)
class Finding:
    """What was looked at, how it is, and what to do about it."""

    subject: str
    health: Health
    detail: str

    def redacted(self, redact: Redact) -> "Finding":
        """Without the token that a library may have put into its message."""
        return replace(self, detail=redact(self.detail))

    def __rich__(self) -> Text:
        mark = (self.health.value, _STYLES[self.health])
        return Text.assemble(mark, " ", (self.subject, "bold"), f": {self.detail}")


def examine(index: IndexSettings, bot: BotSettings) -> Iterator[Finding]:
    """Everything, each thing whatever came of the others; what takes long last."""
    yield Finding("Python", Health.FINE, platform.python_version())
    yield database_finding(bot)
    yield access_finding(bot)
    yield from asyncio.run(telegram_findings(bot))
    yield corpus_finding(index)
    yield reader_finding(index)
    yield from index_findings(index)


def database_finding(settings: BotSettings) -> Finding:
    """Changes nothing: the bot that has it open may be an older one."""
    path, cure = settings.database, "let its folder be writable, or set CITEBOT_DATA to one that is"
    try:
        if not _is_writable(path):
            return Finding("Database", Health.BROKEN, f"{path} can't be written; {cure}")
        if not path.exists():
            return Finding("Database", Health.HINT, f"{path} isn't there yet; `citebot run` makes it at its first start")
        with closing(State.open_to_read(path)):
            return Finding("Database", Health.FINE, str(path))
    except StateOutdated as error:
        return Finding("Database", Health.HINT, str(error))
    except CitebotError as error:
        return Finding("Database", Health.BROKEN, str(error))
    except OSError as error:
        return Finding("Database", Health.BROKEN, f"{path}: {error.strerror}; {cure}")


def _is_writable(path: Path) -> bool:
    """Whether a file may be changed there, or made with the folders that it needs."""
    found = next(at for at in (path, *path.parents) if at.exists())
    return (found == path or found.is_dir()) and os.access(found, os.W_OK)


def corpus_finding(settings: IndexSettings) -> Finding:
    try:
        corpus = load_corpus(settings.corpus, _indexed(settings))
    except CitebotError as error:
        return Finding("Documents", Health.BROKEN, str(error))
    if not corpus.documents:
        cure = "put some in, or give the bot its documents in its chats"
        return Finding("Documents", Health.HINT, f"{settings.corpus} holds none that can be read; {cure}")
    skipped = "; ".join(f"{skipped.path} is skipped: {skipped.reason}" for skipped in corpus.skipped)
    found = f"{len(corpus.documents)} in {settings.corpus}"
    return Finding("Documents", Health.HINT if skipped else Health.FINE, f"{found}; {skipped}" if skipped else found)


def _indexed(settings: IndexSettings) -> Known:
    """What the index has of a file, so that it isn't parsed for every look at the bot's health."""

    @cache
    def store() -> Store:
        return build_store(settings, build_embedder(settings))

    def known(file: Path, name: str) -> Document | None:
        if file.suffix.lower() not in QUICK:
            with suppress(ModelError, SnapshotError):
                document = store().document(SHARED, name)
                return document if document and is_made_of(document, file) else None
        return None

    return known


def reader_finding(settings: IndexSettings) -> Finding:
    try:
        return Finding("Reader", Health.FINE, build_reader(settings).name)
    except CitebotError as error:
        return Finding("Reader", Health.BROKEN, str(error))


def index_findings(settings: IndexSettings) -> Iterator[Finding]:
    """The model, and the index that it made."""
    try:
        embedder = build_embedder(settings)
        embedder.embed_query("Does it work?")
        yield Finding("Model", Health.FINE, embedder.name)
        yield _index_finding(build_store(settings, embedder))
    except CitebotError as error:
        yield Finding("Model", Health.BROKEN, str(error))


def _index_finding(store: Store) -> Finding:
    try:
        documents, generation = len(store.documents(SHARED)), store.generation(SHARED)
    except SnapshotMissing:
        return Finding("Index", Health.HINT, "not built yet; `citebot run` does it at its start, `citebot index` now")
    except SnapshotError as error:
        return Finding("Index", Health.BROKEN, str(error))
    return Finding("Index", Health.FINE, f"{documents} document{'s' * (documents != 1)}, generation {generation}")


def access_finding(settings: BotSettings, open_state: Callable[[Path], State] = State.open_to_read) -> Finding:
    """By the settings, and by codes."""
    access = settings.access.admitting(_admitted(settings, open_state))
    if not access.is_open:
        users, chats = len(access.users | access.admins), len(access.chats)
        return Finding("Access", Health.FINE, f"{users} users and {chats} chats are served, nobody else")
    hint = "everybody who finds the bot is served; CITEBOT_ALLOWED_USERS, CITEBOT_ALLOWED_CHATS or `citebot pair` limit that"
    return Finding("Access", Health.HINT, hint)


def warn_if_open(settings: BotSettings) -> None:
    """For whoever reads the log of a bot that everybody may ask, and may not mean it."""
    finding = access_finding(settings, State.open)  # as the bot does next, which leads it up to this version
    if finding.health is Health.HINT:
        logger.warning(finding.detail)


def _admitted(settings: BotSettings, open_state: Callable[[Path], State]) -> Admitted:
    """Nobody where there is no database, or one that can't be used: that is a finding of its own."""
    if settings.database.exists():
        with suppress(CitebotError, OSError), closing(open_state(settings.database)) as state:
            return state.admissions.admitted()
    return Admitted(frozenset(), is_closed=False)


async def telegram_findings(settings: BotSettings) -> list[Finding]:
    """What Telegram says of the token and of the bot's rights."""
    if settings.token is None:
        if not settings.sandbox:
            return [Finding("Token", Health.BROKEN, str(TokenMissing()))]
        return [Finding("Token", Health.HINT, f"{TokenMissing()}; until then, `citebot run` is the sandbox")]
    try:
        async with _bot_of(settings.token.get_secret_value(), settings) as bot:
            return list(_bot_findings(bot.bot, webhook_finding(settings.webhook_url, await bot.get_webhook_info(), time.time())))
    except InvalidToken:
        return [Finding("Token", Health.BROKEN, str(TokenRefused()))]
    except TelegramError as error:
        cure = "check the network, HTTPS_PROXY and TELEGRAM_BASE_URL"
        return [Finding("Telegram", Health.BROKEN, f"no answer from {settings.base_url} ({error.message}); {cure}")]
    except (RuntimeError, ValueError, ImportError) as error:  # a proxy of a kind that isn't spoken
        cure = "name an http:// proxy in HTTPS_PROXY, or pip install 'python-telegram-bot[socks]'"
        return [Finding("Telegram", Health.BROKEN, f"the proxy of the environment can't be used ({error}); {cure}")]


def _bot_of(token: str, settings: BotSettings) -> Bot:
    request = HTTPXRequest(connect_timeout=TIMEOUT, read_timeout=TIMEOUT)
    return Bot(token, base_url=settings.api_url, base_file_url=settings.file_url, request=request)


def _bot_findings(me: User, webhook: Finding | None) -> Iterator[Finding]:
    yield Finding("Token", Health.FINE, f"it is @{me.username}'s")
    yield Finding("Telegram", Health.FINE, "reachable")
    if webhook is not None:
        yield webhook
    if me.can_read_all_group_messages:
        yield Finding("Groups", Health.FINE, "privacy mode is off: mentions reach the bot in groups that it joined since")
    else:
        hint = (
            "privacy mode is on, so in groups /ask and replies to the bot reach it, but mentions only where it is an "
            "administrator; to change that: @BotFather, /setprivacy, then remove the bot from the group and add it again"
        )
        yield Finding("Groups", Health.HINT, hint)
    yield _mode_finding("Inline mode", bool(me.supports_inline_queries), "@bot and a question is answered in any chat", "/setinline")
    guests = "a mention is answered where the bot is no member"
    yield _mode_finding("Guest mode", bool(me.supports_guest_queries), guests, "/mybots, Bot Settings, Guest Mode")
    if not me.can_join_groups:
        yield Finding("Groups", Health.HINT, "the bot can't be added to groups; to change that: @BotFather, /setjoingroups")


def _mode_finding(subject: str, is_on: bool, effect: str, switch: str) -> Finding:
    if is_on:
        return Finding(subject, Health.FINE, f"on: {effect}")
    return Finding(subject, Health.HINT, f"off; on, {effect}; to switch it on: @BotFather, {switch}")


def webhook_finding(wanted: str | None, known: WebhookInfo, now: float) -> Finding | None:
    """What Telegram knows of a webhook beside the one that the settings want; None where there is none of either."""
    waiting = f"{known.pending_update_count} updates wait"
    if known.url != (wanted or ""):
        is_set = f"one is set, at {host_of(known.url)}, and gets the updates" if known.url else "none is set yet"
        cure = f"`citebot run` {'sets yours' if wanted else 'removes it'}"
        return Finding("Webhook", Health.HINT, f"{is_set}; {waiting}; {cure}")
    if not wanted:
        return None
    at = f"Telegram delivers to {host_of(wanted)}; {waiting}"
    if known.last_error_date is None:
        return Finding("Webhook", Health.FINE, at)
    failure = f"{known.last_error_message}, at {known.last_error_date:%Y-%m-%d %H:%M} UTC"
    if not is_failing(known, now):
        return Finding("Webhook", Health.FINE, f"{at}; the last failure is over ({failure})")
    cure = "check that the bot runs, and that your reverse proxy forwards that address to CITEBOT_HTTP_PORT, headers included"
    return Finding("Webhook", Health.BROKEN, f"Telegram can't deliver ({failure}); {waiting}; {cure}")
