"""How far the detectors have looked; what they found is in `findings`."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_24_0120"
down_revision = "2026_11_24_0110"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "watches",
        sa.Column("step_id", sa.Uuid(), nullable=False),
        sa.Column("answers", sa.Integer(), nullable=False, comment="how many answers there were at the last look"),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["step_id"], ["steps.id"], name=op.f("fk_watches_step_id")),
        sa.PrimaryKeyConstraint("step_id", name=op.f("pk_watches")),
    )
