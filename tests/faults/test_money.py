"""Money is exact to the cent while the API is killed, pay and bonuses are given and taken back, and payouts run."""

from __future__ import annotations

import time
from contextlib import suppress
from decimal import Decimal
from uuid import UUID

import pytest

from quorate.actions.actor import Actor
from quorate.actions.add_account import ensure_workspace
from quorate.actions.award_bonus import award_bonus
from quorate.actions.hold_pay import reverse_pay
from quorate.actions.rebuild_state import compare_state
from quorate.actions.run_payout import run_payout
from quorate.actions.take_back_bonus import take_back_bonus
from quorate.errors import Conflict, Unavailable
from quorate.store import money, projects
from quorate.store.database import Database
from quorate.truth.informedness import informedness
from quorate.truth.votes import Votes

TASKS, PEOPLE, OVERLAP = 40, 8, 3
PRICE = Decimal("0.07")
NEWEST = "SELECT id, account_id FROM annotations WHERE project_id = %s ORDER BY id DESC LIMIT 1"
POLICY = {
    "judgements": {"min": OVERLAP, "max": OVERLAP}, "lease": {"minutes": 0.1},
    "pay": {"judgement": str(PRICE), "bonus": "0.05", "bonus_tasks": 2},
}  # fmt: skip


@pytest.fixture
def db(place, server):
    found = Database(place.url)
    yield found
    found.close()


def test_no_cent_appears_or_is_lost(place, server, db):
    job = place.project(TASKS, PEOPLE, POLICY, budget="1000")
    actor = Actor(ensure_workspace(db))
    with db.read() as connection:
        project = projects.get(connection, job.id)
    informedness(Votes.from_arrays([0, 0], [0, 1], [0, 0]))  # what it loads once takes as long as the whole crowd
    runs, killed = 0, False
    with job.crowd(server) as crowd:
        while crowd.done < job.wanted:
            if not killed and crowd.done > job.wanted / 3:
                server.kill()
                server.start()
                killed = True
            rows = place.rows(NEWEST, job.id)
            for id, account in rows:
                with suppress(Conflict, Unavailable):  # the same as before; or killed with the server
                    reverse_pay(db, actor, project, account, "Tried.", [UUID(str(id))])
            with suppress(Unavailable):
                run_payout(db, actor, project, f"run {runs // 2}")  # each is asked for twice
                if killed:
                    award_bonus(db, actor, project)
                    _take_back(db, actor, project)
            runs += 1
            time.sleep(0.1)
    assert killed
    job.check(crowd.acknowledged)
    award_bonus(db, actor, project)
    assert _take_back(db, actor, project) > 0
    assert award_bonus(db, actor, project) != []
    run_payout(db, actor, project, "the last")
    with db.work() as connection:
        trial, balances = money.trial(connection, job.id), money.balances(connection, job.id)
        assert money.difference(connection, job.id) == 0
    earned, bonus = PRICE * job.wanted, sum(row["bonus"] for row in balances)
    reversed_ = sum(row["reversed"] for row in balances)
    assert compare_state(db, job.id) == []
    assert sum(trial.values()) == 0
    assert trial["budget"] == reversed_ - earned - bonus
    assert all(row["payable"] < Decimal("0.01") for row in balances)
    assert trial["paid"] + trial.get("payable", 0) == earned + bonus - reversed_
    assert sum(row["earned"] for row in balances) == earned
    ((left,),) = place.rows(
        "SELECT pool + (SELECT sum(granted) FROM seats WHERE project_id = p.id) FROM projects p WHERE id = %s", job.id
    )
    assert left == Decimal(1000)


def _take_back(db, actor, project):
    """Take the newest run of bonuses back; how much that was."""
    with db.work() as connection:
        newest, *_ = money.bonus_runs(connection, project.id) or [None]
    if newest is None:
        return 0
    return sum(row.amount for row in take_back_bonus(db, actor, project, newest["run"], "Tried."))
