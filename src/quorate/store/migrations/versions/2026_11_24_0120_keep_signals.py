"""Findings of detectors and what people did about them."""

revision = "2026_11_24_0120"
down_revision = "2026_11_24_0110"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""
