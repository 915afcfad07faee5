"""What is remembered, as tables; no behaviour."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Column, DateTime, Dialect, Enum, Index, TypeDecorator, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from store.lifecycle import CallState, CopyState, State

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


def _moment(*, nullable: bool = True, default: datetime | None = None) -> Any:
    return Field(default=default, sa_column=Column(UtcDateTime(), nullable=nullable))


def _words(states: type[StrEnum]) -> Any:
    """A column holding the enum's values as plain words: a new state needs no change of the schema."""
    kind = Enum(
        states,
        native_enum=False,
        create_constraint=False,
        length=32,
        values_callable=lambda e: [m.value for m in e],
    )
    return Column(kind, nullable=False)


def _json(default: Any) -> Any:
    return Field(default_factory=default, sa_column=Column(JSON(), nullable=False))


class Request(SQLModel, table=True):
    """One request to copy images: a row with a state, and two kinds of due work (`run_*`, `show_*`).

    Attributes:
        delivery: what makes Slack's delivery unique, so that a repeated one finds its first effect.
        parent_id, parent_action: the request and the button this one came from; one child per button.
        source_region: None until the checks have found where the images are.
        rule: the channel's rule when the request was made.
        facts: image id → what the cloud says of it, as shown on the card.
        checks: what the checks found besides: quotas, what could not be checked, problems.
        round: how often approval has been asked for; an approval counts for one round only.
        digest: of exactly what the card of this round shows.
        run_at: when the worker has something to do; None: nothing by itself.
        show_at: when the presenter has something to show; None: the thread shows `version`.
    """

    __tablename__ = "requests"
    __table_args__ = (
        UniqueConstraint("parent_id", "parent_action"),
        Index(
            "requests_due",
            "run_at",
            postgresql_where=text("run_at IS NOT NULL"),
            sqlite_where=text("run_at IS NOT NULL"),
        ),
        Index(
            "requests_to_show",
            "show_at",
            postgresql_where=text("show_at IS NOT NULL"),
            sqlite_where=text("show_at IS NOT NULL"),
        ),
        Index("requests_by_channel", "team", "channel", "created_at"),
        Index("requests_by_requester", "team", "requester", "created_at"),
    )

    id: str = Field(primary_key=True)
    team: str
    channel: str
    requester: str
    delivery: str = Field(unique=True)
    parent_id: str | None = None
    parent_action: str | None = None

    state: State = Field(default=State.CHECKING, sa_column=_words(State))
    version: int = 1

    source_region: str | None = None
    source_candidates: list[str] = _json(list)
    destinations: list[str] = _json(list)
    images: list[str] = _json(list)
    reason: str | None = None
    language: str = "zh"
    again: bool = False
    emergency: bool = False
    rule: dict[str, Any] = _json(dict)

    facts: dict[str, dict[str, Any]] = _json(dict)
    checks: dict[str, Any] = _json(dict)
    round: int = 1
    digest: str = ""
    changes: list[dict[str, Any]] = _json(list)
    approvals_needed: int = 1

    decided_by: str | None = None
    decision_reason: str | None = None
    cancel_wanted_by: str | None = None
    outcome: dict[str, Any] = _json(dict)

    created_at: datetime = _moment(nullable=False)
    waiting_since: datetime | None = _moment()
    approved_at: datetime | None = _moment()
    started_at: datetime | None = _moment()
    ended_at: datetime | None = _moment()
    expires_at: datetime | None = _moment()
    remind_at: datetime | None = _moment()
    reminders: int = 0

    run_at: datetime | None = _moment()
    lease: str | None = None
    lease_until: datetime = _moment(nullable=False, default=LONG_AGO)
    attempts: int = 0

    show_at: datetime | None = _moment()
    show_lease: str | None = None
    show_lease_until: datetime = _moment(nullable=False, default=LONG_AGO)
    show_attempts: int = 0


class Copy(SQLModel, table=True):
    """One image to one destination; `open` while its request has not ended: then no other may want the same."""

    __tablename__ = "copies"
    __table_args__ = (
        Index(
            "copies_open",
            "image_id",
            "destination",
            unique=True,
            postgresql_where=text("open"),
            sqlite_where=text("open = 1"),
        ),
        Index(
            "copies_to_look_at",
            "look_at",
            postgresql_where=text("look_at IS NOT NULL"),
            sqlite_where=text("look_at IS NOT NULL"),
        ),
        Index("copies_by_image", "image_id"),
    )

    request_id: str = Field(primary_key=True, foreign_key="requests.id")
    image_id: str = Field(primary_key=True)
    destination: str = Field(primary_key=True)
    open: bool = True
    call_number: int | None = None
    state: CopyState = Field(default=CopyState.PLANNED, sa_column=_words(CopyState))
    new_image_id: str | None = None
    progress: int | None = None
    problem: dict[str, Any] = _json(dict)
    sent_at: datetime | None = _moment()
    ready_at: datetime | None = _moment()
    missing_since: datetime | None = _moment()
    look_at: datetime | None = _moment()
    look_interval_s: float = 0


