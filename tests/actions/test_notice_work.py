"""What is noted again, of whom and when; over answers that were put into the database as if given."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from random import Random

import pytest

from quorate import clock
from quorate.actions import watch_work as watching
from quorate.actions.actor import Actor
from quorate.actions.answer_finding import judge_finding, tell_findings, tell_own_findings
from quorate.actions.bar_annotator import readmit_annotator
from quorate.actions.claim_task import claim_tasks
from quorate.actions.help_annotator import AGAIN
from quorate.actions.hold_pay import end_hold
from quorate.actions.rules import rules_now
from quorate.actions.submit_annotation import Submission, submit_annotation
from quorate.actions.watch_work import watch_work
from quorate.errors import NotAllowed
from quorate.ids import new_id
from quorate.store import money, watches
from quorate.store import tables as t
from quorate.store.statement import Statement, dumps

ANSWERED = """
INSERT INTO annotations (id, project_id, task_id, account_id, assignment_id, role, value, seconds, cost, schema_id,
                         created_at)
SELECT gen_random_uuid(), t.project_id, t.id, %(account)s, gen_random_uuid(), 'crowd',
       %(said)s::jsonb -> substr(i.key, 2)::int, %(seconds)s, 0.05, s.id,
       %(now)s::timestamptz + substr(i.key, 2)::int * interval '1 millisecond'
