"""Make the job queue."""

from quorate.store.migrations import jobs

revision = "2026_11_23_1944"
down_revision = "2026_11_23_1943"
branch_labels = None
depends_on = None


def upgrade() -> None:
    jobs.catch_up()
