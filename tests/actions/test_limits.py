"""Limits keep people well: so many tasks in an hour and a day, exactly, whatever the concurrency."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from quorate import clock
from quorate.actions.claim_task import claim_tasks
from quorate.actions.end_lease import release_task, skip_task
from quorate.actions.submit_annotation import Submission, submit_annotation
from quorate.errors import LimitReached


def answer(world: Any, who: Any, project: Any, *, claim: int = 0) -> Any:
    """Claim one task and answer it."""
    (task,) = claim_tasks(world.db, who, [project])
    return submit_annotation(world.db, who, Submission(task.lease.id, "a"), then_claim=claim)


def test_no_more_than_the_hour_allows_and_more_when_it_is_over(world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    project, who = world.project(20, policy={"limits": {"hour": 3}}), world.person()
    assert len(claim_tasks(world.db, who, [project], 10)) == 3
    with pytest.raises(LimitReached, match="UTC on"):
        claim_tasks(world.db, who, [project])
    later = clock.now() + timedelta(minutes=63)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert len(claim_tasks(world.db, who, [project], 10)) == 3


def test_the_day_holds_when_the_hour_is_new(world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    project, who = world.project(20, policy={"limits": {"hour": 3, "day": 5}}), world.person()
    start = clock.now()
    given = []
    for hours in (0, 2, 4, 25):
        at = start + timedelta(hours=hours)
        monkeypatch.setattr(clock, "now", lambda at=at: at)
        try:
            given.append(len(claim_tasks(world.db, who, [project], 10)))
        except LimitReached:
            given.append(0)
    assert given == [3, 2, 0, 3]


def test_no_hour_has_more_than_the_limit_wherever_it_begins_and_hardly_less(world: Any, at: Any) -> None:
    project, who = world.project(200, policy={"limits": {"hour": 10}}), world.person()
    start, given, promised = at.now, [], None
    for minutes, wanted in [(0, 1), (59, 9), *((60 + 0.5 * n, 4) for n in range(480))]:
        at.now = start + timedelta(minutes=minutes)
        try:
            given += [at.now] * len(claim_tasks(world.db, who, [project], wanted))
            assert promised is None or promised <= at.now
            promised = None
        except LimitReached as refused:
            promised = refused.facts["moment"]
            assert at.now < promised <= at.now + timedelta(minutes=62.5)
    hours = [sum(first <= other < first + timedelta(hours=1) for other in given) for first in given]
    assert max(hours) == 10
    assert len(given) > 40, "of fifty in five hours; nine came at the end of the first"
    with world.db.work() as connection:
        connection.execute("UPDATE assignments SET expires_at = %s WHERE state = 'open'", (at.now,))


def test_what_is_given_back_does_not_count_and_what_is_skipped_does(world: Any) -> None:
    project, who = world.project(20, policy={"limits": {"hour": 2}}), world.person()
    for end in (release_task, release_task):
        (task,) = claim_tasks(world.db, who, [project])
        end(world.db, who, task.lease.id)
    (task,) = claim_tasks(world.db, who, [project])
    skip_task(world.db, who, task.lease.id, "unsure")
    assert len(claim_tasks(world.db, who, [project], 5)) == 1


def test_an_answer_is_kept_when_there_is_no_next_one(world: Any) -> None:
    project, who = world.project(20, policy={"limits": {"day": 2}}), world.person()
    first = answer(world, who, project, claim=5)
    assert len(first.next) == 1
    last = submit_annotation(world.db, who, Submission(first.next[0].lease.id, "b"), then_claim=1)
    assert not last.next


def test_a_project_with_limits_does_not_close_another(world: Any) -> None:
    tight, wide, who = world.project(5, policy={"limits": {"hour": 1}}), world.project(5), world.person()
    assert len(claim_tasks(world.db, who, [tight, wide], 3)) == 3
    assert len(claim_tasks(world.db, who, [tight, wide], 3)) == 3


def test_machines_have_no_limits(world: Any) -> None:
    project, model = world.project(20, policy={"limits": {"hour": 1}}), world.person("machine")
    assert len(claim_tasks(world.db, model, [project], 10)) == 10


def test_claims_at_the_same_moment_get_no_more_together(world: Any) -> None:
    project, who = world.project(200, policy={"limits": {"hour": 25}}), world.person()

    def ask(_: int) -> int:
        try:
            return len(claim_tasks(world.db, who, [project], 4))
        except LimitReached:
            return 0

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(ask, range(24))) == 25
