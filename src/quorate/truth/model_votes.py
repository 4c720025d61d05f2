"""A classifier among the annotators: its probabilities corrected, weighed and joined with the crowd's posterior.

With p the crowd's calibrated posterior of an item and f the classifier's probabilities (made out of fold):

    q_k ∝ e^{b_k} f_k^{a_k}        what f says in the crowd's terms: a_k how far to trust it on class k, b_k its bias
    p'_k ∝ p_k (q_k / π_k)^ρ       π the mean of q; ρ how much it knows that the crowd does not

a and b are a penalised multinomial regression of p on ln f. ρ in [0, 1] is less than one because a classifier that
learnt from the crowd repeats its mistakes. It is the value under which the joined posterior, without a vote, best
foretells that vote.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize

from quorate.errors import InvalidInput
from quorate.truth.rows import BLOCK
from quorate.truth.votes import Votes

Array = NDArray[np.float64]

FLOOR = 1e-4  # a classifier is never believed to be surer than this
DOUBT = 0.25  # standard deviation of a around 1 and, four times as wide, of b around 0
SHARES = np.linspace(0, 1, 11)


@dataclass(frozen=True, slots=True)
class Joined:
    """`proba` (I, K): crowd and classifier together. `trust` a (K,), `bias` b (K,), `share` ρ of the classifier."""

    proba: Array
    trust: Array
    bias: Array
    share: float


def check_model_proba(votes: Votes, model_proba: ArrayLike) -> Array:
    """As float64 (I, K), rows scaled to sum to one; `InvalidInput` if it cannot be. Rows of NaN: no prediction."""
    f = np.array(model_proba, dtype=np.float64)
    shape = (votes.n_items, votes.n_classes)
    if f.shape != shape:
        raise InvalidInput(
            f"model_proba has shape {f.shape}.", where="model_proba", mend=f"Give items × classes, {shape}."
        )
    silent = np.isnan(f).all(axis=1)
    f[silent] = 1.0
    total = f.sum(axis=1, keepdims=True)
    if not np.isfinite(f).all() or (f < 0).any() or (total <= 0).any():
        raise InvalidInput("model_proba holds values that are no probabilities.", where="model_proba")
    f /= total
    f[silent] = np.nan
    return f


def join(votes: Votes, crowd: Array, raw: Array, skills: Array, model_proba: ArrayLike) -> Joined:
    """Join the classifier `model_proba` (I, K) with the posterior `crowd` (I, K), calibrated.

    `raw`: (I, K), the same before calibration; `skills`: (J, K, K), P(label l | truth k) at [j, k, l].
    """
    f = check_model_proba(votes, model_proba)
    says = ~np.isnan(f[:, 0])
    logs = np.log(np.maximum(f[says], FLOOR))
    trust, bias = _translate(logs, crowd[says])
    q = _softmax(trust * logs + bias)
    evidence = np.zeros_like(crowd)
    evidence[says] = np.log(q) - np.log(q.mean(axis=0))
    fits = _foretell(votes, raw, skills, evidence)
    share = float(SHARES[int(np.argmax(fits))])
    return Joined(_softmax(np.log(np.maximum(crowd, 1e-12)) + share * evidence), trust, bias, share)


def _softmax(score: Array) -> Array:
    proba = np.exp(score - score.max(axis=1, keepdims=True))
    return np.asarray(proba / proba.sum(axis=1, keepdims=True))


def _translate(logs: Array, crowd: Array) -> tuple[Array, Array]:
    """a and b (K,), the mode under a ~ N(1, DOUBT²), b ~ N(0, (4 DOUBT)²)."""
    n, k = logs.shape

    def loss(x: Array) -> tuple[float, Array]:
        a, b = x[:k], x[k:]
        q = _softmax(a * logs + b)
        wrong = q - crowd
        pull = np.concatenate([(a - 1) / DOUBT**2, b / (4 * DOUBT) ** 2])
        cost = -(crowd * np.log(np.maximum(q, 1e-300))).sum() + (pull[:k] @ (a - 1) + pull[k:] @ b) / 2
        return float(cost) / n, (np.concatenate([(wrong * logs).sum(axis=0), wrong.sum(axis=0)]) + pull) / n

    best = minimize(loss, np.concatenate([np.ones(k), np.zeros(k)]), jac=True, method="L-BFGS-B").x
    return best[:k], best[k:]


def _foretell(votes: Votes, raw: Array, skills: Array, evidence: Array) -> Array:
    """Log-probability of all votes, each given its item's others and ρ times the evidence, for every ρ of SHARES."""
    number = np.bincount(votes.item, minlength=votes.n_items)
    total = np.zeros(len(SHARES))
    for first in range(0, len(votes), BLOCK):
        item, worker, label = (a[first : first + BLOCK] for a in (votes.item, votes.worker, votes.label))
        chance = skills[worker, :, label]
        others = np.log(np.maximum(raw[item], 1e-6)) - np.log(np.maximum(chance, 1e-6))
        others /= np.sqrt(np.maximum(number[item] - 1, 1))[:, None]
        for r, share in enumerate(SHARES):
            total[r] += np.log((_softmax(others + share * evidence[item]) * chance).sum(axis=1)).sum()
    return total
