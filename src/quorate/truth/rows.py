"""Rows of confusion matrices under Dirichlet priors: what independent, enhanced and community models share.

A worker j answers label l to an item in state c with probability π_jlc; each π_j·c has a Dirichlet prior. Arrays of
pseudo-counts and of logarithms are (J, K labels, C states), as `kernels` has them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import digamma, gammaln

from quorate.truth.kernels import Clamp, Floats, VoteMatrix
from quorate.truth.model import climb
from quorate.truth.votes import Votes

Array = NDArray[np.float64]
Mix = Callable[[Array], tuple[Array, float]]

BLOCK = 1 << 16  # votes looked at together when each is left out


def diagonal(k: int, right: float, wrong: float) -> Array:
    """Pseudo-counts of a worker nobody knows, (K labels, K classes): `right` on the diagonal, `wrong` off it."""
    return np.where(np.eye(k, dtype=bool), right, wrong)


def expected_log(counts: Array, axis: int = -1) -> Array:
    """E[ln π] under Dirichlet(counts), whose probabilities run along `axis`."""
    return np.asarray(digamma(counts) - digamma(counts.sum(axis=axis, keepdims=True)))


def divergence(counts: Array, prior: Array, axis: int = -1) -> float:
    """Sum of KL(Dirichlet(counts) ‖ Dirichlet(prior)) over all other axes."""
    prior = np.broadcast_to(prior, counts.shape)
    kl = gammaln(counts.sum(axis=axis)).sum() - gammaln(prior.sum(axis=axis)).sum()
    kl += (gammaln(prior) - gammaln(counts)).sum() + ((counts - prior) * expected_log(counts, axis)).sum()
    return float(kl)


@dataclass(frozen=True, slots=True)
class Combined:
    """A variational fit. `proba` (I, C); `counts` (J, K, C), prior included; `table` E[ln π]; `log_prior` (C,)."""

    proba: Floats
    counts: Array
    table: Array
    log_prior: Array
    bound: float
    n_iter: int
    converged: bool


def combine(
    matrix: VoteMatrix, start: Array, prior: Array, mix: Mix, clamp: Clamp | None, max_iter: int, tol: float
) -> Combined:
    """Coordinate ascent from `start` (I, C), rows π having the prior pseudo-counts `prior` (K, C) or (J, K, C).

    `mix` takes the expected number of items in each state to E[ln P(state)] (C,) and its divergence from its prior.
    Stops when the bound gains at most `tol` a vote.
    """
    proba: Floats = start.astype(matrix.dtype)
    counts, mass = matrix.counts(proba) + prior, start.sum(axis=0)
    table = log_prior = np.empty(0)

    def step() -> float:
        nonlocal counts, mass, table, log_prior
        table = expected_log(counts, axis=1)
        log_prior, cost = mix(mass)
        cost += divergence(counts, prior, axis=1)
        sweep = matrix.sweep(table, log_prior, clamp, out=proba)
        counts, mass = sweep.counts + prior, sweep.mass
        return sweep.log_likelihood - cost

    bound, n_iter, converged = climb(step, max_iter, tol * max(1.0, float(matrix.votes_per_item.sum())))
    return Combined(proba, counts, table, log_prior, bound, n_iter, converged)


def foresight(votes: Votes, proba: Floats, table: Array, chance: Callable[[slice, Array], Array]) -> float:
    """Mean log-probability of a vote given all the others: how well a model foresees what it has not seen.

    Each vote is taken from its item's posterior by dividing by exp(`table`) (J, K, C), and from its worker by
    `chance(rows, share)`: P(label | state) without the share (rows, C) of the vote that each state has. No refit: what
    the vote did to others' skills stays. Clipped at 1e-6 a vote.
    """
    total, size = 0.0, 0.0
    for first in range(0, len(votes), BLOCK):
        rows = slice(first, first + BLOCK)
        share = proba[votes.item[rows]].astype(np.float64)
        weight = np.ones(len(share)) if votes.weight is None else votes.weight[rows]
        cavity = np.log(np.maximum(share, 1e-300))
        cavity -= weight[:, None] * table[votes.worker[rows], votes.label[rows]]
        cavity = np.exp(cavity - cavity.max(axis=1, keepdims=True))
        said = (cavity * chance(rows, share * weight[:, None])).sum(axis=1) / cavity.sum(axis=1)
        total += float(weight @ np.log(np.clip(said, 1e-6, 1)))
        size += float(weight.sum())
    return total / max(size, 1e-9)


def dirichlet_chance(votes: Votes, counts: Array) -> Callable[[slice, Array], Array]:
    """`chance` for `foresight` when rows are Dirichlet with pseudo-counts `counts` (J, K, C), the vote's included."""
    totals = counts.sum(axis=1)

    def chance(rows: slice, share: Array) -> Array:
        worker, label = votes.worker[rows], votes.label[rows]
        left = np.maximum(counts[worker, label] - share, 1e-9)
        return np.asarray(left / np.maximum(totals[worker] - share, 1e-9))

    return chance
