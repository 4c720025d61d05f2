"""Run jobs until told to stop."""

from __future__ import annotations

from quorate import logs
from quorate.settings import settings
from quorate.store.database import Database
from quorate.store.locate import ready
from quorate.worker.jobs import jobs


def run() -> None:
    """Work on the queue of the installation's database, until a signal comes; the job at hand is finished first."""
    logs.configure()
    with ready(settings()) as url:
        db = Database(url, size=2)
        try:
            jobs(db).run_worker(concurrency=1, fetch_job_polling_interval=2.0, delete_jobs="successful")
        finally:
            db.close()