FROM tasks t JOIN items i ON i.id = t.item_id JOIN specs s ON s.project_id = t.project_id AND s.kind = 'schema'
WHERE t.project_id = %(project)s AND substr(i.key, 2)::int >= %(first)s AND substr(i.key, 2)::int < %(last)s
"""
COUNTED = """
INSERT INTO skills (step_id, account_id, body, answers, updated_at)
SELECT id, %(account)s, '{}', %(count)s, %(now)s FROM steps WHERE project_id = %(project)s
ON CONFLICT (step_id, account_id) DO UPDATE SET answers = skills.answers + excluded.answers
"""
RIGHT = Random(7).choices("abc", k=300)


def answered(world, project, people, first, last, odd=None, seconds=5.0):
    """All answer these items: right nine times in ten, but for the last one, who says what is `odd`."""
    rng, now = Random(first), clock.now()
    with world.db.work() as connection:
        for person in people:
            said = [one if rng.random() < 0.9 else rng.choice("abc") for one in RIGHT]
            if odd is not None and person is people[-1]:
                said = odd
            values = {
                "project": project, "account": person.account, "said": dumps(said), "seconds": seconds,
                "first": first, "last": last, "count": last - first, "now": now,
            }  # fmt: skip
            connection.execute(ANSWERED, values)
            connection.execute(COUNTED, values)


def gap(truth, said):
    """What somebody says who takes one class for another."""
    return [said if right == truth else right for right in RIGHT]


def rested(world):
    """As if the last look had taken no time, so that the next is due at once."""
    with world.db.work() as connection:
        connection.execute("UPDATE watches SET took = 0, answers = 0")


def test_who_goes_on_as_before_is_found_again_on_new_answers_alone(world, one, monkeypatch):
    project = world.project(180, policy={"watch": {"pause": ["random_answers"]}})
    people = [world.person() for _ in range(5)]
    bad = people[-1].account
    told = "SELECT count(*) FROM findings WHERE account_id = %s AND kind = 'constant'"
    rules = rules_now(world.db, project)

    def look():
        rested(world)
        watch_work(world.db)
        return one(told, bad)[0][0]

    answered(world, project, people, 0, 60, ["c"] * 300)
    assert look() == 1
    assert one("SELECT barred FROM seats WHERE account_id = %s", bad) == [("paused",)], (
        "as random, which is less likely"
    )
    assert look() == 1, "the same is not noted twice"
    readmit_annotator(world.db, Actor(world.workspace), rules.project, bad, "Once more.")
    assert look() == 1, "nothing was answered since"
    answered(world, project, people, 60, 120, ["c"] * 300)
    assert look() == 2
    (evidence,) = one("SELECT evidence FROM findings WHERE account_id = %s ORDER BY id DESC LIMIT 1", bad)[0]
    assert len(evidence["annotations"]) == 60, "of those heard already nothing more follows"
    assert one("SELECT barred FROM seats WHERE account_id = %s", bad) == [("paused",)]
    later = clock.now() + AGAIN + timedelta(hours=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert look() == 2, "nor after a while without an answer"
    answered(world, project, people, 120, 180, ["c"] * 300)
    assert look() == 3, "a finding that nobody judged stands for a while only"
    assert one("SELECT kind, count(*) FROM findings WHERE account_id <> %s GROUP BY 1", bad) == []


def test_a_second_gap_in_skill_brings_a_second_lesson(world, one):
    project = world.project(240)
    people = [world.person() for _ in range(6)]
    answered(world, project, people, 0, 120, gap("a", "b"))
    watch_work(world.db)
    labels = "SELECT labels FROM lessons WHERE account_id = %s ORDER BY id"
    assert one(labels, people[-1].account) == [(["a", "b"],)]
    with world.db.work() as connection:
        connection.execute("UPDATE lessons SET done_at = %s", (clock.now(),))
    answered(world, project, people, 120, 240, gap("b", "c"))
    rested(world)
    watch_work(world.db)
    assert one(labels, people[-1].account) == [(["a", "b"],), (["b", "c"],)]


def test_a_step_is_looked_at_when_one_annotator_has_done_enough_however_much_all_have(world):
    project = world.project(100)
    people = [world.person() for _ in range(3)]
    answered(world, project, people, 0, 40)
    with world.db.work() as connection:
        connection.execute("UPDATE skills SET answers = 100000 WHERE account_id = %s", (people[0].account,))
    watch_work(world.db)

    def due(later=0.0):
        with world.db.work() as connection:
            wanted = {"least": watching.LEAST, "growth": watching.GROWTH, "rest": watching.REST}
            return len(watches.due(connection, clock.now() + timedelta(seconds=later), **wanted))

    answered(world, project, people[:2], 40, 69)
    assert due(3600) == 0, "58 more, of nobody enough"
    answered(world, project, people[:1], 69, 70)
    assert due(3600) == 1
    with world.db.work() as connection:
        connection.execute("UPDATE watches SET took = 3600")
    assert due(watching.REST * 1800) == 0, "what takes long is done the more seldom"
    assert due(watching.REST * 3600) == 1


@pytest.mark.parametrize("days", [0, 3])
def test_what_is_flagged_is_followed_however_slow_the_step_is_and_late_the_worker(world, one, at, days):
    hasty = {"kind": "choice", "classes": ["a", "b"], "validate": [{"use": "min_seconds", "seconds": 2}]}
    project = world.project(2, policy={"watch": {"pause": ["min_seconds"]}}, schema=hasty)
    person = world.person()
    at.pass_(minutes=1)
    (claimed,) = claim_tasks(world.db, person, [project])
    at.pass_(seconds=30)
    submit_annotation(world.db, person, Submission(claimed.lease.id, "a", seconds=0.5))
    at.pass_(days=days)
    watch_work(world.db)
    assert one("SELECT barred FROM seats") == [("paused",)]
    readmit_annotator(
        world.db, Actor(world.workspace), rules_now(world.db, project).project, person.account, "Read it."
    )
    at.pass_(days=1)
    watch_work(world.db)
    assert one("SELECT barred FROM seats") == [(None,)], "once"


def test_pay_that_two_findings_hold_is_released_when_both_are_dismissed(world, one):
    project = world.project(60, policy={"watch": {"hold_pay": ["speed", "constant"]}})
    people = [world.person() for _ in range(5)]
    answered(world, project, people, 0, 60, ["c"] * 300)
    rules, bad, boss = rules_now(world.db, project), people[-1].account, Actor(world.workspace)
    ids = [id for (id,) in one("SELECT id FROM annotations WHERE account_id = %s ORDER BY created_at", bad)]
    parts = {"speed": ids[:40], "constant": ids[20:], "position": ids[30:35]}
    noted = {kind: new_id() for kind in parts}

    def judge(kind, verdict, *then):
        done = judge_finding(world.db, boss, rules.project, noted[kind], verdict, "So it is.", then)
        with world.db.work() as connection:
            return done, sum(row["amount"] for row in money.open_holds(connection, project))

    with world.db.work() as connection:
        rows = [
            {"id": noted[kind], "project_id": project, "account_id": bad, "annotation_id": None, "task_id": None,
             "kind": kind, "message": kind, "evidence": {"annotations": [str(id) for id in part]}, "action": "noted",
             "created_at": clock.now()}
            for kind, part in parts.items()
        ]  # fmt: skip
        statement = Statement()
        statement.append(t.findings, rows)
        statement.run(connection)
    assert judge("speed", "upheld", "pay_held") == (["pay_held"], Decimal("2.00"))
    with world.db.work() as connection:
        (hold,) = money.open_holds(connection, project)
    with pytest.raises(NotAllowed):
        end_hold(world.db, people[-1], rules.project, hold["hold"], "release", "Mine.")
    assert judge("constant", "upheld", "pay_held") == (["pay_held"], Decimal("3.00"))
    assert judge("position", "upheld", "pay_held") == (["pay_held"], Decimal("3.00")), "held for three findings"
    assert judge("speed", "dismissed") == (["pay_held"], Decimal("2.00")), "twenty answers were held for it alone"
    assert judge("constant", "dismissed") == (["pay_held"], Decimal("0.25"))
    assert judge("position", "dismissed") == (["pay_held"], 0)
    assert one("SELECT sum(amount) FILTER (WHERE kind = 'held') - sum(amount) FILTER (WHERE kind = 'released')"
               " FROM transfers") == [(0,)]  # fmt: skip


def test_who_answers_like_whom_is_told_to_managers_alone(world, one):
    project = world.project(90)
    people = [world.person() for _ in range(6)]
    answered(world, project, people[:4], 0, 90)
    rng = Random(5)
    copied = [right if rng.random() < 0.6 else rng.choice("abc") for right in RIGHT]
    for person in people[4:]:
        answered(world, project, [person], 0, 90, copied)
    watch_work(world.db)
    rules, two = rules_now(world.db, project), {person.account for person in people[4:]}
    told = tell_findings(world.db, rules.project, limit=10, names=True, kind="collusion")
    assert [{row["name"], *(one["name"] for one in row["partners"])} for row in told] == [set(map(str, two))] * 2
    assert {row["annotator"] for row in told} == {row["partners"][0]["annotator"] for row in told}
    assert {len(row["items"]) for row in told} == {20}
    assert not any(str(account) in dumps(row["evidence"]) for row in told for account in two)
    (hidden, _) = tell_findings(world.db, rules.project, limit=10, names=False, kind="collusion")
    assert hidden["partners"][0]["name"] is None
    (own,) = tell_own_findings(world.db, people[4], limit=10)
    other = next(row["annotator"] for row in told if row["name"] == str(people[5].account))
    assert other not in dumps(own)
    assert str(people[5].account) not in dumps(own)
    assert "with" not in own["facts"]


def test_who_does_not_say_how_long_an_answer_took_took_at_most_the_time_since_the_last(world, one, at):
    hasty = {"kind": "choice", "classes": ["a", "b"], "validate": [{"use": "min_seconds", "seconds": 2}]}
    project = world.project(4, policy={"judgements": {"min": 2, "max": 2}}, schema=hasty)
    person, machine = world.person(), world.person("machine")
    at.pass_(minutes=1)
    first, second, third = claim_tasks(world.db, person, [project], 3)
    (other,) = claim_tasks(world.db, machine, [project])
    for claimed, wait, told in ((first, 1, None), (second, 3, None), (third, 60, 45.0)):
        at.pass_(seconds=wait)
        submit_annotation(world.db, person, Submission(claimed.lease.id, "a", seconds=told))
    submit_annotation(world.db, machine, Submission(other.lease.id, "a"))
    assert one("SELECT seconds FROM annotations ORDER BY id") == [(1.0,), (3.0,), (45.0,), (None,)]
    assert one("SELECT evidence->>'seconds' FROM findings WHERE kind = 'min_seconds'") == [("1.0",)]
