"""What a claim takes from the queue and what that costs, counted in pages so that it does not matter what else runs."""

from __future__ import annotations

import statistics
import threading
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from quorate.actions import claim_task
from quorate.actions.claim_task import claim_tasks
from quorate.actions.mark_heads import mark_heads
from quorate.actions.submit_annotation import Submission, submit_annotation
from quorate.errors import Unavailable
from quorate.store import lag
from quorate.store.database import Database

PAGES = "SELECT sum(hits + reads) FROM pg_stat_get_backend_io(pg_backend_pid()) WHERE object = 'relation'"
GROW = """
WITH fresh AS (
    INSERT INTO items (id, project_id, key, body, hash, created_at)
    SELECT uuidv7(), %(project)s, uuidv7()::text, '{"text": "more"}', sha256(n::text::bytea), now()
    FROM generate_series(1, %(more)s) AS n RETURNING id
), asked AS (
    INSERT INTO tasks (id, project_id, step_id, item_id, state)
    SELECT uuidv7(), %(project)s, (SELECT id FROM steps WHERE project_id = %(project)s), id, 'open' FROM fresh
    RETURNING id
)
INSERT INTO openings (project_id, band, task_id) SELECT %(project)s, 1, id FROM asked
"""
DECIDE = """
WITH head AS (
    DELETE FROM openings WHERE position < (SELECT percentile_disc(0.9) WITHIN GROUP (ORDER BY position) FROM openings)
    RETURNING task_id
)
UPDATE tasks SET state = 'decided' FROM head WHERE id = head.task_id
"""
PATIENCE = 60.0
"""A mark waits for all transactions on the server, those of tests beside this one too: to migrate takes seconds."""


def run(world: Any, *statements: str, **values: Any) -> None:
    with world.db.hot() as connection:
        for statement in statements:
            connection.execute(statement, values)


def pages(world: Any, project: Any, *people: Any) -> float:
    """How many pages a claim of each of them looks at: the median, since now and then a plan is made anew."""

    def seen() -> int:
        with world.db.hot() as connection:
            connection.execute("SELECT pg_stat_force_next_flush()")
            return int(connection.execute(PAGES).fetchone()[0])

    each, before = [], seen()
    for who in people:
        assert len(claim_tasks(world.db, who, [project])) == 1
        each.append((after := seen()) - before)
        before = after
    return statistics.median(each)


@pytest.fixture
def alone(world: Any) -> Iterator[Any]:
    """A world with one connection, so that what it has looked at can be counted."""
    db = Database(world.db.url, size=1)
    yield replace(world, db=db)
    db.close()


@pytest.mark.parametrize("by", ["queue", "skill"])
def test_a_claim_looks_at_no_more_however_much_there_is_and_is_decided(alone: Any, by: str) -> None:
    world = alone
    project = world.project(1, policy={"routing": {"by": by, "explore": 0}})
    old, novice, *absent = (world.person() for _ in range(7))
    run(world, GROW, project=project, more=1000)
    run(world, "ANALYZE", "ALTER TABLE openings SET (autovacuum_enabled = off)")
    pages(world, project, *absent, *[old] * 8)
    small = pages(world, project, *[old] * 10)
    run(world, GROW, project=project, more=20_000)
    pages(world, project, *[old] * 5)
    assert pages(world, project, *[old] * 10) <= 1.25 * small
    for claimed in claim_tasks(world.db, old, [project], 50):
        submit_annotation(world.db, old, Submission(claimed.lease.id, "a"))
    run(world, DECIDE, "ANALYZE")
    assert mark_heads(world.db, wait=PATIENCE) == 1
    assert pages(world, project, *absent) <= 1.5 * small
    for who in (old, novice):
        assert pages(world, project, *[who] * 10) <= 1.3 * small
    run(world, "VACUUM openings")
    assert pages(world, project, *[old] * 10) <= 1.25 * small


