"""The sparse kernels against loops that say the same in plain words, and across blocks, threads and precisions."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quorate.truth import kernels
from quorate.truth.check import coded, simulate
from quorate.truth.kernels import Clamp, VoteMatrix, softmax


@st.composite
def cases(draw):
    """Votes (maybe weighted, in any order, some items without), and a table for some number of states."""
    items, workers, classes, states = (draw(st.integers(1, n)) for n in (8, 4, 3, 5))
    n = draw(st.integers(0, 25))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    votes = coded(*(rng.integers(0, top, n) for top in (items, workers, classes)), items, workers, classes)
    if draw(st.booleans()):
        object.__setattr__(votes, "weight", rng.random(n))
    return votes, rng.normal(size=(workers, classes, states)), rng


def weight(votes):
    return np.ones(len(votes)) if votes.weight is None else votes.weight


def plain_scores(votes, table):
    out = np.zeros((votes.n_items, table.shape[2]))
    for i, j, label, w in zip(votes.item, votes.worker, votes.label, weight(votes), strict=True):
        out[i] += w * table[j, label]
    return out


def plain_counts(votes, proba):
    out = np.zeros((votes.n_workers, votes.n_classes, proba.shape[1]))
    for i, j, label, w in zip(votes.item, votes.worker, votes.label, weight(votes), strict=True):
        out[j, label] += w * proba[i]
    return out


@given(cases())
def test_scores_and_counts_are_sums_over_votes(case):
    votes, table, rng = case
    proba = rng.random((votes.n_items, table.shape[2]))
    matrix = VoteMatrix(votes)
    np.testing.assert_allclose(matrix.scores(table), plain_scores(votes, table), atol=1e-12)
    np.testing.assert_allclose(matrix.counts(proba), plain_counts(votes, proba), atol=1e-12)


@given(cases())
def test_sweep_is_score_softmax_count(case):
    votes, table, rng = case
    prior = rng.normal(size=table.shape[2])
    score = plain_scores(votes, table) + prior
    top = np.exp(score - score.max(axis=1, keepdims=True))
    proba = top / top.sum(axis=1, keepdims=True)
    sweep = VoteMatrix(votes).sweep(table, prior)
    np.testing.assert_allclose(sweep.proba, proba, atol=1e-12)
    np.testing.assert_allclose(sweep.counts, plain_counts(votes, proba), atol=1e-12)
    np.testing.assert_allclose(sweep.mass, proba.sum(axis=0), atol=1e-12)
    assert sweep.log_likelihood == pytest.approx(np.logaddexp.reduce(score, axis=1).sum(), abs=1e-9)


@given(cases())
def test_tally_and_hits_are_sums_over_votes(case):
    votes, _, rng = case
    skill, proba = rng.random(votes.n_workers), rng.random((votes.n_items, votes.n_classes))
    tally, hits = np.zeros((votes.n_items, votes.n_classes)), np.zeros(votes.n_workers)
    for i, j, label, w in zip(votes.item, votes.worker, votes.label, weight(votes), strict=True):
        tally[i, label] += w * skill[j]
        hits[j] += w * proba[i, label]
    matrix = VoteMatrix(votes)
    np.testing.assert_allclose(matrix.tally(skill), tally, atol=1e-12)
    np.testing.assert_allclose(matrix.hits(proba)[0], hits, atol=1e-12)
    np.testing.assert_allclose(matrix.hits(proba)[1], np.bincount(votes.worker, weight(votes), votes.n_workers))


@given(cases())
def test_shares_are_shares(case):
    votes, _, _ = case
    shares = VoteMatrix(votes).shares()
    np.testing.assert_allclose(shares.sum(axis=1), 1)
    empty = np.bincount(votes.item, minlength=votes.n_items) == 0
    np.testing.assert_allclose(shares[empty], 1 / votes.n_classes)


@pytest.mark.parametrize("columns", [1, 3, 40])
def test_softmax_of_extremes(columns):
    score = np.random.default_rng(0).normal(scale=1e4, size=(50, columns))
    score[0] = -1e300
    proba = np.empty_like(score)
    total = softmax(score, out=proba)
    np.testing.assert_allclose(proba.sum(axis=1), 1)
    assert total == pytest.approx(np.logaddexp.reduce(score, axis=1).sum())


def sweep_of(votes, table, threads=1, dtype=np.float64):
    gold = np.full(votes.n_items, -1)
    gold[::7] = 1
    matrix = VoteMatrix(votes, dtype, threads)
    return matrix, matrix.sweep(table, np.zeros(votes.n_classes), Clamp.to_classes(gold, votes.n_classes))


def test_blocks_threads_and_precision(monkeypatch):
    votes, _ = simulate(np.random.default_rng(0), n_items=1000, n_workers=20)
    table = np.log(np.random.default_rng(1).dirichlet(np.ones(3), size=(20, 3)).transpose(0, 2, 1))
    whole, one = sweep_of(votes, table)
    monkeypatch.setattr(kernels, "BLOCK", 700)
    monkeypatch.setattr(kernels, "VOTES_PER_CELL", 1)
    cut, single = sweep_of(votes, table)
    _, threaded = sweep_of(votes, table, threads=4)
    _, short = sweep_of(votes, table, dtype=np.float32)
    assert len(whole._blocks) == 1
    assert len(cut._blocks) > 5
    assert np.array_equal(single.counts, threaded.counts), "threads must not change a bit"
    assert single.log_likelihood == threaded.log_likelihood
    np.testing.assert_allclose(single.counts, one.counts, atol=1e-9)
    np.testing.assert_allclose(short.proba, one.proba, atol=1e-5)
    assert short.proba.dtype == np.float32
    assert (one.proba[::7].argmax(axis=1) == 1).all()


def test_states_with_subtypes_are_clamped_by_their_class():
    gold = np.array([-1, 2, 0])
    score = np.zeros((3, 6))
    Clamp(gold, np.array([0, 0, 1, 1, 2, 2])).apply(score)
    softmax(score)
    np.testing.assert_allclose(score, [[1 / 6] * 6, [0, 0, 0, 0, 0.5, 0.5], [0.5, 0.5, 0, 0, 0, 0]])
