"""Messages in Slack, and histories that somebody looks at there."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from store.tables.columns import LONG_AGO, json, moment


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
    sending_since: datetime | None = moment()
    dead: str | None = None


class Notice(SQLModel, table=True):
    """Something to be told beside the requests' threads: such as a change of permissions, or who is still to hear of one.

    Attributes:
        kind: who acts on it, and how.
    """

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
    data: dict[str, Any] = json(dict)
    language: str = "zh"
    created_at: datetime = moment(nullable=False)
    ts: str | None = None
    sending_since: datetime | None = moment()
    run_at: datetime | None = moment()
    lease: str | None = None
    lease_until: datetime = moment(nullable=False, default=LONG_AGO)
    attempts: int = 0


class Listing(SQLModel, table=True):
    """A history that somebody looks at, so that its page buttons carry an opaque id only."""

    __tablename__ = "listings"

    id: str = Field(primary_key=True)
    team: str
    user: str
    query: dict[str, Any] = json(dict)
    created_at: datetime = moment(nullable=False)
