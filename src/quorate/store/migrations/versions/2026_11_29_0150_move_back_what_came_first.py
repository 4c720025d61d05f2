"""Where in the queue a task was that comes first for a while."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_29_0150"
down_revision = "2026_11_29_0140"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "openings",
        sa.Column(
            "fresh_at",
            sa.BigInteger(),
            nullable=True,
            comment="its place in band 1, while its step's tasks come first",
        ),
    )
