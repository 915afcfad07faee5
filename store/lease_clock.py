"""The clock by which leases run: the database's own where replicas share it, so that theirs need not agree."""

from datetime import datetime
from typing import Any

from sqlmodel import DateTime, Session, func

DATABASE_CLOCK = "database_clock"
"""The engine's option: leases run by the database's clock. Only PostgreSQL's is shared by several replicas."""


def lease_now(tx: Session, now: datetime) -> Any:
    """The present moment, as something to compare a lease with: `now`, or what the database says it is."""
    if tx.get_bind().get_execution_options().get(DATABASE_CLOCK):
        return func.clock_timestamp(type_=DateTime(timezone=True))
    return now
