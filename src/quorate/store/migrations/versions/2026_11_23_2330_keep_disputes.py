"""Keep what annotators say against decisions."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from quorate.store.migrations import append_only

revision = "2026_11_23_2330"
down_revision = "2026_11_23_1944"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "disputes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("annotation_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column(
            "against",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="what the annotator was told would have been right",
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name=op.f("fk_disputes_project_id")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_disputes_case_id")),
        sa.ForeignKeyConstraint(["annotation_id"], ["annotations.id"], name=op.f("fk_disputes_annotation_id")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_disputes_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disputes")),
        sa.UniqueConstraint("annotation_id", name=op.f("uq_disputes_annotation_id")),
        comment="an annotator's word against what was held against their answer",
    )
    op.create_index(op.f("ix_disputes_account_id_created_at"), "disputes", ["account_id", "created_at"])
    op.create_index(op.f("ix_disputes_case_id"), "disputes", ["case_id"])
    op.create_index(op.f("ix_adjudications_project_id_created_at"), "adjudications", ["project_id", "created_at"])
    append_only.protect("disputes")
