"""Roll-ups against a computation from the raw tables, under two workers, a killed one, and late news."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from quorate import clock
from quorate.actions.adjudicate_task import Verdict, adjudicate_task, claim_cases
from quorate.actions.claim_task import claim_tasks
from quorate.actions.revise_annotation import revise_annotation
from quorate.actions.roll_up_metrics import prune_metrics, roll_up_metrics, sample_queues
from quorate.actions.seal_ledger import seal_ledger
from quorate.actions.submit_annotation import Submission, submit_annotation
from quorate.errors import QuorateError
from quorate.ids import new_id
from quorate.store import ledger
from quorate.store.ledger import Event
from quorate.watch.facts import NOBODY, begin

POLICY = {"judgements": {"min": 2, "max": 3}, "accept": {"confidence": 0.9}, "pay": {"judgement": "0.04"},
          "gold": {"rate": 0.3}}  # fmt: skip


def busy(world, seed=1, items=14):
    """A project in which people answer, disagree, revise, and experts judge: at random, by the real actions."""
    random.seed(seed)
    project = world.project(items, policy=POLICY, gold=4)
    people, experts = [world.person() for _ in range(4)], [world.person() for _ in range(2)]
    for _ in range(items):
        for person in people:
            for claimed in claim_tasks(world.db, person, [project]):
                said = submit_annotation(
                    world.db, person, Submission(claimed.lease.id, random.choice("aab"), seconds=random.uniform(1, 9))
                )
                if random.random() < 0.2:
                    try:
                        revise_annotation(world.db, person, said.annotation, random.choice("abc"))
                    except QuorateError:
                        continue
        for expert in experts:
            for lease, _ in claim_cases(world.db, expert, [project]):
                adjudicate_task(world.db, expert, Verdict(lease, random.choice("ab"), "it says so"))
    return project


def directly(one, project):  # noqa: C901, PLR0912
    """By minute and key, the sums as they follow from the raw tables, written down once more and otherwise."""
    sums = defaultdict(lambda: [0, 0.0])

    def add(measure, at, step, label, who, n, total):
        row = sums[measure, at.replace(second=0, microsecond=0), step, label, who]
        row[0], row[1] = row[0] + n, row[1] + total

    tasks = {
        id: (step, gold, imported)
        for id, step, gold, imported in one(
            "SELECT t.id, step_id, gold, i.created_at FROM tasks t JOIN items i ON i.id = item_id"
            " WHERE t.project_id = %s", project)
    }  # fmt: skip
    answers = one("SELECT id, task_id, account_id, assignment_id, role, value, seconds, cost, supersedes, created_at"
                  " FROM annotations WHERE project_id = %s ORDER BY id", project)  # fmt: skip
    leased = dict(one("SELECT id, claimed_at FROM assignments"))
    for _, task, who, lease, role, value, seconds, cost, supersedes, at in answers:
        step, gold, _ = tasks[task]
        if cost:
            add("cost", at, step, value, who, 1, float(cost))
        if role == "expert":
            continue
        if supersedes:
            add("answers", at, step, value, who, 0, 1)
            continue
        add("answers", at, step, value, who, 1, 0)
        add("answer_seconds", at, step, value, who, 1, seconds)
        if role == "crowd":
            milliseconds = max(round(seconds * 1000), 1)
            add("wage", at, step, value, who, milliseconds, float(cost) * 3_600_000)
        add("latency_seconds", at, step, value, who, 1, (at - leased[lease]).total_seconds())
        if gold:
            add("gold", at, step, gold, who, 1, value == gold)
    cases = one("SELECT id, task_id, kind, opened_at FROM cases WHERE project_id = %s ORDER BY id", project)
    away = {}
    for _, task, kind, at in cases:
        if kind in {"undecided", "risky"}:
            away.setdefault(task, at)
    known = {}
    for task, value, sure, judgements, cost, at in one(
        "SELECT task_id, value, confidence, judgements, cost, created_at FROM decisions"
        " WHERE project_id = %s AND kind <> 'gold' ORDER BY id", project):  # fmt: skip
        step, _, imported = tasks[task]
        if task in known:
            if known[task] != value:
                add("labels", at, step, value, NOBODY, 0, 1)
            known[task] = value
            continue
        known[task] = value
        add("labels", at, step, value, NOBODY, 1, 0)
        add("confidence", at, step, value, NOBODY, 1, sure)
        add("judgements", at, step, value, NOBODY, 1, judgements)
        add("item_cost", at, step, value, NOBODY, 1, float(cost))
        add("quality_seconds", at, step, value, NOBODY, 1, (at - imported).total_seconds())
        if task not in away or away[task] >= at:
            add("escalated", at, step, value, NOBODY, 1, 0)
        told = [row for row in answers if row[1] == task and row[4] != "expert" and row[-1] <= at]
        last = {row[2]: row[5] for row in told}
        paid = {row[2]: row[7] for row in told}  # a revision costs nothing, and takes the place of what did
        for who, said in last.items():
            add("agreeing", at, step, value, who, 1, said == value)
            if paid[who]:
                add("agreeing_cost", at, step, value, who, said == value, float(paid[who]))
            add("contested", at, step, value, who, 1, task in away and away[task] < at)
            if len(last) > 1:
                add("pairs", at, step, said, who, len(last) - 1, list(last.values()).count(said) - 1)
    for task, at in away.items():
        add("escalated", at, tasks[task][0], "", NOBODY, 1, 1)
    opened = {id: at for id, _, _, at in cases}
    judged = "SELECT task_id, case_id, account_id, created_at FROM adjudications WHERE project_id = %s"
    for task, case, who, at in one(judged, project):
        add("case_seconds", at, tasks[task][0], "", who, 1, (at - opened[case]).total_seconds())
    return dict(sums)


def rolled(one, project, grain="minute"):
    return {
        tuple(key): [n, total]
        for *key, n, total in one(
            "SELECT measure, at, step_id, label, account_id, n, total FROM measures"
            " WHERE project_id = %s AND grain = %s AND measure NOT IN ('queue', 'wanted')", project, grain)
    }  # fmt: skip


def coarser(sums, grain):
    again = defaultdict(lambda: [0, 0.0])
    for (measure, at, *rest), (n, total) in sums.items():
        row = again[measure, begin(at, grain), *rest]
        row[0], row[1] = row[0] + n, row[1] + total
    return again


def same(found, expected):
    assert found.keys() == expected.keys()
    for key, row in expected.items():
        assert found[key] == pytest.approx(row, abs=1e-9), key


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_roll_ups_are_what_the_raw_tables_say(world, one, seed):
    project = busy(world, seed)
    seal_ledger(world.db)
    assert roll_up_metrics(world.db, batch=17) > 0
    expected = directly(one, project)
    wanted = {"answers", "gold", "labels", "pairs", "agreeing", "cost", "escalated", "case_seconds"}
    assert wanted <= {key[0] for key in expected}, "the test measures too little"
    for grain in ("minute", "hour", "day", "ever"):
        same(rolled(one, project, grain), coarser(expected, grain))
    assert roll_up_metrics(world.db) == 0
    same(rolled(one, project), expected)


def test_only_what_is_sealed_is_rolled_up(world, one):
    project = busy(world, items=5)
    assert roll_up_metrics(world.db) == 0
    assert rolled(one, project) == {}


def test_two_workers_add_everything_once(world, one):
    project = busy(world)
    seal_ledger(world.db)
    with ThreadPoolExecutor(2) as workers:
        done = list(workers.map(lambda _: [roll_up_metrics(world.db, batch=3) for _ in range(30)], range(2)))
    roll_up_metrics(world.db)
    assert sum(map(sum, done)) > 0
    same(rolled(one, project), directly(one, project))


@pytest.mark.slow
def test_a_worker_killed_in_the_middle_leaves_nothing_half_done(world, one):
    """The killed one has read, computed and is writing; what it wrote is undone, and the next one does it once."""
    project = busy(world)
    seal_ledger(world.db)
    program = (
        "import sys; from quorate.store.database import Database; from quorate.actions.roll_up_metrics import"
        " roll_up_metrics; roll_up_metrics(Database(sys.argv[1]), batch=5)"
    )
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    with psycopg.connect(world.db.url) as blocker:
        blocker.execute("LOCK TABLE measures IN SHARE MODE")
        worker = subprocess.Popen([sys.executable, "-c", program, world.db.url])
        try:
            deadline = time.monotonic() + 30
            while one(waiting) == [(0,)]:
                assert time.monotonic() < deadline
                assert worker.poll() is None
                time.sleep(0.05)
        finally:
            os.kill(worker.pid, signal.SIGKILL)
            worker.wait()
        assert one("SELECT seq FROM rollups") in ([], [(0,)])
        blocker.rollback()
    deadline = time.monotonic() + 30
    while roll_up_metrics(world.db) == 0:  # until the server has noticed that the killed one is gone
        assert time.monotonic() < deadline
        time.sleep(0.05)
    same(rolled(one, project), directly(one, project))


def late(world, project, at):
    """A known item's answer, given long ago, told only now: its transaction was slow, or its client."""
    with world.db.work() as connection:
        values = connection.execute(
            "SELECT task_id, assignment_id, account_id, schema_id FROM annotations JOIN tasks ON tasks.id = task_id"
            " WHERE annotations.project_id = %s AND gold IS NOT NULL LIMIT 1",
            (project,),
        ).fetchone()
        row = dict(zip(("task_id", "assignment_id", "account_id", "schema_id"), values, strict=True))
        row |= {"id": new_id(), "project_id": project, "role": "crowd", "value": "c", "created_at": at, "cost": 0,
                "seconds": 2.0, "supersedes": None}  # fmt: skip
        names = ", ".join(row)
        connection.execute(
            f"INSERT INTO annotations ({names}) VALUES ({', '.join(f'%({name})s' for name in row)})",
            {**row, "value": psycopg.types.json.Jsonb("c")},
        )
        told = Event(actor=None, verb="annotation.submitted", object_id=row["id"], content={}, project_id=project)
        ledger.tell(connection, [told])


