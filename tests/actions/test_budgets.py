"""Prices and budgets by step and tier: exact in the claim, whatever the concurrency; at the limit by policy."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal

import pytest
from psycopg import Cursor

from quorate import clock
from quorate.actions import rules
from quorate.actions.adjudicate_task import claim_cases
from quorate.actions.bar_annotator import bar_annotator
from quorate.actions.claim_task import claim_tasks
from quorate.actions.end_lease import release_task
from quorate.actions.keep_budgets import keep_budget
from quorate.actions.publish_spec import publish_spec
from quorate.actions.raise_prices import raise_prices
from quorate.actions.rebuild_state import compare_state
from quorate.actions.roll_up_metrics import roll_up_metrics
from quorate.actions.rules import rules_now
from quorate.actions.seal_ledger import seal_ledger
from quorate.actions.submit_annotation import Submission, submit_annotation
from quorate.actions.tell_budgets import tell_budgets
from quorate.actions.tell_home import tell_home
from quorate.actions.tell_prices import tell_prices
from quorate.actions.watch_alerts import watch_alerts
from quorate.errors import BudgetSpent
from quorate.flow import merkle
from quorate.store import budgets, cases, projects, qualifications

STEPS = ({"id": "topic", "schema": "topic"}, {"id": "severity", "schema": "severity"})
PAY = {"judgement": {"topic": "0.03", "severity": "0.05"}, "adjudication": {"topic": 1, "severity": 2}}
ONE = {"judgements": {"min": 1, "max": 1}, "accept": {"confidence": 0.5}}
PRICES = """
SELECT s.name, a.price FROM assignments a JOIN tasks t ON t.id = a.task_id JOIN steps s ON s.id = t.step_id
WHERE a.account_id = %s ORDER BY s.name, a.price
"""


def answer(world, person, claimed):
    return submit_annotation(world.db, person, Submission(claimed.lease.id, "a", seconds=5.0))


def standing(world, project):
    with world.db.work() as connection:
        return {row.name: row for row in budgets.standing(connection, project)}


def verbs(one, project):
    return [(verb, detail["step"]) for verb, detail in one(
        "SELECT verb, detail FROM events WHERE project_id = %s AND verb LIKE 'budget.%%' ORDER BY seq", project
    )]  # fmt: skip


def test_a_price_is_that_of_the_step_and_of_the_tier_and_what_was_promised_is_paid(world, one):
    tiers = [
        {"name": "senior", "training": "basics", "judgement": {"topic": "0.04"}},
        {"name": "late", "training": "basics", "judgement": 9},
    ]
    project = world.project(2, policy={"pay": {**PAY, "tiers": tiers}, **ONE}, steps=STEPS, budget=Decimal(1))
    novice, senior = world.person(), world.person()
    with world.db.work() as connection:
        qualifications.keep(connection, project, senior.account, ("training", "basics"), [""], clock.now())
    for person in (novice, senior):
        assert len(claim_tasks(world.db, person, [project], 2)) == 2
    assert one(PRICES, novice.account) == [("severity", Decimal("0.05")), ("topic", Decimal("0.03"))]
    assert one(PRICES, senior.account) == [("severity", Decimal("0.05")), ("topic", Decimal("0.04"))]
    assert compare_state(world.db, project) == []


def test_a_steps_budget_ends_it_alone_and_a_larger_one_goes_on_at_once(world, one):
    steps = ({**STEPS[0], "budget": "0.10"}, STEPS[1])
    project = world.project(6, policy={"pay": PAY, **ONE}, steps=steps, budget=Decimal(1))
    person = world.person()
    done = []
    while found := _claimed(world, person, project):
        done += [claimed.step.name for claimed in found]
        for claimed in found:
            answer(world, person, claimed)
        assert compare_state(world.db, project) == []
    assert sorted(done) == ["severity"] * 6 + ["topic"] * 3
    topic = standing(world, project)["topic"]
    assert (topic.spent, topic.committed, topic.own_left) == (Decimal("0.09"), 0, Decimal("0.01"))
    assert verbs(one, project) == [("budget.stopped", "topic")]
    name = str(project)
    body = {"name": name, "budget": {"total": 1}, "steps": [{**steps[0], "budget": 1}, steps[1]]}
    publish_spec(world.db, person, name, "project", "project", body, reason="more")
    assert standing(world, project)["topic"].thrift is None
    assert len(claim_tasks(world.db, person, [project], 5)) == 3
    assert verbs(one, project)[-1] == ("budget.resumed", "topic")
    assert compare_state(world.db, project) == []


def _claimed(world, person, project, count=1):
    try:
        return claim_tasks(world.db, person, [project], count)
    except BudgetSpent:
        return []


def test_what_is_given_back_is_earned_by_somebody_else(world):
    steps = ({**STEPS[0], "budget": "0.03"},)
    project = world.project(3, policy={"pay": {"judgement": "0.03"}, **ONE}, steps=steps)
    first, second = world.person(), world.person()
    (held,) = claim_tasks(world.db, first, [project], 3)
    with pytest.raises(BudgetSpent):
        claim_tasks(world.db, second, [project], 1)
    release_task(world.db, first, held.lease.id)
    assert len(claim_tasks(world.db, second, [project], 3)) == 1
    assert compare_state(world.db, project) == []


def test_budgets_are_exact_whoever_claims_at_the_same_moment(world, one):
    steps = ({**STEPS[0], "budget": "0.40"}, STEPS[1])
    policy = {"pay": PAY, "judgements": {"min": 3, "max": 3}}
    project, people = (
        world.project(40, policy=policy, steps=steps, budget=Decimal(1)),
        [world.person() for _ in range(6)],
    )

    def work(person):
        while found := _claimed(world, person, project):
            for claimed in found:
                answer(world, person, claimed)

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(work, people))
    keep_budget(world.db, project)
    assert compare_state(world.db, project) == []
    rows = standing(world, project)
    assert rows["topic"].spent <= Decimal("0.40")
    assert rows["topic"].own_left + rows["topic"].spent == Decimal("0.40")
    assert rows["topic"].spent + rows["severity"].spent + rows["topic"].project_left == 1
    assert min(rows["topic"].own_left, rows["topic"].project_left) < Decimal("0.03")
    assert rows["severity"].left < Decimal("0.05")


def test_near_its_end_a_budget_asks_less_and_leaves_experts_the_urgent(world, one):
    spending = {"at": 0.5, "then": "degrade", "judgements": 2}
    policy = {"pay": PAY, "judgements": {"min": 2, "max": 5}, "accept": {"confidence": 0.97}, "spending": spending}
    project = world.project(4, policy=policy, steps=STEPS[:1], budget=Decimal("0.16"))
    people = [world.person() for _ in range(4)]
    for person in people[:3]:
        for claimed in claim_tasks(world.db, person, [project], 1):
            answer(world, person, claimed)
    assert keep_budget(world.db, project) == 1
    assert compare_state(world.db, project) == []
    rules = rules_now(world.db, project)
    (step,) = rules.steps.values()
    assert (step.thrift, rules.policy_on(step).judgements.max, rules.policy.judgements.max) == ("degraded", 2, 5)
    assert verbs(one, project) == [("budget.degraded", "topic")]
    submit = [answer(world, people[3], claimed) for claimed in claim_tasks(world.db, people[3], [project], 2)]
    assert {done.state for done in submit} <= {"contested", "open"}
    expert = world.person()
    assert claim_cases(world.db, expert, [project], 5) == []  # undecided ones are not urgent


def test_who_is_discounted_opens_nothing_of_a_step_that_has_just_stopped(world, one, monkeypatch):
    """What a process knows of a budget may be as old as `FRESH_SECONDS`."""
    monkeypatch.setattr(rules, "FRESH_SECONDS", 3600.0)
    project = world.project(4, policy={"pay": PAY, **ONE}, steps=({**STEPS[0], "budget": "0.05"}, STEPS[1]))
    person, manager = world.person(), world.person()
    held = claim_tasks(world.db, person, [project], 2)
    for claimed in held:
        answer(world, person, claimed)
    keep_budget(world.db, project)
    assert standing(world, project)["topic"].thrift == "stopped"
    with world.db.read() as connection:
        within = projects.get(connection, project)
    bar_annotator(world.db, manager, within, person.account, "blocked", "All the same.", discount=True)
    waiting = (
        "SELECT s.name, count(*) FROM openings o JOIN tasks t ON t.id = o.task_id JOIN steps s ON s.id = t.step_id"
    )
    assert one(waiting + " WHERE o.project_id = %s GROUP BY 1", project) == [("severity", 4)]
    assert compare_state(world.db, project) == []


def test_an_expert_is_paid_by_the_step_and_never_more_than_there_is(world, one):
    policy = {"pay": {**PAY, "judgement": 0}, "judgements": {"min": 1, "max": 1}, "accept": {"confidence": 0.99}}
    project = world.project(3, policy=policy, steps=STEPS, budget=Decimal(4))
    person, expert = world.person(), world.person()
    for claimed in claim_tasks(world.db, person, [project], 6):
        answer(world, person, claimed)
    assert len(claim_cases(world.db, expert, [project], 6)) == 3
    prices = sorted(price for _, price in one(PRICES, expert.account))
    assert prices in ([1, 1, 1], [1, 1, 2])
    assert compare_state(world.db, project) == []
    with pytest.raises(BudgetSpent):
        claim_cases(world.db, world.person(), [project], 1)


def test_an_expert_who_takes_two_cases_and_who_claims_do_not_wait_for_each_other(world, one, monkeypatch):
    """Both pools are short: to pay the first case takes from another's purse, to pay the second from their seat."""
    steps = ({**STEPS[0], "budget": "1.2"}, {**STEPS[1], "budget": "9"})
    policy = {"pay": {**PAY, "judgement": "0.03"}, **ONE, "accept": {"confidence": 0.99}}
    project = world.project(4, policy=policy, steps=steps, budget=Decimal("3.2"))
    person, expert = world.person(), world.person()
    for _ in STEPS:
        (claimed,) = claim_tasks(world.db, person, [project])
        answer(world, person, claimed)
    with world.db.work() as connection:
        connection.execute("UPDATE cases SET priority = CASE t.step_id WHEN s.id THEN 1 ELSE 0 END"
                           " FROM tasks t, steps s WHERE t.id = cases.task_id AND s.name = 'topic'")  # fmt: skip
    lease = cases.lease
    with ThreadPoolExecutor(1) as pool:
        claiming = []

        def lease_while_another_claims(*args, **values):
            if not claiming:
                claiming.append(pool.submit(claim_tasks, world.db, person, [project]))
                waits = (
                    "SELECT count(*) FROM pg_stat_activity"
                    " WHERE wait_event_type = 'Lock' AND datname = current_database()"  # tests run beside this one
                )
                deadline = time.monotonic() + 20
                while one(waits) == [(0,)] and time.monotonic() < deadline:
                    time.sleep(0.01)
            return lease(*args, **values)

        monkeypatch.setattr(cases, "lease", lease_while_another_claims)
        assert len(claim_cases(world.db, expert, [project], 2)) == 2
        assert len(claiming[0].result()) == 1
    assert compare_state(world.db, project) == []


