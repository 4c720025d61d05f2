"""Claim and submit against a real database: what is leased, what is kept, what is decided."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from decimal import Decimal
from threading import Barrier, BrokenBarrierError
from uuid import uuid4

import pytest

from quorate import clock
from quorate.actions.add_account import withdraw_role
from quorate.actions.adjudicate_task import Verdict, adjudicate_task, claim_cases
from quorate.actions.claim_task import claim_tasks
from quorate.actions.end_lease import end_leases, expire_leases, release_task, skip_task
from quorate.actions.refit_skills import refit_skills
from quorate.actions.retake_lease import retake_lease
from quorate.actions.revise_annotation import revise_annotation
from quorate.actions.rules import rules_now
from quorate.actions.show_case import show_case
from quorate.actions.submit_annotation import Submission, submit_annotation
from quorate.actions.tell_home import tell_home
from quorate.errors import BudgetSpent, Conflict, InvalidInput, LeaseEnded, NotFound
from quorate.store import accounts, annotations


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
    project = world.project(60, gold=3, policy={"gold": {"rate": 0.5}, "judgements": {"min": 1, "max": 3}})
    person = world.person()
    for _ in range(40):
        for claimed in claim_tasks(world.db, person, [project]):
            answer(world, person, claimed, "b")
    assert one("SELECT count(*) FROM assignments WHERE gold") == [(3,)]
    assert one("SELECT count(*) FROM decisions WHERE kind = 'gold'") == [(0,)]
    ((body,),) = one("SELECT body FROM skills")
    assert body[0][1] > body[0][0] * 0.5  # three times `b` where `a` was known


def ordinary_and_gold(world, one, people, values):
    """What each of so many people is shown of one ordinary task, and of one whose answer is known."""
    shown = []
    for gold in (0, 1):
        policy = {"judgements": {"min": 2, "max": 4}, "accept": {"confidence": 0.7}, "gold": {"rate": 0.5}}
        policy |= {"feedback": {"gold": False}}
        project = world.project(1 + 40 * gold, gold=gold, policy=policy)
        found = []
        for person, value in zip(people, values, strict=True):
            for _ in range(60):
                (claimed,) = claim_tasks(world.db, person, [project])
                if not gold or one("SELECT gold FROM assignments WHERE id = %s", claimed.lease.id) == [(True,)]:
                    break
                release_task(world.db, person, claimed.lease.id)
            found.append(answer(world, person, claimed, value))
        shown.append(found)
    return shown


def test_nobody_can_tell_gold_by_what_they_are_shown(world, one):
    people = [world.person() for _ in range(2)]
    ordinary, gold = ordinary_and_gold(world, one, people, "aa")
    assert [s.state for s in gold] == [s.state for s in ordinary] == ["open", "decided"]
    told = set()
    for submitted in (ordinary, gold):
        with pytest.raises(Conflict, match="decided") as refused:
            revise_annotation(world.db, people[0], submitted[0].annotation, "b")
        told.add((str(refused.value), refused.value.mend))
    assert len(told) == 1
    ((task,),) = one("SELECT id FROM tasks WHERE gold IS NOT NULL")
    assert one("SELECT state, decision_id FROM tasks WHERE id = %s", task) == [("decided", None)]
    # who comes next begins, as it were, another task
    person = world.person()
    assert one("SELECT count(*) FROM decisions") == [(1,)]
    ((project,),) = one("SELECT project_id FROM tasks WHERE id = %s", task)
    for _ in range(60):
        (claimed,) = claim_tasks(world.db, person, [project])
        if claimed.lease.task_id == task:
            break
        release_task(world.db, person, claimed.lease.id)
    assert answer(world, person, claimed, "c").state == "open"
    before = one("SELECT body FROM skills WHERE account_id = %s", person.account)
    mine = one("SELECT id FROM annotations WHERE account_id = %s", person.account)[0][0]
    assert revise_annotation(world.db, person, mine, "a").state == "open"
    assert one("SELECT body FROM skills WHERE account_id = %s", person.account) != before


def test_gold_comes_in_the_place_of_another_task_and_anywhere_in_a_batch(world, one):
    project = world.project(30, gold=1, policy={"gold": {"rate": 0.5}})
    places = set()
    for _ in range(60):
        person = world.person()
        batch = claim_tasks(world.db, person, [project], 4)
        assert len(batch) == 4
        known = [one("SELECT gold FROM assignments WHERE id = %s", c.lease.id)[0][0] for c in batch]
        assert [c.lease.id for c in batch] == sorted(c.lease.id for c in batch)
        places |= {n for n, gold in enumerate(known) if gold}
        end_all(world, person, project)
    assert places == {0, 1, 2, 3}
    with world.db.work() as connection:
        connection.execute("DELETE FROM openings")
    assert all(claim_tasks(world.db, world.person(), [project]) == [] for _ in range(20))


def end_all(world, person, project):
    with world.db.work() as connection:
        end_leases(connection, person, project, person.account)


@pytest.mark.parametrize("gold", [0, 1])
def test_a_late_answer_counts_if_its_place_is_free(world, one, gold):
    project = world.project(2, gold=gold, policy={"lease": {"minutes": 0.001}, "gold": {"rate": 0.5}})
    person = world.person()
    while (
        not (found := claim_tasks(world.db, person, [project]))
        or bool(gold) is not one("SELECT gold FROM assignments WHERE id = %s", found[0].lease.id)[0][0]
    ):
        release_task(world.db, person, found[0].lease.id)
    time.sleep(0.1)
    assert expire_leases(world.db) == 1
    assert answer(world, person, found[0]).state in {"open", "decided"}
    assert one("SELECT state FROM assignments WHERE id = %s", found[0].lease.id) == [("submitted",)]


def test_a_late_answer_that_is_sent_twice_at_once_is_one(world, one, monkeypatch):
    """As a client does that was cut off: both find the time over before either takes the place."""
    project = world.project(1, policy={"lease": {"minutes": 0.001}})
    person = world.person()
    (late,) = claim_tasks(world.db, person, [project])
    time.sleep(0.1)
    assert expire_leases(world.db) == 1
    both = Barrier(2, timeout=20)

    def take(*given):
        with suppress(BrokenBarrierError):  # only the first time
            both.wait()
        both.abort()
        retake_lease(*given)

    monkeypatch.setattr("quorate.actions.submit_annotation.retake_lease", take)
    with ThreadPoolExecutor(2) as pool:
        told = list(pool.map(lambda _: answer(world, person, late, key="the same").annotation, range(2)))
    assert told[0] == told[1]
    assert one("SELECT count(*) FROM annotations") == [(1,)]


def test_a_late_answer_is_paid_for_or_not_taken(world, one):
    """Many whose time is over answer at the same moment, and the money is for half of them."""
    policy = {"lease": {"minutes": 0.001}, "judgements": {"min": 8, "max": 8}, "pay": {"judgement": "0.04"}}
    project = world.project(4, budget=Decimal("0.64"), policy=policy)
    late = [(person, claim_tasks(world.db, person, [project], 2)) for person in [world.person() for _ in range(8)]]
    time.sleep(0.1)
    assert expire_leases(world.db) == 16
    fresh = [
        (person, c)
        for person in [world.person() for _ in range(4)]
        for c in claim_tasks(world.db, person, [project], 2)
    ]
    assert len(fresh) == 8

    def give(person, claimed):
        try:
            return answer(world, person, claimed).annotation
        except LeaseEnded:
            return None

    with ThreadPoolExecutor(8) as pool:
        given = list(pool.map(lambda one: give(*one), [(p, c) for p, held in late for c in held]))
    assert sum(one is not None for one in given) == 8
    for person, claimed in fresh:
        answer(world, person, claimed)
    ((granted, committed, spent, pool),) = one(
        "SELECT sum(granted), sum(committed), sum(spent), min(pool) FROM seats JOIN projects ON id = project_id"
    )
    assert (committed, spent, granted + pool) == (0, Decimal("0.64"), Decimal("0.64"))


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


def test_a_refit_learns_from_all_answers_and_decides_what_moved(world, one):
    """Two who always agree and one who contradicts them: after a refit the two are believed, the one is not."""
    project = world.project(30, policy={"judgements": {"min": 3, "max": 3}, "accept": {"confidence": 0.9}}, places=3)
    good, _, bad = people = [world.person() for _ in range(3)]
    for person in people:
        for claimed in claim_tasks(world.db, person, [project], 30):
            truth = "abc"[int(claimed.lease.key[1:]) % 3]
            answer(world, person, claimed, "c" if person is bad and truth == "a" else truth)
    before = dict(one("SELECT state, count(*) FROM tasks GROUP BY 1"))
    ((step,),) = one("SELECT id FROM steps")
    report = refit_skills(world.db, step)
    assert report["tasks"] == 30
    after = dict(one("SELECT state, count(*) FROM tasks GROUP BY 1"))
    assert after.get("decided", 0) > before.get("decided", 0)
    assert {reason for (reason,) in one("SELECT reason FROM decisions")} == {"submit", "refit"}
    body = dict(one("SELECT account_id, body FROM skills"))
    assert body[bad.account][0][2] > body[bad.account][0][0]
    assert body[good.account][0][0] > body[good.account][0][2]


def test_an_expert_settles_a_case_and_their_word_is_weighed(world, one):
    project = world.project(1, policy={"judgements": {"min": 2, "max": 2}, "pay": {"adjudication": "1.20"}})
    for value in "ab":
        person = world.person()
        answer(world, person, claim_tasks(world.db, person, [project])[0], value)
    expert = world.person()
    ((lease, _),) = claim_cases(world.db, expert, [project])
    with pytest.raises(InvalidInput, match="reason"):
        adjudicate_task(world.db, expert, Verdict(lease, "b", " "))
    done = adjudicate_task(world.db, expert, Verdict(lease, "b", "§2.1 says so", ["2.1"], "misread"))
    assert done.state == "decided"
    assert one("SELECT value, kind, reason FROM decisions") == [("b", "expert", "adjudication")]
    assert one("SELECT rationale, clauses, error FROM adjudications") == [("§2.1 says so", ["2.1"], "misread")]
    assert one("SELECT count(*) FROM cases WHERE closed_at IS NULL") == [(0,)]
    assert claim_cases(world.db, world.person(), [project]) == []


def test_an_adjudication_reads_again_when_the_task_changed_in_between(world, one, monkeypatch):
    project = world.project(1, policy={"judgements": {"min": 2, "max": 2}})
    for value in "ab":
        person = world.person()
        answer(world, person, claim_tasks(world.db, person, [project])[0], value)
    expert = world.person()
    ((lease, _),) = claim_cases(world.db, expert, [project])
    look, looks = annotations.look, []

    def look_and_be_overtaken(*args):
        looks.append(look(*args))
        if len(looks) == 1:
            with world.db.work() as other:
                other.execute("UPDATE tasks SET version = version + 1")
        return looks[-1]

    monkeypatch.setattr(annotations, "look", look_and_be_overtaken)
    assert adjudicate_task(world.db, expert, Verdict(lease, "b", "it says so")).state == "decided"
    assert len(looks) == 2
    assert one("SELECT count(*) FROM adjudications") == [(1,)]
    assert one("SELECT count(*) FROM decisions") == [(1,)]


def test_an_audit_is_blind_and_its_error_corrects_the_label(world, one):
    project = world.project(1, policy={"audit": {"rate": 1.0, "min": 0}, "accept": {"confidence": 0.5}})
    person = world.person()
    assert answer(world, person, claim_tasks(world.db, person, [project])[0], "a").state == "decided"
    assert one("SELECT kind, blind, probability FROM cases") == [("audit", True, 1.0)]
    expert = world.person()
    ((lease, _),) = claim_cases(world.db, expert, [project])
    done = adjudicate_task(world.db, expert, Verdict(lease, "c", "clearly c"))
    assert done.agrees is False
    assert one("SELECT agrees, probability FROM audits") == [(False, 1.0)]
    assert one("SELECT d.value, d.reason FROM tasks t JOIN decisions d ON d.id = t.decision_id") == [("c", "audit")]


@pytest.mark.parametrize(
    ("schema", "crowd", "expert", "agrees"),
    [
        ({"kind": "number", "min": 0, "max": 100}, (50, 54), 53, True),
        ({"kind": "number", "min": 0, "max": 100}, (50, 54), 70, False),
        ({"kind": "text"}, ("The Box", "the box!"), "the  box", True),
        ({"kind": "choices", "classes": ["a", "b"]}, (["a", "b"], ["a", "b"]), ["b", "a"], True),
    ],
)
def test_an_audit_agrees_where_it_says_the_same_and_a_refit_asks_nobody_again(
    world, one, schema, crowd, expert, agrees
):
    policy = {"judgements": {"min": 2, "max": 2}, "audit": {"rate": 1.0}, "accept": {"confidence": 0.3}}
    project = world.project(1, schema=schema, policy=policy)
    for value in crowd:
        person = world.person()
        answer(world, person, claim_tasks(world.db, person, [project])[0], value)
    judge = world.person()
    ((lease, _),) = claim_cases(world.db, judge, [project])
    assert adjudicate_task(world.db, judge, Verdict(lease, expert, "as it says")).agrees is agrees
    assert one("SELECT agrees FROM audits") == [(agrees,)]
    ((step,),) = one("SELECT id FROM steps")
    refit_skills(world.db, step)
    assert one("SELECT kind FROM cases WHERE closed_at IS NULL AND kind <> 'audit'") == []


def test_the_same_answer_for_long_is_noted_unless_it_is_a_common_one(world, one):
    """Twenty times in a row is looked for, though a submit looks back over ten only; known to be common, longer."""
    project = world.project(50, policy={"judgements": {"min": 2, "max": 2}})
    person = world.person()
    leased = claim_tasks(world.db, person, [project], 50)
    runs = "SELECT evidence -> 'answers' FROM findings WHERE kind = 'repeats' ORDER BY id"
    for number, claimed in enumerate(leased[:21]):
        answer(world, person, claimed, "a")
        assert one(runs) == [(20,)] * max(0, number - 18)
    with world.db.work() as connection:
        connection.execute("UPDATE steps SET prior = '[[80, 10, 10]]'")
    for claimed in leased[21:43]:
        answer(world, person, claimed, "a")
    assert one(runs) == [(20,), (20,), (42,), (42,)]


def test_an_answer_can_be_revised_until_the_task_is_decided(world, one):
    project = world.project(1, policy={"judgements": {"min": 2, "max": 5}, "accept": {"confidence": 0.6}})
    first, second = world.person(), world.person()
    mine = answer(world, first, claim_tasks(world.db, first, [project])[0], "b")
    revised = revise_annotation(world.db, first, mine.annotation, "a")
    assert revised.state == "open"
    assert answer(world, second, claim_tasks(world.db, second, [project])[0], "a").state == "decided"
    assert one("SELECT value, judgements FROM decisions") == [("a", 2)]
    with pytest.raises(Conflict, match="decided"):
        revise_annotation(world.db, first, revised.annotation, "b")
    with pytest.raises(NotFound):
        revise_annotation(world.db, first, mine.annotation, "b")


def test_a_skipped_task_goes_to_somebody_else_and_an_expired_one_comes_back(world, one):
    project = world.project(1, policy={"lease": {"minutes": 0.001}})
    first, second = world.person(), world.person()
    (claimed,) = claim_tasks(world.db, first, [project])
    skip_task(world.db, first, claimed.lease.id, "cannot read it")
    assert claim_tasks(world.db, first, [project]) == []
    (other,) = claim_tasks(world.db, second, [project])
    time.sleep(0.1)
    assert expire_leases(world.db) == 1
    (late,) = claim_tasks(world.db, world.person(), [project])
    with pytest.raises(LeaseEnded):
        answer(world, second, other)
    time.sleep(0.1)
    assert expire_leases(world.db) == 1
    assert answer(world, second, other).state in {"open", "decided"}  # nobody else had answered: it still counts
    assert one("SELECT count(*) FROM annotations") == [(1,)]
    assert late.lease.task_id == other.lease.task_id


def test_a_later_step_opens_when_its_condition_holds(world, one):
    steps = (
        {"id": "topic", "schema": "topic"},
        {"id": "detail", "schema": "detail", "when": "topic.value == 'a'"},
    )
    project = world.project(2, steps=steps, policy={"accept": {"confidence": 0.5}})
    person = world.person()
    for claimed, value in zip(claim_tasks(world.db, person, [project], 2), "ab", strict=True):
        answer(world, person, claimed, value)
    states = one(
        "SELECT i.key, t.state FROM tasks t JOIN items i ON i.id = t.item_id JOIN steps s ON s.id = t.step_id"
        " WHERE s.name = 'detail' ORDER BY 1"
    )
    assert states == [("i0", "open"), ("i1", "retired")]
    assert [c.step.name for c in claim_tasks(world.db, person, [project], 2)] == ["detail"]


def judged(world, project, expert, value, rationale="it says so"):
    ((lease, _),) = claim_cases(world.db, expert, [project])
    return adjudicate_task(world.db, expert, Verdict(lease, value, rationale))


@pytest.fixture
def repeated(world, one):
    """A task that an expert has judged as `b`, and of which the same and another are to be asked again, blind."""
    project = world.project(
        1,
        policy={
            "judgements": {"min": 2, "max": 2},
            "experts": {"repeat": 1, "after_days": 7, "second_opinion": "false"},
        },
    )
    first, second = world.person(), world.person()
    with world.db.write() as connection:
        for expert in (first, second):
            accounts.grant(connection, project, expert.account, "expert", clock.now())
    for value in "ab":
        person = world.person()
        answer(world, person, claim_tasks(world.db, person, [project])[0], value)
    assert judged(world, project, first, "b").state == "decided"
    return project, first, second


def skill(one, expert):
    ((body,),) = one("SELECT body FROM skills WHERE account_id = %s", expert.account)
    return body


def test_an_expert_is_asked_again_blind_and_measured_by_it(world, one, repeated):
    project, first, _ = repeated
    assert sorted(
        one("SELECT kind, blind, meant_for, closed_at IS NULL FROM cases WHERE kind = 'repeat'"), key=str
    ) == sorted([("repeat", True, first.account, True), ("repeat", True, None, True)], key=str)
    assert claim_cases(world.db, first, [project]) == []  # not yet, and what others are to look at is not theirs
    with world.db.work() as connection:
        connection.execute("UPDATE cases SET not_before = not_before - interval '8 days' WHERE meant_for IS NOT NULL")
    ((lease, _),) = claim_cases(world.db, first, [project])
    shown = show_case(world.db, first, lease)
    assert (shown["why"], shown["blind"]) == ("audit", True)
    assert "answers" not in shown
    before, task = skill(one, first), one("SELECT state, decision_id FROM tasks")
    done = adjudicate_task(world.db, first, Verdict(lease, "c", "it is c"))
    assert (done.agrees, done.state) == (False, "decided")
    assert one("SELECT state, decision_id FROM tasks") == task  # it measures the expert, not the label
    after = skill(one, first)
    assert after[1][2] > before[1][2]  # `c` where they had said, and where it is decided, `b`
    ((own, agrees),) = one("SELECT detail -> 'own', detail -> 'agrees' FROM events WHERE verb = 'expert.repeated'")
    assert (own, agrees) == (True, False)
    ((step,),) = one("SELECT id FROM steps")
    refit_skills(world.db, step)
    refitted = skill(one, first)
    assert refitted[1][2] > refitted[0][2]  # a refit knows of it, too
    assert one("SELECT state, decision_id FROM tasks") == task
    assert one("SELECT count(*) FROM cases WHERE kind = 'repeat' AND meant_for IS NOT NULL") == [
        (1,)
    ]  # and not for ever


@pytest.mark.parametrize(("value", "agrees"), [("b", True), ("c", False)])
def test_another_expert_looks_without_knowing(world, one, repeated, value, agrees):
    project, _, second = repeated
    before = one("SELECT decision_id FROM tasks")
    done = judged(world, project, second, value)
    assert done.agrees is agrees
    assert (one("SELECT decision_id FROM tasks") == before) is agrees
    ((own, told),) = one("SELECT detail -> 'own', detail -> 'agrees' FROM events WHERE verb = 'expert.repeated'")
    assert (own, told) == (False, agrees)
    assert one("SELECT count(*) FROM cases WHERE meant_for IS NULL AND kind = 'repeat' AND closed_at IS NULL") == [(0,)]


def test_a_repeat_that_no_expert_is_left_for_is_forgone_and_other_cases_call_for_one(world, one, repeated):
    """The second has heard of the task by a second opinion, so that theirs would not be a blind look any more."""
    project, first, second = repeated
    waiting = "SELECT kind FROM cases WHERE meant_for IS NULL AND closed_at IS NULL"
    with world.db.work() as connection:
        connection.execute(
            "INSERT INTO cases SELECT (jsonb_populate_record(c, %s)).* FROM cases c"
            " WHERE kind = 'repeat' AND meant_for IS NULL",
            (json.dumps({"id": str(uuid4()), "kind": "second_opinion", "blind": False, "priority": 99}),),
        )
    assert sorted(one(waiting)) == [("repeat",), ("second_opinion",)]
    assert stranded(world, project) == []
    assert judged(world, project, second, "b").state == "decided"
    assert one(waiting) == []
    with world.db.work() as connection:
        connection.execute("UPDATE cases SET closed_at = NULL WHERE kind = 'second_opinion'")
    assert [claim_cases(world.db, expert, [project]) for expert in (first, second)] == [[], []]
    assert [need["numbers"] for need in stranded(world, project)] == [{"count": 1}]
    third = world.person()
    with world.db.write() as connection:
        accounts.grant(connection, project, third.account, "expert", clock.now())
    assert stranded(world, project) == []
    assert len(claim_cases(world.db, third, [project])) == 1


def stranded(world, project):
    needs = tell_home(world.db, rules_now(world.db, project).project)["needs"]
    return [need for need in needs if need["kind"] == "stranded"]


def test_nobody_is_asked_again_who_is_no_expert_any_more(world, one, repeated):
    project, first, _ = repeated
    with world.db.work() as connection:
        name, project_name = connection.execute(
            "SELECT a.name, p.name FROM accounts a, projects p WHERE a.id = %s AND p.id = %s", (first.account, project)
        ).fetchone()
    withdraw_role(world.db, first, project_name, name, "expert")
    assert one("SELECT count(*) FROM cases WHERE meant_for IS NOT NULL AND closed_at IS NULL") == [(0,)]
