"""Every categorical model of the registry against the shared battery."""

import subprocess
import sys
from importlib.util import find_spec

import numpy as np
import pytest

from quorate import truth
from quorate.errors import InvalidInput
from quorate.truth.check import CHECKS, simulate

PRESENT = [name for name, (module, _) in truth.MODELS.items() if find_spec(f"quorate.truth.{module}")]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("name", PRESENT)
def test_model_passes(name, check):
    check(truth.make(name), np.random.default_rng(0))


@pytest.mark.parametrize("name", PRESENT)
def test_better_than_its_workers(name):
    votes, truths = simulate(np.random.default_rng(3), n_items=400, per_item=7)
    right = (truth.make(name).fit(votes).codes_ == truths).mean()
    assert right > (votes.label == truths[votes.item]).mean() + 0.1


def test_unknown_method_names_the_known():
    with pytest.raises(InvalidInput, match="dawid_skene"):
        truth.make("oracle")


def test_unknown_parameter_names_the_known():
    with pytest.raises(InvalidInput, match="max_iter"):
        truth.make("dawid_skene").set_params(iterations=3)


@pytest.mark.parametrize("name", truth.EXPORTS)
def test_every_export_is_there(name):
    assert getattr(truth, name).__name__ == name
    assert name in dir(truth)


def test_importing_costs_little():
    """`import quorate.truth` loads no numpy; the default model's module loads in half a second of processor time."""
    script = (
        "import sys, time; began = time.process_time(); import quorate.truth as truth\n"
        "assert 'numpy' not in sys.modules\n"
        "truth.Votes, truth.DawidSkene; print(time.process_time() - began)"
    )
    runs = [subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True) for _ in "12"]
    assert min(float(done.stdout) for done in runs) < 1.0
