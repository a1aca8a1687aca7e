"""The bot's settings: environment and `.env`, read once into a frozen value."""

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BeforeValidator, Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.access import AccessList
from index.settings import ENV_FILE

TELEGRAM = "https://api.telegram.org"
_ID = re.compile(r"[+-]?\d+", re.ASCII)
_TOKEN = re.compile(r"\d+:[\w-]+", re.ASCII)
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
_WEBHOOK = re.compile(r"https?://[A-Za-z0-9.-]+(:\d{1,5})?(/[A-Za-z0-9._~/-]*)?")
WEBHOOK_PORTS = (443, 80, 88, 8443)
"""Those that Telegram delivers to."""
PAGES = ("/healthz", "/readyz", "/metrics")


def _split_ids(value: object, setting: ValidationInfo) -> object:
    """`"1, -100200"` → `["1", "-100200"]`; what is no string is left to pydantic. A list of nobody must never mean "everybody"."""
    if not isinstance(value, str):
        return value
    ids = [part for part in re.split(r"[,\s]+", value) if part]
    if not ids:
        raise ValueError("it names nobody; write ids, or leave it out")
    if not all(_ID.fullmatch(part) for part in ids):
        cure = "`/doctor` in a private chat with the bot tells yours" if setting.field_name == "admins" else "`citebot pair` needs none"
        raise ValueError(f"it should hold whole numbers, the ids of people and chats and not their names; {cure}")
    if setting.field_name != "allowed_chats" and (groups := [part for part in ids if part.startswith("-")]):
        raise ValueError(f"{groups[0]} is a group's id; groups belong in CITEBOT_ALLOWED_CHATS")
    return ids


Ids = Annotated[frozenset[int], NoDecode, BeforeValidator(_split_ids)]


