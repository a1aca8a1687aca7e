"""The bot's settings: environment and `.env`, read once into a frozen value."""

import re
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BeforeValidator, Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.access import AccessList

TELEGRAM = "https://api.telegram.org"
_TOKEN = re.compile(r"\d+:[\w-]+", re.ASCII)


def _split_ids(value: object) -> object:
    """`"1, -100200"` → `["1", "-100200"]`; what is no string is left to pydantic."""
    return [part for part in re.split(r"[,\s]+", value) if part] if isinstance(value, str) else value


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
        env_file=".env",
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
    time_zone: Zone | None = Field(
        None,
        alias="CITEBOT_TIME_ZONE",
        description="Time zone of a chat's silent hours, such as `Asia/Seoul`; by default the machine's.",
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
        description="Address for health and metrics.",
    )
    http_port: int | None = Field(
        None,
        ge=0,
        le=65535,
        alias="CITEBOT_HTTP_PORT",
        description="Port for `/healthz`, `/readyz` and `/metrics` (Prometheus); without it there are none.",
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
        return datetime.now(self.time_zone).astimezone(self.time_zone)

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