def test_a_budget_that_is_lowered_and_raised_again_pays_no_more_than_it_says(world):
    project = world.project(9, policy={"pay": {"judgement": "0.10"}, **ONE}, budget=Decimal(1))
    person, name = world.person(), str(project)
    body = {"name": name, "steps": [STEPS[0]]}
    for total, ask, more in (("0.3", 9, 3), ("0.1", 1, 0), (None, 1, 1), ("0.6", 9, 2)):
        body = {**body, "budget": {"total": total}}
        publish_spec(world.db, person, name, "project", "project", body, reason="other")
        found = _claimed(world, person, project, ask)
        assert len(found) == more
        for claimed in found:
            answer(world, person, claimed)
    with world.db.read() as connection:
        assert projects.get(connection, project).pool == 0
    assert standing(world, project)["topic"].spent == Decimal("0.6")
    assert compare_state(world.db, project) == []


def test_a_price_rises_while_a_queue_starves_and_falls_when_it_has_recovered(world, one):
    raises = [{"when": "waiting >= 4", "by": "0.01", "most": "0.02", "every": "1h"}]
    policy = {"pay": {"judgement": "0.03", "raises": raises}, **ONE}
    project, now = world.project(6, policy=policy, steps=STEPS[:1], budget=Decimal("0.30")), clock.now()
    early, late = world.person(), world.person()
    (held,) = claim_tasks(world.db, early, [project], 1)
    hour = timedelta(hours=1)
    assert [raise_prices(world.db, now + hour * n) for n in (0, 0.5, 1, 2)] == [1, 0, 1, 0]
    rules_now(world.db, project)
    for claimed in claim_tasks(world.db, late, [project], 2):
        answer(world, late, claimed)
    answer(world, early, held)
    assert one(PRICES, early.account) == [("topic", Decimal("0.03"))], "what was promised"
    assert one(PRICES, late.account) == [("topic", Decimal("0.05"))] * 2
    assert [raise_prices(world.db, now + hour * n) for n in (3, 3.5, 4, 5)] == [1, 0, 1, 0]
    changed = one("SELECT detail, content FROM events WHERE verb = 'price.changed' ORDER BY seq")
    told = [detail for detail, _ in changed]
    assert [(row["from"], row["to"]) for row in told] == [
        ("0.030000", "0.040000"), ("0.040000", "0.050000"), ("0.050000", "0.040000"), ("0.040000", "0.030000"),
    ]  # fmt: skip
    assert told[0]["why"].startswith("waiting >= 4: waiting 5")
    assert [row["said"]["detail"] for row in told] == ["{when}: {told}"] * 2 + ["no longer {when}: {told}"] * 2
    assert all(merkle.digest(detail) == content for detail, content in changed), "the proof would not hold"
    author = world.person()
    publish_spec(
        world.db, author, str(project), "policy", "policy", {**policy, "pay": {"judgement": "0.04"}}, reason="More."
    )
    with world.db.read() as connection:
        found = projects.get(connection, project)
    history = tell_prices(world.db, found, names=False)
    assert [(row["by_rule"], row["version"], Decimal(row["after"])) for row in history] == [
        *((True, None, Decimal(amount)) for amount in ("0.03", "0.04", "0.05")),
        (False, 2, Decimal("0.04")), (True, None, Decimal("0.04")), (False, 1, Decimal("0.03")),
    ]  # fmt: skip
    newer = history[3]
    assert (newer["before"], newer["why"], newer["who"][:2]) == (Decimal("0.03"), "More.", "a-")
    assert (newer["said"], history[0]["said"]["facts"]["when"]) == (None, "waiting >= 4")
    assert tell_prices(world.db, found, names=True)[3]["who"] == str(author.account)
    assert history[-1]["before"] is None
    assert compare_state(world.db, project) == []


