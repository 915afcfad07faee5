"""Messages in Slack: a row before the first attempt, so that none is posted twice or forgotten."""

from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from store import due, wakeup
from store.rows import set_where
from store.tables import Notice, Post


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
    set_where(tx, Post, [col(Post.request_id) == request_id, col(Post.part) == part], values)


def add_notice(tx: Session, notice: Notice) -> None:
    """A message to be posted once, whenever Slack takes it, at the earliest at its `run_at` if it has one."""
    notice.run_at = notice.run_at or notice.created_at
    wakeup.mark(tx)
    tx.add(notice)


def notice(tx: Session, notice_id: str) -> Notice | None:
    """The notice with this id, if there is one."""
    return tx.get(Notice, notice_id)


def mark_notice(tx: Session, notice_id: str, *, lease: str, at: datetime) -> None:
    """Mark that a claimed notice is about to be posted, if the lease still holds."""
    where = [col(Notice.id) == notice_id, col(Notice.lease) == lease]
    set_where(tx, Notice, where, {"sending_since": at})


def finish_notice(
    tx: Session, notice_id: str, *, lease: str, ts: str | None, again_at: datetime | None
) -> None:
    """A notice is posted (`again_at` None), or to be tried again."""
    due.release(tx, due.NOTICES, notice_id, lease=lease, at=again_at, ts=ts)
