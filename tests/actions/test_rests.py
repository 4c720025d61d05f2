"""A break is proposed once, kept in the ledger, and has no other consequence."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from tests.actions.test_routing import sql

from quorate import clock
from quorate.actions.adjudicate_task import Verdict, adjudicate_task, claim_cases
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


def test_work_in_several_projects_and_as_an_expert_is_work(world: Any, at: Any) -> None:
    """Nobody pauses: neither who goes from one project to the other, nor who judges cases of a quarter of an hour."""
    ids = [world.project(60, policy={"escalate": [{"when": "true", "reason": "always"}]}), world.project(60)]
    who, expert = world.person(), world.person()
    told: dict[Any, list[int]] = {one.account: [] for one in (who, expert)}
    for minute in range(5, 221, 5):
        at.pass_(minutes=5)
        (task,) = claim_tasks(world.db, who, [ids[minute // 20 % 2]])
        submit_annotation(world.db, who, Submission(task.lease.id, "a", seconds=100))
        if minute % 15 == 0:
            ((lease, _),) = claim_cases(world.db, expert, [ids[0]])
            adjudicate_task(world.db, expert, Verdict(lease, "a", "Because.", seconds=840))
        propose_rests(world.db)
        with world.db.work() as connection:
            for account, before in told.items():
                before.extend([minute] * (len(notices.unread(connection, account)) - len(before)))
    assert told[who.account] == [95, 155, 215], "after ninety minutes, then once an hour and not once in each project"
    assert told[expert.account] == [105, 165]
