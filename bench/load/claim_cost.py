"""What a claim costs: in a project of a thousand tasks and of a million, after most are decided, to an old hand; plain,
and ranked by skill, each as a ratio to its like in the small project.

Each figure is the median of single claims on one connection that does not wait for the disk at its commits: the wait
is the same for every claim, and longer than the claim, so it would hide what is looked for. Claims in the large and in
the small project take turns, so that whatever else the machine does meets both. Besides the time, the pages that the
database looked at are told: they do not depend on what else runs. `decided_vacuumed_first` is the one claim for which
the connection plans its statement anew, as it does after each vacuum of a table that it reads.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from load.bare import Bare
from load.installation import Installation
from quorate.actions.mark_heads import mark_heads
from quorate.store import seats
from quorate.store.window import Ranking

SMALL = 1000
CLAIMS = 50
FIRST = 15
"""How many people come to a project after most of it is decided."""
OWN_ANSWERS = 10_000
RANKING = Ranking(by="skill", window=12, horizon=86_400.0)
PAGES = "SELECT sum(hits + reads) FROM pg_stat_get_backend_io(pg_backend_pid()) WHERE object = 'relation'"

ANSWERED = """
WITH head AS (
    DELETE FROM openings WHERE position IN (
        SELECT position FROM openings WHERE project_id = %(project)s AND band = 1 ORDER BY position LIMIT %(answers)s)
    RETURNING task_id, position
), held AS (
    INSERT INTO assignments (id, project_id, task_id, account_id, state, claimed_at, expires_at)
    SELECT uuidv7(), %(project)s, task_id, %(account)s, 'submitted', now(), now() FROM head RETURNING id, task_id
), answered AS (
    INSERT INTO annotations
        (id, project_id, task_id, account_id, assignment_id, role, value, cost, schema_id, created_at)
    SELECT uuidv7(), %(project)s, task_id, %(account)s, id, 'crowd', '"a"', 0, (SELECT min(id::text)::uuid FROM specs),
           now() FROM held
)
UPDATE seats SET cursor_1 = (SELECT max(position) FROM head), answered = answered + %(answers)s
WHERE project_id = %(project)s AND account_id = %(account)s
"""
DECIDE = """
WITH head AS (
    DELETE FROM openings WHERE project_id = %(project)s AND band = 1 AND position <= (
        SELECT percentile_disc(%(share)s) WITHIN GROUP (ORDER BY position)
        FROM openings WHERE project_id = %(project)s AND band = 1)
    RETURNING task_id)
UPDATE tasks SET state = 'decided' FROM head WHERE tasks.id = head.task_id
"""


@dataclass(frozen=True)
class Cost:
    """Of the large and of the small project: the median in milliseconds, and the pages of a claim."""

    ms: tuple[float, float]
    pages: tuple[float, float]


def measure(here: Installation, large: int) -> dict[str, Any]:
    """Every figure: medians in milliseconds, and ratios to the small project's."""
    small = here.beside("small")
    costs: dict[str, Cost] = {}
    with _told("a thousand tasks"):
        small.project(SMALL, 1)
    with _told(f"{large} tasks"):
        project = here.project(large, 1)
    with _told(f"{2 * FIRST + 2} annotators"):
        old, novice, *others = [here.annotator(f"annotator {n}")[0] for n in range(2 * FIRST + 2)]
    bare, beside = _connected(here, old), _connected(small, small.annotator("annotator")[0])
    with _told("vacuum"):
        for one in (bare, beside):
            one.connection.execute("VACUUM ANALYZE")
            one.connection.execute("CHECKPOINT")
            _claims(one, 50)  # plans are made, pages are read
    costs["large"] = _versus(bare, beside)
    costs["ranked_large"] = _ranked(bare, beside)
    with _told(f"{OWN_ANSWERS} answers of one annotator"):
        values = {"project": project, "account": old, "answers": OWN_ANSWERS}
        bare.connection.execute(ANSWERED, values)
        bare.connection.execute("VACUUM ANALYZE assignments")
        _claims(bare, 20)
    costs["after_own_answers"] = _versus(bare, beside)
    costs["ranked_after_own_answers"] = _ranked(bare, beside)
    returning, newcomers = others[:FIRST], others[FIRST:]
    _firsts(bare, beside, returning)
    with _told("deciding nine tenths"):
        # the worst case: nobody tidies up
        bare.connection.execute("ALTER TABLE openings SET (autovacuum_enabled = off)")
        bare.connection.execute(DECIDE, {"project": project, "share": 0.9})
    with _told("what the worker does every five seconds"):
        mark_heads(here.db)
    _claims(_as(bare, old), 1)  # the plan is made anew
    costs["decided_old_hand_first"] = _firsts(bare, beside, returning)
    costs["decided_novice_first"] = _firsts(bare, beside, newcomers)
    costs["decided_old_hand"] = _versus(_as(bare, old), beside)
    costs["decided_novice"] = _versus(_as(bare, novice), beside)
    costs["ranked_decided_novice"] = _ranked(bare, beside)
    with _told("vacuum"):
        bare.connection.execute("VACUUM openings")
    costs["decided_vacuumed_first"] = _firsts(bare, beside, [novice])
    costs["decided_vacuumed_novice"] = _versus(bare, beside)
    return {"tasks": large, **_figures(costs)}


