"""How a chat wants to be served: what its administrators choose in /settings. Kept per chat; everything has a default."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from pydantic import TypeAdapter
from sqlalchemy import BigInteger, Column, Connection, Table, Text, delete, insert, select, update

from bot.database import Database
from bot.schema import metadata

Choice = TypeVar("Choice", bound=StrEnum)


class Hears(StrEnum):
    """What in a group is for the bot."""

    COMMANDS = "commands"
    CALLED = "called"
    QUESTIONS = "questions"


class Language(StrEnum):
    """Of the interface; AUTOMATIC: of whoever writes."""

    AUTOMATIC = "auto"
    ENGLISH = "en"
    KOREAN = "ko"
    JAPANESE = "ja"


class Caution(StrEnum):
    """How sure an answer must be to be shown as one; below that it is shown as a maybe."""

    USUAL = "usual"
    CAREFUL = "careful"
    STRICT = "strict"


class Quiet(StrEnum):
    """In which hours, by the clock of the bot's settings, messages make no sound."""

    NEVER = "never"
    NIGHT = "22-7"
    EVENING = "19-8"
    ALWAYS = "always"


class Sources(StrEnum):
    """Whose documents questions are answered from: the chat's own, everybody's, or both."""

    BOTH = "both"
    OWN = "own"
    SHARED = "shared"


class Adders(StrEnum):
    """Who may add documents to a group's own."""

    ADMINISTRATORS = "administrators"
    EVERYBODY = "everybody"


class Digest(StrEnum):
    """On which day of the week administrators are told what the documents lacked."""

    NEVER = "never"
    MONDAY = "mon"
    TUESDAY = "tue"
    WEDNESDAY = "wed"
    THURSDAY = "thu"
    FRIDAY = "fri"
    SATURDAY = "sat"
    SUNDAY = "sun"


class DigestHour(StrEnum):
    """At which hour of that day, by the clock of the bot's settings."""

    MORNING = "9"
    NOON = "12"
    AFTERNOON = "15"
    EVENING = "18"


LEAST_CONFIDENCE = {Caution.USUAL: 0.0, Caution.CAREFUL: 0.75, Caution.STRICT: 0.9}
_HOURS = {Quiet.NEVER: range(0), Quiet.NIGHT: (22, 23, *range(7)), Quiet.EVENING: (*range(19, 24), *range(8)), Quiet.ALWAYS: range(24)}


@dataclass(frozen=True, slots=True)
class Preferences:
    hears: Hears = Hears.CALLED
    language: Language = Language.AUTOMATIC
    caution: Caution = Caution.USUAL
    quiet: Quiet = Quiet.NEVER
    sources: Sources = Sources.BOTH
    adders: Adders = Adders.ADMINISTRATORS
    digest: Digest = Digest.NEVER
    digest_hour: DigestHour = DigestHour.MORNING

    @property
    def least_confidence(self) -> float:
        return LEAST_CONFIDENCE[self.caution]

    def is_quiet(self, hour: int) -> bool:
        """Whether messages make no sound in an hour of the day, 0..23."""
        return hour in _HOURS[self.quiet]


def following(choice: Choice) -> Choice:
    """The next one, round and round."""
    choices = list(type(choice))
    return choices[(choices.index(choice) + 1) % len(choices)]


_json = TypeAdapter(Preferences)
_preferences = Table(
    "preferences",
    metadata,
    Column("chat_id", BigInteger, primary_key=True, autoincrement=False),
    Column("chosen", Text, nullable=False),
)


def add_table(connection: Connection) -> None:
    """The migration that brought it."""
    connection.exec_driver_sql("CREATE TABLE preferences (chat_id BIGINT NOT NULL, chosen TEXT NOT NULL, PRIMARY KEY (chat_id))")


class PreferenceBook:
    """What the chats chose."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, chat_id: int) -> Preferences:
        with self._database.connect() as connection:
            chosen = connection.execute(select(_preferences.c.chosen).where(_preferences.c.chat_id == chat_id)).scalar()
        return _json.validate_json(chosen) if chosen is not None else Preferences()

    def all(self) -> dict[int, Preferences]:
        """Of every chat that chose anything."""
        with self._database.connect() as connection:
            return {row.chat_id: _json.validate_json(row.chosen) for row in connection.execute(select(_preferences))}

    def choose(self, chat_id: int, preferences: Preferences) -> None:
        with self._database.begin() as connection:
            connection.execute(delete(_preferences).where(_preferences.c.chat_id == chat_id))
            connection.execute(insert(_preferences).values(chat_id=chat_id, chosen=_json.dump_json(preferences).decode()))


def move(connection: Connection, old: int, new: int) -> None:
    """A group became a supergroup, and is as it was."""
    if connection.execute(select(_preferences).where(_preferences.c.chat_id == new)).first() is None:
        connection.execute(update(_preferences).where(_preferences.c.chat_id == old).values(chat_id=new))
