"""A request that is sent again, since nobody knows whether it arrived, changes nothing and gets the first answer."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from quorate.actions.adjudicate_task import Verdict, adjudicate_task, claim_cases
from quorate.actions.claim_task import claim_tasks
from quorate.actions.end_lease import release_task, skip_task
from quorate.actions.revise_annotation import revise_annotation
from quorate.actions.submit_annotation import Submission, submit_annotation
from quorate.errors import Conflict, NotFound

OPEN = {"judgements": {"min": 3, "max": 3}}


def test_an_adjudication_counts_once_however_often_it_is_sent(world: Any, one: Any) -> None:
    project = world.project(1, policy={"judgements": {"min": 2, "max": 2}, "pay": {"adjudication": "1.20"}})
    for value in "ab":
        person = world.person()
        (claimed,) = claim_tasks(world.db, person, [project])
        submit_annotation(world.db, person, Submission(claimed.lease.id, value))
    expert = world.person()
    ((lease, _),) = claim_cases(world.db, expert, [project])
    verdict = Verdict(lease, "b", "§2.1 says so", ["2.1"], "misread", seconds=9.0, key="k1")
    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda _: adjudicate_task(world.db, expert, verdict), range(4)))
    assert sorted(each.repeated for each in done) == [False, True, True, True]
    assert len({replace(each, repeated=False) for each in done}) == 1
    assert one("SELECT count(*) FROM adjudications") == [(1,)]
    assert one("SELECT spent FROM seats WHERE account_id = %s", expert.account) == [(verdict_price(one),)]
    with pytest.raises(Conflict, match="used for another answer"):
        adjudicate_task(world.db, expert, replace(verdict, rationale="§3 does"))
    for key in (None, "k2"):
        with pytest.raises(Conflict, match="has been answered"):
            adjudicate_task(world.db, expert, replace(verdict, key=key))
    with pytest.raises(NotFound):
        adjudicate_task(world.db, world.person(), verdict)


def verdict_price(one: Any) -> Any:
    ((price,),) = one("SELECT price FROM assignments WHERE case_id <> '00000000-0000-0000-0000-000000000000'")
    assert price > 0
    return price


def test_a_revision_is_one_however_often_it_is_sent(world: Any, one: Any) -> None:
    project, who = world.project(1, policy=OPEN), world.person()
    (claimed,) = claim_tasks(world.db, who, [project])
    first = submit_annotation(world.db, who, Submission(claimed.lease.id, "a", key="k1"))
    with ThreadPoolExecutor(3) as pool:
        done = list(pool.map(lambda _: revise_annotation(world.db, who, first.annotation, "b", key="k2"), range(3)))
    assert sorted(each.repeated for each in done) == [False, True, True]
    assert len({(each.annotation, each.state) for each in done}) == 1
    assert one("SELECT count(*) FROM annotations") == [(2,)]
    with pytest.raises(Conflict, match="used for another answer"):
        revise_annotation(world.db, who, first.annotation, "c", key="k2")
    with pytest.raises(NotFound):
        revise_annotation(world.db, who, first.annotation, "b", key="k3")
    revise_annotation(world.db, who, done[0].annotation, "c", key="k4")
    with pytest.raises(NotFound):  # it is not the newest any more, nor the newest request
        revise_annotation(world.db, who, first.annotation, "b", key="k2")


def test_who_has_skipped_or_given_back_has_done_so(world: Any, one: Any) -> None:
    project, who = world.project(2, policy=OPEN), world.person()
    skipped, returned = (claimed.lease.id for claimed in claim_tasks(world.db, who, [project], 2))
    for _ in range(2):
        skip_task(world.db, who, skipped, "cannot read it")
        release_task(world.db, who, returned)
    assert sorted(one("SELECT verb FROM events WHERE verb LIKE 'lease.%%'")) == [
        ("lease.released",),
        ("lease.skipped",),
    ]
    for end in (lambda: release_task(world.db, who, skipped), lambda: skip_task(world.db, who, returned, "no")):
        with pytest.raises(Conflict):
            end()
    with pytest.raises(Conflict):
        skip_task(world.db, world.person(), skipped, "not mine")
    with pytest.raises(Conflict):
        release_task(world.db, who, uuid4())
