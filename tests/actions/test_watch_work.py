"""Detectors over live answers, against a real database."""

from __future__ import annotations

from decimal import Decimal
from math import isfinite
from random import Random

import pytest

from quorate.actions.actor import Actor
from quorate.actions.adjudicate_task import Verdict, adjudicate_task, claim_cases
from quorate.actions.answer_finding import judge_finding
from quorate.actions.bar_annotator import readmit_annotator
from quorate.actions.claim_task import claim_tasks
from quorate.actions.clarify import tell_clarifications
from quorate.actions.gather_work import gather_work
from quorate.actions.rebuild_state import compare_state
from quorate.actions.rules import rules_now
from quorate.actions.seal_ledger import seal_ledger
from quorate.actions.submit_annotation import Submission, submit_annotation
from quorate.actions.take_training import read_lesson, tell_training
from quorate.actions.tell_diagnoses import tell_lessons, tell_own_diagnoses
from quorate.actions.verify_ledger import verify_ledger
from quorate.actions.watch_work import watch_work
from quorate.errors import InvalidInput, NotFound
from quorate.flow.policy import Policy
from quorate.store import ledger, money, projects, watches

TRUTH = (
    "SELECT i.key FROM assignments a JOIN tasks t ON t.id = a.task_id JOIN items i ON i.id = t.item_id WHERE a.id = %s"
)


def crowd(world, one, project, honest=6, gap=False, split=False):
    """Six who are right nine times in ten, and one who always says `c`; or who calls every `a` `b`; or one like them.

    With `split`, nobody can tell `a` from `b`.
    """
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
                if split and right in "ab":
                    said = rng.choice("ab")
                elif person is people[-1] and not split:
                    said = ("b" if right == "a" else said) if gap else "c"
                submit_annotation(
                    world.db, person, Submission(claimed.lease.id, said, seconds=rng.lognormvariate(1.6, 0.4))
                )
    return people


@pytest.mark.slow
def test_one_who_always_says_the_same_is_found_once_and_nobody_else_is(world, one):
    project = world.project(70, policy={"judgements": {"min": 5, "max": 5}})
    people = crowd(world, one, project)
    assert watch_work(world.db) >= 1
    rows = one("SELECT account_id, action, evidence FROM findings WHERE evidence ? 'score'")
    assert {row[0] for row in rows} == {people[-1].account}
    assert {row[1] for row in rows} == {"noted"}
    evidence = rows[0][2]
    assert evidence["score"] > 3
    assert evidence["false_alarm"] == 0.0005
    assert evidence["parameters"]["fewest"] == 20
    told = "SELECT count(*) FROM events e JOIN findings f ON f.id = e.object_id WHERE e.verb = 'finding.noted'"
    assert one(f"{told} AND f.evidence ? 'score'") == [(len(rows),)]
    assert watch_work(world.db) == 0  # nothing new was said
    with world.db.work() as connection:
        connection.execute("UPDATE watches SET answers = 0, took = 0")
    assert watch_work(world.db) == 0  # the same is not noted again
    assert one("SELECT count(*) FROM seats WHERE barred IS NOT NULL") == [(0,)]
    assert seal_ledger(world.db)


@pytest.mark.slow
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


