"""Prices and budgets by step and tier."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_29_0140"
down_revision = "2026_11_29_0130"
branch_labels = None
depends_on = None

MONEY = sa.Numeric(18, 6)
FILL = """
INSERT INTO purses (account_id, step_id, committed, spent)
SELECT account_id, step_id, sum(committed), sum(spent) FROM (
    SELECT n.account_id, t.step_id, 0 AS committed, n.cost AS spent
    FROM annotations n JOIN tasks t ON t.id = n.task_id WHERE n.cost > 0
    UNION ALL
    SELECT a.account_id, t.step_id, a.price, 0
    FROM assignments a JOIN tasks t ON t.id = a.task_id WHERE a.state = 'open' AND a.price > 0
    UNION ALL
    SELECT m.account_id, t.step_id, 0, CASE m.kind WHEN 'bonus' THEN m.amount ELSE -n.cost END
    FROM transfers m CROSS JOIN LATERAL unnest(m.annotations) WITH ORDINALITY AS one (id, place)
    JOIN annotations n ON n.id = one.id JOIN tasks t ON t.id = n.task_id
    WHERE m.kind = 'reversed' OR m.kind = 'bonus' AND one.place = 1
) AS said GROUP BY 1, 2
"""

LIMIT = """
UPDATE seats s SET granted = CASE WHEN p.budget IS NOT NULL THEN greatest(granted, committed + spent) END
FROM projects p WHERE p.id = s.project_id
"""


def upgrade() -> None:
    op.add_column(
        "steps",
        sa.Column(
            "budget",
            MONEY,
            nullable=True,
            comment="of the project's, what may be spent here; null: no limit of its own",
        ),
    )
    op.add_column(
        "steps",
        sa.Column("pool", MONEY, server_default="0", nullable=False, comment="of that, what no purse holds"),
    )
    op.add_column(
        "steps",
        sa.Column(
            "thrift",
            sa.String(length=8),
            nullable=True,
            comment="what the policy does since the budget is nearly spent",
        ),
    )
    op.add_column(
        "steps",
        sa.Column(
            "raised", MONEY, server_default="0", nullable=False, comment="what a judgement brings on top by rule now"
        ),
    )
    op.add_column("steps", sa.Column("raised_at", sa.DateTime(timezone=True), nullable=True))
    op.create_check_constraint(op.f("ck_steps_pool"), "steps", "pool >= 0")
    op.create_check_constraint(op.f("ck_steps_thrift"), "steps", "thrift IN ('degraded', 'stopped')")
    op.add_column(
        "seats",
        sa.Column(
            "tier", sa.Text(), server_default="", nullable=False, comment="the tier of prices that was found to be met"
        ),
    )
    op.alter_column(
        "seats", "granted", nullable=True, server_default=None, comment="null: the project has no budget",
        existing_type=MONEY,
    )  # fmt: skip
    op.execute(LIMIT)
    op.create_check_constraint(op.f("ck_seats_granted"), "seats", "committed + spent <= granted")
    _purses()


def _purses() -> None:
    op.create_table(
        "purses",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("step_id", sa.Uuid(), nullable=False),
        sa.Column("granted", MONEY, nullable=True, comment="null: the step has no budget of its own"),
        sa.Column("committed", MONEY, server_default="0", nullable=False),
        sa.Column("spent", MONEY, server_default="0", nullable=False),
        sa.CheckConstraint("committed >= 0", name=op.f("ck_purses_committed")),
        sa.CheckConstraint("committed + spent <= granted", name=op.f("ck_purses_granted")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_purses_account_id")),
        sa.ForeignKeyConstraint(["step_id"], ["steps.id"], name=op.f("fk_purses_step_id")),
        sa.PrimaryKeyConstraint("account_id", "step_id", name=op.f("pk_purses")),
        comment="an annotator's money in a step: what was promised and earned, and what of the step's budget is theirs",
        postgresql_with={"fillfactor": 50},
    )
    op.create_index(op.f("ix_purses_step_id"), "purses", ["step_id"])
    op.execute(FILL)
