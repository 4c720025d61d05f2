"""What was given of late by stretches, so that the limits of an hour and a day slide."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "2026_11_29_0220"
down_revision = "2026_11_29_0210"
branch_labels = None
depends_on = None

SPANS = {"hour": 150, "day": 3600}
"""With the seconds of a stretch; what was given in the span that is running counts as given now."""
KEPT = """CASE WHEN {span}_given > 0 AND {span}_at > now() - interval '1 {span}' THEN jsonb_build_object(
    '{span}', jsonb_build_object(floor(extract(epoch FROM now()) / {seconds})::bigint::text, {span}_given))
    ELSE '{{}}' END"""


def upgrade() -> None:
    op.add_column(
        "seats",
        sa.Column(
            "lately", JSONB, nullable=False, server_default=sa.text("'{}'::jsonb"),
            comment="tasks given of late, by span and stretch of it: what the limits count",
        ),
    )  # fmt: skip
    kept = " || ".join(KEPT.format(span=span, seconds=seconds) for span, seconds in SPANS.items())
    op.execute(f"UPDATE seats SET lately = {kept} WHERE day_given > 0 OR hour_given > 0")
    for span in SPANS:
        op.drop_column("seats", f"{span}_at")
        op.drop_column("seats", f"{span}_given")


def downgrade() -> None:
    for span, said in (("hour", "hour"), ("day", "24 hours")):
        op.add_column("seats", sa.Column(f"{span}_at", sa.DateTime(timezone=True), nullable=True))
        comment = f"tasks in the {said} from then on"
        op.add_column(
            "seats", sa.Column(f"{span}_given", sa.Integer(), nullable=False, server_default="0", comment=comment)
        )
    op.drop_column("seats", "lately")
