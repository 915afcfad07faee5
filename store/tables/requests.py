"""Requests, the copies and calls they come to, and what people said about them."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from store.lifecycle import CallState, CopyState, State
from store.tables.columns import LONG_AGO, json, moment, words

AT_REST = "state = 'waiting'"
"""Of requests that are due: only a timer's doing, such as a reminder. Thousands may be due at the same moment."""
AT_WORK = "state <> 'waiting'"
"""Of requests that are due: somebody waits for it."""
REMINDER = "(state = 'waiting' AND reminders > 0)"
"""Of threads that lag: most often all there is to say is that somebody is still asked to decide."""
NEWS = "(state <> 'waiting' OR reminders = 0)"
"""Of threads that lag: the rest."""


def _due(name: str, column: str, only: str) -> Index:
    where = text(f"{column} IS NOT NULL AND {only}")
    return Index(name, column, postgresql_where=where, sqlite_where=where)


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
        held: why it does not go on just now, though it may; None: nothing holds it.
        run_at: when the worker has something to do; None: nothing by itself.
        show_at: when the presenter has something to show; None: the thread shows `version`.
    """

    __tablename__ = "requests"
    __table_args__ = (
        UniqueConstraint("parent_id", "parent_action"),
        _due("requests_to_step", "run_at", AT_WORK),
        _due("requests_to_time", "run_at", AT_REST),
        _due("requests_with_news", "show_at", NEWS),
        _due("requests_with_reminders", "show_at", REMINDER),
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

    state: State = Field(default=State.CHECKING, sa_column=words(State))
    version: int = 1

    source_region: str | None = None
    source_candidates: list[str] = json(list)
    destinations: list[str] = json(list)
    images: list[str] = json(list)
    reason: str | None = None
    language: str = "zh"
    again: bool = False
    emergency: bool = False
    rule: dict[str, Any] = json(dict)

    facts: dict[str, dict[str, Any]] = json(dict)
    checks: dict[str, Any] = json(dict)
    round: int = 1
    digest: str = ""
    changes: list[dict[str, Any]] = json(list)
    approvals_needed: int = 1

    decided_by: str | None = None
    decision_reason: str | None = None
    cancel_wanted_by: str | None = None
    outcome: dict[str, Any] = json(dict)

    created_at: datetime = moment(nullable=False)
    waiting_since: datetime | None = moment()
    approved_at: datetime | None = moment()
    started_at: datetime | None = moment()
    ended_at: datetime | None = moment()
    expires_at: datetime | None = moment()
    remind_at: datetime | None = moment()
    reminders: int = 0

    run_at: datetime | None = moment()
    lease: str | None = None
    lease_until: datetime = moment(nullable=False, default=LONG_AGO)
    attempts: int = 0

    show_at: datetime | None = moment()
    show_lease: str | None = None
    show_lease_until: datetime = moment(nullable=False, default=LONG_AGO)
    show_attempts: int = 0
    held: str | None = None


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
    state: CopyState = Field(default=CopyState.PLANNED, sa_column=words(CopyState))
    new_image_id: str | None = None
    progress: int | None = None
    problem: dict[str, Any] = json(dict)
    sent_at: datetime | None = moment()
    ready_at: datetime | None = moment()
    missing_since: datetime | None = moment()
    look_at: datetime | None = moment()
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
    state: CallState = Field(default=CallState.PLANNED, sa_column=words(CallState))
    attempt: int = 0
    unresolved: bool = False
    resends: int = 0
    pauses: int = 0
    looked: bool = False
    listed: list[str] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True), nullable=True))
    absent: list[str] = json(list)
    lost: bool = False
    told: str | None = None
    cloud_request_id: str = ""
    intent_at: datetime | None = moment()
    answered_at: datetime | None = moment()
    run_at: datetime | None = moment()


class Problem(SQLModel, table=True):
    """Something that a person should read in the thread.

    Attributes:
        kind: `error`: a refusal; `unknown`: a call that may have begun; `question`: a person has to say.
        clock_off_s: how far our clock was ahead of the cloud's, where that was why; else NULL.
        candidates: images that could be the copy asked about: `id`, `name`, `created_at`.
        answered_by, answer: who said what: `adopt <id>` or `resend`.
    """

    __tablename__ = "problems"

    request_id: str = Field(primary_key=True, foreign_key="requests.id")
    number: int = Field(primary_key=True)
    kind: str
    call_number: int | None = None
    destination: str = ""
    images: list[str] = json(list)
    fault: str = ""
    http_status: int | None = None
    status: str = ""
    message: str = ""
    cloud_request_id: str = ""
    candidates: list[dict[str, Any]] = json(list)
    answered_by: str | None = None
    answer: str | None = None
    at: datetime = moment(nullable=False)
    clock_off_s: int | None = None


class Approval(SQLModel, table=True):
    """One person's yes to exactly one content of one request."""

    __tablename__ = "approvals"

    request_id: str = Field(primary_key=True, foreign_key="requests.id")
    round: int = Field(primary_key=True)
    user: str = Field(primary_key=True)
    digest: str
    at: datetime = moment(nullable=False)