def test_what_comes_late_goes_where_it_belongs(world, one):
    project = busy(world, items=6)
    seal_ledger(world.db)
    roll_up_metrics(world.db)
    ago = clock.now() - timedelta(hours=5)
    late(world, project, ago)
    seal_ledger(world.db)
    assert roll_up_metrics(world.db) == 5
    found = [key for key in rolled(one, project) if key[1] == begin(ago, "minute")]
    assert {key[0] for key in found} >= {"answers", "answer_seconds"}
    assert ("answers", begin(ago, "hour")) in {key[:2] for key in rolled(one, project, "hour")}


def test_old_minutes_are_forgotten_and_hours_stay(world, one):
    project = busy(world, items=5)
    seal_ledger(world.db)
    roll_up_metrics(world.db)
    with world.db.work() as connection:
        connection.execute("UPDATE measures SET at = at - interval '30 days' WHERE grain IN ('minute', 'hour')")
    hours = rolled(one, project, "hour")
    assert prune_metrics(world.db) > 0
    assert rolled(one, project) == {}
    assert rolled(one, project, "hour") == hours
    late(world, project, clock.now() - timedelta(days=40))
    seal_ledger(world.db)
    roll_up_metrics(world.db)
    assert rolled(one, project) == {}, "what is older than is kept does not come back"
    assert len(rolled(one, project, "hour")) > len(hours)


