"""What channels allow, and the people, groups and channels as Slack described them."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from store.tables.columns import json, moment


class ChannelRule(SQLModel, table=True):
    """What a channel allows, from `valid_from` until `valid_to` (None: now); never changed, only superseded."""

    __tablename__ = "channel_rules"
    __table_args__ = (
        Index(
            "channel_rules_now",
            "team",
            "channel",
            unique=True,
            postgresql_where=text("valid_to IS NULL"),
            sqlite_where=text("valid_to IS NULL"),
        ),
        Index("channel_rules_then", "team", "channel", "valid_from"),
    )

    id: int | None = Field(default=None, primary_key=True)
    team: str
    channel: str
    rule: dict[str, Any] = json(dict)
    changed_by: str
    valid_from: datetime = moment(nullable=False)
    valid_to: datetime | None = moment()
    ended_by: str | None = None


class Person(SQLModel, table=True):
    """A person as Slack described them at `fetched_at`; `known` False: Slack knows no such person."""

    __tablename__ = "people"

    team: str = Field(primary_key=True)
    user: str = Field(primary_key=True)
    known: bool = True
    home_team: str = ""
    name: str = ""
    locale: str = ""
    guest: bool = False
    bot: bool = False
    deleted: bool = False
    fetched_at: datetime = moment(nullable=False)


class UserGroup(SQLModel, table=True):
    """A user group's members at `fetched_at`."""

    __tablename__ = "user_groups"

    team: str = Field(primary_key=True)
    group: str = Field(primary_key=True)
    members: list[str] = json(list)
    fetched_at: datetime = moment(nullable=False)


class ChannelInfo(SQLModel, table=True):
    """Whether the bot was in a channel at `fetched_at`."""

    __tablename__ = "channel_infos"

    team: str = Field(primary_key=True)
    channel: str = Field(primary_key=True)
    member: bool
    fetched_at: datetime = moment(nullable=False)


class ChannelMembers(SQLModel, table=True):
    """Who was in a channel at `fetched_at`, and whether others can see it."""

    __tablename__ = "channel_members"

    team: str = Field(primary_key=True)
    channel: str = Field(primary_key=True)
    private: bool
    members: list[str] = json(list)
    fetched_at: datetime = moment(nullable=False)


class FormerChannel(SQLModel, table=True):
    """An id that a channel had until `at`, and the one it has now."""

    __tablename__ = "former_channels"

    team: str = Field(primary_key=True)
    old: str = Field(primary_key=True)
    new: str
    at: datetime = moment(nullable=False)
