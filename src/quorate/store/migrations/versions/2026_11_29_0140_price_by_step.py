"""Prices and budgets by step and tier."""

revision = "2026_11_29_0140"
down_revision = "2026_11_29_0130"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass
