"""Run jobs until told to stop."""

from __future__ import annotations

import asyncio
import threading

from quorate.settings import settings
from quorate.store.database import Database
from quorate.store.locate import ready
from quorate.worker.jobs import jobs


def run(stop: threading.Event | None = None) -> None:
    """Work on the queue of the installation's database, until a signal or until `stop` is set."""
    with ready(settings()) as url:
        db = Database(url, size=2)
        try:
            asyncio.run(_work(db, stop))
        finally:
            db.close()


async def _work(db: Database, stop: threading.Event | None) -> None:
    app = jobs(db)
    async with app.open_async():
        working = asyncio.create_task(
            app.run_worker_async(
                concurrency=1,
                fetch_job_polling_interval=2.0,
                delete_jobs="successful",
                install_signal_handlers=stop is None,
            )
        )
        while not working.done():
            if stop is not None and stop.is_set():
                working.cancel()
            await asyncio.wait([working], timeout=0.5)
        if not working.cancelled():
            working.result()
