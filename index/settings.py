"""What the index needs to know: environment and `.env`, read once into a frozen value."""

from collections.abc import Iterator, Mapping
from io import StringIO
from pathlib import Path
from typing import TypeVar

from dotenv import dotenv_values
from dotenv.parser import parse_stream
from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from rapidfuzz import process

from index.errors import SettingsError

S = TypeVar("S", bound=BaseSettings)
PREFIXES = ("CITEBOT_", "TELEGRAM_")
ENV_FILE = Path(".env")
_ALIKE = 85
"""Of 100: how like a known name an unknown one must be to be taken for it."""
_CURES = {
    "int_parsing": "should be a whole number",
    "bool_parsing": "should be true or false",
}
"""By pydantic's types of errors."""


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

    @field_validator("data")
    @classmethod
    def _is_no_file(cls, data: Path) -> Path:
        if data.is_file():
            raise ValueError(f"{data} is a file; name a folder")
        return data


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
    """What `.env` sets; nothing where there is none. Raises SettingsError when it, or a line of it, can't be read."""
    try:
        text = file.read_text(encoding="utf-8") if file.is_file() else ""
    except (OSError, UnicodeError) as error:
        raise SettingsError(f"{file} can't be read ({error}); save it as UTF-8, where whoever runs citebot may read it") from error
    for line in parse_stream(StringIO(text)):
        if line.error or (line.key is not None and line.value is None):
            raise SettingsError(f"{file}, line {line.original.line} sets nothing; write NAME=value, in quotation marks or without")
    return dotenv_values(stream=StringIO(text))


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
    nearest = process.extractOne(name.upper(), known, score_cutoff=_ALIKE)
    return f"unknown setting {name}; " + (f"did you mean {nearest[0]}?" if nearest else "the README lists what there is")


def _explain(kind: type[BaseSettings], error: ValidationError) -> Iterator[str]:
    for detail in error.errors(include_input=False, include_url=False):
        name = str(detail["loc"][0]) if detail["loc"] else kind.__name__
        field = kind.model_fields.get(name)
        alias = field.alias if field and field.alias else name
        yield f"{alias}: {_CURES.get(detail['type'], detail['msg'].removeprefix('Value error, '))}"
