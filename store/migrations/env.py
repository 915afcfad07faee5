"""Runs migrations on the connection that `Database.migrate` hands over, and compares the tables for new ones."""

from typing import Any, Literal

from alembic import context
from sqlalchemy import DateTime, Enum, String, TypeDecorator
from sqlmodel import SQLModel

import store.tables  # noqa: F401 - fills SQLModel.metadata


def plain(kind: str, column_type: Any, _context: Any) -> str | Literal[False]:
    """Column types as the database knows them: a migration must not change when our own types do."""
    bare = column_type.impl if isinstance(column_type, TypeDecorator) else column_type
    if kind != "type" or not isinstance(bare, DateTime | Enum | String):
        return False
    if isinstance(bare, DateTime):
        return "sa.DateTime(timezone=True)"
    return f"sa.String({bare.length or ''})"


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    transactional_ddl=True,
    compare_type=True,
    render_item=plain,
)
context.run_migrations()
