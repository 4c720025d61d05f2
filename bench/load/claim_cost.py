"""What a claim costs: in a project of a thousand tasks and of a million, after most are decided, to an old hand.

Each figure is the median of single claims on one connection; the costs are compared in pairs, taken in turns, so that
what else the machine does falls on both alike.
"""

from __future__ import annotations

import statistics
import time
from typing import Any
from uuid import UUID

import psycopg

from load.bare import Bare
from load.installation import Installation

SMALL = 1000
CLAIMS = 300
OWN_ANSWERS = 10_000

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
    bare = Bare(here.url, old, 1)
    with psycopg.connect(here.url, autocommit=True) as connection:
        connection.execute("ANALYZE")
        figures = {"small_ms": _claims(bare)}
        for sql in (MORE_ITEMS, MORE_TASKS, MORE_OPENINGS, "VACUUM ANALYZE"):
            connection.execute(sql, {"project": project, "more": large - SMALL} if sql != "VACUUM ANALYZE" else None)
        figures["large_ms"] = _claims(bare)
        _answer(bare, OWN_ANSWERS)
        figures["after_own_answers_ms"] = _claims(bare)
        connection.execute("ALTER TABLE openings SET (autovacuum_enabled = off)")  # the worst case: nobody tidies up
        connection.execute(DECIDE, {"project": project, "share": 0.9})
        bare.connection.execute("SELECT 1")
        figures["decided_old_hand_first_ms"] = _claims(bare, 1)
        figures["decided_old_hand_ms"] = _claims(bare)
        novice = Bare(here.url, new, 1)
        figures["decided_novice_first_ms"] = _claims(novice, 1)
        figures["decided_novice_ms"] = _claims(novice)
        connection.execute("VACUUM openings")
        figures["decided_vacuumed_novice_ms"] = _claims(_again(here, new))
    small = figures["small_ms"]
    ratios = {name.removesuffix("_ms") + "_ratio": round(ms / small, 2) for name, ms in figures.items()}
    return {"tasks": large, **{name: round(ms, 3) for name, ms in figures.items()}, **ratios}


def _again(here: Installation, account: UUID) -> Bare:
    bare = Bare(here.url, account, 1)
    bare.connection.execute("UPDATE seats SET cursor_0 = 0, cursor_1 = 0 WHERE account_id = %s", (account,))
    return bare


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
