"""The battery that every categorical model must pass, ours and anybody's: `check_truth_model(model)`."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quorate.truth.model import TruthModel
from quorate.truth.votes import Votes

CLOSE = 1e-6


def check_truth_model(model: TruthModel, seed: int = 0) -> None:
    """Run every check of `CHECKS` on fresh copies of `model`; `AssertionError` names the first that fails."""
    for check in CHECKS:
        try:
            check(copy.deepcopy(model), np.random.default_rng(seed))
        except AssertionError as error:
            raise AssertionError(f"{model!r}: {check.__name__}: {error}") from error


def simulate(
    rng: np.random.Generator, n_items: int = 120, n_workers: int = 12, n_classes: int = 3, per_item: int = 5
) -> tuple[Votes, NDArray[np.intp]]:
    """Votes of workers whose accuracies run from .5 to .95, and the truths (I,) behind them."""
    truth = rng.permutation(np.arange(n_items) % n_classes)
    skill = np.linspace(0.5, 0.95, n_workers)
    item = np.repeat(np.arange(n_items), per_item)
    worker = np.concatenate([rng.choice(n_workers, per_item, replace=False) for _ in range(n_items)])
    other = (truth[item] + rng.integers(1, max(2, n_classes), len(item))) % n_classes
    label = np.where(rng.random(len(item)) < skill[worker], truth[item], other)
    return coded(item, worker, label, n_items, n_workers, n_classes), truth


def coded(item: Any, worker: Any, label: Any, n_items: int, n_workers: int, n_classes: int) -> Votes:
    """Votes from codes, with made-up names."""
    codes = [np.asarray(codes, dtype=np.int32) for codes in (item, worker, label)]
    sizes = (("item", n_items), ("worker", n_workers), ("class", n_classes))
    names = [np.array([f"{kind}{i}" for i in range(n)], dtype=object) for kind, n in sizes]
    return Votes(codes[0], codes[1], codes[2], names[0], names[1], names[2])


def contract(model: TruthModel, rng: np.random.Generator) -> None:
    """`fit` returns self, learns what it promises in the promised shapes, and leaves the parameters alone."""
    votes, truth = simulate(rng)
    before = model.get_params()
    assert model.fit(votes) is model, "fit must return self"
    assert model.get_params() == before, "fit changed a parameter"
    shape = (votes.n_items, votes.n_classes)
    assert model.proba_.shape == shape, f"proba_ has shape {model.proba_.shape}, not {shape}"
    assert model.proba_.dtype == np.float64, "proba_ must be float64"
    assert model.labels_.shape == (votes.n_items,), "labels_ needs one label an item"
    assert set(model.labels_) <= set(votes.labels), "labels_ must hold the votes' own values"
    assert len(model.skills_) == votes.n_workers, "skills_ needs one entry a worker"
    assert model.prior_.shape == (votes.n_classes,), "prior_ needs one entry a class"
    assert np.isfinite(model.log_likelihood_), "log_likelihood_ must be finite"
    assert model.n_iter_ >= 1, "n_iter_ must be at least 1"
    assert isinstance(bool(model.converged_), bool), "converged_ must say yes or no"
    assert (model.codes_ == truth).mean() > 0.85, "simulated truth should be found"


def probabilities(model: TruthModel, rng: np.random.Generator) -> None:
    """Rows are probabilities; a confusion matrix has rows that are."""
    votes, _ = simulate(rng)
    require_probabilities(model.fit(votes).proba_)
    require_probabilities(model.prior_[None])
    if model.skills_.ndim == 3:
        require_probabilities(model.skills_.reshape(-1, votes.n_classes))


def require_probabilities(proba: NDArray[np.float64]) -> None:
    """No NaN, nothing outside [0, 1], every row sums to one."""
    assert np.isfinite(proba).all(), "a probability is not finite"
    assert (proba >= -CLOSE).all(), "a probability is negative"
    assert np.allclose(proba.sum(axis=1), 1, atol=CLOSE), "a row does not sum to one"


def same_again(model: TruthModel, rng: np.random.Generator) -> None:
    """The same input and seed give the same output, to the last bit."""
    votes, _ = simulate(rng)
    again = copy.deepcopy(model)
    assert np.array_equal(model.fit_predict_proba(votes), again.fit_predict_proba(votes)), "two fits differ"


def order_of_votes(model: TruthModel, rng: np.random.Generator) -> None:
    """The order of the rows means nothing."""
    votes, _ = simulate(rng)
    _same(model, votes, votes.take(rng.permutation(len(votes))), lambda proba: proba)


def order_of_items(model: TruthModel, rng: np.random.Generator) -> None:
    """Renaming items renames the answer."""
    votes, _ = simulate(rng)
    new = rng.permutation(votes.n_items).astype(np.int32)
    _same(model, votes, replace(votes, item=new[votes.item]), lambda proba: proba[new])


def order_of_workers(model: TruthModel, rng: np.random.Generator) -> None:
    """Renaming workers changes nothing."""
    votes, _ = simulate(rng)
    new = rng.permutation(votes.n_workers).astype(np.int32)
    _same(model, votes, replace(votes, worker=new[votes.worker]), lambda proba: proba)


def order_of_classes(model: TruthModel, rng: np.random.Generator) -> None:
    """Renaming classes renames the answer."""
    votes, _ = simulate(rng)
    new = rng.permutation(votes.n_classes).astype(np.int32)
    _same(model, votes, replace(votes, label=new[votes.label]), lambda proba: proba[:, new])


def _same(
    model: TruthModel, votes: Votes, changed: Votes, view: Callable[[NDArray[np.float64]], NDArray[np.float64]]
) -> None:
    """Fits of both agree. Models that draw at random draw differently for permuted data, so they get a wider margin."""
    margin = 0.1 if "seed" in model.get_params() else 1e-4
    first = copy.deepcopy(model).fit_predict_proba(votes)
    second = view(model.fit_predict_proba(changed))
    assert np.abs(first - second).mean() <= margin / 10, "the answer does not follow the permutation"
    assert (np.abs(first - second).max(axis=1) <= margin).mean() > 0.97, "the answer does not follow the permutation"


def item_without_votes(model: TruthModel, rng: np.random.Generator) -> None:
    """Items and workers without votes, and a class that nobody chose, do no harm."""
    votes, _ = simulate(rng)
    spare = coded([], [], [], votes.n_items + 1, votes.n_workers + 1, votes.n_classes + 1)
    wider = replace(votes, items=spare.items, workers=spare.workers, labels=spare.labels)
    proba = model.fit_predict_proba(wider)
    require_probabilities(proba)
    assert proba[-1].max() < 0.9, "nothing is known of an item without votes"
    assert np.isfinite(model.skills_).all(), "the skill of a worker without votes must be finite"


def one_worker(model: TruthModel, rng: np.random.Generator) -> None:
    """A single worker is believed."""
    label = rng.permutation(np.arange(30) % 3)
    proba = model.fit_predict_proba(coded(np.arange(30), np.zeros(30), label, 30, 1, 3))
    require_probabilities(proba)
    assert (proba.argmax(axis=1) == label).all(), "the only vote should win"


def one_vote(model: TruthModel, rng: np.random.Generator) -> None:
    """A single vote is enough to run on."""
    require_probabilities(model.fit_predict_proba(coded([0], [0], [1], 1, 1, 2)))


def one_class(model: TruthModel, rng: np.random.Generator) -> None:
    """Where only one class exists it is certain."""
    proba = model.fit_predict_proba(coded([0, 0, 1], [0, 1, 0], [0, 0, 0], 2, 2, 1))
    assert np.allclose(proba, 1), "the only class must have probability one"


def perfect_workers(model: TruthModel, rng: np.random.Generator) -> None:
    """Where all agree, they are right."""
    truth = np.arange(60) % 3
    votes = coded(np.repeat(np.arange(60), 5), np.tile(np.arange(5), 60), np.repeat(truth, 5), 60, 5, 3)
    proba = model.fit_predict_proba(votes)
    assert (proba.argmax(axis=1) == truth).all(), "unanimous votes must win"
    assert (proba.max(axis=1) > 0.8).all(), "unanimous votes of perfect workers should give near certainty"


def gold_respected(model: TruthModel, rng: np.random.Generator) -> None:
    """A gold item keeps its given label, as a mapping or as codes, even against all its votes; others gain from it."""
    votes, truth = simulate(rng)
    gold = np.full(votes.n_items, -1)
    gold[:20] = (truth[:20] + (np.arange(20) == 0)) % votes.n_classes
    proba = copy.deepcopy(model).fit_predict_proba(votes, gold)
    require_probabilities(proba)
    assert (proba[:20].argmax(axis=1) == gold[:20]).all(), "gold must be kept"
    named = {votes.items[i]: votes.labels[gold[i]] for i in range(20)} | {"an item without votes": votes.labels[0]}
    assert np.array_equal(proba, model.fit_predict_proba(votes, named)), "a mapping must mean the same as codes"
    assert np.array_equal(model.fit_predict_proba(votes, {}), copy.deepcopy(model).fit_predict_proba(votes))


def parameters(model: TruthModel, rng: np.random.Generator) -> None:
    """`get_params` gives back what the constructor took, and rebuilds an equal model."""
    params = model.get_params()
    twin = type(model)(**params)
    assert twin.get_params() == params, "the constructor must store its arguments as they are"
    assert twin.set_params(**params) is twin, "set_params must return self"


CHECKS = (
    parameters,
    contract,
    probabilities,
    same_again,
    order_of_votes,
    order_of_items,
    order_of_workers,
    order_of_classes,
    item_without_votes,
    one_worker,
    one_vote,
    one_class,
    perfect_workers,
    gold_respected,
)
