"""Kinds of columns that both databases give back alike, and what an unheld lease looks like."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Column, DateTime, Dialect, Enum, TypeDecorator
from sqlmodel import Field

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
"""A lease that nobody holds."""


class UtcDateTime(TypeDecorator[datetime]):
    """An aware datetime in UTC, also on SQLite, which would give it back naive."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime would lose its zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def moment(*, nullable: bool = True, default: datetime | None = None) -> Any:
    return Field(default=default, sa_column=Column(UtcDateTime(), nullable=nullable))


def words(states: type[StrEnum]) -> Any:
    """A column holding the enum's values as plain words: a new state needs no change of the schema."""
    kind = Enum(
        states,
        native_enum=False,
        create_constraint=False,
        length=32,
        values_callable=lambda e: [m.value for m in e],
    )
    return Column(kind, nullable=False)


def json(default: Any) -> Any:
    return Field(default_factory=default, sa_column=Column(JSON(), nullable=False))
