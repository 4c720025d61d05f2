"""What a claim costs: in a project of a thousand tasks and of a million, after most are decided, to an old hand; plain,
and ranked by skill, each as a ratio to its like in the small project.

Each figure is the median of single claims on one connection that does not wait for the disk at its commits: the wait
is the same for every claim, and longer than the claim, so it would hide what is looked for.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import psycopg

from load.bare import Bare
from load.installation import Installation
from quorate.store.window import Ranking

SMALL = 1000
CLAIMS = 300
OWN_ANSWERS = 10_000
RANKING = Ranking(by="skill", window=12, horizon=86_400.0)

MORE_ITEMS = """
INSERT INTO items (id, project_id, key, body, attributes, hash, created_at)
SELECT gen_random_uuid(), %(project)s, 'm' || n, jsonb_build_object('text', 'item number ' || n), '{}',
       sha256(convert_to(n::text, 'UTF8')), now()
FROM generate_series(1, %(more)s) AS n
"""
MORE_TASKS = """
INSERT INTO tasks (id, project_id, step_id, item_id, state)
SELECT gen_random_uuid(), %(project)s, (SELECT id FROM steps WHERE project_id = %(project)s LIMIT 1), i.id, 'open'
FROM items i LEFT JOIN tasks t ON t.item_id = i.id WHERE i.project_id = %(project)s AND t.id IS NULL
"""
MORE_OPENINGS = """
INSERT INTO openings (project_id, band, task_id)
SELECT %(project)s, 1, t.id FROM tasks t LEFT JOIN openings o ON o.task_id = t.id
WHERE t.project_id = %(project)s AND o.task_id IS NULL AND t.state = 'open'
"""
DECIDE = """
WITH head AS (
    DELETE FROM openings WHERE project_id = %(project)s AND band = 1 AND position <= (
        SELECT percentile_disc(%(share)s) WITHIN GROUP (ORDER BY position)
        FROM openings WHERE project_id = %(project)s AND band = 1)
    RETURNING task_id)
UPDATE tasks SET state = 'decided' FROM head WHERE tasks.id = head.task_id
"""


def measure(here: Installation, large: int) -> dict[str, Any]:
    """Every figure: medians in milliseconds, and ratios to the small project's."""
    project = here.project(SMALL, 1)
    old, new = (here.annotator(name)[0] for name in ("old hand", "novice"))
    bare = _connected(here, old)
    figures: dict[str, float] = {}
    with psycopg.connect(here.url, autocommit=True) as connection:
        connection.execute("ANALYZE")
        _claims(bare, 50)  # plans are made, pages are read
        figures["small_ms"] = _claims(bare)
        figures["ranked_small_ms"] = _ranked(bare)
        _grow(connection, project, large)
        figures["large_ms"] = _claims(bare)
        figures["ranked_large_ms"] = _ranked(bare)
        with _told(f"{OWN_ANSWERS} answers of one annotator"):
            _answer(bare, OWN_ANSWERS)
        figures["after_own_answers_ms"] = _claims(bare)
        figures["ranked_after_own_answers_ms"] = _ranked(bare)
        with _told("deciding nine tenths"):
            # the worst case: nobody tidies up
            connection.execute("ALTER TABLE openings SET (autovacuum_enabled = off)")
            connection.execute(DECIDE, {"project": project, "share": 0.9})
        figures["decided_old_hand_first_ms"] = _claims(bare, 1)
        figures["decided_old_hand_ms"] = _claims(bare)
        novice = _connected(here, new)
        figures["decided_novice_first_ms"] = _claims(novice, 1)
        figures["decided_novice_ms"] = _claims(novice)
        figures["ranked_decided_novice_ms"] = _ranked(novice)
        with _told("vacuum"):
            connection.execute("VACUUM openings")
        figures["decided_vacuumed_novice_ms"] = _claims(_again(here, new))
    ratios = {
        name.removesuffix("_ms") + "_ratio": round(
            ms / figures["ranked_small_ms" if name.startswith("ranked") else "small_ms"], 2
        )
        for name, ms in figures.items()
    }
    ratios["ranked_to_plain"] = round(figures["ranked_small_ms"] / figures["small_ms"], 2)
    return {"tasks": large, **{name: round(ms, 3) for name, ms in figures.items()}, **ratios}


def _grow(connection: psycopg.Connection[Any], project: UUID, large: int) -> None:
    """Add items with their tasks and openings, as an import would leave them."""
    for name, sql in {"items": MORE_ITEMS, "tasks": MORE_TASKS, "openings": MORE_OPENINGS}.items():
        with _told(f"{large - SMALL} {name}"):
            connection.execute(sql, {"project": project, "more": large - SMALL})
    with _told("vacuum"):
        connection.execute("VACUUM ANALYZE items, tasks, openings")


@contextmanager
def _told(what: str) -> Iterator[None]:
    """Say on the error output what takes long, and how long it took."""
    print(what, end=" … ", file=sys.stderr, flush=True)
    begun = time.perf_counter()
    yield
    print(f"{time.perf_counter() - begun:.0f} s", file=sys.stderr, flush=True)


def _connected(here: Installation, account: UUID) -> Bare:
    bare = Bare(here.url, account, 1)
    bare.connection.execute("SET synchronous_commit = off")
    return bare


def _again(here: Installation, account: UUID) -> Bare:
    bare = _connected(here, account)
    bare.connection.execute("UPDATE seats SET cursor_0 = 0, cursor_1 = 0 WHERE account_id = %s", (account,))
    return bare


def _ranked(bare: Bare) -> float:
    """Claims that choose among a window of tasks."""
    bare.ranking = RANKING
    _claims(bare, 20)
    took = _claims(bare)
    bare.ranking = None
    return took


def _claims(bare: Bare, count: int = CLAIMS) -> float:
    took = []
    for _ in range(count):
        begun = time.perf_counter()
        assert bare.claim() is not None
        took.append(1000 * (time.perf_counter() - begun))
    return statistics.median(took)


def _answer(bare: Bare, count: int) -> None:
    lease = bare.claim()
    for _ in range(count):
        assert lease is not None
        lease = bare.submit(lease, then_claim=True)
