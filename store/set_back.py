"""After the clock was set back: what was to be done soon, by the old one, is not left for hours."""

from datetime import datetime, timedelta

from sqlmodel import Session, col

from store import due, wakeup
from store.lease_clock import lease_now
from store.lifecycle import State
from store.rows import set_where
from store.tables import Call, Copy, Notice, Request


def make_due(tx: Session, now: datetime, lease_s: float) -> None:
    """Everything that is due later than `now` is due now, but for what waits for a person; no lease is overlong.

    Nothing is done too early by that: whoever looks and finds that it isn't time yet puts it off again.
    """
    wakeup.mark(tx)
    busy = col(Request.state) != State.WAITING
    for table, moment, where in (
        (Request, Request.run_at, [busy]),
        (Request, Request.show_at, []),
        (Notice, Notice.run_at, []),
        (Call, Call.run_at, []),
        (Copy, Copy.look_at, []),
    ):
        set_where(tx, table, [col(moment) > now, *where], {moment: now})
    last = lease_now(tx, now) + timedelta(seconds=lease_s)
    for queue in (due.WORK, due.SHOW, due.NOTICES):
        set_where(tx, queue.table, [queue.until > last], {queue.until: last})
