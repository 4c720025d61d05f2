"""What the life of an item lacked."""

revision = "2026_11_29_0160"
down_revision = "2026_11_29_0150"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass
