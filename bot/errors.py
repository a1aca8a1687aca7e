"""What goes wrong on the Telegram side.

CitebotError                  (index.errors: one line, for the user, that names the cure)
└── BotError
    ├── ExportError           what was to be exported can't be written
    ├── Overloaded            more is asked than can be computed
    ├── PortTaken             nothing can listen where the settings say
    ├── ScriptError           a conversation to be played can't be
    ├── StateError            the database can't be used
    │   └── StateOutdated     an older version wrote it, and it was to be read only
    ├── TokenMissing          there is no token
    ├── TokenRefused          Telegram doesn't know the token
    ├── TelegramUnreachable   the Bot API server doesn't answer
    └── WebhookRefused        Telegram won't deliver to the address that the settings name
"""

from pathlib import Path

from index.errors import CitebotError


class BotError(CitebotError): ...


class ExportError(BotError): ...


class Overloaded(BotError):
    def __init__(self) -> None:
        super().__init__("more questions wait than can be answered in time; give the bot more cores, or ask less at once")


class PortTaken(BotError): ...


class ScriptError(BotError):
    """`line`: from 1; None where it is the file as a whole."""

    def __init__(self, path: Path, line: int | None, complaint: str) -> None:
        super().__init__(f"{path}{f', line {line}' if line is not None else ''}: {complaint}")


class StateError(BotError): ...


class StateOutdated(StateError): ...


class TokenMissing(BotError):
    def __init__(self) -> None:
        super().__init__(
            "there is no token; write to @BotFather in Telegram, send /newbot, and put the token that it gives you "
            "into TELEGRAM_BOT_TOKEN (in the environment or in .env)"
        )


class TokenRefused(BotError):
    def __init__(self) -> None:
        super().__init__(
            "Telegram refuses the token in TELEGRAM_BOT_TOKEN; "
            "copy it again from @BotFather (/mybots, your bot, API Token), and check TELEGRAM_BASE_URL if you set it"
        )


class TelegramUnreachable(BotError): ...


class WebhookRefused(BotError):
    def __init__(self, reason: str) -> None:
        super().__init__(
            f"Telegram refuses CITEBOT_WEBHOOK_URL ({reason}); it needs an address that the internet can reach, with https, "
            "on port 443, 80, 88 or 8443; without CITEBOT_WEBHOOK_URL the bot fetches its updates and needs none"
        )
