"""Let a reversal say which bonus it takes back."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_29_0180"
down_revision = "2026_11_29_0170"
branch_labels = None
depends_on = None

NAME = "ck_transfers_undoes"
BEFORE, AFTER = "the hold that it ends", "the hold that it ends, or the bonus that it takes back"


def upgrade() -> None:
    op.alter_column("transfers", "undoes", existing_type=sa.Uuid, comment=AFTER, existing_comment=BEFORE)
    _allow("CASE WHEN undoes IS NULL THEN debit <> 'held' ELSE debit = 'held' OR kind = 'reversed' END")


def downgrade() -> None:
    op.alter_column("transfers", "undoes", existing_type=sa.Uuid, comment=BEFORE, existing_comment=AFTER)
    _allow("(debit = 'held') = (undoes IS NOT NULL)", "NOT VALID")  # bonuses that were taken back stay so


def _allow(undoing: str, how: str = "") -> None:
    op.drop_constraint(op.f(NAME), "transfers")
    op.execute(f"ALTER TABLE transfers ADD CONSTRAINT {NAME} CHECK ({undoing}) {how}")
