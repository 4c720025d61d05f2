"""The ledger: every event, and the blocks that seal them. Append-only."""

from sqlalchemy import BigInteger, Column, Identity, Index, Integer, LargeBinary, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from quorate.store.tables.columns import TIME, metadata, time

events = Table(
    "events",
    metadata,
    Column("seq", BigInteger, Identity(), primary_key=True),
    Column("at", TIME, nullable=False),
    Column("workspace_id", Uuid, nullable=True),
    Column("project_id", Uuid, nullable=True),
    Column("actor", Uuid, nullable=True, comment="null: the system, or the operator at the command line"),
    Column("verb", Text, nullable=False),
    Column("object_id", Uuid, nullable=False),
    Column("detail", JSONB(none_as_null=True), nullable=True),
    Column("content", LargeBinary, nullable=False, comment="SHA-256 of what the event tells"),
    Index(None, "object_id"),
)

blocks = Table(
    "blocks",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("first_seq", BigInteger, nullable=False),
    Column("last_seq", BigInteger, nullable=False, unique=True),
    Column("events", Integer, nullable=False),
    Column("root", LargeBinary, nullable=False, comment="Merkle root of the events"),
    Column("previous", LargeBinary, nullable=False, comment="hash of the block before"),
    Column("hash", LargeBinary, nullable=False),
    time("sealed_at"),
)
