"""Environment and `.env` become one frozen value; what is misspelt or wrong is named, never shown."""

from pathlib import Path

import pytest
from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from index.errors import SettingsError
from index.settings import IndexSettings, check_names, load_settings


class Others(BaseSettings):
    """Settings of another part of the program."""

    model_config = SettingsConfigDict(populate_by_name=True, extra="ignore")

    token: SecretStr | None = Field(None, alias="TELEGRAM_BOT_TOKEN")
    limit: int = Field(3, alias="CITEBOT_LIMIT", gt=0)
    users: str = Field("", alias="CITEBOT_ALLOWED_USERS")


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty directory, and none of the developer's variables."""
    monkeypatch.chdir(tmp_path)
    for kind in (IndexSettings, Others):
        for field in kind.model_fields.values():
            monkeypatch.delenv(str(field.alias), raising=False)
    return tmp_path


def test_everything_has_a_default() -> None:
    settings = load_settings(IndexSettings)

    assert (settings.corpus, settings.data, settings.model) == (Path("corpus"), Path("data"), None)


def test_what_is_said_last_and_nearest_holds(monkeypatch: pytest.MonkeyPatch, place: Path) -> None:
    """The command line before the environment before `.env`."""
    (place / ".env").write_text("CITEBOT_CORPUS=from-file\nCITEBOT_DATA=from-file\nCITEBOT_MODEL=from-file\n")
    monkeypatch.setenv("CITEBOT_CORPUS", "from-environment")
    monkeypatch.setenv("CITEBOT_DATA", "from-environment")

    settings = load_settings(IndexSettings, corpus=Path("from-option"), data=None)

    assert (settings.corpus, settings.data, settings.model) == (Path("from-option"), Path("from-environment"), Path("from-file"))


@pytest.mark.parametrize("content", ["CITEBOT_CORPUS=x".encode("utf-16"), "# \N{HANGUL SYLLABLE HAN}".encode("cp949")])
def test_an_env_file_that_is_not_utf_8_is_named_with_the_cure(place: Path, content: bytes) -> None:
    (place / ".env").write_bytes(content)

    for read in (lambda: load_settings(IndexSettings), lambda: check_names({}, IndexSettings)):
        with pytest.raises(SettingsError, match=r"\.env can't be read .*save it as UTF-8"):
            read()


def test_an_empty_value_is_none_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CITEBOT_CORPUS", "")

    assert load_settings(IndexSettings).corpus == Path("corpus")


@pytest.mark.parametrize("line", ['CITEBOT_CORPUS="here', "CITEBOT_CORPUS here", "CITEBOT_CORPUS: here", "CITEBOT_CORPUS"])
def test_a_line_of_the_env_file_that_sets_nothing_is_named(place: Path, line: str) -> None:
    (place / ".env").write_text(f"# ours\n{line}\n")

    with pytest.raises(SettingsError, match=r"\.env, line 2 sets nothing; write NAME=value"):
        load_settings(IndexSettings)


def test_settings_are_frozen() -> None:
    with pytest.raises(ValidationError):
        load_settings(IndexSettings).corpus = Path("elsewhere")  # type: ignore[misc]  # what is tested


def test_a_wrong_value_is_named_but_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CITEBOT_LIMIT", "s3cret")

    with pytest.raises(SettingsError, match=r"^CITEBOT_LIMIT: should be a whole number") as caught:
        load_settings(Others)

    assert "s3cret" not in str(caught.value)


def test_all_wrong_values_are_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CITEBOT_LIMIT", "0")

    with pytest.raises(
        SettingsError, match=r"CITEBOT_LIMIT: .*greater than 0; CITEBOT_ALLOWED_USERS|CITEBOT_ALLOWED_USERS.*; CITEBOT_LIMIT"
    ):
        load_settings(Others, users=5)


def test_names_that_some_part_knows_are_fine() -> None:
    check_names({"CITEBOT_DATA": "x", "citebot_limit": "3", "TELEGRAM_BOT_TOKEN": "", "HOME": "/"}, IndexSettings, Others)


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("CITEBOT_ALLOWED_USER", "CITEBOT_ALLOWED_USERS"),
        ("CITEBOT_ALOWED_USERS", "CITEBOT_ALLOWED_USERS"),
        ("citebot_corpus_dir", "CITEBOT_CORPUS"),
        ("TELEGRAM_TOKEN", "TELEGRAM_BOT_TOKEN"),
    ],
)
def test_an_unknown_name_is_an_error_that_names_the_nearest(place: Path, name: str, nearest: str) -> None:
    """A misspelt allow-list must never mean "everybody"."""
    message = rf"^unknown setting {name}; did you mean {nearest}\?$"

    with pytest.raises(SettingsError, match=message):
        check_names({name: "5"}, IndexSettings, Others)
    (place / ".env").write_text(f"export {name}=5\n")
    with pytest.raises(SettingsError, match=message):
        check_names({}, IndexSettings, Others)


def test_every_unknown_name_is_named() -> None:
    with pytest.raises(
        SettingsError, match=r"CITEBOT_DATE; did you mean CITEBOT_DATA\?; unknown setting CITEBOT_MODELS; did you mean CITEBOT_MODEL\?"
    ):
        check_names({"CITEBOT_MODELS": "", "CITEBOT_DATE": ""}, IndexSettings, Others)
