"""A classifier among the annotators: its probabilities corrected, weighed and joined with the crowd's posterior.

With p the crowd's posterior of an item with n votes and f the classifier's probabilities (made out of fold):

    q_k ∝ f_k^{a_k}                            what f says in the crowd's terms: a_k ≤ 1 how far to trust it on class k
    p'_k ∝ p_k^{1 / √(n + ρ|a|)} (q_k / π_k)^ρ      π the mean of q; ρ how much it knows that the crowd does not

which is the posterior calibrated as that of ρ|a| votes more (mean over k). a is a penalised multinomial regression of
the calibrated p on ln f. ρ in [0, 1] is less than one because a classifier that learnt from the crowd repeats its
mistakes; it is the value under which p', without a vote, best foretells that vote. Since ρ is found for votes that
count as √n, it holds beside such votes only, and not beside all n at their full weight.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from quorate.errors import InvalidInput
from quorate.truth.calibration import clipped_log
from quorate.truth.rows import BLOCK
from quorate.truth.votes import Votes

Array = NDArray[np.float64]

FLOOR = 1e-4  # a classifier is never believed to be surer than this
DOUBT = 0.25  # standard deviation of a around 1
SHARES = np.linspace(0, 1, 11)


@dataclass(frozen=True, slots=True)
class Joined:
    """`raw` (I, K): crowd and classifier together, to be calibrated as `worth` (I,) votes.

    `trust` a (K,), `share` ρ of the classifier.
    """

    raw: Array
    worth: Array
    trust: Array
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


def join(votes: Votes, crowd: Array, raw: Array, worth: Array, skills: Array, model_proba: ArrayLike) -> Joined:
    """Join the classifier `model_proba` (I, K) with the crowd's posterior.

    `crowd`: (I, K), calibrated; `raw`: (I, K), before that, of `worth` (I,) votes; `skills`: (J, K, K), P(label l |
    truth k) at [j, k, l].
    """
    f = check_model_proba(votes, model_proba)
    says = ~np.isnan(f[:, 0])
    if not says.any():
        return Joined(raw, worth, np.ones(votes.n_classes), 0.0)
    said = np.log(np.maximum(f[says], FLOOR))
    trust = _translate(said, crowd[says])
    q = _softmax(trust * said)
    evidence = np.zeros_like(crowd)
    evidence[says] = np.log(q) - np.log(q.mean(axis=0))
    logs = clipped_log(raw, worth)
    share = float(SHARES[int(np.argmax(_foretell(votes, logs, skills, evidence)))])
    together = worth + says * share * float(np.abs(trust).mean())
    power = share * np.sqrt(np.maximum(together, 1))[:, None]
    return Joined(_softmax(logs + power * evidence), together, trust, share)


def _softmax(score: Array) -> Array:
    proba = np.exp(score - score.max(axis=1, keepdims=True))
    return np.asarray(proba / proba.sum(axis=1, keepdims=True))


def _translate(logs: Array, crowd: Array) -> Array:
    """a (K,), the mode under a ~ N(1, DOUBT²) cut at 1: out of fold, it is never more certain than it says."""
    from scipy.optimize import minimize  # loads for a third of a second, and few have a classifier

    n, k = logs.shape

    def loss(a: Array) -> tuple[float, Array]:
        q = _softmax(a * logs)
        pull = (a - 1) / DOUBT**2
        cost = -(crowd * np.log(np.maximum(q, 1e-300))).sum() + pull @ (a - 1) / 2
        return float(cost) / n, (((q - crowd) * logs).sum(axis=0) + pull) / n

    return np.asarray(minimize(loss, np.ones(k), jac=True, method="L-BFGS-B", bounds=[(None, 1)] * k).x)


def _foretell(votes: Votes, logs: Array, skills: Array, evidence: Array) -> Array:
    """Log-probability of all votes, each given its item's others and ρ times the evidence, for every ρ of SHARES."""
    number = np.bincount(votes.item, minlength=votes.n_items)
    total = np.zeros(len(SHARES))
    for first in range(0, len(votes), BLOCK):
        item, worker, label = (a[first : first + BLOCK] for a in (votes.item, votes.worker, votes.label))
        chance = skills[worker, :, label]
        others = logs[item] - np.log(np.maximum(chance, 1e-6))
        others /= np.sqrt(np.maximum(number[item] - 1, 1))[:, None]
        for r, share in enumerate(SHARES):
            total[r] += np.log((_softmax(others + share * evidence[item]) * chance).sum(axis=1)).sum()
    return total
