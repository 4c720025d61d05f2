"""Routing, limits and availability."""

revision = "2026_11_24_0110"
down_revision = "2026_11_24_0100"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""
