"""Reminders apart from work: what thousands of requests are due for at once is not in anybody's way."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_BEFORE = {
    "requests_due": ("run_at", "run_at IS NOT NULL"),
    "requests_to_show": ("show_at", "show_at IS NOT NULL"),
}
_AFTER = {
    "requests_to_step": ("run_at", "run_at IS NOT NULL AND state <> 'waiting'"),
    "requests_to_time": ("run_at", "run_at IS NOT NULL AND state = 'waiting'"),
    "requests_with_news": ("show_at", "show_at IS NOT NULL AND (state <> 'waiting' OR reminders = 0)"),
    "requests_with_reminders": ("show_at", "show_at IS NOT NULL AND (state = 'waiting' AND reminders > 0)"),
}


def upgrade() -> None:
    """Bring the schema here from `down_revision`."""
    _replace(_BEFORE, _AFTER)


def downgrade() -> None:
    """Take the schema back to `down_revision`."""
    _replace(_AFTER, _BEFORE)


def _replace(old: dict[str, tuple[str, str]], new: dict[str, tuple[str, str]]) -> None:
    for name in old:
        op.drop_index(name, table_name="requests")
    for name, (column, condition) in new.items():
        where = sa.text(condition)
        op.create_index(name, "requests", [column], postgresql_where=where, sqlite_where=where)
