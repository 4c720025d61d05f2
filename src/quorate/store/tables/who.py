"""Held: who there is and how they come in. Changeable and erasable."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from quorate.store.tables.columns import id_, metadata, ref, time

workspaces = Table(
    "workspaces",
    metadata,
    id_(),
    Column("name", Text, nullable=False, unique=True),
    Column(
        "salt",
        LargeBinary,
        nullable=False,
        comment="keys pseudonyms and content hashes; drop it to unlink them",
    ),
    time(),
)

accounts = Table(
    "accounts",
    metadata,
    id_(),
    ref("workspaces"),
    Column("kind", String(8), nullable=False),
    Column("name", Text, nullable=True, comment="personal: null once erased"),
    Column("password_hash", Text, nullable=True),
    Column("admin", Boolean, nullable=False, server_default=text("false")),
    time("disabled_at", null=True),
    Column(
        "digest",
        String(6),
        nullable=False,
        server_default="show",
        comment="whether weekly digests are shown, told as a notice too, or not made",
    ),
    CheckConstraint("digest IN ('show', 'notice', 'off')", name="digest"),
    time(),
    UniqueConstraint("workspace_id", "name"),
    CheckConstraint("kind IN ('person', 'machine')", name="kind"),
)

tokens = Table(
    "tokens",
    metadata,
    id_(),
    ref("accounts"),
    Column("name", Text, nullable=False),
    Column("hash", LargeBinary, nullable=False, unique=True),
    Column("scopes", ARRAY(Text), nullable=False),
    time("expires_at", null=True),
    time("revoked_at", null=True),
    time(),
)

sessions = Table(
    "sessions",
    metadata,
    id_(),
    ref("accounts"),
    Column("hash", LargeBinary, nullable=False, unique=True),
    time("expires_at"),
    time(),
)

sign_ins = Table(
    "sign_ins",
    metadata,
    Column("subject", LargeBinary, primary_key=True, comment="hash of the account name or of the address"),
    Column("failures", Integer, nullable=False),
    time("locked_until", null=True),
    time("updated_at"),
)

members = Table(
    "members",
    metadata,
    Column("project_id", Uuid, ForeignKey("projects.id"), primary_key=True),
    Column("account_id", Uuid, ForeignKey("accounts.id"), primary_key=True),
    Column("role", String(12), primary_key=True),
    time(),
    Index(None, "account_id"),
)

hours = Table(
    "hours",
    metadata,
    Column("account_id", Uuid, ForeignKey("accounts.id"), primary_key=True),
    Column("body", JSONB, nullable=False, comment="zone, week, away; people/hours.py reads it"),
    time("updated_at"),
    comment="when somebody works; who is not here counts as always there",
)

invites = Table(
    "invites",
    metadata,
    id_(),
    ref("projects"),
    ref("accounts", name="author_id", null=True),
    Column("role", String(12), nullable=False),
    Column("hash", LargeBinary, nullable=False, unique=True),
    Column("uses", Integer, nullable=False, comment="how many may accept it"),
    Column("used", Integer, nullable=False, server_default="0"),
    time("expires_at"),
    time("revoked_at", null=True),
    time(),
    Index(None, "project_id"),
    CheckConstraint("used <= uses", name="used"),
)

notices = Table(
    "notices",
    metadata,
    id_(),
    ref("projects"),
    ref("accounts"),
    ref("accounts", name="author_id", null=True),
    Column("kind", String(12), nullable=False),
    Column("text", Text, nullable=False),
    Column("facts", JSONB(none_as_null=True), nullable=True, comment="what the text says, for other languages"),
    time(),
    time("acknowledged_at", null=True),
    Index("ix_notices_open", "account_id", postgresql_where=text("acknowledged_at IS NULL")),
    CheckConstraint(
        "kind IN ('message', 'paused', 'blocked', 'retrain', 'resumed', 'rest', 'held', 'released', 'reversed',"
        " 'upheld', 'dismissed', 'slips', 'digest', 'wanted')",
        name="kind",
    ),
    comment="what an annotator is told by those who manage a project",
)
