"""Keep what each annotator had answered at the last look, how long it took, and since when flags are followed."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_29_0210"
down_revision = "2026_11_29_0200"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "watched",
        sa.Column("step_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("answers", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_watched_account_id")),
        sa.ForeignKeyConstraint(["step_id"], ["steps.id"], name=op.f("fk_watched_step_id")),
        sa.PrimaryKeyConstraint("step_id", "account_id", name=op.f("pk_watched")),
        comment="how many answers each annotator had given to a step at the last look",
    )
    took = sa.Column(
        "took", sa.Float(), server_default="0", nullable=False, comment="seconds that the last look took"
    )  # fmt: skip
    op.add_column("watches", took)
    op.add_column("watches", sa.Column("followed_at", sa.DateTime(timezone=True), nullable=True))
    where = sa.text("annotation_id IS NULL")
    op.create_index("ix_findings_watch", "findings", ["project_id", "id"], postgresql_where=where)


def downgrade() -> None:
    op.drop_index("ix_findings_watch", "findings")
    op.drop_column("watches", "followed_at")
    op.drop_column("watches", "took")
    op.drop_table("watched")
