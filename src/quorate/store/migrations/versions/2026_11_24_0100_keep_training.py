"""Training, exams and qualifications."""

revision = "2026_11_24_0100"
down_revision = "2026_11_23_2330"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""
