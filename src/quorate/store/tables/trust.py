"""Said: what was practised, who may see what. Held: sittings of exams and their questions, what people say they can.
State: what somebody has shown, and what is proposed and told because of it."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from quorate.store.tables.columns import id_, loose, metadata, ref, time

practices = Table(
    "practices",
    metadata,
    id_(),
    ref("projects"),
    ref("accounts"),
    ref("specs"),
    Column("training", Text, nullable=False),
    Column("lesson", Text, nullable=False),
    Column("place", SmallInteger, nullable=False, comment="which of the lesson's practices; -1: the lesson was read"),
    Column("value", JSONB(none_as_null=True), nullable=True),
    Column("is_right", Boolean, nullable=False),
    time(),
    Index(None, "account_id", "project_id", "training"),
)

sittings = Table(
    "sittings",
    metadata,
    id_(),
    ref("projects"),
    ref("accounts"),
    ref("specs"),
    Column("exam", Text, nullable=False),
    Column("state", String(9), nullable=False),
    Column("tests", ARRAY(Text), nullable=False, comment="the tests that are taken in it"),
    Column("verdicts", JSONB, nullable=False, server_default=text("'{}'::jsonb")),
    time("started_at"),
    time("ended_at", null=True),
    Index(None, "account_id", "project_id", "exam"),
    Index("ix_sittings_open", "account_id", "project_id", "exam", unique=True, postgresql_where=text("state = 'open'")),
    CheckConstraint("state IN ('open', 'passed', 'partly', 'failed', 'undecided')", name="state"),
)

questions = Table(
    "questions",
    metadata,
    id_(),
    ref("sittings"),
    loose("account_id"),
    loose("task_id"),
    Column("test", Text, nullable=False),
    Column("stratum", Text, nullable=False, comment="the class of the known answer"),
    Column("value", JSONB(none_as_null=True), nullable=True),
    Column("is_right", Boolean, nullable=True),
    time("asked_at"),
    time("answered_at", null=True),
    UniqueConstraint("account_id", "task_id"),
    Index(None, "sitting_id"),
    Index("ix_questions_open", "sitting_id", unique=True, postgresql_where=text("answered_at IS NULL")),
    comment="what was asked in exams, never twice to the same",
)

qualifications = Table(
    "qualifications",
    metadata,
    Column("project_id", Uuid, ForeignKey("projects.id"), primary_key=True),
    Column("account_id", Uuid, ForeignKey("accounts.id"), primary_key=True),
    Column("kind", String(8), primary_key=True),
    Column("name", Text, primary_key=True, comment="of the exam or the training"),
    Column("test", Text, primary_key=True, comment="the class, language or domain; empty: the whole"),
    time("earned_at"),
    time("shown_at"),
    CheckConstraint("kind IN ('exam', 'training')", name="kind"),
    comment="what somebody has shown, and when last: by an exam, a training, or known items since",
)

declarations = Table(
    "declarations",
    metadata,
    id_(),
    ref("accounts"),
    Column("kind", String(8), nullable=False),
    Column("names", JSONB(none_as_null=True), nullable=True, comment="null: no limit"),
    time(),
    Index(None, "account_id", "kind", "created_at"),
    CheckConstraint("kind IN ('language', 'domain', 'conflict')", name="kind"),
    comment="what somebody says of themselves; the newest of each kind holds",
)

clearances = Table(
    "clearances",
    metadata,
    id_(),
    ref("projects"),
    ref("accounts"),
    ref("accounts", name="author_id", null=True),
    Column("names", JSONB, nullable=False),
    time(),
    Index(None, "account_id", "project_id", "created_at"),
    comment="which items that name who may see them somebody may see; the newest holds",
)

digests = Table(
    "digests",
    metadata,
    id_(),
    ref("projects"),
    ref("accounts"),
    time("since"),
    Column("body", JSONB, nullable=False),
    time(),
    UniqueConstraint("account_id", "project_id", "since"),
    comment="what an annotator is told of a week",
)

leads = Table(
    "leads",
    metadata,
    id_(),
    ref("projects"),
    ref("accounts"),
    Column("role", String(12), nullable=False),
    Column("evidence", JSONB, nullable=False),
    Column("state", String(8), nullable=False),
    Column("reason", Text, nullable=True),
    ref("accounts", name="author_id", null=True),
    time(),
    time("decided_at", null=True),
    Index("ix_leads_open", "project_id", "account_id", "role", unique=True, postgresql_where=text("state = 'open'")),
    CheckConstraint("state IN ('open', 'accepted', 'declined')", name="state"),
    comment="annotators who are proposed for promotion; a person decides",
)
