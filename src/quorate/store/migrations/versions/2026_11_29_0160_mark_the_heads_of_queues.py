"""Where the queue of each project begins."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_29_0160"
down_revision = "2026_11_29_0150"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for band in (0, 1):
        op.add_column(
            "projects",
            sa.Column(
                f"head_{band}",
                sa.BigInteger(),
                server_default="0",
                nullable=False,
                comment=f"no opening of band {band} stands before it",
            ),
        )


def downgrade() -> None:
    for band in (0, 1):
        op.drop_column("projects", f"head_{band}")