def test_no_price_rises_beyond_what_the_budget_can_pay_for_all_that_waits(world):
    raises = [{"when": "waiting >= 1", "by": "0.01", "most": "0.02"}]
    policy = {"pay": {"judgement": "0.03", "raises": raises}, **ONE}
    world.project(5, policy=policy, steps=STEPS[:1], budget=Decimal("0.19"))
    assert raise_prices(world.db) == 0


@pytest.mark.parametrize(("budget", "raised"), [("0.34", [0.0, 0.0]), ("0.39", [0.01, 0.0]), ("0.40", [0.01, 0.01])])
def test_what_two_steps_and_the_dearest_tier_would_cost_together_is_within_the_budget(world, one, budget, raised):
    """Five of each wait: at .03 they are .30 in all, and each cent on a step adds .05."""
    senior = {"name": "senior", "training": "basics", "judgement": "0.03"}
    raises = [{"when": "waiting >= 1", "by": "0.01", "most": "0.02"}]
    policy = {"pay": {"judgement": "0.02", "tiers": [senior], "raises": raises}, **ONE}
    world.project(5, policy=policy, steps=STEPS, budget=Decimal(budget))
    now = clock.now()
    raise_prices(world.db, now)
    assert sorted((float(more) for (more,) in one("SELECT raised FROM steps")), reverse=True) == raised


