"""A break is proposed once, kept in the ledger, and has no other consequence."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from tests.actions.test_routing import sql

from quorate import clock
from quorate.actions.bar_annotator import acknowledge_notice
from quorate.actions.claim_task import claim_tasks
from quorate.actions.propose_rests import propose_rests
from quorate.actions.submit_annotation import Submission, submit_annotation
from quorate.store import notices


def work(world: Any, who: Any, project: Any, answers: int, seconds: float, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(answers):
        later = clock.now() + timedelta(seconds=seconds)
        monkeypatch.setattr(clock, "now", lambda later=later: later)
        (task,) = claim_tasks(world.db, who, [project])
        submit_annotation(world.db, who, Submission(task.lease.id, "a", seconds=seconds))


def test_who_becomes_slow_is_told_once_and_goes_on(world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    project, who, other = world.project(80), world.person(), world.person()
    for seconds in (5, 6, 7):
        work(world, who, project, 11, seconds, monkeypatch)
    work(world, other, project, 3, 5, monkeypatch)
    assert propose_rests(world.db) == 0
    work(world, who, project, 20, 15, monkeypatch)
    assert propose_rests(world.db) == 1
    assert propose_rests(world.db) == 0
    with world.db.work() as connection:
        (told,) = notices.unread(connection, who.account)
    assert (told["kind"], told["text"]) == ("rest", "tired")
    ((detail,),) = sql(world, "SELECT detail FROM events WHERE verb = 'rest.proposed'")
    assert (detail["why"], detail["now"]) == ("pace", "15.0")
    acknowledge_notice(world.db, who, told["id"])
    work(world, who, project, 1, 15, monkeypatch)