@pytest.mark.slow
def test_what_follows_from_a_finding_is_kept_and_dismissing_it_takes_all_of_it_back(world, one):
    follow = ["constant", "random_answers", "straight_lining", "position"]
    project = world.project(
        70,
        policy={
            "judgements": {"min": 5, "max": 5}, "pay": {"judgement": "0.05"},
            "watch": {"pause": follow, "hold_pay": follow, "ask_again": follow},
        },
    )  # fmt: skip
    people = crowd(world, one, project)
    bad = people[-1].account
    counted = "SELECT count(*) FROM openings"
    assert one(counted) == [(0,)]
    assert watch_work(world.db) >= 1
    ((kinds,),) = one("SELECT array_agg(kind ORDER BY kind) FROM consequences GROUP BY finding_id LIMIT 1")
    assert kinds == ["asked_again", "paused", "pay_held"]
    ((answers,),) = one("SELECT count(*) FROM set_aside")
    assert answers == one("SELECT count(*) FROM annotations WHERE account_id = %s", bad)[0][0]
    ((asked,),) = one(counted)
    assert asked > 0
    with world.db.work() as connection:
        (hold,) = money.open_holds(connection, project)
    assert hold["account_id"] == bad
    assert hold["amount"] == answers * Decimal("0.05")
    assert compare_state(world.db, project) == []

    claimed = claim_tasks(world.db, people[0], [project]) or claim_tasks(world.db, world.person(), [project])
    with world.db.read() as connection:
        found = projects.get(connection, project)
    for (id,) in one("SELECT id FROM findings WHERE account_id = %s", bad):
        judge_finding(world.db, Actor(world.workspace), found, id, "dismissed", "They were all c.")
    assert one("SELECT count(*) FROM set_aside") == [(0,)]
    assert one("SELECT count(*) FROM seats WHERE barred IS NOT NULL") == [(0,)]
    assert one(counted)[0][0] < asked
    with world.db.work() as connection:
        assert money.open_holds(connection, project) == []
        assert money.balances(connection, project, bad)[0]["payable"] == answers * Decimal("0.05")
    assert compare_state(world.db, project) == []
    assert {lease.lease.id for lease in claimed} <= {
        id for (id,) in one("SELECT id FROM assignments WHERE state = 'open'")
    }, "who is at work on a task that was asked again finishes it"
    seal_ledger(world.db)
    assert "specs has a row" in verify_ledger(world.db).to_json()["fault"], (
        "all is as told, but that this world was made without doors"
    )
    with world.db.read() as connection:
        assert ledger.untold(connection, "consequence.drawn", None) is None
    assert (
        one("SELECT count(*) FROM consequences WHERE undoes IS NOT NULL")[0][0]
        == one("SELECT count(*) FROM consequences WHERE undoes IS NULL")[0][0]
    )


@pytest.mark.slow
def test_who_takes_one_class_for_another_gets_a_lesson_and_takes_it(world, one):
    project = world.project(150, policy={"judgements": {"min": 5, "max": 5}})
    people = crowd(world, one, project, gap=True)
    watch_work(world.db)
    ((account, reason),) = one("SELECT account_id, reason FROM diagnoses WHERE reason <> 'fine'")
    assert (account, reason) == (people[-1].account, "systematic")
    ((lesson, labels, kind),) = one(
        "SELECT l.id, l.labels, f.kind FROM lessons l JOIN findings f ON f.id = l.finding_id WHERE l.account_id = %s",
        account,
    )
    assert (labels, kind) == (["a", "b"], "skill_gap")
    assert one("SELECT count(*) FROM findings WHERE account_id = %s", account) == [(1,)], "a gap is no bad faith"
    with world.db.read() as connection:
        found = projects.get(connection, project)
    (told,) = tell_own_diagnoses(world.db, people[-1], [project])
    assert (told["remedy"], told["labels"]) == ("lesson", ["a", "b"])
    shown = tell_training(world.db, people[-1], found, str(lesson))
    assert shown["title"] == {"en": "A or B?", "de": "A oder B?"}
    with pytest.raises(NotFound):
        tell_training(world.db, people[0], found, str(lesson))
    assert read_lesson(world.db, people[-1], found, str(lesson), "pair") == {
        "done": not shown["lessons"][0]["practice"]
    }
    assert [row["done_at"] is not None for row in tell_lessons(world.db, people[-1], [project])] == [True]
    with world.db.work() as connection:
        connection.execute("UPDATE watches SET answers = 0, took = 0")
    watch_work(world.db)
    assert one("SELECT count(*) FROM lessons") == [(1,)]


@pytest.mark.slow
def test_classes_that_everybody_mixes_up_become_a_question_to_the_steward(world, one):
    project = world.project(150, policy={"judgements": {"min": 5, "max": 5}})
    crowd(world, one, project, split=True)
    watch_work(world.db)
    with world.db.read() as connection:
        found = projects.get(connection, project)
    told = tell_clarifications(world.db, found, state="open", limit=10, names=True)
    assert [one["labels"] for one in told] == [["a", "b"]]


