"""The bot's settings, from the environment."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError

from bot.settings import BotSettings


@pytest.fixture(autouse=True)
def empty_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No `.env` of the developer's, and none of their variables."""
    monkeypatch.chdir(tmp_path)
    for field in BotSettings.model_fields.values():
        monkeypatch.delenv(str(field.alias), raising=False)
    return tmp_path


def test_without_any_setting_everybody_is_served_by_telegram_itself() -> None:
    settings = BotSettings()

    assert settings.token is None
    assert settings.api_url == "https://api.telegram.org/bot"
    assert settings.file_url == "https://api.telegram.org/file/bot"
    assert settings.access.serves(1, -1)


def test_an_empty_value_is_as_good_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", "")
    monkeypatch.setenv("CITEBOT_ALLOWED_USERS", "")

    assert BotSettings().token is None
    assert BotSettings().allowed_users == frozenset()


def test_ids_are_split_at_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CITEBOT_ALLOWED_USERS", "1, 2,")
    monkeypatch.setenv("CITEBOT_ALLOWED_CHATS", "-1001234567890")
    monkeypatch.setenv("CITEBOT_ADMINS", "5")

    settings = BotSettings()

    assert settings.allowed_users == {1, 2}
    assert settings.allowed_chats == {-1001234567890}
    assert settings.admins == {5}


@pytest.mark.parametrize(
    "base",
    ["http://127.0.0.1:8081", "http://127.0.0.1:8081/", "http://127.0.0.1:8081/bot", "http://127.0.0.1:8081/bot/"],
)
def test_a_local_servers_address_may_end_with_bot(monkeypatch: pytest.MonkeyPatch, base: str) -> None:
    monkeypatch.setenv("TELEGRAM_BASE_URL", base)

    assert BotSettings().api_url == "http://127.0.0.1:8081/bot"
    assert BotSettings().file_url == "http://127.0.0.1:8081/file/bot"


@pytest.mark.parametrize("base", ["http://files:80", "http://files:80/file/bot", "http://files:80/file/bot/"])
def test_files_may_be_elsewhere(monkeypatch: pytest.MonkeyPatch, base: str) -> None:
    monkeypatch.setenv("TELEGRAM_BASE_FILE_URL", base)

    assert BotSettings().file_url == "http://files:80/file/bot"


def test_dot_env_is_read(empty_place: Path) -> None:
    (empty_place / ".env").write_text("CITEBOT_LOG_LEVEL=debug\nSOMETHING_ELSE=1\n", encoding="utf-8")

    assert BotSettings().log_level == "DEBUG"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TELEGRAM_BOT_TOKEN", "sekrit"),
        ("TELEGRAM_BASE_URL", "sekrit"),
        ("CITEBOT_ALLOWED_USERS", "1,sekrit"),
        ("CITEBOT_LOG_LEVEL", "sekrit"),
        ("CITEBOT_TIME_ZONE", "Europe/sekrit"),
        ("CITEBOT_TIME_ZONE", "../sekrit"),
    ],
)
def test_a_wrong_value_is_refused_without_repeating_it(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)

    with pytest.raises(ValidationError) as refusal:
        BotSettings()

    assert name in str(refusal.value)
    assert "sekrit" not in str(refusal.value)


def test_the_clock_is_the_time_zones_or_else_the_machines(monkeypatch: pytest.MonkeyPatch) -> None:
    assert BotSettings().now().utcoffset() == datetime.now().astimezone().utcoffset()

    monkeypatch.setenv("CITEBOT_TIME_ZONE", " Asia/Seoul ")
    assert BotSettings().now().utcoffset() == timedelta(hours=9)


def test_the_token_is_not_in_what_is_printed_of_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", "123456:sekrit-sekrit")

    settings = BotSettings()

    assert settings.token is not None
    assert settings.token.get_secret_value() == "123456:sekrit-sekrit"
    assert "sekrit" not in repr(settings) + str(settings) + settings.model_dump_json()


def test_every_setting_is_described_for_the_readme() -> None:
    assert all(field.alias and field.description for field in BotSettings.model_fields.values())
