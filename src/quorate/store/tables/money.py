"""Said: money that was moved, and the runs in which it was paid out. What is earned is said by the annotations."""

from sqlalchemy import CheckConstraint, Column, Index, Integer, String, Table, Text, UniqueConstraint, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY

from quorate.store.tables.columns import MONEY, id_, metadata, ref, time

payouts = Table(
    "payouts",
    metadata,
    id_(),
    ref("projects"),
    Column("key", Text, nullable=False, comment="the run's id: repeated, it pays nobody twice"),
    ref("accounts", name="author_id", null=True),
    Column("currency", String(3), nullable=False),
    Column("total", MONEY, nullable=False),
    Column("people", Integer, nullable=False),
    time(),
    UniqueConstraint("project_id", "key"),
)

transfers = Table(
    "transfers",
    metadata,
    id_(),
    ref("projects"),
    ref("accounts"),
    Column("kind", String(8), nullable=False),
    Column("debit", String(7), nullable=False, comment="the account that gives"),
    Column("credit", String(7), nullable=False, comment="the account that gets"),
    Column("amount", MONEY, nullable=False),
    Column("annotations", ARRAY(Uuid), nullable=False, comment="the answers that it is for; empty: for no single ones"),
    Column("undoes", Uuid, nullable=True, comment="the hold that it ends, or the bonus that it takes back"),
    ref("findings", null=True),
    ref("payouts", null=True),
    Column("reason", Text, nullable=False),
    ref("accounts", name="author_id", null=True),
    time(),
    UniqueConstraint("undoes"),
    Index("ix_transfers_paid", "payout_id", "account_id", unique=True, postgresql_where=text("payout_id IS NOT NULL")),
    Index(None, "project_id", "account_id", "created_at"),
    Index(None, "account_id", "created_at"),
    CheckConstraint("amount > 0 AND debit <> credit", name="amount"),
    CheckConstraint(
        "(kind, debit, credit) IN (('bonus', 'budget', 'payable'), ('held', 'payable', 'held'),"
        " ('released', 'held', 'payable'), ('reversed', 'payable', 'budget'), ('reversed', 'held', 'budget'),"
        " ('paid', 'payable', 'paid'))",
        name="kind",
    ),
    CheckConstraint("(kind = 'paid') = (payout_id IS NOT NULL)", name="payout"),
    CheckConstraint(
        "CASE WHEN undoes IS NULL THEN debit <> 'held' ELSE debit = 'held' OR kind = 'reversed' END", name="undoes"
    ),
    comment="an amount from one account to another, so that every journal sums to zero",
)
