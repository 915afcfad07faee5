"""Why a request does not go on."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema here from `down_revision`."""
    op.add_column("requests", sa.Column("held", sa.String(), nullable=True))


def downgrade() -> None:
    """Take the schema back to `down_revision`."""
    op.drop_column("requests", "held")
