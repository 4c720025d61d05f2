"""How far the detectors have looked, and what was said to what they found."""

import sqlalchemy as sa
from alembic import op

from quorate.store.migrations import append_only

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
    op.create_table(
        "replies",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("finding_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(length=9), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('answered', 'upheld', 'dismissed')", name=op.f("ck_replies_kind")),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name=op.f("fk_replies_project_id")),
        sa.ForeignKeyConstraint(["finding_id"], ["findings.id"], name=op.f("fk_replies_finding_id")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_replies_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_replies")),
        comment="what was said to a finding: by the one it is about, and by who judges it",
    )
    op.create_index(op.f("ix_replies_finding_id"), "replies", ["finding_id"])
    append_only.protect("replies")
