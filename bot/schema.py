"""What all tables of the database share. A module apart, so that tables may be declared where they are used."""

from sqlalchemy import MetaData

metadata = MetaData()
