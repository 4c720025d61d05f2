"""Every table there is, declared once. Migrations must agree with this file, and a test proves that they do.

Three sorts of tables:

- *said*: what somebody said or decided. Append-only; the database itself refuses UPDATE, DELETE and TRUNCATE.
- *state*: what follows from it, kept so as not to be recomputed (`tasks`, `openings`, `skills`, `seats`).
- *held*: what must be changeable or erasable: accounts, items, leases, sessions.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Float,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Numeric,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

MONEY = Numeric(18, 6)
TIME = DateTime(timezone=True)
NO_CASE = "00000000-0000-0000-0000-000000000000"


def _id() -> Column[object]:
    return Column("id", Uuid, primary_key=True)


def _loose(name: str) -> Column[object]:
    """A reference without a foreign key, where rows come by the thousand a second.

    The check costs a look-up and a lock for each row, more than the row itself: half of an import, and it would make
    every submit of a project lock the same rows. The statement that writes the row has just read what it refers to,
    and nothing that is referred to so is ever deleted.
    """
    return Column(name, Uuid, nullable=False)


def _ref(target: str, *, name: str | None = None, null: bool = False) -> Column[object]:
    return Column(name or f"{target[:-1]}_id", Uuid, ForeignKey(f"{target}.id"), nullable=null)


def _time(name: str = "created_at", *, null: bool = False) -> Column[object]:
    return Column(name, TIME, nullable=null)


# --- held: who ---

workspaces = Table(
    "workspaces",
    metadata,
    _id(),
    Column("name", Text, nullable=False, unique=True),
    Column(
        "salt",
        LargeBinary,
        nullable=False,
        comment="keys pseudonyms and content hashes; drop it to unlink them",
    ),
    _time(),
)

accounts = Table(
    "accounts",
    metadata,
    _id(),
    _ref("workspaces"),
    Column("kind", String(8), nullable=False),
    Column("name", Text, nullable=True, comment="personal: null once erased"),
    Column("password_hash", Text, nullable=True),
    Column("admin", Boolean, nullable=False, server_default=text("false")),
    _time("disabled_at", null=True),
    _time(),
    UniqueConstraint("workspace_id", "name"),
    CheckConstraint("kind IN ('person', 'machine')", name="kind"),
)

tokens = Table(
    "tokens",
    metadata,
    _id(),
    _ref("accounts"),
    Column("name", Text, nullable=False),
    Column("hash", LargeBinary, nullable=False, unique=True),
    Column("scopes", ARRAY(Text), nullable=False),
    _time("expires_at", null=True),
    _time("revoked_at", null=True),
    _time(),
)

sessions = Table(
    "sessions",
    metadata,
    _id(),
    _ref("accounts"),
    Column("hash", LargeBinary, nullable=False, unique=True),
    _time("expires_at"),
    _time(),
)

notices = Table(
    "notices",
    metadata,
    _id(),
    _ref("projects"),
    _ref("accounts"),
    _ref("accounts", name="author_id", null=True),
    Column("kind", String(8), nullable=False),
    Column("text", Text, nullable=False),
    _time(),
    _time("acknowledged_at", null=True),
    Index("ix_notices_open", "account_id", postgresql_where=text("acknowledged_at IS NULL")),
    CheckConstraint("kind IN ('message', 'paused', 'blocked', 'retrain', 'resumed')", name="kind"),
    comment="what an annotator is told by those who manage a project",
)

invites = Table(
    "invites",
    metadata,
    _id(),
    _ref("projects"),
    _ref("accounts", name="author_id", null=True),
    Column("role", String(12), nullable=False),
    Column("hash", LargeBinary, nullable=False, unique=True),
    Column("uses", Integer, nullable=False, comment="how many may accept it"),
    Column("used", Integer, nullable=False, server_default="0"),
    _time("expires_at"),
    _time("revoked_at", null=True),
    _time(),
    Index(None, "project_id"),
    CheckConstraint("used <= uses", name="used"),
)

sign_ins = Table(
    "sign_ins",
    metadata,
    Column("subject", LargeBinary, primary_key=True, comment="hash of the account name or of the address"),
    Column("failures", Integer, nullable=False),
    _time("locked_until", null=True),
    _time("updated_at"),
)

# --- held: what is asked ---

projects = Table(
    "projects",
    metadata,
    _id(),
    _ref("workspaces"),
    Column("name", Text, nullable=False),
    Column("epoch", Integer, nullable=False, server_default="0", comment="grows with every published spec"),
    Column("budget", MONEY, nullable=True, comment="null: no limit"),
    Column("pool", MONEY, nullable=False, server_default="0", comment="of the budget, what no seat holds"),
    Column("currency", String(3), nullable=False, server_default="USD"),
    _time(),
    UniqueConstraint("workspace_id", "name"),
    CheckConstraint("pool >= 0", name="pool"),
)

members = Table(
    "members",
    metadata,
    Column("project_id", Uuid, ForeignKey("projects.id"), primary_key=True),
    Column("account_id", Uuid, ForeignKey("accounts.id"), primary_key=True),
    Column("role", String(12), primary_key=True),
    _time(),
    Index(None, "account_id"),
)

steps = Table(
    "steps",
    metadata,
    _id(),
    _ref("projects"),
    Column("name", Text, nullable=False),
    Column("position", SmallInteger, nullable=False),
    Column("prior", JSONB, nullable=True, comment="what the last refit believes of the classes"),
    _time("refitted_at", null=True),
    Column("refitted_answers", Integer, nullable=False, server_default="0"),
    _time("retired_at", null=True),
    UniqueConstraint("project_id", "name"),
)

items = Table(
    "items",
    metadata,
    _id(),
    _loose("project_id"),
    Column("key", Text, nullable=False),
    Column("body", JSONB, nullable=True, comment="null once erased"),
    Column("media", JSONB, nullable=True),
    Column("attributes", JSONB, nullable=False, server_default=text("'{}'::jsonb")),
    Column("hash", LargeBinary, nullable=False, comment="salted hash of body and media"),
    Column("twin_of", Uuid, nullable=True, comment="the first item with the same content"),
    _time("erased_at", null=True),
    _time(),
    UniqueConstraint("project_id", "key"),
    Index(None, "project_id", "hash"),
    Index("ix_items_attributes", "attributes", postgresql_using="gin", postgresql_ops={"attributes": "jsonb_path_ops"}),
)

tasks = Table(
    "tasks",
    metadata,
    _id(),
    _loose("project_id"),
    _loose("step_id"),
    _loose("item_id"),
    Column("state", String(9), nullable=False),
    Column("version", Integer, nullable=False, server_default="0", comment="grows whenever the evidence changes"),
    Column("decision_id", Uuid, nullable=True, comment="the decision in force"),
    Column("gold", JSONB(none_as_null=True), nullable=True, comment="the known answer"),
    Column("gold_order", Integer, nullable=True, comment="where it stands in the gold walk"),
    UniqueConstraint("item_id", "step_id"),
    Index(
        "ix_tasks_gold",
        "project_id",
        "gold_order",
        unique=True,
        postgresql_where=text("gold_order IS NOT NULL"),
    ),
    Index(None, "project_id", "state", "step_id"),
    CheckConstraint("state IN ('waiting', 'open', 'contested', 'decided', 'retired')", name="state"),
    postgresql_with={"fillfactor": 80},
)

# --- state: the queue ---

openings = Table(
    "openings",
    metadata,
    Column("project_id", Uuid, primary_key=True),
    Column("band", SmallInteger, primary_key=True, comment="0 before 1"),
    Column("position", BigInteger, Identity(), primary_key=True),
    _loose("task_id"),
    Index(None, "task_id"),
    comment="one row for each judgement that is wanted and that nobody holds",
)

seats = Table(
    "seats",
    metadata,
    Column("project_id", Uuid, ForeignKey("projects.id"), primary_key=True),
    Column("account_id", Uuid, ForeignKey("accounts.id"), primary_key=True),
    Column("cursor_0", BigInteger, nullable=False, server_default="0"),
    Column("cursor_1", BigInteger, nullable=False, server_default="0"),
    Column("gold_cursor", Integer, nullable=False, server_default="0"),
    Column("granted", MONEY, nullable=False, server_default="0"),
    Column("committed", MONEY, nullable=False, server_default="0"),
    Column("spent", MONEY, nullable=False, server_default="0"),
    Column("answered", Integer, nullable=False, server_default="0"),
    _time("swept_at", null=True),
    Column("barred", String(8), nullable=True, comment="why nothing is leased to them: paused, blocked or retrain"),
    Column("barred_why", Text, nullable=True),
    Column("discounted", Boolean, nullable=False, server_default=text("false"), comment="their answers do not count"),
    CheckConstraint("committed >= 0", name="committed"),
    CheckConstraint("barred IN ('paused', 'blocked', 'retrain')", name="barred"),
    postgresql_with={"fillfactor": 50},
    comment="an annotator in a project: how far down the queue, and what of the budget is theirs to earn",
)

assignments = Table(
    "assignments",
    metadata,
    _id(),
    _loose("project_id"),
    _loose("task_id"),
    _loose("account_id"),
    Column("case_id", Uuid, nullable=False, server_default=text(f"'{NO_CASE}'::uuid")),
    Column("state", String(9), nullable=False),
    Column("gold", Boolean, nullable=False, server_default=text("false")),
    Column("price", MONEY, nullable=False, server_default="0"),
    Column("key", Text, nullable=True, comment="idempotency key of the submit"),
    Column("request", LargeBinary, nullable=True, comment="hash of what was submitted under that key"),
    Column("reply", JSONB, nullable=True, comment="what was answered, to be answered again"),
    Column("reason", Text, nullable=True, comment="why it was skipped"),
    _time("claimed_at"),
    _time("expires_at"),
    UniqueConstraint("task_id", "account_id", "case_id"),
    Index("ix_assignments_expiry", "expires_at", postgresql_where=text("state = 'open'")),
    Index("ix_assignments_held", "account_id", postgresql_where=text("state = 'open'")),
    CheckConstraint("state IN ('open', 'submitted', 'skipped', 'released', 'expired')", name="state"),
    postgresql_with={"fillfactor": 80},
)

skills = Table(
    "skills",
    metadata,
    Column("step_id", Uuid, ForeignKey("steps.id"), primary_key=True),
    Column("account_id", Uuid, ForeignKey("accounts.id"), primary_key=True),
    Column("body", JSONB, nullable=False, comment="pseudo-counts or error scale; flow/believe.py reads it"),
    Column("answers", Integer, nullable=False, server_default="0"),
    _time("updated_at"),
    postgresql_with={"fillfactor": 50},
)

cases = Table(
    "cases",
    metadata,
    _id(),
    _ref("projects"),
    _ref("tasks"),
    Column("kind", String(14), nullable=False),
    Column("rule", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("risk", Float, nullable=False),
    Column("ambiguity", Float, nullable=False),
    Column("value", Float, nullable=False),
    Column("priority", Float, nullable=False, comment="risk × ambiguity × value"),
    Column("blind", Boolean, nullable=False),
    Column("probability", Float, nullable=True, comment="with which an audit was drawn"),
    Column("decision_id", Uuid, nullable=True, comment="the decision that is audited"),
    Column("not_before", TIME, nullable=True),
    Column("meant_for", Uuid, nullable=True, comment="the one expert it is for (a hidden repeat)"),
    Column("held", Boolean, nullable=False, server_default=text("false")),
    _time("opened_at"),
    _time("closed_at", null=True),
    Index(
        "ix_cases_queue",
        "project_id",
        text("priority DESC"),
        "id",
        postgresql_where=text("closed_at IS NULL AND NOT held"),
    ),
    Index(None, "task_id"),
    CheckConstraint("kind IN ('undecided', 'risky', 'audit', 'dispute', 'second_opinion', 'repeat')", name="kind"),
)

# --- said ---

specs = Table(
    "specs",
    metadata,
    _id(),
    _ref("projects"),
    Column("kind", String(10), nullable=False),
    Column("name", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("body", JSONB, nullable=False),
    _ref("accounts", name="author_id", null=True),
    Column("reason", Text, nullable=False),
    Column("reverts", Integer, nullable=True, comment="the version whose body was published again"),
    _time(),
    UniqueConstraint("project_id", "kind", "name", "version"),
)

annotations = Table(
    "annotations",
    metadata,
    _id(),
    _loose("project_id"),
    _loose("task_id"),
    _loose("account_id"),
    _loose("assignment_id"),
    Column("role", String(7), nullable=False),
    Column("value", JSONB, nullable=False),
    Column("seconds", Float, nullable=True),
    Column("confidence", Float, nullable=True),
    Column("comment", Text, nullable=True),
    Column("cost", MONEY, nullable=False),
    Column("schema_id", Uuid, nullable=False),
    Column("guideline_id", Uuid, nullable=True),
    Column("supersedes", Uuid, nullable=True),
    _time(),
    Index(None, "task_id"),
    Index(None, "account_id", "created_at"),
    CheckConstraint("role IN ('crowd', 'expert', 'model')", name="role"),
)

decisions = Table(
    "decisions",
    metadata,
    _id(),
    _loose("project_id"),
    _loose("task_id"),
    Column("value", JSONB, nullable=False),
    Column("confidence", Float, nullable=False),
    Column("probabilities", JSONB, nullable=False),
    Column("kind", String(7), nullable=False),
    Column("method", Text, nullable=False),
    Column("rule", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("judgements", Integer, nullable=False),
    Column("cost", MONEY, nullable=False),
    Column("evidence", JSONB, nullable=False),
    Column("policy_id", Uuid, nullable=True),
    Column("schema_id", Uuid, nullable=False),
    Column("guideline_id", Uuid, nullable=True),
    Column("supersedes", Uuid, nullable=True),
    _time(),
    Index(None, "task_id", "created_at"),
    # the orders in which the table of items is shown (store/catalogue.py)
    Index(None, "project_id", "id"),
    Index(None, "project_id", "confidence", "id"),
    Index(None, "project_id", "judgements", "id"),
    Index("ix_decisions_kind", "project_id", "kind", "id", postgresql_where=text("kind <> 'crowd'")),
    Index("ix_decisions_value", "project_id", text("jsonb_hash_extended(value, 0)"), "confidence", "id"),
    CheckConstraint("kind IN ('crowd', 'expert', 'model', 'gold', 'mapped')", name="kind"),
)

adjudications = Table(
    "adjudications",
    metadata,
    _id(),
    _ref("projects"),
    _ref("tasks"),
    _ref("cases"),
    _ref("annotations"),
    _ref("accounts"),
    Column("rationale", Text, nullable=False),
    Column("clauses", ARRAY(Text), nullable=False),
    Column("error", Text, nullable=True, comment="kind of error that the crowd made, by the template"),
    Column("change_guideline", Boolean, nullable=False),
    Column("extra", JSONB, nullable=False, comment="further fields of the template"),
    Column("template_id", Uuid, nullable=True),
    _time(),
    Index(None, "task_id"),
    Index(None, "project_id", "created_at"),
)

disputes = Table(
    "disputes",
    metadata,
    _id(),
    _ref("projects"),
    _ref("cases"),
    _ref("annotations"),
    _ref("accounts"),
    Column("against", JSONB, nullable=False, comment="what the annotator was told would have been right"),
    Column("reason", Text, nullable=False),
    _time(),
    UniqueConstraint("annotation_id"),
    Index(None, "account_id", "created_at"),
    Index(None, "case_id"),
    comment="an annotator's word against what was held against their answer",
)

audits = Table(
    "audits",
    metadata,
    _id(),
    _ref("projects"),
    _ref("tasks"),
    _ref("cases"),
    _ref("decisions"),
    _ref("annotations"),
    Column("probability", Float, nullable=False),
    Column("agrees", Boolean, nullable=False),
    _time(),
    Index(None, "project_id"),
)

findings = Table(
    "findings",
    metadata,
    _id(),
    _ref("projects"),
    _ref("tasks", null=True),
    _ref("accounts", null=True),
    _ref("annotations", null=True),
    Column("kind", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column("evidence", JSONB, nullable=False),
    Column("action", Text, nullable=False, server_default="noted"),
    _time(),
    Index(None, "project_id", "created_at"),
    Index(None, "project_id", "kind", "task_id"),
    Index(None, "account_id"),
    Index(None, "task_id"),
)

exports = Table(
    "exports",
    metadata,
    _id(),
    _ref("projects"),
    _ref("accounts", null=True),
    Column("name", Text, nullable=False),
    Column("sha256", LargeBinary, nullable=False),
    Column("records", BigInteger, nullable=False),
    Column("settings", JSONB, nullable=False),
    _time(),
)

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
    _time("sealed_at"),
)

APPEND_ONLY: tuple[Table, ...] = (
    specs,
    annotations,
    decisions,
    adjudications,
    disputes,
    audits,
    findings,
    exports,
    events,
    blocks,
)
