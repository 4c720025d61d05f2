"""What follows from what was noticed."""

revision = "2026_11_29_0130"
down_revision = "2026_11_29_0120"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass
