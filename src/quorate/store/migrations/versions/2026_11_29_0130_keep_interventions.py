"""What follows from what was noticed."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from quorate.store.migrations import append_only

revision = "2026_11_29_0130"
down_revision = "2026_11_29_0120"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)
JSON = postgresql.JSONB(astext_type=sa.Text())
IDS = postgresql.ARRAY(sa.Uuid())


def upgrade() -> None:
    _consequences()
    _diagnoses()
    _lessons()
    _clarifications()
    op.create_table(
        "ambiguities",
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("divided", sa.Float(), nullable=False, comment="the probability that informed people would differ"),
        sa.Column("soft", JSON, nullable=False, comment="label: the share of them who would say it, and its interval"),
        sa.Column("made_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("task_id", name=op.f("pk_ambiguities")),
        comment="tasks on which the skilled differ",
    )


def _of(table: str, **others: str) -> list[sa.ForeignKeyConstraint]:
    named = {"project_id": "projects", **others}
    return [
        sa.ForeignKeyConstraint([name], [f"{target}.id"], name=op.f(f"fk_{table}_{name}"))
        for name, target in named.items()
    ]


def _consequences() -> None:
    op.create_table(
        "consequences",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("finding_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(length=11), nullable=False),
        sa.Column("detail", JSON, nullable=False, comment="the hold and its amount; the reason"),
        sa.Column("annotations", IDS, nullable=False, comment="the answers that it is about"),
        sa.Column("undoes", sa.Uuid(), nullable=True),
        sa.Column("created_at", TIME, nullable=False),
        sa.CheckConstraint("kind IN ('paused', 'pay_held', 'asked_again')", name=op.f("ck_consequences_kind")),
        *_of("consequences", finding_id="findings", account_id="accounts", author_id="accounts", undoes="consequences"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consequences")),
        sa.UniqueConstraint("undoes", name=op.f("uq_consequences_undoes")),
        comment="what was done because of a finding, and what of it was undone",
    )
    op.create_index(op.f("ix_consequences_finding_id"), "consequences", ["finding_id"])
    op.create_index(op.f("ix_consequences_account_id"), "consequences", ["account_id"])
    append_only.protect("consequences")
    op.create_table(
        "set_aside",
        sa.Column("annotation_id", sa.Uuid(), nullable=False),
        sa.Column("consequence_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["consequence_id"], ["consequences.id"], name=op.f("fk_set_aside_consequence_id")),
        sa.PrimaryKeyConstraint("annotation_id", "consequence_id", name=op.f("pk_set_aside")),
        comment="answers that do not count while a consequence stands",
    )
    op.create_index(op.f("ix_set_aside_consequence_id"), "set_aside", ["consequence_id"])


def _diagnoses() -> None:
    op.create_table(
        "diagnoses",
        sa.Column("step_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("answers", sa.Integer(), nullable=False, comment="how many were looked at"),
        sa.Column("reason", sa.String(length=10), nullable=False),
        sa.Column("body", JSON, nullable=False, comment="probability of each reason, gaps, and both for each class"),
        sa.Column("made_at", TIME, nullable=False),
        *_of("diagnoses", step_id="steps", account_id="accounts"),
        sa.PrimaryKeyConstraint("step_id", "account_id", name=op.f("pk_diagnoses")),
        comment="why somebody's answers to a step are wrong, as far as the newest ones tell",
    )
    op.create_index(op.f("ix_diagnoses_project_id"), "diagnoses", ["project_id"])


def _lessons() -> None:
    op.create_table(
        "lessons",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("step_id", sa.Uuid(), nullable=False),
        sa.Column("finding_id", sa.Uuid(), nullable=True),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("labels", postgresql.ARRAY(sa.Text()), nullable=False, comment="the class, and what it is taken for"),
        sa.Column("body", JSON, nullable=False, comment="a training of its own"),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("done_at", TIME, nullable=True),
        *_of("lessons", account_id="accounts", step_id="steps", finding_id="findings", author_id="accounts"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lessons")),
        comment="a lesson made for one person, on two classes that they confuse",
    )
    op.create_index(op.f("ix_lessons_account_id_project_id"), "lessons", ["account_id", "project_id"])


def _clarifications() -> None:
    op.create_table(
        "clarifications",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("step_id", sa.Uuid(), nullable=False),
        sa.Column("finding_id", sa.Uuid(), nullable=True),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("labels", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("tasks", IDS, nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("clause", sa.Text(), nullable=True),
        sa.Column("guideline_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("closed_at", TIME, nullable=True),
        sa.CheckConstraint("state IN ('open', 'answered', 'declined')", name=op.f("ck_clarifications_state")),
        *_of(
            "clarifications", step_id="steps", finding_id="findings", account_id="accounts", author_id="accounts",
            guideline_id="specs",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clarifications")),
        comment="what the guideline should say; asked of its steward",
    )  # fmt: skip
    op.create_index(op.f("ix_clarifications_project_id_state"), "clarifications", ["project_id", "state"])
