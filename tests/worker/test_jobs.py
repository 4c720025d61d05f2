"""What a killed worker leaves undone is done by the next one."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import psycopg
import pytest

from quorate.store import jobs as queue
from quorate.store.database import Database
from quorate.worker.jobs import jobs

STATES = "SELECT status, count(*) FROM procrastinate_jobs WHERE task_name = 'refit_skills' GROUP BY 1"


@pytest.fixture
def db(database_url):
    db = Database(database_url)
    yield db
    db.close()


def retry(db):
    async def run():
        async with (app := jobs(db)).open_async():
            await app.tasks["retry_stalled"](0)

    asyncio.run(run())


def states(db):
    with psycopg.connect(db.url) as connection:
        return dict(connection.execute(STATES).fetchall())


@pytest.mark.parametrize("name", ["assign_cases", "watch_lag"])
def test_what_is_due_every_minute_is_a_job_of_its_own(db, name):
    async def run():
        async with (app := jobs(db)).open_async():
            await app.tasks[name].defer_async(timestamp=0)
            await app.run_worker_async(wait=False, install_signal_handlers=False, listen_notify=False)

    asyncio.run(run())
    with psycopg.connect(db.url) as connection:
        found = connection.execute("SELECT status FROM procrastinate_jobs WHERE task_name = %s", (name,)).fetchall()
    states = {state for (state,) in found}
    assert "succeeded" in states
    assert "failed" not in states


@pytest.mark.parametrize("wanted_again", [False, True])
def test_a_job_whose_worker_was_killed_is_done_again(db, wanted_again):
    step = str(uuid4())

    def enqueue():
        with db.work() as connection:
            return queue.enqueue(connection, "refit_skills", {"step": step}, once=f"refit {step}")

    assert enqueue()
    with psycopg.connect(db.url) as connection:  # a worker took it, and was not heard of since
        connection.execute("INSERT INTO procrastinate_workers DEFAULT VALUES")
        connection.execute("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 minute'")
        connection.execute(
            "UPDATE procrastinate_jobs SET status = 'doing', worker_id = (SELECT id FROM procrastinate_workers)"
        )
    if wanted_again:
        assert enqueue()
    retry(db)
    assert states(db) == {"todo": 1}
    retry(db)
    assert states(db) == {"todo": 1}


def test_a_job_at_work_is_left_alone(db):
    with db.work() as connection:
        queue.enqueue(connection, "refit_skills", {"step": str(uuid4())})
        connection.execute("INSERT INTO procrastinate_workers DEFAULT VALUES")
        connection.execute(
            "UPDATE procrastinate_jobs SET status = 'doing', worker_id = (SELECT id FROM procrastinate_workers)"
        )
    retry(db)
    assert states(db) == {"doing": 1}