class Call(SQLModel, table=True):
    """One call to copyImages: up to ten images, one source, one destination, any number of attempts.

    Attributes:
        marker: what the copies' description says; the same for all attempts.
        attempt: the number of the newest intent; 0 before the first.
        unresolved: an earlier attempt's outcome is not known: list before the next one.
        looked: whether the destination was looked at before the first intent.
        listed: the private images that were there then; None: it could not be listed.
        absent: moments of complete listings in which the marker was absent.
        lost: an answer got lost, so that an absent copy is sent again; else an error answer, which ends it.
        pauses: how often the cloud said "busy" or the like.
        told: a person's word on an unknown outcome: `resend`.
    """

    __tablename__ = "calls"

    request_id: str = Field(primary_key=True, foreign_key="requests.id")
    number: int = Field(primary_key=True)
    destination: str
    marker: str
    state: CallState = Field(default=CallState.PLANNED, sa_column=_words(CallState))
    attempt: int = 0
    unresolved: bool = False
    resends: int = 0
    pauses: int = 0
    looked: bool = False
    listed: list[str] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True), nullable=True))
    absent: list[str] = _json(list)
    lost: bool = False
    told: str | None = None
    cloud_request_id: str = ""
    intent_at: datetime | None = _moment()
    answered_at: datetime | None = _moment()
    run_at: datetime | None = _moment()


class Problem(SQLModel, table=True):
    """Something that a person should read in the thread.

    Attributes:
        kind: `error`: a refusal; `unknown`: a call that may have begun; `question`: a person has to say.
        candidates: images that could be the copy asked about: `id`, `name`, `created_at`.
        answered_by, answer: who said what: `adopt <id>` or `resend`.
    """

    __tablename__ = "problems"

    request_id: str = Field(primary_key=True, foreign_key="requests.id")
    number: int = Field(primary_key=True)
    kind: str
    call_number: int | None = None
    destination: str = ""
    images: list[str] = _json(list)
    fault: str = ""
    http_status: int | None = None
    status: str = ""
    message: str = ""
    cloud_request_id: str = ""
    candidates: list[dict[str, Any]] = _json(list)
    answered_by: str | None = None
    answer: str | None = None
    at: datetime = _moment(nullable=False)


class Approval(SQLModel, table=True):
    """One person's yes to exactly one content of one request."""

    __tablename__ = "approvals"

    request_id: str = Field(primary_key=True, foreign_key="requests.id")
    round: int = Field(primary_key=True)
    user: str = Field(primary_key=True)
    digest: str
    at: datetime = _moment(nullable=False)


class Post(SQLModel, table=True):
    """One message in Slack about a request.

    Attributes:
        channel: where it is to be (a channel, or a person for a direct message).
        ts: its id in Slack; None: not posted yet, as far as we know.
        shown: digest of what it shows.
        sending_since: set before the first attempt to post: look before posting again.
        dead: why it can't be shown any more, such as `channel_not_found`.
    """

    __tablename__ = "posts"

    request_id: str = Field(primary_key=True, foreign_key="requests.id")
    part: str = Field(primary_key=True)
    channel: str
    posted_channel: str | None = None
    ts: str | None = None
    shown: str = ""
    sending_since: datetime | None = _moment()
    dead: str | None = None


class Notice(SQLModel, table=True):
    """A message to a channel that belongs to no request, such as a change of permissions."""

    __tablename__ = "notices"
    __table_args__ = (
        Index(
            "notices_due",
            "run_at",
            postgresql_where=text("run_at IS NOT NULL"),
            sqlite_where=text("run_at IS NOT NULL"),
        ),
    )

    id: str = Field(primary_key=True)
    team: str
    channel: str
    kind: str
    data: dict[str, Any] = _json(dict)
    language: str = "zh"
    created_at: datetime = _moment(nullable=False)
    ts: str | None = None
    sending_since: datetime | None = _moment()
    run_at: datetime | None = _moment()
    lease: str | None = None
    lease_until: datetime = _moment(nullable=False, default=LONG_AGO)
    attempts: int = 0


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
    rule: dict[str, Any] = _json(dict)
    changed_by: str
    valid_from: datetime = _moment(nullable=False)
    valid_to: datetime | None = _moment()
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
    fetched_at: datetime = _moment(nullable=False)


class UserGroup(SQLModel, table=True):
    """A user group's members at `fetched_at`."""

    __tablename__ = "user_groups"

    team: str = Field(primary_key=True)
    group: str = Field(primary_key=True)
    members: list[str] = _json(list)
    fetched_at: datetime = _moment(nullable=False)


class ChannelInfo(SQLModel, table=True):
    """Whether the bot was in a channel at `fetched_at`."""

    __tablename__ = "channel_infos"

    team: str = Field(primary_key=True)
    channel: str = Field(primary_key=True)
    member: bool
    fetched_at: datetime = _moment(nullable=False)


class Listing(SQLModel, table=True):
    """A history that somebody looks at, so that its page buttons carry an opaque id only."""

    __tablename__ = "listings"

    id: str = Field(primary_key=True)
    team: str
    user: str
    query: dict[str, Any] = _json(dict)
    created_at: datetime = _moment(nullable=False)


class Flag(SQLModel, table=True):
    """A switch for the whole bot, such as `paused`."""

    __tablename__ = "flags"

    name: str = Field(primary_key=True)
    value: dict[str, Any] = _json(dict)


class Event(SQLModel, table=True):
    """One entry of the audit trail; `hash` covers the entry and the hash before it."""

    __tablename__ = "events"
    __table_args__ = (Index("events_by_request", "request_id"),)

    seq: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    at: datetime = _moment(nullable=False)
    team: str = ""
    channel: str = ""
    actor: str = ""
    kind: str
    request_id: str | None = None
    data: dict[str, Any] = _json(dict)
    previous: str
    hash: str
