"""Money is exact to the cent while the API is killed, answers are reversed and payouts run."""

from __future__ import annotations

import time
from contextlib import suppress
from decimal import Decimal
from uuid import UUID

import pytest

from quorate.actions.actor import Actor
from quorate.actions.add_account import ensure_workspace
from quorate.actions.hold_pay import reverse_pay
from quorate.actions.run_payout import run_payout
from quorate.errors import Conflict, Unavailable
from quorate.store import money, projects
from quorate.store.database import Database

TASKS, PEOPLE, OVERLAP = 40, 8, 3
PRICE = Decimal("0.07")
NEWEST = "SELECT id, account_id FROM annotations WHERE project_id = %s ORDER BY id DESC LIMIT 1"
POLICY = {"judgements": {"min": OVERLAP, "max": OVERLAP}, "lease": {"minutes": 0.1}, "pay": {"judgement": str(PRICE)}}


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
            runs += 1
            time.sleep(0.1)
    assert killed
    job.check(crowd.acknowledged)
    run_payout(db, actor, project, "the last")
    with db.work() as connection:
        trial, balances = money.trial(connection, job.id), money.balances(connection, job.id)
        assert money.difference(connection, job.id) == 0
    earned, reversed_ = PRICE * job.wanted, sum(row["reversed"] for row in balances)
    assert reversed_ > 0
    assert sum(trial.values()) == 0
    assert trial["budget"] == reversed_ - earned
    assert all(row["payable"] <= 0 for row in balances)
    assert trial["paid"] + trial.get("payable", 0) == earned - reversed_
    assert sum(row["earned"] for row in balances) == earned
    ((left,),) = place.rows(
        "SELECT pool + (SELECT sum(granted) FROM seats WHERE project_id = p.id) FROM projects p WHERE id = %s", job.id
    )
    assert left == Decimal(1000)