@pytest.mark.slow
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


def test_an_expert_who_wants_another_guideline_asks_its_steward_once(world, one):
    project = world.project(2, policy={"judgements": {"min": 2, "max": 2}, "accept": {"confidence": 0.999}})
    for person, said in ((world.person(), "a"), (world.person(), "b")):
        while claimed := claim_tasks(world.db, person, [project]):
            submit_annotation(world.db, person, Submission(claimed[0].lease.id, said))
    expert = world.person()
    for reason in ("§1 leaves it open whether a returned parcel counts.", "The same again."):
        ((lease, _),) = claim_cases(world.db, expert, [project])
        adjudicate_task(world.db, expert, Verdict(lease, "a", reason, change_guideline=True))
    with world.db.read() as connection:
        found = projects.get(connection, project)
    (told,) = tell_clarifications(world.db, found, state="open", limit=10, names=False)
    assert (told["labels"], told["tasks"]) == (["a", "b"], 1)
    assert told["question"] == "§1 leaves it open whether a returned parcel counts."
    assert told["asker"]
    assert one("SELECT count(*) FROM events WHERE verb = 'clarification.asked'") == [(1,)]


def test_from_what_a_validator_flags_follows_what_the_policy_says_and_is_taken_back(world, one):
    hasty = {"kind": "choice", "classes": ["a", "b"], "validate": [{"use": "min_seconds", "seconds": 2}]}
    policy = {"judgements": {"min": 3, "max": 3}, "watch": {"ask_again": ["min_seconds"]}}
    project = world.project(12, policy=policy, schema=hasty)
    people = [world.person() for _ in range(3)]
    for person in people:
        while claimed := claim_tasks(world.db, person, [project]):
            seconds = 0.5 if person is people[-1] and one("SELECT count(*) FROM findings") < [(2,)] else 5
            submit_annotation(world.db, person, Submission(claimed[0].lease.id, "a", seconds=seconds))
    watch_work(world.db)
    flagged = one("SELECT id, annotation_id FROM findings WHERE kind = 'min_seconds' ORDER BY id")
    assert {id for (id,) in one("SELECT annotation_id FROM set_aside")} == {answer for _, answer in flagged}
    assert one("SELECT count(*) FROM openings") == [(2,)]
    assert compare_state(world.db, project) == []
    with world.db.read() as connection:
        found = projects.get(connection, project)
    judge_finding(world.db, Actor(world.workspace), found, flagged[0][0], "dismissed", "The item is one word.")
    with world.db.work() as connection:
        connection.execute("UPDATE watches SET answers = 0, took = 0")
    watch_work(world.db)  # what was dismissed does not follow again
    assert one("SELECT annotation_id FROM set_aside") == [(flagged[1][1],)]
    assert one("SELECT count(*) FROM openings") == [(1,)]
    assert one("SELECT kind, count(*) FROM consequences GROUP BY kind") == [("asked_again", 3)]


def test_what_guarded_items_say_is_looked_at_for_its_length_alone(world, one):
    """What a detector finds in the words of items is told in words."""
    project = world.project(4, policy={"judgements": {"min": 3, "max": 3}})
    for person in [world.person() for _ in range(3)]:
        for claimed in claim_tasks(world.db, person, [project], 4):
            submit_annotation(world.db, person, Submission(claimed.lease.id, "a", seconds=5.0))
    rules = rules_now(world.db, project)
    (step,) = rules.steps.values()
    with world.db.work() as connection:
        connection.execute("""UPDATE items SET body = '{"text": "very secret words"}'""")
        connection.execute("""UPDATE items SET attributes = '{"access": "board"}' WHERE key <> 'i1'""")
        rows = watches.recent(connection, step.id, 100)
        rows[0]["seconds"] = None
        look = gather_work(rules, step, rows, watches.bodies(connection, [row["item_id"] for row in rows]))
    assert look is not None
    assert sorted(look.work.bodies) == ["", "", "", "very secret words"]
    assert list(look.work.length) == [3, 3, 3, 3]
    assert sum(isfinite(one) for one in look.work.seconds) == 11, "of one answer it is not known how long it took"
