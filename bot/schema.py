"""What all tables of the database share. A module apart, so that tables may be declared where they are used."""

from datetime import UTC, datetime

from sqlalchemy import MetaData

metadata = MetaData()


def in_utc(moment: datetime) -> str:
    """An aware time as it is kept: all in one zone, so that they compare as texts."""
    return moment.astimezone(UTC).isoformat()
