"""The one way in which rows are changed: where they still are what the changer thinks."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import CursorResult, update
from sqlmodel import Session, SQLModel


def set_where(tx: Session, table: type[SQLModel], where: Sequence[Any], values: Mapping[Any, Any]) -> bool:
    """Set columns of the rows for which all of `where` holds, in one UPDATE; rows loaded before are loaded again.

    Returns:
        False if there was no such row: somebody else came first, or it does not exist.
    """
    tx.flush()
    statement = update(table).where(*where).values(dict(values))
    result = tx.execute(statement.execution_options(synchronize_session=False))
    assert isinstance(result, CursorResult)  # noqa: S101 - what an UPDATE gives; for the type checker
    tx.expire_all()
    return result.rowcount > 0
