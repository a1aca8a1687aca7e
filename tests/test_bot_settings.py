"""The bot's settings, from the environment."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError

from bot.settings import BotSettings
from index.errors import SettingsError
from index.settings import load_settings


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


@pytest.mark.parametrize("name", ["CITEBOT_ALLOWED_USERS", "CITEBOT_ALLOWED_CHATS", "CITEBOT_ADMINS"])
@pytest.mark.parametrize("nobody", [",", " ", " , ,"])
def test_a_list_of_nobody_is_an_error_and_never_everybody(monkeypatch: pytest.MonkeyPatch, name: str, nobody: str) -> None:
    monkeypatch.setenv(name, nobody)

    with pytest.raises(SettingsError, match=f"^{name}: it names nobody; write ids, or leave it out$"):
        load_settings(BotSettings)


@pytest.mark.parametrize(
    ("name", "cure", "other"),
    [
        ("CITEBOT_ALLOWED_USERS", "`citebot pair` needs none", "/doctor"),
        ("CITEBOT_ALLOWED_CHATS", "`citebot pair` needs none", "/doctor"),
        ("CITEBOT_ADMINS", "`/doctor` in a private chat with the bot tells yours", "pair"),
    ],
)
def test_names_instead_of_ids_are_refused_with_a_way_to_the_ids(monkeypatch: pytest.MonkeyPatch, name: str, cure: str, other: str) -> None:
    monkeypatch.setenv(name, "1,@ann")

    with pytest.raises(SettingsError, match=f"^{name}: it should hold whole numbers") as refusal:
        load_settings(BotSettings)

    assert cure in str(refusal.value)
    assert other not in str(refusal.value)


@pytest.mark.parametrize("name", ["CITEBOT_ALLOWED_USERS", "CITEBOT_ADMINS"])
def test_a_group_among_people_is_refused_with_where_it_belongs(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "1,-1001234567890")

    with pytest.raises(SettingsError, match=f"^{name}: -1001234567890 is a group's id; groups belong in CITEBOT_ALLOWED_CHATS$"):
        load_settings(BotSettings)


def test_other_numbers_know_nothing_of_ids(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CITEBOT_USER_LIMIT", "many")

    with pytest.raises(SettingsError, match=r"^CITEBOT_USER_LIMIT: should be a whole number$"):
        load_settings(BotSettings)


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


HOOK = "https://bot.example.org/telegram"


@pytest.mark.parametrize("url", [HOOK, "https://bot.example.org:8443/telegram", "https://203.0.113.7:443"])
def test_a_webhook_is_an_address_that_telegram_delivers_to(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("CITEBOT_WEBHOOK_URL", url)
    monkeypatch.setenv("CITEBOT_HTTP_PORT", "8080")

    assert BotSettings().webhook_url == url


@pytest.mark.parametrize(
    ("url", "port", "cure"),
    [
        ("http://bot.example.org/telegram", "8080", "begin with https://"),
        ("https://bot.example.org:8080/telegram", "8080", "443, 80, 88 or 8443"),
        ("https://bot.example.org/telegram/123456:sekrit", "8080", "nothing but letters"),
        ("https://me:sekrit@bot.example.org/telegram", "8080", "should look like"),
        ("bot.example.org", "8080", "should look like"),
        ("https://bot.example.org/metrics", "8080", "another path"),
        (HOOK, "", "CITEBOT_HTTP_PORT"),
        (HOOK, "0", "CITEBOT_HTTP_PORT"),
    ],
)
def test_a_webhook_that_can_not_work_is_refused_with_the_cure(monkeypatch: pytest.MonkeyPatch, url: str, port: str, cure: str) -> None:
    monkeypatch.setenv("CITEBOT_WEBHOOK_URL", url)
    monkeypatch.setenv("CITEBOT_HTTP_PORT", port)

    with pytest.raises(ValidationError, match=cure) as refusal:
        BotSettings()

    assert "CITEBOT_WEBHOOK_URL" in str(refusal.value)
    assert "sekrit" not in str(refusal.value)


def test_a_bot_api_server_of_ones_own_may_deliver_without_tls(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELEGRAM_BASE_URL", "http://127.0.0.1:8081")
    monkeypatch.setenv("CITEBOT_WEBHOOK_URL", "http://10.0.0.7:8080/telegram")
    monkeypatch.setenv("CITEBOT_HTTP_PORT", "8080")

    assert BotSettings().webhook_url == "http://10.0.0.7:8080/telegram"


@pytest.mark.parametrize("secret", ["sekrit!", "sekrit sekrit", "sekrit" * 43])
def test_a_secret_that_telegram_would_refuse_is_refused_without_repeating_it(monkeypatch: pytest.MonkeyPatch, secret: str) -> None:
    monkeypatch.setenv("CITEBOT_WEBHOOK_SECRET", secret)

    with pytest.raises(ValidationError, match="openssl rand -hex 32") as refusal:
        BotSettings()

    assert "sekrit" not in str(refusal.value)


def test_the_secret_is_not_in_what_is_printed_of_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CITEBOT_WEBHOOK_SECRET", "sekrit-1")

    assert "sekrit" not in repr(BotSettings()) + BotSettings().model_dump_json()
