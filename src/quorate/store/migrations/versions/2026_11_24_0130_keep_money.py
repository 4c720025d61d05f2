"""Money: what was moved from account to account, and the runs in which it was paid out."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from quorate.store.migrations import append_only

revision = "2026_11_24_0130"
down_revision = "2026_11_24_0120"
branch_labels = None
depends_on = None

MONEY = sa.Numeric(18, 6)


def upgrade() -> None:
    op.create_table(
        "payouts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False, comment="the run's id: repeated, it pays nobody twice"),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("total", MONEY, nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name=op.f("fk_payouts_project_id")),
        sa.ForeignKeyConstraint(["author_id"], ["accounts.id"], name=op.f("fk_payouts_author_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payouts")),
        sa.UniqueConstraint("project_id", "key", name=op.f("uq_payouts_project_id_key")),
    )
    _transfers()
    append_only.protect("payouts")
    append_only.protect("transfers")


def _transfers() -> None:
    op.create_table(
        "transfers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("debit", sa.String(length=7), nullable=False, comment="the account that gives"),
        sa.Column("credit", sa.String(length=7), nullable=False, comment="the account that gets"),
        sa.Column("amount", MONEY, nullable=False),
        sa.Column(
            "annotations",
            postgresql.ARRAY(sa.Uuid()),
            nullable=False,
            comment="the answers that it is for; empty: for no single ones",
        ),
        sa.Column("undoes", sa.Uuid(), nullable=True, comment="the hold that it ends"),
        sa.Column("finding_id", sa.Uuid(), nullable=True),
        sa.Column("payout_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount > 0 AND debit <> credit", name=op.f("ck_transfers_amount")),
        sa.CheckConstraint(
            "(kind, debit, credit) IN (('bonus', 'budget', 'payable'), ('held', 'payable', 'held'),"
            " ('released', 'held', 'payable'), ('reversed', 'payable', 'budget'), ('reversed', 'held', 'budget'),"
            " ('paid', 'payable', 'paid'))",
            name=op.f("ck_transfers_kind"),
        ),
        sa.CheckConstraint("(kind = 'paid') = (payout_id IS NOT NULL)", name=op.f("ck_transfers_payout")),
        sa.CheckConstraint("(debit = 'held') = (undoes IS NOT NULL)", name=op.f("ck_transfers_undoes")),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name=op.f("fk_transfers_project_id")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_transfers_account_id")),
        sa.ForeignKeyConstraint(["finding_id"], ["findings.id"], name=op.f("fk_transfers_finding_id")),
        sa.ForeignKeyConstraint(["payout_id"], ["payouts.id"], name=op.f("fk_transfers_payout_id")),
        sa.ForeignKeyConstraint(["author_id"], ["accounts.id"], name=op.f("fk_transfers_author_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transfers")),
        sa.UniqueConstraint("undoes", name=op.f("uq_transfers_undoes")),
        comment="an amount from one account to another, so that every journal sums to zero",
    )
    op.create_index(
        "ix_transfers_paid",
        "transfers",
        ["payout_id", "account_id"],
        unique=True,
        postgresql_where=sa.text("payout_id IS NOT NULL"),
    )
    op.create_index(
        op.f("ix_transfers_project_id_account_id_created_at"), "transfers", ["project_id", "account_id", "created_at"]
    )
    op.create_index(op.f("ix_transfers_account_id_created_at"), "transfers", ["account_id", "created_at"])
