"""What holds for the whole bot: the audit trail, and switches."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from store.tables.columns import json, moment


class Event(SQLModel, table=True):
    """One entry of the audit trail; `hash` covers the entry and the hash before it."""

    __tablename__ = "events"
    __table_args__ = (Index("events_by_request", "request_id"),)

    seq: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    at: datetime = moment(nullable=False)
    team: str = ""
    channel: str = ""
    actor: str = ""
    kind: str
    request_id: str | None = None
    data: dict[str, Any] = json(dict)
    previous: str
    hash: str


class Flag(SQLModel, table=True):
    """A switch for the whole bot, such as `paused`."""

    __tablename__ = "flags"

    name: str = Field(primary_key=True)
    value: dict[str, Any] = json(dict)
