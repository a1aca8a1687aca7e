"""The doctor's findings: what is in order, what isn't, and the cure."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from telegram import WebhookInfo

from bot import doctor
from bot.doctor import Finding, Health
from bot.logs import redactor
from bot.sandbox import BotApiServer
from bot.settings import BotSettings
from bot.state import State
from index.settings import IndexSettings
from tests.support import settings_for
from tests.test_state import SCHEMA_1

pytestmark = pytest.mark.anyio


def by_subject(findings: list[Finding]) -> dict[str, Finding]:
    return {finding.subject: finding for finding in findings}


async def test_a_token_that_telegram_knows_is_named_by_its_bot() -> None:
    async with BotApiServer() as server:
        found = by_subject(await doctor.telegram_findings(settings_for(server)))

    assert (found["Token"].health, found["Token"].detail) == (Health.FINE, "it is @citebot's")
    assert found["Telegram"].health is Health.FINE


@pytest.mark.parametrize(("privacy", "health"), [(True, Health.HINT), (False, Health.FINE)])
async def test_privacy_mode_is_explained_with_the_way_to_change_it(privacy: bool, health: Health) -> None:
    async with BotApiServer() as server:
        server.world.set_privacy(privacy)
        found = by_subject(await doctor.telegram_findings(settings_for(server)))

    assert found["Groups"].health is health
    assert ("/setprivacy" in found["Groups"].detail) == privacy


@pytest.mark.parametrize("is_on", [True, False])
async def test_inline_and_guest_mode_are_findings_with_the_way_to_switch_them_on(is_on: bool) -> None:
    async with BotApiServer() as server:
        server.world.profile.inline = server.world.profile.guest = is_on
        found = by_subject(await doctor.telegram_findings(settings_for(server)))

    for mode, switch in (("Inline mode", "/setinline"), ("Guest mode", "Bot Settings, Guest Mode")):
        assert found[mode].health is (Health.FINE if is_on else Health.HINT)
        assert (switch in found[mode].detail) is not is_on


async def test_a_proxy_that_is_not_spoken_is_a_finding_and_not_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", "socks5://127.0.0.1:1080")
    async with BotApiServer() as server:
        (found,) = await doctor.telegram_findings(settings_for(server))

    assert found.health is Health.BROKEN
    assert "HTTPS_PROXY" in found.detail


async def test_a_wrong_token_is_broken_and_never_shown() -> None:
    async with BotApiServer() as server:
        found = await doctor.telegram_findings(settings_for(server, token="123456:sekrit-sekrit"))

    assert [finding.health for finding in found] == [Health.BROKEN]
    assert "@BotFather" in found[0].detail
    assert "sekrit" not in str(found)


MIDNIGHT = datetime(2026, 11, 23, tzinfo=UTC)


def webhook(url: str = "", waiting: int = 0, error: str | None = None) -> WebhookInfo:
    """As Telegram knows it."""
    return WebhookInfo(url, False, waiting, last_error_message=error, last_error_date=MIDNIGHT if error else None)


HOOK = "https://bot.example.org/a-secret-path"
ANOTHER = "https://other.example.org/another-secret-path"
REFUSED = "Connection refused"


@pytest.mark.parametrize(
    ("wanted", "known", "health", "words"),
    [
        (None, webhook(ANOTHER, 3), Health.HINT, "at other.example.org, and gets the updates; 3 updates wait; `citebot run` removes it"),
        (HOOK, webhook(ANOTHER), Health.HINT, "at other.example.org, and gets the updates; 0 updates wait; `citebot run` sets yours"),
        (HOOK, webhook("", 2), Health.HINT, "none is set yet; 2 updates wait; `citebot run` sets yours"),
        (HOOK, webhook(HOOK, 1), Health.FINE, "delivers to bot.example.org; 1 updates wait"),
        (HOOK, webhook(HOOK, 0, REFUSED), Health.FINE, "the last failure is over (Connection refused, at 2026-11-23 00:00 UTC)"),
        (HOOK, webhook(HOOK, 4, REFUSED), Health.BROKEN, "4 updates wait; check that the bot runs, and that your reverse proxy forwards"),
    ],
)
def test_a_webhook_is_examined_and_its_path_never_shown(wanted: str | None, known: WebhookInfo, health: Health, words: str) -> None:
    finding = doctor.webhook_finding(wanted, known, MIDNIGHT.timestamp() + 60)

    assert finding is not None
    assert finding.health is health
    assert words in finding.detail
    assert "secret-path" not in finding.detail


def test_a_failure_of_long_ago_is_over_though_an_update_is_just_on_its_way() -> None:
    finding = doctor.webhook_finding(HOOK, webhook(HOOK, 1, REFUSED), MIDNIGHT.timestamp() + 3600)

    assert finding is not None
    assert finding.health is Health.FINE


async def test_where_updates_are_fetched_and_no_webhook_is_set_there_is_nothing_to_say_of_one() -> None:
    async with BotApiServer() as server:
        assert "Webhook" not in by_subject(await doctor.telegram_findings(settings_for(server)))


async def test_a_webhook_that_is_wanted_and_not_set_is_a_finding() -> None:
    async with BotApiServer() as server:
        found = by_subject(await doctor.telegram_findings(settings_for(server, http_port=8080, webhook_url=HOOK)))

    assert found["Webhook"].health is Health.HINT


async def test_no_answer_from_telegram_is_broken_and_names_what_to_check() -> None:
    server = BotApiServer()
    await server.start()
    await server.stop()

    found = await doctor.telegram_findings(settings_for(server))

    assert (found[0].subject, found[0].health) == ("Telegram", Health.BROKEN)
    assert "TELEGRAM_BASE_URL" in found[0].detail


def test_a_reader_that_cannot_be_opened_is_broken_and_names_its_setting(tmp_path: Path) -> None:
    assert doctor.reader_finding(IndexSettings()).health is Health.FINE
    finding = doctor.reader_finding(IndexSettings.model_validate({"reader": tmp_path}))

    assert finding.health is Health.BROKEN
    assert "set CITEBOT_READER to the folder of a Hugging Face question-answering model" in finding.detail


async def test_without_a_token_it_says_how_to_get_one() -> None:
    found = await doctor.telegram_findings(BotSettings.model_validate({"token": None}))

    assert (found[0].health, "/newbot" in found[0].detail) == (Health.HINT, True)


async def test_without_the_sandbox_a_missing_token_is_broken(tmp_path: Path) -> None:
    (found,) = await doctor.telegram_findings(BotSettings.model_validate({"data": tmp_path, "sandbox": False}))

    assert (found.health, "/newbot" in found.detail, "sandbox" in found.detail) == (Health.BROKEN, True, False)


def test_documents_are_counted_and_those_skipped_are_named(tmp_path: Path) -> None:
    settings = IndexSettings.model_validate({"corpus": tmp_path})
    assert doctor.corpus_finding(settings).health is Health.HINT

    (tmp_path / "a.txt").write_text("A document.")
    assert doctor.corpus_finding(settings).health is Health.FINE

    (tmp_path / "b.txt").write_bytes(b"\x00\xff\x00")
    finding = doctor.corpus_finding(settings)
    assert (finding.health, "b.txt" in finding.detail) == (Health.HINT, True)


def test_a_database_that_cannot_be_used_is_broken(tmp_path: Path) -> None:
    (tmp_path / "citebot.sqlite3").write_text("not a database, but long enough to be read as one " * 20)

    assert doctor.database_finding(BotSettings.model_validate({"data": tmp_path})).health is Health.BROKEN


@pytest.mark.parametrize("folder", [".", "data"])
def test_a_database_that_is_not_there_is_made_by_the_bot_and_not_by_the_doctor(tmp_path: Path, folder: str) -> None:
    finding = doctor.database_finding(BotSettings.model_validate({"data": tmp_path / folder}))

    assert (finding.health, "`citebot run`" in finding.detail) == (Health.HINT, True)
    assert list(tmp_path.iterdir()) == []


def test_a_database_of_an_older_version_is_left_to_the_bot_that_runs(tmp_path: Path) -> None:
    settings = BotSettings.model_validate({"data": tmp_path})
    with closing(sqlite3.connect(settings.database)) as database:
        database.executescript(SCHEMA_1)
    before = settings.database.read_bytes()

    finding = doctor.database_finding(settings)

    assert (finding.health, "`citebot run`" in finding.detail) == (Health.HINT, True)
    assert settings.database.read_bytes() == before


def test_a_database_in_use_is_fine(tmp_path: Path) -> None:
    settings = BotSettings.model_validate({"data": tmp_path})
    with closing(State.open(settings.database)):
        assert doctor.database_finding(settings).health is Health.FINE


def test_a_data_directory_that_is_a_file_is_broken(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")

    finding = doctor.database_finding(BotSettings.model_validate({"data": tmp_path / "data"}))

    assert (finding.health, "CITEBOT_DATA" in finding.detail) == (Health.BROKEN, True)


def test_serving_everybody_is_worth_a_hint(tmp_path: Path) -> None:
    assert doctor.access_finding(BotSettings.model_validate({"data": tmp_path})).health is Health.HINT
    assert doctor.access_finding(BotSettings.model_validate({"data": tmp_path, "allowed_users": {1}})).health is Health.FINE


def test_a_bot_that_serves_everybody_says_so_in_the_log_when_it_starts(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    doctor.warn_if_open(BotSettings.model_validate({"data": tmp_path, "allowed_users": {1}}))
    assert caplog.records == []

    settings = BotSettings.model_validate({"data": tmp_path})
    doctor.warn_if_open(settings)
    assert [(record.levelname, record.getMessage()) for record in caplog.records] == [("WARNING", doctor.access_finding(settings).detail)]


def test_whoever_was_let_in_by_a_code_is_counted(tmp_path: Path) -> None:
    settings = BotSettings.model_validate({"data": tmp_path})
    with closing(State.open(settings.database)) as state:
        state.admissions.admit(-5, datetime.now(UTC))

    assert "0 users and 1 chats are served" in doctor.access_finding(settings).detail


def test_a_finding_is_printed_without_a_token() -> None:
    finding = Finding("Telegram", Health.BROKEN, "GET /bot7000001:AAsekritsekrit/getMe failed").redacted(redactor())

    assert finding.__rich__().plain == "✗ Telegram: GET /bot[token]/getMe failed"
