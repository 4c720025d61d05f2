"""Training, exams and qualifications; digests; proposals for promotion."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from quorate.store.migrations import append_only

revision = "2026_11_24_0100"
down_revision = "2026_11_23_2330"
branch_labels = None
depends_on = None

JSON = postgresql.JSONB(astext_type=sa.Text())
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column(
        "seats",
        sa.Column("qualified_for", sa.Text(), nullable=True, comment="the terms (a hash) that were found to be met"),
    )
    op.add_column("seats", sa.Column("qualified_until", TIME, nullable=True))
    op.add_column(
        "seats", sa.Column("reach", JSON, nullable=True, comment="the steps, languages and domains it is for")
    )
    op.add_column(
        "accounts",
        sa.Column(
            "digest",
            sa.String(length=6),
            nullable=False,
            server_default="show",
            comment="whether weekly digests are shown, told as a notice too, or not made",
        ),
    )
    op.create_check_constraint(op.f("ck_accounts_digest"), "accounts", "digest IN ('show', 'notice', 'off')")
    _practices()
    _exams()
    _told()
    append_only.protect("practices")


def _whose(table: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name=op.f(f"fk_{table}_project_id")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f(f"fk_{table}_account_id")),
    ]


def _practices() -> None:
    op.create_table(
        "practices",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("spec_id", sa.Uuid(), nullable=False),
        sa.Column("training", sa.Text(), nullable=False),
        sa.Column("lesson", sa.Text(), nullable=False),
        sa.Column(
            "place",
            sa.SmallInteger(),
            nullable=False,
            comment="which of the lesson's practices; -1: the lesson was read",
        ),
        sa.Column("value", JSON, nullable=True),
        sa.Column("is_right", sa.Boolean(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        *_whose("practices"),
        sa.ForeignKeyConstraint(["spec_id"], ["specs.id"], name=op.f("fk_practices_spec_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_practices")),
    )
    op.create_index(
        op.f("ix_practices_account_id_project_id_training"), "practices", ["account_id", "project_id", "training"]
    )


def _exams() -> None:
    op.create_table(
        "sittings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("spec_id", sa.Uuid(), nullable=False),
        sa.Column("exam", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=9), nullable=False),
        sa.Column("tests", postgresql.ARRAY(sa.Text()), nullable=False, comment="the tests that are taken in it"),
        sa.Column("verdicts", JSON, nullable=False, server_default=sa.text("'{}'::jsonb")),
        sa.Column("started_at", TIME, nullable=False),
        sa.Column("ended_at", TIME, nullable=True),
        sa.CheckConstraint(
            "state IN ('open', 'passed', 'partly', 'failed', 'undecided')", name=op.f("ck_sittings_state")
        ),
        *_whose("sittings"),
        sa.ForeignKeyConstraint(["spec_id"], ["specs.id"], name=op.f("fk_sittings_spec_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sittings")),
    )
    columns = ["account_id", "project_id", "exam"]
    op.create_index(op.f("ix_sittings_account_id_project_id_exam"), "sittings", columns)
    op.create_index("ix_sittings_open", "sittings", columns, unique=True, postgresql_where=sa.text("state = 'open'"))
    op.create_table(
        "questions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sitting_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("test", sa.Text(), nullable=False),
        sa.Column("stratum", sa.Text(), nullable=False, comment="the class of the known answer"),
        sa.Column("value", JSON, nullable=True),
        sa.Column("is_right", sa.Boolean(), nullable=True),
        sa.Column("asked_at", TIME, nullable=False),
        sa.Column("answered_at", TIME, nullable=True),
        sa.ForeignKeyConstraint(["sitting_id"], ["sittings.id"], name=op.f("fk_questions_sitting_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_questions")),
        sa.UniqueConstraint("account_id", "task_id", name=op.f("uq_questions_account_id_task_id")),
        comment="what was asked in exams, never twice to the same",
    )
    op.create_index(op.f("ix_questions_sitting_id"), "questions", ["sitting_id"])
    op.create_index(
        "ix_questions_open",
        "questions",
        ["sitting_id"],
        unique=True,
        postgresql_where=sa.text("answered_at IS NULL"),
    )
    op.create_table(
        "qualifications",
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("name", sa.Text(), nullable=False, comment="of the exam or the training"),
        sa.Column("test", sa.Text(), nullable=False, comment="the class, language or domain; empty: the whole"),
        sa.Column("earned_at", TIME, nullable=False),
        sa.Column("shown_at", TIME, nullable=False),
        sa.CheckConstraint("kind IN ('exam', 'training')", name=op.f("ck_qualifications_kind")),
        *_whose("qualifications"),
        sa.PrimaryKeyConstraint("project_id", "account_id", "kind", "name", "test", name=op.f("pk_qualifications")),
        comment="what somebody has shown, and when last: by an exam, a training, or known items since",
    )


def _told() -> None:
    op.create_table(
        "digests",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("since", TIME, nullable=False),
        sa.Column("body", JSON, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        *_whose("digests"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_digests")),
        sa.UniqueConstraint("account_id", "project_id", "since", name=op.f("uq_digests_account_id_project_id_since")),
        comment="what an annotator is told of a week",
    )
    op.create_table(
        "leads",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(length=12), nullable=False),
        sa.Column("evidence", JSON, nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("decided_at", TIME, nullable=True),
        sa.CheckConstraint("state IN ('open', 'accepted', 'declined')", name=op.f("ck_leads_state")),
        *_whose("leads"),
        sa.ForeignKeyConstraint(["author_id"], ["accounts.id"], name=op.f("fk_leads_author_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_leads")),
        comment="annotators who are proposed for promotion; a person decides",
    )
    op.create_index(
        "ix_leads_open",
        "leads",
        ["project_id", "account_id", "role"],
        unique=True,
        postgresql_where=sa.text("state = 'open'"),
    )
