"""Ten thousand answers by real processes, one of them killed, with reversals, holds and payouts meanwhile: not a cent
appears or is lost, in the project or in a step."""

from __future__ import annotations

import random
import re
import subprocess
import sys
import time
from collections import Counter
from contextlib import suppress
from decimal import Decimal
from pathlib import Path

import pytest

from quorate import clock
from quorate.actions.actor import Actor
from quorate.actions.add_account import add_account, ensure_workspace, grant_role
from quorate.actions.end_lease import expire_leases
from quorate.actions.hold_pay import end_hold, hold_pay, reverse_pay
from quorate.actions.import_items import import_rows
from quorate.actions.keep_budgets import keep_budgets
from quorate.actions.publish_spec import publish
from quorate.actions.rebuild_state import compare_state
from quorate.actions.run_payout import run_payout
from quorate.errors import Conflict
from quorate.formats.rows import Row
from quorate.store import budgets, money, projects, qualifications
from quorate.store.database import Database

ITEMS, PEOPLE, OVERLAP = 2000, 6, 3
TOTAL, SEVERE = Decimal("600"), Decimal("240")
PRICES = {"topic": (Decimal("0.03"), Decimal("0.04")), "severity": (Decimal("0.05"), Decimal("0.06"))}
"""By step, what a judgement brings: of others, of seniors."""
SPECS = {
    ("project", "project"): {
        "name": "p", "budget": {"total": str(TOTAL), "currency": "USD"},
        "steps": [{"id": "topic"}, {"id": "severity", "budget": str(SEVERE)}],
    },
    ("schema", "topic"): {"kind": "choice", "classes": ["a", "b"]},
    ("schema", "severity"): {"kind": "choice", "classes": ["a", "b"]},
    ("training", "basics"): {"lessons": [{"id": "one", "title": "One", "text": "Read the text."}]},
    ("policy", "policy"): {
        "judgements": {"min": OVERLAP, "max": OVERLAP}, "accept": {"confidence": 0.01}, "gold": {"rate": 0},
        "audit": {"rate": 0}, "lease": {"minutes": 0.2},
        "pay": {
            "judgement": {step: str(plain) for step, (plain, _) in PRICES.items()},
            "tiers": [{"name": "senior", "training": "basics",
                       "judgement": {step: str(senior) for step, (_, senior) in PRICES.items()}}],
        },
    },
}  # fmt: skip
EARNED = """
SELECT s.name, n.account_id, n.cost, count(*) FROM annotations n
JOIN tasks t ON t.id = n.task_id JOIN steps s ON s.id = t.step_id GROUP BY 1, 2, 3
"""
LEASE = re.compile(r"[0-9a-f-]{36}")
NEWEST = "SELECT id, account_id FROM annotations ORDER BY id DESC LIMIT 20"


@pytest.fixture
def place(database_url):
    db = Database(database_url)
    yield db
    db.close()


def _laid(db):
    actor = Actor(ensure_workspace(db))
    publish(db, actor, "p", lambda _: SPECS, reason="test")
    with db.read() as connection:
        project = projects.find(connection, actor.workspace, "p")
    import_rows(db, project.id, [Row(n, f"i{n}", {"text": f"item {n}"}) for n in range(ITEMS)], actor=actor)
    people = [add_account(db, actor, f"person {n}") for n in range(PEOPLE)]
    for number, account in enumerate(people):
        grant_role(db, actor, "p", f"person {number}", "annotator")
        if number % 2:
            with db.work() as connection:
                qualifications.keep(connection, project.id, account, ("training", "basics"), [""], clock.now())
    return actor, project, people


class Crowd:
    """Processes that work, and what each said was acknowledged."""

    def __init__(self, url, actor, project, people, folder: Path):
        self.arguments = [url, str(actor.workspace), str(project.id)]
        self.folder, self.people, self.started = folder, people, 0
        self.running = {account: self.start(account) for account in people}

    def start(self, account):
        self.started += 1
        with (self.folder / f"{self.started}.txt").open("w") as out:
            program = [sys.executable, str(Path(__file__).parent / "earn.py")]
            return subprocess.Popen([*program, *self.arguments, str(account)], stdout=out)

    def kill(self, account):
        self.running[account].kill()
        self.running[account].wait()
        self.running[account] = self.start(account)

    def working(self):
        return any(process.poll() is None for process in self.running.values())

    def acknowledged(self):
        """The leases, a line each; what else is printed is the log."""
        lines = [line for file in self.folder.glob("*.txt") for line in file.read_text().splitlines()]
        return [line for line in lines if LEASE.fullmatch(line)]


