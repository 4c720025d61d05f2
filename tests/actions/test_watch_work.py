"""Detectors over live answers, against a real database."""

from __future__ import annotations

from random import Random

import pytest

from quorate.actions.actor import Actor
from quorate.actions.bar_annotator import readmit_annotator
from quorate.actions.claim_task import claim_tasks
from quorate.actions.seal_ledger import seal_ledger
from quorate.actions.submit_annotation import Submission, submit_annotation
from quorate.actions.watch_work import watch_work
from quorate.errors import InvalidInput
from quorate.flow.policy import Policy
from quorate.store import projects

TRUTH = (
    "SELECT i.key FROM assignments a JOIN tasks t ON t.id = a.task_id JOIN items i ON i.id = t.item_id WHERE a.id = %s"
)


def crowd(world, one, project, honest=6):
    """Six who are right nine times in ten, and one who always says `c`."""
    rng = Random(0)
    people = [world.person() for _ in range(honest + 1)]
    working = True
    while working:
        working = False
        for person in people:
            for claimed in claim_tasks(world.db, person, [project]):
                working = True
                ((key,),) = one(TRUTH, claimed.lease.id)
                right = "abc"[int(key[1:]) % 3]
                said = right if rng.random() < 0.9 else rng.choice("abc")
                said = "c" if person is people[-1] else said
                submit_annotation(
                    world.db, person, Submission(claimed.lease.id, said, seconds=rng.lognormvariate(1.6, 0.4))
                )
    return people


def test_one_who_always_says_the_same_is_found_once_and_nobody_else_is(world, one):
    project = world.project(70, policy={"judgements": {"min": 5, "max": 5}})
    people = crowd(world, one, project)
    assert watch_work(world.db) >= 1
    rows = one("SELECT account_id, action, evidence FROM findings")
    assert {row[0] for row in rows} == {people[-1].account}
    assert {row[1] for row in rows} == {"noted"}
    evidence = rows[0][2]
    assert evidence["score"] > 3
    assert evidence["false_alarm"] == 0.0005
    assert evidence["parameters"]["fewest"] == 20
    assert one("SELECT count(*) FROM events WHERE verb = 'finding.noted'") == [(len(rows),)]
    assert watch_work(world.db) == 0  # nothing new was said
    with world.db.work() as connection:
        connection.execute("UPDATE watches SET answers = 0")
    assert watch_work(world.db) == 0  # the same is not noted again
    assert one("SELECT count(*) FROM seats WHERE barred IS NOT NULL") == [(0,)]
    assert seal_ledger(world.db)


def test_a_policy_may_pause_and_a_person_undoes_it(world, one):
    pause = ["constant", "random_answers", "straight_lining", "position"]
    project = world.project(70, policy={"judgements": {"min": 5, "max": 5}, "watch": {"pause": pause}})
    people = crowd(world, one, project)
    assert watch_work(world.db) >= 1
    assert one("SELECT account_id FROM seats WHERE barred = 'paused'") == [(people[-1].account,)]
    assert one("SELECT count(*) FROM notices WHERE account_id = %s", people[-1].account) == [(1,)]
    with world.db.read() as connection:
        found = projects.get(connection, project)
    readmit_annotator(world.db, Actor(world.workspace), found, people[-1].account, "It was right: all were c.")
    assert one("SELECT count(*) FROM seats WHERE barred IS NOT NULL") == [(0,)]


def test_what_the_policy_leaves_out_does_not_look(world, one):
    from quorate.plugins import addresses

    none = dict.fromkeys(addresses("detectors"), False)
    project = world.project(30, policy={"judgements": {"min": 5, "max": 5}, "watch": {"detectors": none}})
    crowd(world, one, project)
    assert watch_work(world.db) == 0


@pytest.mark.parametrize(
    "watch", [{"pause": ["nothing"]}, {"detectors": {"nothing": {}}}, {"detectors": {"speed": {"fewest": "many"}}}]
)
def test_a_detector_or_parameter_that_there_is_not_is_refused(watch):
    with pytest.raises(InvalidInput):
        Policy.parse({"watch": watch})
