"""Metrics rolled up, alerts."""

revision = "2026_11_24_0140"
down_revision = "2026_11_24_0130"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""
