"""What the index needs to know: environment and `.env`, read once into a frozen value."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TypeVar

from dotenv import dotenv_values
from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict
from rapidfuzz import process

from index.errors import SettingsError

S = TypeVar("S", bound=BaseSettings)
PREFIXES = ("CITEBOT_", "TELEGRAM_")
ENV_FILE = Path(".env")


class IndexSettings(BaseSettings):
    """Where documents, data and models are."""

    model_config = SettingsConfigDict(
        env_file=ENV_FILE,
        env_file_encoding="utf-8",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        populate_by_name=True,
    )

    corpus: Path = Field(
        Path("corpus"),
        alias="CITEBOT_CORPUS",
        description="Folder of the shared documents.",
    )
    data: Path = Field(
        Path("data"),
        alias="CITEBOT_DATA",
        description="Directory for the index and the bot's database.",
    )
    model: Path | None = Field(
        None,
        alias="CITEBOT_MODEL",
        description="Folder of another sentence-transformers model; by default the packaged all-MiniLM-L6-v2.",
    )
    reader: Path | None = Field(
        None,
        alias="CITEBOT_READER",
        description="Folder of another extractive question-answering model (Hugging Face); by default Citebot's own.",
    )
    fetch: bool = Field(
        False,
        alias="CITEBOT_FETCH",
        description="Whether the bot may fetch links it is given (https, public addresses only): true or false.",
    )


def load_settings(kind: type[S], **overrides: object) -> S:
    """`kind` from the environment and `.env`; `overrides` that aren't None win.

    Raises SettingsError that names each wrong setting; its value isn't shown, since it may be a secret.
    """
    in_env_file()  # of what is wrong with the file as a whole pydantic names no cure
    try:
        return kind.model_validate({name: value for name, value in overrides.items() if value is not None})
    except ValidationError as error:
        raise SettingsError("; ".join(_explain(kind, error))) from error


def in_env_file(file: Path = ENV_FILE) -> Mapping[str, str | None]:
    """What `.env` sets; nothing where there is none. Raises SettingsError when it can't be read."""
    try:
        return dotenv_values(file) if file.is_file() else {}
    except (OSError, UnicodeError) as error:
        raise SettingsError(f"{file} can't be read ({error}); save it as UTF-8, where whoever runs citebot may read it") from error


def check_names(environment: Mapping[str, str], *kinds: type[BaseSettings], env_file: Path = ENV_FILE) -> None:
    """Raises SettingsError for names with our prefixes that no class of `kinds` knows.

    A misspelt allow-list must never mean "everybody".
    """
    known = sorted({name for kind in kinds for name in _names(kind)})
    named = [*environment, *in_env_file(env_file)]
    unknown = sorted({name for name in named if name.upper().startswith(PREFIXES) and name.upper() not in known})
    if unknown:
        raise SettingsError("; ".join(_suggest(name, known) for name in unknown))


def _names(kind: type[BaseSettings]) -> Iterator[str]:
    return (field.alias or name for name, field in kind.model_fields.items())


def _suggest(name: str, known: list[str]) -> str:
    nearest, *_ = process.extractOne(name.upper(), known)
    return f"unknown setting {name}; did you mean {nearest}?"


def _explain(kind: type[BaseSettings], error: ValidationError) -> Iterator[str]:
    for detail in error.errors(include_input=False, include_url=False):
        name = str(detail["loc"][0]) if detail["loc"] else kind.__name__
        field = kind.model_fields.get(name)
        alias = field.alias if field and field.alias else name
        yield f"{alias}: {detail['msg'].removeprefix('Value error, ')}"
