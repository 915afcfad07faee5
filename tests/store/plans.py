"""How a database goes about what it is asked."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import event

from store.database import Database, Transaction


def plan_of(database: Database, work: Callable[[Transaction], object]) -> str:
    """The plans of all that the work asks, as text."""
    asked: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        asked.append((statement, parameters))

    explain = "EXPLAIN"
    with database.transaction() as tx:
        connection = tx.connection()
        event.listen(connection, "before_cursor_execute", note)
        work(tx)
        event.remove(connection, "before_cursor_execute", note)
        if database.engine.dialect.name == "sqlite":
            explain = "EXPLAIN QUERY PLAN"
        else:  # so few rows are looked through faster without an index
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        plans = [connection.exec_driver_sql(f"{explain} {what}", values).all() for what, values in asked]
    return "\n".join(str(row[-1]) for plan in plans for row in plan)