def test_not_a_cent_appears_or_is_lost_in_ten_thousand_answers(place, database_url, tmp_path):
    db, chance = place, random.Random(5)
    actor, project, people = _laid(db)
    crowd = Crowd(database_url, actor, project, people, tmp_path)
    begun, killed, turn, paid = time.monotonic(), False, 0, Decimal(0)
    while crowd.working():
        turn += bool(crowd.acknowledged())
        if not killed and len(crowd.acknowledged()) > 3000:
            crowd.kill(people[0])
            killed = True
        if 0 < turn <= 60:
            paid += _move(db, actor, project, chance, f"run {turn // 2}")
        expire_leases(db)
        keep_budgets(db)
        time.sleep(0.2)
    took = time.monotonic() - begun
    assert killed
    while _held(db):  # by the one that was killed
        time.sleep(0.2)
        expire_leases(db)
    answered = crowd.acknowledged()
    assert len(set(answered)) == len(answered)
    with db.work() as connection:
        rows = connection.execute(EARNED).fetchall()
        submitted = {str(row[0]) for row in connection.execute("SELECT assignment_id FROM annotations").fetchall()}
    assert set(answered) <= submitted, "what was acknowledged is there"
    count = sum(row[3] for row in rows)
    print(f"{count} answers, {count / took:.0f} a second")
    assert count >= 10_000
    senior = {account: number % 2 for number, account in enumerate(people)}
    assert all(cost == PRICES[step][senior[account]] for step, account, cost, _ in rows)
    _exact(db, project.id, rows, paid)


def _held(db):
    with db.work() as connection:
        return connection.execute("SELECT count(*) FROM assignments WHERE state = 'open'").fetchone()[0]


def _move(db, actor, project, chance, key):
    """Reverse an answer, hold another and end the hold, pay out under a key that is used twice; what was paid."""
    with db.work() as connection:
        newest = connection.execute(NEWEST).fetchall()
    for id, account in chance.sample(newest, min(2, len(newest))):
        with suppress(Conflict):
            if chance.random() < 0.5:
                reverse_pay(db, actor, project, account, "Tried.", [id])
            else:
                hold = hold_pay(db, actor, project, account, "Looked at.", annotations=[id])
                end_hold(db, actor, project, hold, chance.choice(["release", "reverse"]), "Seen.")
    run = run_payout(db, actor, project, key)
    return Decimal(0) if run.repeated else run.total


def _exact(db, project, rows, paid):
    earned = Counter()
    for step, _, cost, number in rows:
        earned[step] += cost * number
    with db.work() as connection:
        trial, balances = money.trial(connection, project), money.balances(connection, project)
        assert money.difference(connection, project) == 0
        steps = {row.name: row for row in budgets.standing(connection, project)}
        taken = dict(connection.execute(
            "SELECT s.name, sum(n.cost) FROM transfers m JOIN annotations n ON n.id = ANY(m.annotations)"
            " JOIN tasks t ON t.id = n.task_id JOIN steps s ON s.id = t.step_id WHERE m.kind = 'reversed' GROUP BY 1"
        ).fetchall())  # fmt: skip
    assert sum(trial.values()) == 0
    assert -trial["budget"] == sum(earned.values()) - sum(taken.values())
    assert trial["paid"] == paid
    assert sum(row["earned"] for row in balances) == sum(earned.values())
    for name, row in steps.items():
        assert row.spent == earned[name] - taken.get(name, 0)
        assert row.committed == 0
    assert steps["severity"].own_left + steps["severity"].spent == SEVERE
    assert steps["severity"].project_left + steps["severity"].spent + steps["topic"].spent == TOTAL
    assert compare_state(db, project) == []
