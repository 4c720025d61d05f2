"""Count the known items that somebody answers wrong, since probation lasts the longer for them."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_29_0230"
down_revision = "2026_11_29_0220"
branch_labels = None
depends_on = None


def upgrade() -> None:
    missed = sa.Column("missed", sa.Integer(), server_default="0", nullable=False, comment="known items answered wrong")
    op.add_column("seats", missed)


def downgrade() -> None:
    op.drop_column("seats", "missed")
