"""`citebot doctor`: what is in order and what isn't, each finding with its cure. Never shows the token."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from enum import Enum

from rich.text import Text
from telegram import Bot, User, WebhookInfo
from telegram.error import InvalidToken, TelegramError
from telegram.request import HTTPXRequest

from bot.errors import TokenMissing, TokenRefused
from bot.settings import BotSettings
from bot.state import State
from index.errors import CitebotError

MIN_PYTHON = (3, 11)
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

    def __rich__(self) -> Text:
        mark = (self.health.value, _STYLES[self.health])
        return Text.assemble(mark, " ", (self.subject, "bold"), f": {self.detail}")


Check = Callable[[], str]
"""Says what is fine; raises a CitebotError that names the cure for what isn't."""


def examine(checks: Sequence[tuple[str, Check]]) -> Iterator[Finding]:
    """Runs the checks in order, each one whatever came of the others."""
    for subject, check in checks:
        try:
            yield Finding(subject, Health.FINE, check())
        except CitebotError as error:
            yield Finding(subject, Health.BROKEN, str(error))


def check_python() -> str:
    version = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info < MIN_PYTHON:
        raise CitebotError(f"{version} is too old; install Python {'.'.join(map(str, MIN_PYTHON))} or newer")
    return version


def check_database(settings: BotSettings) -> str:
    with closing(State.open(settings.database)):
        return f"{settings.database} can be written"


def access_finding(settings: BotSettings) -> Finding:
    users, chats = len(settings.allowed_users), len(settings.allowed_chats)
    if users or chats:
        return Finding("Access", Health.FINE, f"{users} users and {chats} chats are served, nobody else")
    hint = "everybody who finds the bot is served; CITEBOT_ALLOWED_USERS and CITEBOT_ALLOWED_CHATS limit that"
    return Finding("Access", Health.HINT, hint)


async def telegram_findings(settings: BotSettings) -> list[Finding]:
    """What Telegram says of the token and of the bot's rights."""
    if settings.token is None:
        return [Finding("Token", Health.HINT, f"{TokenMissing()}; until then, `citebot run` chats in the terminal")]
    bot = Bot(
        settings.token.get_secret_value(),
        base_url=settings.api_url,
        base_file_url=settings.file_url,
        request=HTTPXRequest(connect_timeout=TIMEOUT, read_timeout=TIMEOUT),
    )
    try:
        async with bot:
            return list(_bot_findings(bot.bot, await bot.get_webhook_info()))
    except InvalidToken:
        return [Finding("Token", Health.BROKEN, str(TokenRefused()))]
    except TelegramError as error:
        cure = "check the network, HTTPS_PROXY and TELEGRAM_BASE_URL"
        return [Finding("Telegram", Health.BROKEN, f"no answer from {settings.base_url} ({error.message}); {cure}")]


def _bot_findings(me: User, webhook: WebhookInfo) -> Iterator[Finding]:
    yield Finding("Token", Health.FINE, f"it is @{me.username}'s")
    yield Finding("Telegram", Health.FINE, "reachable")
    if webhook.url:
        hint = "another program has set one, and gets the updates; `citebot run` removes it"
        yield Finding("Webhook", Health.HINT, hint)
    if me.can_read_all_group_messages:
        yield Finding(
            "Groups", Health.FINE, "privacy mode is off: mentions reach the bot in groups that it joined since"
        )
    else:
        hint = (
            "privacy mode is on, so in groups /ask and replies to the bot reach it, but mentions only where it is an "
            "administrator; to change that: @BotFather, /setprivacy, then remove the bot from the group and add it again"
        )
        yield Finding("Groups", Health.HINT, hint)
    if not me.can_join_groups:
        yield Finding(
            "Groups", Health.HINT, "the bot can't be added to groups; to change that: @BotFather, /setjoingroups"
        )
