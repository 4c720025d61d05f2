"""State: what was measured, rolled up. Held: whom to tell. State: alerts, and the messages that tell of them."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Float,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from quorate.store.tables.columns import TIME, id_, loose, metadata, ref, time

measures = Table(
    "measures",
    metadata,
    Column("project_id", Uuid, primary_key=True),
    Column("grain", String(6), primary_key=True),
    Column("measure", String(20), primary_key=True),
    Column("at", TIME, primary_key=True, comment="when the minute, the hour, the day began"),
    Column("step_id", Uuid, primary_key=True),
    Column("label", Text, primary_key=True, comment="the class; empty: of none"),
    Column("account_id", Uuid, primary_key=True, comment="the person; all zeros: of none"),
    Column("n", BigInteger, nullable=False),
    Column("total", Float, nullable=False),
    Column("most", Float, nullable=False),
    CheckConstraint("grain IN ('minute', 'hour', 'day', 'ever')", name="grain"),
    postgresql_with={"fillfactor": 80},
    comment="how often, how much in all and at most: by step, class and person, which add up to anything coarser",
)

rollups = Table(
    "rollups",
    metadata,
    Column("name", String(20), primary_key=True),
    Column("seq", BigInteger, nullable=False, server_default="0", comment="the last event that was rolled up"),
    time("sampled_at", null=True),
    comment="how far the roll-ups are; moved in the transaction that adds to them",
)

alerts = Table(
    "alerts",
    metadata,
    id_(),
    ref("projects"),
    Column("rule", Text, nullable=False),
    Column("subject", Text, nullable=False, comment="the step, class or person that it is about; empty: the project"),
    Column("state", String(9), nullable=False),
    Column("severity", String(8), nullable=False),
    Column("does", String(10), nullable=True, comment="what is done while it fires; null: people are told, no more"),
    Column("facts", JSONB, nullable=False, comment="the metrics that the condition speaks of, when last looked at"),
    Column(
        "fault", JSONB(none_as_null=True), nullable=True, comment="why the condition cannot be evaluated, as `said`"
    ),
    time("since"),
    time("fired_at", null=True),
    time("looked_at"),
    UniqueConstraint("project_id", "rule", "subject"),
    CheckConstraint("state IN ('pending', 'firing', 'recovered', 'calm')", name="state"),
)

channels = Table(
    "channels",
    metadata,
    id_(),
    ref("workspaces"),
    ref("projects", null=True),
    Column("name", Text, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("url", Text, nullable=False, comment="secret: never told, never logged"),
    Column("secret", Text, nullable=True, comment="signs what a webhook is sent"),
    ref("accounts", name="author_id", null=True),
    time(),
    UniqueConstraint("workspace_id", "project_id", "name", postgresql_nulls_not_distinct=True),
    comment="where messages go, by name; of a project, or (without one) of the whole workspace",
)

messages = Table(
    "messages",
    metadata,
    id_(),
    loose("project_id"),
    loose("channel_id"),
    loose("alert_id"),
    Column("state", String(7), nullable=False),
    Column("body", JSONB, nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("sending", Uuid, nullable=True, comment="those that go together: the id of what is sent"),
    Column("error", Text, nullable=True),
    time("not_before"),
    time("sent_at", null=True),
    time(),
    Index("ix_messages_waiting", "not_before", postgresql_where=text("state = 'waiting'")),
    Index(None, "project_id", "created_at"),
    CheckConstraint("state IN ('waiting', 'sent', 'dropped', 'failed')", name="state"),
)
