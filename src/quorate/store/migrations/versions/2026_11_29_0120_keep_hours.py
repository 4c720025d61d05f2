"""Who works when, whose case it is, and how late the work runs."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "2026_11_29_0120"
down_revision = "2026_11_29_0110"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "hours",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column(
            "body",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="zone, week, away; people/hours.py reads it",
        ),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_hours_account_id")),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_hours")),
        comment="when somebody works; who is not here counts as always there",
    )
    done = "what is done while it fires; null: people are told, no more"
    op.add_column("alerts", sa.Column("does", sa.String(length=10), nullable=True, comment=done))
    _assign_cases()


def _assign_cases() -> None:
    time = sa.DateTime(timezone=True)
    op.add_column("cases", sa.Column("due_at", time, nullable=True))
    op.add_column(
        "cases", sa.Column("assigned_to", sa.Uuid(), nullable=True, comment="whose turn it is; null: anybody's")
    )
    op.add_column("cases", sa.Column("backup", sa.Uuid(), nullable=True, comment="who is next if they do not come"))
    op.add_column("cases", sa.Column("turn_ends_at", time, nullable=True))
    op.add_column(
        "cases",
        sa.Column(
            "passed",
            postgresql.ARRAY(sa.Uuid()),
            server_default=sa.text("'{}'"),
            nullable=False,
            comment="whose turn is over",
        ),
    )
    op.execute("UPDATE cases SET due_at = greatest(opened_at, not_before) + interval '1 day' WHERE closed_at IS NULL")
    op.drop_index("ix_cases_queue", table_name="cases")
    op.create_index(
        "ix_cases_queue",
        "cases",
        ["project_id", sa.literal_column("priority DESC"), "id"],
        postgresql_where=sa.text("closed_at IS NULL AND NOT held AND assigned_to IS NULL"),
    )
    op.create_index("ix_cases_assigned", "cases", ["assigned_to"], postgresql_where=sa.text("closed_at IS NULL"))
