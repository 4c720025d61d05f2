"""What the claim needs to give the right task to the right person."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from quorate.store.migrations import append_only

revision = "2026_11_29_0110"
down_revision = "2026_11_24_0140"
branch_labels = None
depends_on = None

JSON = postgresql.JSONB(astext_type=sa.Text())
TIME = sa.DateTime(timezone=True)
NOTICES = "message", "paused", "blocked", "retrain", "resumed"


def upgrade() -> None:
    _columns()
    op.create_table(
        "declarations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("names", JSON, nullable=True, comment="null: no limit"),
        sa.Column("created_at", TIME, nullable=False),
        sa.CheckConstraint("kind IN ('language', 'domain', 'conflict')", name=op.f("ck_declarations_kind")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_declarations_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_declarations")),
        comment="what somebody says of themselves; the newest of each kind holds",
    )
    op.create_index(
        op.f("ix_declarations_account_id_kind_created_at"), "declarations", ["account_id", "kind", "created_at"]
    )
    op.create_table(
        "clearances",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("names", JSON, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name=op.f("fk_clearances_project_id")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_clearances_account_id")),
        sa.ForeignKeyConstraint(["author_id"], ["accounts.id"], name=op.f("fk_clearances_author_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clearances")),
        comment="which items that name who may see them somebody may see; the newest holds",
    )
    op.create_index(
        op.f("ix_clearances_account_id_project_id_created_at"), "clearances", ["account_id", "project_id", "created_at"]
    )
    append_only.protect("clearances")
    op.drop_constraint(op.f("ck_notices_kind"), "notices")
    kinds = ", ".join(f"'{kind}'" for kind in (*NOTICES, "rest"))
    op.create_check_constraint(op.f("ck_notices_kind"), "notices", f"kind IN ({kinds})")


def _columns() -> None:
    op.add_column(
        "projects",
        sa.Column(
            "matched", sa.Boolean(), nullable=False, server_default=sa.text("false"),
            comment="claims must look whom an item is for: items say so, or somebody has said what they can",
        ),
    )  # fmt: skip
    op.add_column(
        "steps",
        sa.Column(
            "typical", JSON, nullable=True, comment="how well annotators tell each two classes apart in the mean"
        ),
    )
    likely = "place of the likeliest class in the schema"
    op.add_column("tasks", sa.Column("likely", sa.SmallInteger(), nullable=True, comment=likely))
    op.add_column("tasks", sa.Column("rival", sa.SmallInteger(), nullable=True, comment="and of the next"))
    chance = "the probability of the likeliest"
    op.add_column("tasks", sa.Column("chance", sa.REAL(), nullable=True, comment=chance))
    edge = "how far ahead of the others; flow/route.py"
    op.add_column("skills", sa.Column("edge", postgresql.ARRAY(sa.REAL(), dimensions=2), nullable=True, comment=edge))
    fit = "what they said they can, may see and are party to"
    op.add_column("seats", sa.Column("fit", JSON, nullable=True, comment=fit))
    for name, comment in (("given_in", "tasks given, by stratum"), ("answered_in", "answers, by stratum")):
        empty = sa.text("'{}'::jsonb")
        op.add_column("seats", sa.Column(name, JSON, nullable=False, server_default=empty, comment=comment))
    why = "why it was given to them; null: it was next"
    op.add_column("assignments", sa.Column("why", JSON, nullable=True, comment=why))
    strata = "in which strata it counts"
    op.add_column("assignments", sa.Column("strata", postgresql.ARRAY(sa.Text()), nullable=True, comment=strata))
