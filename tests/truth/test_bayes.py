"""MACE, iBCC, EBCC and communities: what each is for, and the evidence bound and foresight behind them."""

import numpy as np
import pytest
from scipy.stats import dirichlet

from quorate import truth
from quorate.truth.check import coded, simulate
from quorate.truth.communities import members
from quorate.truth.kernels import VoteMatrix
from quorate.truth.rows import combine, diagonal, dirichlet_chance, divergence, expected_log, foresight


def test_mace_finds_the_spammers():
    rng = np.random.default_rng(0)
    truths = rng.integers(0, 3, 300)
    item, worker = np.repeat(np.arange(300), 6), np.tile(np.arange(6), 300)
    label = np.where(worker < 2, worker, np.where(rng.random(1800) < 0.9, truths[item], rng.integers(0, 3, 1800)))
    fitted = truth.make("mace").fit(coded(item, worker, label, 300, 6, 3))
    assert fitted.competence_[:2].max() < 0.1
    assert fitted.competence_[2:].min() > 0.75
    assert fitted.skills_[0, :, 0].min() > 0.9


def test_ibcc_uses_a_worker_who_is_always_wrong():
    rng = np.random.default_rng(1)
    truths = rng.integers(0, 2, 400)
    item, worker = np.repeat(np.arange(400), 4), np.tile(np.arange(4), 400)
    right = rng.random(1600) < np.array([0.8, 0.8, 0.8, 0.02])[worker]
    votes = coded(item, worker, np.where(right, truths[item], 1 - truths[item]), 400, 4, 2)
    fitted = truth.make("ibcc").fit(votes)
    assert (fitted.codes_ == truths).mean() > 0.95
    assert fitted.skills_[3, 0, 1] > 0.9


def test_ebcc_tells_easy_from_hard_items_of_one_class():
    rng = np.random.default_rng(2)
    truths, hard = rng.integers(0, 2, 600), rng.random(600) < 0.4
    item, worker = np.repeat(np.arange(600), 8), np.tile(np.arange(8), 600)
    expert = worker < 2
    chance = np.where(hard[item] & (truths[item] == 1) & ~expert, 0.25, 0.95)  # laymen take hard ones for class 0
    label = np.where(rng.random(len(item)) < chance, truths[item], 1 - truths[item])
    votes = coded(item, worker, label, 600, 8, 2)
    ebcc, ibcc = (truth.make(name).fit(votes) for name in ("ebcc", "ibcc"))
    assert ebcc.foresight_ > ibcc.foresight_
    assert ebcc.log_likelihood_ > ibcc.log_likelihood_


def test_workers_of_a_kind_are_put_together():
    rng = np.random.default_rng(3)
    truths = rng.integers(0, 2, 1000)
    item = np.repeat(np.arange(1000), 5)
    worker = rng.integers(0, 100, len(item))
    good = rng.random(len(item)) < np.where(worker < 50, 0.95, 0.5)
    votes = coded(item, worker, np.where(good, truths[item], 1 - truths[item]), 1000, 100, 2)
    kind = truth.make("communities").fit(votes).community_
    mean = kind[:50].mean(axis=0), kind[50:].mean(axis=0)
    assert np.abs(mean[0] - mean[1]).sum() > 1
    assert np.allclose(kind.sum(axis=1), 1)


def test_divergence_is_that_of_the_densities():
    rng = np.random.default_rng(4)
    a, b = np.array([2.0, 3.0, 1.5]), np.array([1.0, 1.0, 4.0])
    draws = rng.dirichlet(a, 100_000)
    sampled = (dirichlet.logpdf(draws.T, a) - dirichlet.logpdf(draws.T, b)).mean()
    assert divergence(a, b) == pytest.approx(sampled, abs=0.03)
    assert divergence(a, a) == pytest.approx(0)
    assert expected_log(a) == pytest.approx(np.log(draws).mean(axis=0), abs=0.02)


def test_the_bound_never_falls():
    votes, _ = simulate(np.random.default_rng(5))
    matrix, alpha = VoteMatrix(votes), np.full(3, 40.0)

    def mix(mass):
        return expected_log(alpha + mass), divergence(alpha + mass, alpha)

    bounds = [
        combine(matrix, matrix.shares(), diagonal(3, 4, 1), mix, None, sweeps, 0.0).bound for sweeps in range(2, 15)
    ]
    assert (np.diff(bounds) > -1e-6).all()


def test_foresight_is_nearer_to_refits_without_the_vote_than_to_hindsight():
    votes, _ = simulate(np.random.default_rng(6), n_items=40, n_workers=6, per_item=4)
    model = truth.make("ibcc").fit(votes)
    said = []
    for row in range(len(votes)):
        rest = votes.take(np.delete(np.arange(len(votes)), row))
        left = truth.make("ibcc").fit(rest)
        said.append(left.proba_[votes.item[row]] @ left.skills_[votes.worker[row], :, votes.label[row]])
    hindsight = np.log((model.proba_[votes.item] * model.skills_[votes.worker, :, votes.label]).sum(axis=1)).mean()
    refit = np.log(said).mean()
    assert refit < model.foresight_ < (refit + hindsight) / 2


def test_foresight_of_nothing_learnt_is_the_prior():
    votes = coded([0], [0], [1], 1, 1, 2)
    counts = diagonal(2, 4, 1)[None] + np.array([[[0, 0], [0.5, 0.5]]])
    found = foresight(votes, np.full((1, 2), 0.5), np.zeros((1, 2, 2)), dirichlet_chance(votes, counts))
    assert found == pytest.approx(np.log(0.5))


def test_membership_follows_the_evidence():
    counts = np.array([[[20.0, 0], [0, 20]], [[10, 10], [10, 10]]])
    belongs, evidence = members(counts, np.stack([diagonal(2, 16, 1), diagonal(2, 1, 1)]), np.full(2, 0.5))
    assert belongs[0, 0] > 0.8
    assert belongs[1, 1] > 0.9
    assert evidence < 0
