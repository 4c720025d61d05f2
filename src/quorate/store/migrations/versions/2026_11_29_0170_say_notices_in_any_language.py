"""What notices say apart from their text, so that it can be said in any language."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "2026_11_29_0170"
down_revision = "2026_11_29_0160"
branch_labels = None
depends_on = None

BEFORE = ("message", "paused", "blocked", "retrain", "resumed", "rest")
NEW = ("held", "released", "reversed", "upheld", "dismissed", "slips", "digest", "wanted")


def upgrade() -> None:
    comment = "what the text says, for other languages"
    op.add_column("notices", sa.Column("facts", JSONB(none_as_null=True), nullable=True, comment=comment))
    op.alter_column("notices", "kind", type_=sa.String(12))
    _kinds(BEFORE + NEW)


def downgrade() -> None:
    op.execute(f"UPDATE notices SET kind = 'message' WHERE kind IN {NEW}")
    _kinds(BEFORE)
    op.alter_column("notices", "kind", type_=sa.String(8))
    op.drop_column("notices", "facts")


def _kinds(kinds: tuple[str, ...]) -> None:
    op.drop_constraint(op.f("ck_notices_kind"), "notices")
    op.create_check_constraint(op.f("ck_notices_kind"), "notices", f"kind IN {kinds}")