def test_money_that_will_not_do_for_two_steps_is_told_before_anything_is_decided(world):
    id = world.project(10, policy={"pay": {"judgement": 1}, **ONE}, steps=STEPS, budget=Decimal(12))
    with world.db.read() as connection:
        project = projects.get(connection, id)
    assert [(row["needed"], row["ends"], row["undone"]) for row in tell_budgets(world.db, project)] == [
        (10, None, 4)
    ] * 2
    (short,) = [need for need in tell_home(world.db, project)["needs"] if need["kind"] == "short"]
    assert short["numbers"] == {"count": 8, "amount": "20.00"}


def test_an_hour_that_brings_too_little_alerts_without_being_asked_for(world, one):
    project = world.project(25, policy={"pay": {"judgement": {"topic": "0.01"}, "hourly": 9}, **ONE}, steps=STEPS)
    person = world.person()
    while found := claim_tasks(world.db, person, [project], 50):
        for claimed in found:
            answer(world, person, claimed)
    seal_ledger(world.db)
    roll_up_metrics(world.db)
    assert watch_alerts(world.db) == 2
    told = [detail for (detail,) in one("SELECT detail FROM events WHERE verb = 'alert.fired'")]
    assert {(one["rule"], one["subject"], one["facts"]["hourly_pay"]) for one in told} == {
        ("low pay", "topic", "7.2"), ("low pay", "severity", "0"),
    }, "work for nothing brings too little, too"  # fmt: skip


def test_a_claim_that_is_paid_takes_no_more_round_trips_than_one_that_is_not(world, monkeypatch):
    """Also out of budgets, the project's and the step's: while there is much, a refill outlasts these claims."""
    sent, execute = [0], Cursor.execute

    def counted(self, *given, **named):
        sent[0] += 1
        return execute(self, *given, **named)

    monkeypatch.setattr(Cursor, "execute", counted)
    topic = {"id": "topic", "schema": "topic"}
    found = {}
    for name, pay, budget, step in (
        ("unpaid", {}, None, topic),
        ("paid", {"pay": PAY}, None, topic),
        ("budget", {"pay": PAY}, Decimal(100), {**topic, "budget": "50"}),
    ):
        project, person = world.project(40, policy={**ONE, **pay}, steps=(step,), budget=budget), world.person()
        (claimed,) = claim_tasks(world.db, person, [project])
        answer(world, person, claimed)
        before = sent[0]
        for _ in range(30):
            (claimed,) = claim_tasks(world.db, person, [project])
            answer(world, person, claimed)
        found[name] = sent[0] - before
    assert found["paid"] == found["budget"] == found["unpaid"], found
