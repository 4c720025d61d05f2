"""Metrics rolled up, alerts, the channels that they are told by and the messages that tell them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "2026_11_24_0140"
down_revision = "2026_11_24_0130"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "measures",
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("grain", sa.String(length=6), nullable=False),
        sa.Column("measure", sa.String(length=20), nullable=False),
        sa.Column(
            "at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="when the minute, the hour, the day began",
        ),
        sa.Column("step_id", sa.Uuid(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False, comment="the class; empty: of none"),
        sa.Column("account_id", sa.Uuid(), nullable=False, comment="the person; all zeros: of none"),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.Column("total", sa.Float(), nullable=False),
        sa.Column("most", sa.Float(), nullable=False),
        sa.CheckConstraint("grain IN ('minute', 'hour', 'day', 'ever')", name=op.f("ck_measures_grain")),
        sa.PrimaryKeyConstraint(
            "project_id", "grain", "measure", "at", "step_id", "label", "account_id", name=op.f("pk_measures")
        ),
        comment="how often, how much in all and at most: by step, class and person, which add up to anything coarser",
        postgresql_with={"fillfactor": 80},
    )
    op.create_table(
        "rollups",
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column(
            "seq", sa.BigInteger(), nullable=False, server_default="0", comment="the last event that was rolled up"
        ),
        sa.Column("sampled_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_rollups")),
        comment="how far the roll-ups are; moved in the transaction that adds to them",
    )
    _alerts()


def _alerts() -> None:
    json = postgresql.JSONB(astext_type=sa.Text())
    op.create_table(
        "alerts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column(
            "subject",
            sa.Text(),
            nullable=False,
            comment="the step, class or person that it is about; empty: the project",
        ),
        sa.Column("state", sa.String(length=9), nullable=False),
        sa.Column("severity", sa.String(length=8), nullable=False),
        sa.Column(
            "facts",
            json,
            nullable=False,
            comment="the metrics that the condition speaks of, when last looked at",
        ),
        sa.Column("fault", sa.Text(), nullable=True, comment="why the condition cannot be evaluated"),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("state IN ('pending', 'firing', 'recovered', 'calm')", name=op.f("ck_alerts_state")),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name=op.f("fk_alerts_project_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alerts")),
        sa.UniqueConstraint("project_id", "rule", "subject", name=op.f("uq_alerts_project_id_rule_subject")),
    )
    op.create_table(
        "channels",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("url", sa.Text(), nullable=False, comment="secret: never told, never logged"),
        sa.Column("secret", sa.Text(), nullable=True, comment="signs what a webhook is sent"),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_channels_workspace_id")),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name=op.f("fk_channels_project_id")),
        sa.ForeignKeyConstraint(["author_id"], ["accounts.id"], name=op.f("fk_channels_author_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_channels")),
        sa.UniqueConstraint(
            "workspace_id",
            "project_id",
            "name",
            name=op.f("uq_channels_workspace_id_project_id_name"),
            postgresql_nulls_not_distinct=True,
        ),
        comment="where messages go, by name; of a project, or (without one) of the whole workspace",
    )
    op.create_table(
        "messages",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("channel_id", sa.Uuid(), nullable=False),
        sa.Column("alert_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=7), nullable=False),
        sa.Column("body", json, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("sending", sa.Uuid(), nullable=True, comment="those that go together: the id of what is sent"),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("state IN ('waiting', 'sent', 'dropped', 'failed')", name=op.f("ck_messages_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
    )
    op.create_index("ix_messages_waiting", "messages", ["not_before"], postgresql_where=sa.text("state = 'waiting'"))
    op.create_index(op.f("ix_messages_project_id_created_at"), "messages", ["project_id", "created_at"])
