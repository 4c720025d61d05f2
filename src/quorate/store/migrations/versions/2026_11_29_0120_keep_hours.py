"""Who works when, whose case it is, and how late the work runs."""

revision = "2026_11_29_0120"
down_revision = "2026_11_29_0110"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass
