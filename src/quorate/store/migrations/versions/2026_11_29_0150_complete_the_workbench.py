"""What the screens want to know."""

revision = "2026_11_29_0150"
down_revision = "2026_11_29_0140"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass
