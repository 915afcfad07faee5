"""What was found out about those who could approve a request, and when to look at them again."""

from datetime import datetime

from sqlmodel import Session, col

from store import wakeup
from store.lifecycle import State
from store.rows import set_where
from store.tables import LONG_AGO, Audience, Request


def of(tx: Session, request_id: str) -> Audience | None:
    """What the newest look found; None: nobody has looked yet."""
    return tx.get(Audience, request_id, populate_existing=True)


def remember(tx: Session, audience: Audience) -> None:
    """Replace what was found before by what was found now."""
    tx.merge(audience)
    tx.flush()


def look_again(tx: Session, team: str, channel: str, *, at: datetime) -> None:
    """What the channel allows has changed: who may approve what waits there is looked at anew.

    It takes the requests from whoever holds them, as a click does: what they found is out of date.
    """
    waiting = [Request.team == team, Request.channel == channel, Request.state == State.WAITING]
    values = {col(Request.run_at): at, col(Request.lease): None, col(Request.lease_until): LONG_AGO}
    if set_where(tx, Request, waiting, values):
        wakeup.mark(tx)
