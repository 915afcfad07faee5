"""How far the clock was off."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema here from `down_revision`."""
    op.add_column("problems", sa.Column("clock_off_s", sa.Integer(), nullable=True))


def downgrade() -> None:
    """Take the schema back to `down_revision`."""
    op.drop_column("problems", "clock_off_s")