def test_queues_are_sampled_once_a_minute(world, one):
    project = busy(world)
    world.project(5)  # which waits for annotators
    start = datetime(2026, 5, 1, 10, 0, tzinfo=UTC)
    cases = [(0, None), (30, 200), (100, 130), (61, 400)]  # seconds after the start
    judge = world.person().account
    with world.db.work() as connection:
        connection.execute("DELETE FROM rollups")
        connection.execute("UPDATE items SET created_at = %s", (start - timedelta(hours=1),))
        task = connection.execute("SELECT id, step_id FROM tasks WHERE project_id = %s LIMIT 1", (project,)).fetchone()
        connection.execute("UPDATE cases SET opened_at = '2030-01-01' WHERE project_id = %s", (project,))
        connection.execute("UPDATE tasks SET likely = 1 WHERE id = %s", (task[0],))
        for opened, closed in cases:
            connection.execute(
                "INSERT INTO cases (id, project_id, task_id, kind, rule, reason, risk, ambiguity, value, priority,"
                " blind, held, opened_at, closed_at, assigned_to)"
                " VALUES (%s, %s, %s, 'risky', '', '', 0, 0, 0, 0, false, false, %s, %s, %s)",
                (new_id(), project, task[0], start + timedelta(seconds=opened),
                 None if closed is None else start + timedelta(seconds=closed), judge),
            )  # fmt: skip
    sample_queues(world.db, start + timedelta(seconds=95))
    for seconds in (150, 151, 460):
        while sample_queues(world.db, start + timedelta(seconds=seconds)):
            pass
    expected = {}
    for minute in range(7):
        end = 60 * (minute + 1)
        ages = [end - opened for opened, closed in cases if opened < end and (closed is None or closed >= end)]
        expected[start + timedelta(minutes=minute)] = (len(ages), float(sum(ages)), float(max(ages)))
    asked = "SELECT at, n, total, most FROM measures WHERE measure = 'queue' AND grain = %s ORDER BY at"
    assert {at: tuple(rest) for at, *rest in one(asked, "minute")} == expected
    ((_, n, total, most),) = one(asked, "hour")
    assert (n, total) == (sum(e[0] for e in expected.values()), sum(e[1] for e in expected.values()))
    assert most == max(e[2] for e in expected.values())
    whose = one("SELECT DISTINCT label, account_id FROM measures WHERE measure = 'queue'")
    assert whose == [("b", judge)], "the class that the task stands at, and whose turn it is"
    ((wanted,),) = one("SELECT count(*) FROM openings")
    asked = "SELECT at, n, total, most FROM measures WHERE measure = 'wanted' AND grain = 'minute' ORDER BY at"
    ages = {start + timedelta(minutes=minute): 3600.0 + 60 * (minute + 1) for minute in (0, 1, 6)}  # when it looked
    assert wanted == 5
    assert one(asked) == [(at, wanted, wanted * age, age) for at, age in ages.items()]
