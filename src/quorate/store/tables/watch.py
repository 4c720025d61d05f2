"""State: how far the detectors have looked, which answers are set aside, and what is believed of people's errors.
Held: lessons made for one person, and what stewards are asked to clarify. What was found is in `findings`."""

from sqlalchemy import CheckConstraint, Column, Float, ForeignKey, Index, Integer, String, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from quorate.store.tables.columns import id_, metadata, ref, time

watches = Table(
    "watches",
    metadata,
    Column("step_id", Uuid, ForeignKey("steps.id"), primary_key=True),
    Column("answers", Integer, nullable=False, comment="how many answers there were at the last look"),
    time("looked_at"),
    Column("took", Float, nullable=False, server_default="0", comment="seconds that the last look took"),
    time("followed_at", null=True),
)

watched = Table(
    "watched",
    metadata,
    Column("step_id", Uuid, ForeignKey("steps.id"), primary_key=True),
    Column("account_id", Uuid, ForeignKey("accounts.id"), primary_key=True),
    Column("answers", Integer, nullable=False),
    comment="how many answers each annotator had given to a step at the last look",
)

set_aside = Table(
    "set_aside",
    metadata,
    Column("annotation_id", Uuid, primary_key=True),
    Column("consequence_id", Uuid, ForeignKey("consequences.id"), primary_key=True),
    Index(None, "consequence_id"),
    comment="answers that do not count while a consequence stands",
)

diagnoses = Table(
    "diagnoses",
    metadata,
    Column("step_id", Uuid, ForeignKey("steps.id"), primary_key=True),
    Column("account_id", Uuid, ForeignKey("accounts.id"), primary_key=True),
    ref("projects"),
    Column("answers", Integer, nullable=False, comment="how many were looked at"),
    Column("reason", String(10), nullable=False),
    Column("body", JSONB, nullable=False, comment="probability of each reason, gaps, and both for each class"),
    time("made_at"),
    Index(None, "project_id"),
    comment="why somebody's answers to a step are wrong, as far as the newest ones tell",
)

ambiguities = Table(
    "ambiguities",
    metadata,
    Column("task_id", Uuid, primary_key=True),
    Column("divided", Float, nullable=False, comment="the probability that informed people would differ"),
    Column("soft", JSONB, nullable=False, comment="label: the share of them who would say it, and its interval"),
    time("made_at"),
    comment="tasks on which the skilled differ",
)

lessons = Table(
    "lessons",
    metadata,
    id_(),
    ref("projects"),
    ref("accounts"),
    ref("steps"),
    ref("findings", null=True),
    ref("accounts", name="author_id", null=True),
    Column("labels", ARRAY(Text), nullable=False, comment="the class, and what it is taken for"),
    Column("body", JSONB, nullable=False, comment="a training of its own"),
    time(),
    time("done_at", null=True),
    Index(None, "account_id", "project_id"),
    comment="a lesson made for one person, on two classes that they confuse",
)

clarifications = Table(
    "clarifications",
    metadata,
    id_(),
    ref("projects"),
    ref("steps"),
    ref("findings", null=True),
    ref("accounts", null=True),
    Column("labels", ARRAY(Text), nullable=False),
    Column("question", Text, nullable=False),
    Column("tasks", ARRAY(Uuid), nullable=False),
    Column("state", String(8), nullable=False),
    ref("accounts", name="author_id", null=True),
    Column("answer", Text, nullable=True),
    Column("clause", Text, nullable=True),
    ref("specs", name="guideline_id", null=True),
    time(),
    time("closed_at", null=True),
    Index(None, "project_id", "state"),
    CheckConstraint("state IN ('open', 'answered', 'declined')", name="state"),
    comment="what the guideline should say; asked of its steward",
)
