"""Why an alert's condition cannot be evaluated, as a sentence and its facts, so that it can be said in any language."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "2026_11_29_0190"
down_revision = "2026_11_29_0180"
branch_labels = None
depends_on = None

BEFORE = "why the condition cannot be evaluated"
NOW = f"{BEFORE}, as `said`"
AS_SAID = "jsonb_build_object('detail', fault, 'mend', NULL, 'facts', '{}'::jsonb)"


def upgrade() -> None:
    op.alter_column(
        "alerts", "fault", type_=JSONB(none_as_null=True),
        postgresql_using=f"CASE WHEN fault IS NOT NULL THEN {AS_SAID} END",
        comment=NOW, existing_comment=BEFORE,
    )  # fmt: skip


def downgrade() -> None:
    op.alter_column(
        "alerts", "fault", type_=sa.Text(), postgresql_using="fault->>'detail'",
        comment=BEFORE, existing_comment=NOW,
    )  # fmt: skip
