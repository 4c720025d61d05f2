"""Dawid–Skene on a Dask cluster of several processes: the same answer, also when a process dies."""

import os
import signal
import threading
import time

import numpy as np
import pytest

from quorate.errors import InvalidInput, Unavailable
from quorate.truth import DawidSkene, Votes
from quorate.truth.check import simulate
from quorate.truth.partition import fit_folder

distributed = pytest.importorskip("distributed")
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def cluster():
    with (
        distributed.LocalCluster(
            n_workers=3, threads_per_worker=1, processes=True, dashboard_address=None, memory_limit=0
        ) as local,
        distributed.Client(local) as client,
    ):
        yield client


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """3,000 votes in three files, cut by row, so that the votes of an item lie in different files."""
    votes, _ = simulate(np.random.default_rng(5), n_items=600, n_workers=40, n_classes=4)
    order = np.random.default_rng(6).permutation(len(votes))
    path = tmp_path_factory.mktemp("votes")
    for number, rows in enumerate(np.array_split(order, 3)):
        votes.take(rows).write(path / f"part-{number}.parquet")
    return path


@pytest.fixture(scope="module")
def alone(folder):
    votes = Votes.read(folder)
    return votes, DawidSkene(max_iter=60, tol=0).fit(votes, {"item3": "class1"})


def agree(spread, alone):
    votes, model = alone
    assert list(spread.items_) == list(votes.items)
    assert list(spread.workers_) == list(votes.workers)
    np.testing.assert_allclose(spread.proba_, model.proba_, atol=1e-6)
    np.testing.assert_allclose(spread.skills_, model.skills_, atol=1e-6)
    assert spread.log_likelihood_ == pytest.approx(model.log_likelihood_, abs=1e-6)


def test_same_answer_as_one_process(cluster, folder, alone):
    agree(fit_folder(cluster, folder, {"item3": "class1"}, max_iter=60, tol=0), alone)


def test_by_address(cluster, folder, alone):
    address = cluster.scheduler.address
    agree(fit_folder(address, folder, {"item3": "class1"}, parts=5, max_iter=60, tol=0), alone)


def test_survives_a_worker_that_dies(cluster, folder, alone):
    before = set(cluster.run(os.getpid).values())
    victim = next(iter(before))
    swept = threading.Event()
    original = cluster.gather
    calls = 0

    def counting(futures):
        nonlocal calls
        calls += 1
        if calls == 10:  # in the middle of the sweeps
            os.kill(victim, signal.SIGKILL)
            swept.set()
        return original(futures)

    cluster.gather = counting
    try:
        agree(fit_folder(cluster, folder, {"item3": "class1"}, max_iter=60, tol=0), alone)
    finally:
        del cluster.gather
    assert swept.is_set()
    deadline = time.monotonic() + 30
    while victim in set(cluster.run(os.getpid).values()):
        assert time.monotonic() < deadline, "the killed process still answers"
        time.sleep(0.1)


def test_a_folder_without_parquet_is_refused(tmp_path):
    with pytest.raises(InvalidInput, match="parquet"):
        fit_folder("tcp://127.0.0.1:1", tmp_path)


def test_no_scheduler(folder):
    with pytest.raises(Unavailable, match=r"127\.0\.0\.1:1"):
        fit_folder("tcp://127.0.0.1:1", folder)