def test_a_head_is_not_moved_past_a_place_that_does_not_show_yet(world: Any) -> None:
    """Somebody draws a position, and others draw later ones and commit before."""
    project = world.project(5)
    run(world, "DELETE FROM openings")
    drawn, finish = threading.Event(), threading.Event()

    def slow() -> None:
        with world.db.work() as connection:
            connection.execute("SELECT FROM projects FOR KEY SHARE")
            connection.execute("UPDATE tasks SET version = 1 WHERE id = (SELECT min(id::text)::uuid FROM tasks)")
            connection.execute(
                "INSERT INTO openings (project_id, band, task_id) SELECT project_id, 1, id FROM tasks LIMIT 1"
            )
            drawn.set()
            finish.wait(20)

    thread = threading.Thread(target=slow)
    thread.start()
    assert drawn.wait(10)
    run(world, "SELECT setval('openings_position_seq', nextval('openings_position_seq') + 1000)")
    assert mark_heads(world.db, wait=0.2) == 0
    finish.set()
    thread.join()
    assert mark_heads(world.db, wait=PATIENCE) == 1
    assert len(claim_tasks(world.db, world.person(), [project], 5)) == 1
    assert mark_heads(world.db, wait=PATIENCE) == 1  # nothing waits: on to the end
    assert claim_tasks(world.db, world.person(), [project]) == []
    run(world, "INSERT INTO openings (project_id, band, task_id) SELECT project_id, 0, id FROM tasks LIMIT 1")
    assert len(claim_tasks(world.db, world.person(), [project], 5)) == 1


def test_what_goes_back_to_its_former_place_is_found_there(world: Any) -> None:
    project = world.project(3)
    with world.db.work() as connection:
        ((step,),) = connection.execute("SELECT id FROM steps WHERE project_id = %s", [project]).fetchall()
        assert lag.raise_step(connection, project, step, 2) == 2
    run(world, "DELETE FROM openings WHERE band = 1",
        "SELECT setval('openings_position_seq', nextval('openings_position_seq') + 1000)")  # fmt: skip
    assert mark_heads(world.db, wait=PATIENCE) == 1
    with world.db.work() as connection:
        lag.lower_step(connection, project, step)
    assert len(claim_tasks(world.db, world.person(), [project], 5)) == 2


@pytest.mark.parametrize("by", ["queue", "skill"])
def test_several_are_of_different_tasks_though_their_places_follow_each_other(world: Any, by: str) -> None:
    project = world.project(4, policy={"judgements": {"min": 3, "max": 3}, "routing": {"by": by, "explore": 0}})
    run(world, "DELETE FROM openings",
        "INSERT INTO openings (project_id, band, task_id) SELECT project_id, 1, id FROM tasks,"
        " generate_series(1, 3) ORDER BY id",
        "UPDATE openings SET band = 0 WHERE position = (SELECT min(position) FROM openings)")  # fmt: skip
    for _ in range(3):
        who = world.person()
        assert len({one.lease.task_id for one in claim_tasks(world.db, who, [project], 2)}) == 2
        assert len({one.lease.task_id for one in claim_tasks(world.db, who, [project], 4)}) == 2


def test_what_was_leased_is_handed_over_though_there_is_no_more(world: Any, one: Any, monkeypatch: Any) -> None:
    """It would be held until its time is over, and nobody would know of it."""
    project = world.project(5, budget=Decimal("0.10"), policy={"pay": {"judgement": "0.04"}})
    held = "SELECT count(*) FROM assignments WHERE state = 'open'"
    cure = claim_task._cured

    def cured(*given: Any) -> Any:
        if one(held) != [(0,)]:
            raise Unavailable("The database does not answer.")
        return cure(*given)

    monkeypatch.setattr(claim_task, "_cured", cured)
    got = claim_tasks(world.db, world.person(), [project], 5)
    assert one(held) == [(len(got),)]
    assert got
