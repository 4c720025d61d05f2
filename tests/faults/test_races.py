"""Many people at once, over HTTP, against a real server: nothing too much, nothing lost, nothing doubled."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from quorate.store.embedded.cluster import Cluster

EVERYBODY = 32


@pytest.mark.parametrize("by", ["queue", "skill"])
def test_32_annotators_give_each_task_exactly_what_it_wants(place, server, by):
    job = place.project(40, EVERYBODY, {"judgements": {"min": 3, "max": 3}, "routing": {"by": by}})
    with job.crowd(server) as crowd:
        pass
    job.check(crowd.acknowledged)
    assert job.states() == {"decided": 40}
    assert sum(one.failures for one in crowd.people) == 0
    assert place.rows("SELECT count(*) FROM openings WHERE project_id = %s", job.id) == [(0,)]


def test_the_budget_pays_for_exactly_what_it_can(place, server):
    """Of 120 answers wanted, 2.90 at 0.05 each pays for 58."""
    policy = {"judgements": {"min": 3, "max": 3}, "pay": {"judgement": "0.05"}}
    job = place.project(40, EVERYBODY, policy, budget="2.90")
    with job.crowd(server) as crowd:
        crowd.over = lambda: crowd.done >= 58
    assert [one.claim() for one in crowd.people] == [[]] * EVERYBODY
    job.check(crowd.acknowledged, answers=58)
    ((spent, committed, granted, pool),) = place.rows(
        "SELECT sum(spent), sum(committed), sum(granted), min(pool) FROM seats JOIN projects ON id = project_id"
        " WHERE project_id = %s",
        job.id,
    )
    assert (spent, committed, granted + pool) == (Decimal("2.90"), 0, Decimal("2.90"))


def test_leases_that_run_out_under_load_come_back_once(place, server):
    """Eight claim and never come back; the others finish all the same, and no place is given twice."""
    job = place.project(20, 16, {"judgements": {"min": 2, "max": 2}, "lease": {"minutes": 0.05}})
    people = job.people(server)
    gone = [lease["assignment"] for idle in people[:8] for lease in idle.claim(3)]
    assert len(gone) == 24
    crowd = job.crowd(server)
    crowd.people = people[8:]
    with crowd:
        pass
    job.check(crowd.acknowledged)
    # On a busy machine a lease of three seconds may run out for one of the others, too.
    expired = "SELECT count(*) FROM assignments WHERE id = ANY(%s::uuid[]) AND state = 'expired'"
    assert place.rows(expired, gone) == [(24,)]


def test_two_servers_on_one_data_folder(place, server):
    other = place.serve(processes=2)
    job = place.project(30, EVERYBODY, {"judgements": {"min": 3, "max": 3}})
    with job.crowd(server, other) as crowd:
        pass
    other.stop()
    job.check(crowd.acknowledged)
    assert server.answers(), "one that leaves takes the database from nobody"
    assert not Cluster(place.data / "postgres").dead()


def test_a_client_whose_clock_is_wrong_does_not_matter(place, server):
    """It says a date that is years off; leases and answers have the server's times."""
    job = place.project(2, 2, {"judgements": {"min": 2, "max": 2}})
    for one, years in zip(job.people(server), (-10, 10), strict=True):
        wrong = datetime.now(UTC) + timedelta(days=365 * years)
        one.headers["Date"] = wrong.strftime("%a, %d %b %Y %H:%M:%S GMT")
        for lease in one.claim(2):
            left = datetime.fromisoformat(lease["expires_at"]) - datetime.now(UTC)
            assert timedelta(minutes=19) < left <= timedelta(minutes=20)
            one.submit(lease)
    ages = place.rows("SELECT now() - created_at FROM annotations WHERE project_id = %s", job.id)
    assert len(ages) == 4
    assert all(timedelta(0) <= age < timedelta(minutes=1) for (age,) in ages)
    assert job.states() == {"decided": 2}