def _figures(costs: dict[str, Cost]) -> dict[str, float]:
    """Milliseconds, pages, and the ratio of each to the claims of the small project that it took turns with."""
    plain, ranked = ([cost for name, cost in costs.items() if name.startswith("ranked") == is_so] for is_so in (0, 1))
    small = {"small": plain, "ranked_small": ranked}
    figures = {f"{name}_ms": statistics.median(cost.ms[1] for cost in those) for name, those in small.items()}
    figures |= {f"{name}_pages": statistics.median(cost.pages[1] for cost in those) for name, those in small.items()}
    for name, cost in costs.items():
        figures |= {f"{name}_ms": cost.ms[0], f"{name}_pages": cost.pages[0]}
    figures |= {f"{name}_ratio": cost.ms[0] / cost.ms[1] for name, cost in costs.items()}
    figures |= {f"{name}_pages_ratio": cost.pages[0] / cost.pages[1] for name, cost in costs.items()}
    figures["ranked_to_plain"] = figures["ranked_small_ms"] / figures["small_ms"]
    return {name: round(figure, 3 if name.endswith("_ms") else 2) for name, figure in figures.items()}


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


def _as(bare: Bare, account: UUID) -> Bare:
    """Claim for somebody else on the same connection, as a server does: its statements are planned already."""
    seats.take(bare.connection, bare.project, account)
    bare.account = account
    return bare


def _firsts(bare: Bare, beside: Bare, accounts: Sequence[UUID]) -> Cost:
    """One claim of each of these annotators."""
    turns = [(_claims(_as(bare, account), 1), _claims(beside, 1)) for account in accounts]
    return _cost(turns)


def _ranked(bare: Bare, beside: Bare) -> Cost:
    """Claims that choose among a window of tasks."""
    bare.ranking = beside.ranking = RANKING
    for one in (bare, beside):
        _claims(one, 10)
    cost = _versus(bare, beside)
    bare.ranking = beside.ranking = None
    return cost


def _versus(bare: Bare, beside: Bare) -> Cost:
    return _cost([(_claims(bare, 1), _claims(beside, 1)) for _ in range(CLAIMS)])


def _cost(turns: Sequence[tuple[tuple[list[float], float], tuple[list[float], float]]]) -> Cost:
    large, small = zip(*turns, strict=True)
    ms = [statistics.median(one for took, _ in side for one in took) for side in (large, small)]
    pages = [statistics.mean(pages for _, pages in side) for side in (large, small)]
    return Cost((ms[0], ms[1]), (pages[0], pages[1]))


def _claims(bare: Bare, count: int) -> tuple[list[float], float]:
    """What each of so many claims took, and how many pages they looked at in the mean."""
    took, before = [], _pages(bare)
    for _ in range(count):
        begun = time.perf_counter()
        assert bare.claim() is not None
        took.append(1000 * (time.perf_counter() - begun))
    return took, (_pages(bare) - before) / count


def _pages(bare: Bare) -> int:
    """How many pages this connection has looked at."""
    bare.connection.execute("SELECT pg_stat_force_next_flush()")
    row = bare.connection.execute(PAGES).fetchone()
    assert row is not None
    return int(row[0])
