"""Money: accounts, entries, payouts."""

revision = "2026_11_24_0130"
down_revision = "2026_11_24_0120"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""
