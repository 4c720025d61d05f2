"""Claim and submit against a real database: what is leased, what is kept, what is decided."""

from __future__ import annotations

from decimal import Decimal

import pytest

from quorate.actions.claim_task import claim_tasks
from quorate.actions.submit_annotation import Submission, submit_annotation
from quorate.errors import BudgetSpent, Conflict, InvalidInput, NotFound


def answer(world, actor, claimed, value="a", **more):
    return submit_annotation(world.db, actor, Submission(claimed.lease.id, value, seconds=5.0, **more))


def test_nobody_gets_a_task_twice_or_more_often_than_wanted(world, one):
    project = world.project(4, policy={"judgements": {"min": 2, "max": 3}})
    people = [world.person() for _ in range(3)]
    got = [claim_tasks(world.db, person, [project], 10) for person in people]
    assert [len(leases) for leases in got] == [4, 4, 0]
    for leases in got:
        assert len({claimed.lease.task_id for claimed in leases}) == len(leases)


def test_agreement_decides_and_the_decision_tells_why(world, one):
    project = world.project(1, policy={"judgements": {"min": 2, "max": 5}, "accept": {"confidence": 0.7}})
    states = []
    for _ in range(2):
        person = world.person()
        (claimed,) = claim_tasks(world.db, person, [project])
        states.append(answer(world, person, claimed).state)
    assert states == ["open", "decided"]
    ((value, kind, rule, judgements, evidence),) = one("SELECT value, kind, rule, judgements, evidence FROM decisions")
    assert (value, kind, judgements) == ("a", "crowd", 2)
    assert rule.startswith("accept.confidence")
    assert [set(e) for e in evidence] == [{"annotation", "before", "after"}] * 2
    assert one("SELECT count(*) FROM openings") == [(0,)]


def test_disagreement_asks_on_and_then_goes_to_an_expert(world, one):
    project = world.project(1, policy={"judgements": {"min": 2, "max": 4}, "accept": {"confidence": 0.98}})
    states = []
    for value in "abab":
        person = world.person()
        (claimed,) = claim_tasks(world.db, person, [project])
        states.append(answer(world, person, claimed, value).state)
    assert states == ["open", "open", "open", "contested"]
    assert claim_tasks(world.db, world.person(), [project]) == []
    assert one("SELECT kind, blind FROM cases") == [("undecided", False)]


def test_a_repeat_gives_the_first_answer_and_counts_once(world, one):
    project = world.project(2)
    person = world.person()
    claimed = claim_tasks(world.db, person, [project])[0]
    first = answer(world, person, claimed, key="k1")
    again = answer(world, person, claimed, key="k1")
    assert (again.annotation, again.state, again.repeated) == (first.annotation, first.state, True)
    assert one("SELECT count(*) FROM annotations") == [(1,)]
    with pytest.raises(Conflict, match="used for another answer"):
        answer(world, person, claimed, "b", key="k1")
    with pytest.raises(Conflict, match="has been answered"):
        answer(world, person, claimed, key="k2")


def test_the_next_lease_comes_with_the_answer(world):
    project = world.project(3)
    person = world.person()
    (claimed,) = claim_tasks(world.db, person, [project])
    submitted = submit_annotation(world.db, person, Submission(claimed.lease.id, "a", seconds=5.0), then_claim=1)
    assert [c.lease.key for c in submitted.next] == ["i1"]


def test_an_answer_that_the_schema_does_not_allow_changes_nothing(world, one):
    project = world.project(1)
    person = world.person()
    (claimed,) = claim_tasks(world.db, person, [project])
    with pytest.raises(InvalidInput, match="not one of the answers"):
        answer(world, person, claimed, "z")
    assert one("SELECT count(*) FROM annotations") == [(0,)]
    assert answer(world, person, claimed, "a").state in {"open", "decided"}


def test_somebody_elses_lease_is_not_found(world):
    project = world.project(1)
    (claimed,) = claim_tasks(world.db, world.person(), [project])
    with pytest.raises(NotFound):
        answer(world, world.person(), claimed)


def test_gold_is_mixed_in_and_teaches_about_the_annotator(world, one):
    project = world.project(6, gold=3, policy={"gold": {"rate": 0.5}, "judgements": {"min": 1, "max": 3}})
    person = world.person()
    for _ in range(40):
        for claimed in claim_tasks(world.db, person, [project]):
            answer(world, person, claimed, "b")
    assert one("SELECT count(*) FROM assignments WHERE gold") == [(3,)]
    assert one("SELECT count(*) FROM decisions WHERE kind = 'gold'") == [(0,)]
    ((body,),) = one("SELECT body FROM skills")
    assert body[0][1] > body[0][0] * 0.5  # three times `b` where `a` was known


def test_the_budget_is_exact(world, one):
    project = world.project(20, budget=Decimal("0.30"), policy={"pay": {"judgement": "0.04"}})
    first, second = world.person(), world.person()
    held = claim_tasks(world.db, first, [project], 5)
    for claimed in held[:4]:
        answer(world, first, claimed)
    held += claim_tasks(world.db, second, [project], 5)
    with pytest.raises(BudgetSpent):
        claim_tasks(world.db, second, [project])
    assert len(held) == 7
    ((granted, committed, spent, pool),) = one(
        "SELECT sum(granted), sum(committed), sum(spent), min(pool) FROM seats JOIN projects ON id = project_id"
    )
    assert (committed, spent) == (Decimal("0.12"), Decimal("0.16"))
    assert granted + pool == Decimal("0.30")
