"""Messages in Slack: a row before the first attempt, so that none is posted twice or forgotten."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import case, update
from sqlmodel import Session, col, func, select

from store import wakeup
from store.lease_clock import lease_now
from store.tables import LONG_AGO, Notice, Post


def posts(tx: Session, request_id: str) -> dict[str, Post]:
    """Part → post, of one request."""
    rows = tx.exec(
        select(Post).where(Post.request_id == request_id).execution_options(populate_existing=True)
    ).all()
    return {post.part: post for post in rows}


def card_of(tx: Session, request_id: str) -> Post | None:
    """The card's post, if it has been tried."""
    return tx.get(Post, (request_id, "card"), populate_existing=True)


def begin(tx: Session, request_id: str, part: str, channel: str, *, at: datetime) -> Post:
    """Mark that `part` is about to be posted; the first mark stays."""
    post = tx.get(Post, (request_id, part), populate_existing=True)
    if post is None:
        post = Post(request_id=request_id, part=part, channel=channel, sending_since=at)
    elif post.sending_since is None:
        post.sending_since = at
    tx.add(post)
    tx.flush()
    return post


def done(tx: Session, request_id: str, part: str, **values: Any) -> None:
    """Remember what became of a post: its `ts`, what it shows, or why it is dead."""
    tx.execute(
        update(Post)
        .where(col(Post.request_id) == request_id, col(Post.part) == part)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    tx.expire_all()


def add_notice(tx: Session, notice: Notice) -> None:
    """A message to be posted once, whenever Slack takes it."""
    notice.run_at = notice.created_at
    wakeup.mark(tx)
    tx.add(notice)


def notice(tx: Session, notice_id: str) -> Notice | None:
    """The notice with this id, if there is one."""
    return tx.get(Notice, notice_id)


def claim_notices(tx: Session, *, now: datetime, lease: str, lease_s: float, limit: int) -> Sequence[Notice]:
    """Take up to `limit` due notices for `lease_s` seconds."""
    at = lease_now(tx, now)
    due = (
        select(Notice.id)
        .where(col(Notice.run_at) <= now, col(Notice.lease_until) <= at)
        .order_by(col(Notice.run_at))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    ids = list(tx.exec(due).all())
    if not ids:
        return []
    tx.execute(
        update(Notice)
        .where(col(Notice.id).in_(ids))
        .values(lease=lease, lease_until=at + timedelta(seconds=lease_s), attempts=col(Notice.attempts) + 1)
        .execution_options(synchronize_session=False)
    )
    tx.expire_all()
    return tx.exec(select(Notice).where(col(Notice.id).in_(ids)).order_by(col(Notice.run_at))).all()


def mark_notice(tx: Session, notice_id: str, *, lease: str, **values: Any) -> None:
    """Change a claimed notice, if the lease still holds."""
    tx.execute(
        update(Notice)
        .where(col(Notice.id) == notice_id, col(Notice.lease) == lease)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    tx.expire_all()


def finish_notice(
    tx: Session, notice_id: str, *, lease: str, ts: str | None, again_at: datetime | None
) -> None:
    """A notice is posted (`again_at` None), or to be tried again."""
    mark_notice(tx, notice_id, lease=lease, ts=ts, run_at=again_at, lease_until=LONG_AGO)


def next_notice(tx: Session) -> datetime | None:
    """When the next notice becomes due, leases included."""
    held = col(Notice.lease_until) > col(Notice.run_at)
    later = case((held, col(Notice.lease_until)), else_=col(Notice.run_at))
    earliest: datetime | None = tx.exec(select(func.min(later)).where(col(Notice.run_at).is_not(None))).one()
    return earliest
