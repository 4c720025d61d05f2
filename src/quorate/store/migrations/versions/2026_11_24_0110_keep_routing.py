"""How much each annotator was given of late."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_24_0110"
down_revision = "2026_11_24_0100"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for span, words in (("hour", "the hour"), ("day", "the 24 hours")):
        op.add_column("seats", sa.Column(f"{span}_at", sa.DateTime(timezone=True), nullable=True))
        op.add_column(
            "seats",
            sa.Column(
                f"{span}_given", sa.Integer(), nullable=False, server_default="0",
                comment=f"tasks in {words} from then on",
            ),
        )  # fmt: skip
