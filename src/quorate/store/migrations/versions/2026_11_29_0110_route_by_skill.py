"""What the claim needs to give the right task to the right person."""

revision = "2026_11_29_0110"
down_revision = "2026_11_24_0140"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass
