"""`kill -9` in the middle of work: of the API, of the worker, of PostgreSQL. What was acknowledged is there, once."""

from __future__ import annotations

import os
import signal
import time

import psycopg
import pytest
from tests.processes import runs

PEOPLE = 12
POLICY = {"judgements": {"min": 3, "max": 3}, "lease": {"minutes": 0.1}}


@pytest.fixture
def soon():
    """Ask until it is true."""

    def wait(true, seconds=40.0):
        deadline = time.monotonic() + seconds
        while not (found := true()):
            assert time.monotonic() < deadline, "waited in vain"
            time.sleep(0.02)
        return found

    return wait


def test_the_api_is_killed_and_started_again(place, server, soon):
    job = place.project(60, PEOPLE, POLICY)
    with job.crowd(server) as crowd:
        for share in (0.2, 0.5):
            soon(lambda share=share: crowd.done > share * job.wanted)
            left_alone = server.children()
            server.kill()
            soon(lambda pids=left_alone: not any(map(runs, pids)))
            server.start()
    job.check(crowd.acknowledged)
    assert job.states() == {"decided": 60}
    assert sum(one.failures for one in crowd.people) > 0, "nobody noticed: the test kills nothing"


def test_several_api_processes_are_killed_with_the_one_that_started_them(place, soon):
    server = place.serve(processes=2)
    job = place.project(40, PEOPLE, POLICY)
    with job.crowd(server) as crowd:
        soon(lambda: crowd.done > 0.3 * job.wanted)
        left_alone = server.children()
        assert len(left_alone) >= 3
        server.kill()
        soon(lambda: not any(map(runs, left_alone)))
        server.start()
    job.check(crowd.acknowledged)
    server.stop()


@pytest.mark.parametrize("seconds", [0.0, 0.5, 1.5])
def test_who_is_killed_while_its_processes_begin_leaves_nobody_behind(place, soon, seconds):
    """An orphan would keep the port and the database, and nobody would know of it."""
    server = place.serve(processes=2, wait=False)
    left_alone = soon(lambda: len(children := server.children()) >= 4 and children)
    time.sleep(seconds)
    left_alone = {*left_alone, *server.children()}
    server.kill()
    soon(lambda: not any(map(runs, left_alone)))


def test_one_of_several_api_processes_is_killed_and_comes_back(place, soon):
    server = place.serve(processes=2)
    job = place.project(60, PEOPLE, POLICY)
    with job.crowd(server) as crowd:
        for share in (0.2, 0.5):
            soon(lambda share=share: crowd.done > share * job.wanted)
            before = soon(lambda: len(found := server.listeners()) == 2 and found)
            os.kill(before[0], signal.SIGKILL)
            soon(lambda before=before: len(set(server.listeners()) - {before[0]}) == 2)
    job.check(crowd.acknowledged)
    assert job.states() == {"decided": 60}
    server.stop()


def test_the_worker_is_killed_and_comes_back(place, server, soon):
    """Somebody holds three tasks and never comes back: only a worker takes them back."""
    job = place.project(60, PEOPLE, POLICY)
    idle, *others = job.people(server)
    assert len(idle.claim(3)) == 3
    first = soon(server.worker)
    crowd = job.crowd(server)
    crowd.people = others
    with crowd:
        soon(lambda: crowd.done > 0.2 * job.wanted)
        os.kill(first, signal.SIGKILL)
    job.check(crowd.acknowledged)
    assert soon(server.worker) != first


def test_postgresql_is_killed_and_comes_back_by_itself(place, server, soon):
    job = place.project(60, PEOPLE, POLICY)
    with job.crowd(server) as crowd:
        for share in (0.2, 0.5):
            soon(lambda share=share: crowd.done > share * job.wanted)
            before = place.postmaster()
            os.kill(before, signal.SIGKILL)
            soon(lambda before=before: _answers(place) and place.postmaster() != before)
    job.check(crowd.acknowledged)
    assert job.states() == {"decided": 60}
    assert sum(one.failures for one in crowd.people) > 0, "nobody noticed: the test kills nothing"


def _answers(place):
    try:
        return bool(place.rows("SELECT 1"))
    except (psycopg.OperationalError, OSError):
        return False