def _zone(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        return ZoneInfo(value.strip())
    except (ZoneInfoNotFoundError, ValueError, OSError):  # the latter for what could be no name, or leads to no file
        raise ValueError("it should be a time zone's name, such as Asia/Seoul or Europe/Berlin") from None


Zone = Annotated[ZoneInfo, BeforeValidator(_zone)]


class BotSettings(BaseSettings):
    """What the Telegram side needs to know; `IndexSettings` reads the same environment for its own."""

    model_config = SettingsConfigDict(
        env_file=ENV_FILE,
        env_file_encoding="utf-8",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,  # a rejected value may be the token
        populate_by_name=True,
    )

    token: SecretStr | None = Field(
        None,
        alias="TELEGRAM_BOT_TOKEN",
        description="The bot's token from @BotFather; without it, `citebot run` is the sandbox.",
    )
    sandbox: bool = Field(
        True,
        alias="CITEBOT_SANDBOX",
        description="Whether `citebot run` without a token is the sandbox: on or off; off, a missing token is an error.",
    )
    base_url: str = Field(
        TELEGRAM,
        alias="TELEGRAM_BASE_URL",
        description="Address of the Bot API server, with or without `/bot`; for a local server of your own.",
    )
    base_file_url: str | None = Field(
        None,
        alias="TELEGRAM_BASE_FILE_URL",
        description="Where that server offers files, with or without `/file/bot`; by default as `TELEGRAM_BASE_URL`.",
    )
    data: Path = Field(
        Path("data"),
        alias="CITEBOT_DATA",
        description="Directory for the index and the bot's database.",
    )
    allowed_users: Ids = Field(
        frozenset(),
        alias="CITEBOT_ALLOWED_USERS",
        description="Comma-separated ids of the users to serve; with no chats set either, everybody is served.",
    )
    allowed_chats: Ids = Field(
        frozenset(),
        alias="CITEBOT_ALLOWED_CHATS",
        description="Comma-separated ids of the chats to serve, whoever writes there.",
    )
    admins: Ids = Field(
        frozenset(),
        alias="CITEBOT_ADMINS",
        description="Comma-separated ids of the bot's administrators.",
    )
    leave_unknown: bool = Field(
        True,
        alias="CITEBOT_LEAVE_UNKNOWN",
        description="Whether to leave a group that isn't served, after a word of why: true or false.",
    )
    user_limit: int = Field(
        30,
        ge=0,
        alias="CITEBOT_USER_LIMIT",
        description="Questions a minute that one person may ask; of presses and of looks while typing, four times as many. 0 for no limit.",
    )
    chat_limit: int = Field(
        60,
        ge=0,
        alias="CITEBOT_CHAT_LIMIT",
        description="Questions a minute that one chat may ask; 0 for no limit.",
    )
    fetch: bool = Field(
        False,
        alias="CITEBOT_FETCH",
        description="Whether the bot may fetch links it is given (https, public addresses only): true or false.",
    )
    inline_own: bool = Field(
        False,
        alias="CITEBOT_INLINE_OWN",
        description="Whether inline mode also answers from the asker's own documents, those of their private chat: true or false.",
    )
    time_zone: Zone | None = Field(
        None,
        alias="CITEBOT_TIME_ZONE",
        description="Time zone of a chat's silent hours and digests, such as `Asia/Seoul`; by default the machine's.",
    )
    retention_days: int = Field(
        90,
        ge=0,
        alias="CITEBOT_RETENTION_DAYS",
        description="Days for which questions, answers and votes are kept; 0 for as long as the database.",
    )
    http_host: str = Field(
        "127.0.0.1",
        alias="CITEBOT_HTTP_HOST",
        description="Address to listen on for health, metrics and the webhook.",
    )
    http_port: int | None = Field(
        None,
        ge=0,
        le=65535,
        alias="CITEBOT_HTTP_PORT",
        description="Port for `/healthz`, `/readyz`, `/metrics` (Prometheus) and the webhook; without it there are none.",
    )
    webhook_url: str | None = Field(
        None,
        alias="CITEBOT_WEBHOOK_URL",
        description="Public https address that Telegram brings updates to; without it, the bot fetches them.",
    )
    webhook_secret: SecretStr | None = Field(
        None,
        alias="CITEBOT_WEBHOOK_SECRET",
        description="What Telegram proves itself with there: 1 to 256 of A-Z, a-z, 0-9, _ and -; by default derived from the token.",
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        "INFO",
        alias="CITEBOT_LOG_LEVEL",
        description="How much to log: DEBUG, INFO, WARNING or ERROR.",
    )

    @field_validator("token")
    @classmethod
    def _looks_like_a_token(cls, token: SecretStr | None) -> SecretStr | None:
        if token is not None and not _TOKEN.fullmatch(token.get_secret_value().strip()):
            raise ValueError("it should look like 123456789:AAE…, as @BotFather gives it")
        return SecretStr(token.get_secret_value().strip()) if token is not None else None

    @field_validator("base_url")
    @classmethod
    def _without_bot(cls, url: str) -> str:
        return _web_address(url).removesuffix("/bot").rstrip("/")

    @field_validator("base_file_url")
    @classmethod
    def _without_file_bot(cls, url: str | None) -> str | None:
        return None if url is None else _web_address(url).removesuffix("/bot").removesuffix("/file").rstrip("/")

    @field_validator("webhook_url")
    @classmethod
    def _can_be_delivered_to(cls, url: str | None, others: ValidationInfo) -> str | None:
        """By Telegram; a Bot API server of one's own may also take plain http and any port."""
        if url is None:
            return None
        if not _WEBHOOK.fullmatch(url):
            raise ValueError(
                "it should look like https://bot.example.org/telegram, with nothing but letters, digits and . _ ~ - in the path"
            )
        address = urlsplit(url)
        if others.data.get("base_url") == TELEGRAM:
            _check_delivery(address.scheme, address.port or 443)
        if address.path in PAGES:
            raise ValueError(f"it should have another path than {', '.join(PAGES)}")
        if not others.data.get("http_port"):
            raise ValueError("it needs CITEBOT_HTTP_PORT, the port to which your reverse proxy forwards what comes to it")
        return url

    @field_validator("webhook_secret")
    @classmethod
    def _is_one_for_telegram(cls, secret: SecretStr | None) -> SecretStr | None:
        if secret is not None and not _SECRET.fullmatch(secret.get_secret_value()):
            raise ValueError("it should be 1 to 256 of A-Z, a-z, 0-9, _ and -; `openssl rand -hex 32` makes a good one")
        return secret

    @field_validator("log_level", mode="before")
    @classmethod
    def _upper(cls, level: object) -> object:
        return level.upper() if isinstance(level, str) else level

    @property
    def api_url(self) -> str:
        """What python-telegram-bot puts before the token."""
        return f"{self.base_url}/bot"

    @property
    def file_url(self) -> str:
        return f"{self.base_file_url or self.base_url}/file/bot"

    def now(self) -> datetime:
        """By the clock that silent hours go by."""
        return datetime.now(UTC).astimezone(self.time_zone)

    @property
    def database(self) -> Path:
        return self.data / "citebot.sqlite3"

    @property
    def access(self) -> AccessList:
        return AccessList(self.allowed_users, self.allowed_chats, self.admins)


def _web_address(url: str) -> str:
    url = url.strip().rstrip("/")
    if not re.match(r"https?://[^/\s]+", url):
        raise ValueError("it should begin with http:// or https://")
    return url


def _check_delivery(scheme: str, port: int) -> None:
    if scheme != "https":
        raise ValueError("it should begin with https://, for Telegram delivers to nothing else; let a reverse proxy do the TLS")
    if port not in WEBHOOK_PORTS:
        raise ValueError("its port should be 443, 80, 88 or 8443, for Telegram delivers to no other; let a reverse proxy listen there")
