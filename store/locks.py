"""Locks until the end of a transaction, for PostgreSQL; on SQLite a transaction that writes is alone anyway.

They are always taken in the same order, so that no two transactions wait for each other: a request, then its calls
and copies; the audit trail last.
"""

from sqlalchemy import text
from sqlmodel import Session, col, select

from store.tables import Request

_HELD = "held"


def alone(tx: Session, what: str) -> None:
    """Wait until no other transaction is alone with the same thing."""
    if _postgresql(tx):
        tx.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:what, 0))"), {"what": what})


def hold(tx: Session, request_id: str) -> None:
    """Let nobody else change the request or what belongs to it; adding rows that name it stays possible."""
    held: set[str] = tx.info.setdefault(_HELD, set())
    if request_id in held or not _postgresql(tx):
        return
    query = select(Request.id).where(col(Request.id) == request_id).with_for_update(key_share=True)
    tx.exec(query).first()
    held.add(request_id)


def _postgresql(tx: Session) -> bool:
    return tx.get_bind().dialect.name == "postgresql"
