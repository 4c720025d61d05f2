"""What one more vote is worth: how far it would move belief, before anyone has said it.

An annotator with confusion matrix c, asked about a task with posterior p, says l with probability r_l = Σ_k p_k c_kl,
after which the posterior is p_k c_kl / r_l. What that is worth on average is arithmetic.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from quorate.truth.online import POOL

Floats = NDArray[np.float64]


def confusion(rows: ArrayLike) -> Floats:
    """P(said | true), the mean of Dirichlet pseudo-counts. Shape (…, K, K)."""
    counts = np.asarray(rows, dtype=np.float64)
    mean: Floats = counts / counts.sum(axis=-1, keepdims=True)
    return mean


def apart(rows: ArrayLike) -> Floats:
    """How well an annotator tells each two classes apart: the squared distance between what they say of each.

    `rows` (K, K) pseudo-counts, smoothed as in `truth/online.py`; returns (K, K), symmetric, 0 on the diagonal, at most
    2. Of a task with posterior p, Σ p_k p_j apart_kj over pairs is the share of the variance of what they say that the
    truth explains: information gain with Gini's impurity in the place of Shannon's entropy, and a sum over pairs.
    """
    counts = np.asarray(rows, dtype=np.float64)
    classes = len(counts)
    right = float(np.trace(counts) / counts.sum())
    pooled = np.full((classes, classes), POOL * (1 - right) / max(classes - 1, 1))
    np.fill_diagonal(pooled, POOL * right)
    said = confusion(counts + pooled)
    products = said @ said.T
    own = np.diag(products)
    return np.maximum(own[:, None] + own[None] - 2 * products, 0.0)


def entropy(p: Floats) -> Floats:
    """Shannon entropy over the last axis, nats."""
    nats: Floats = -np.sum(p * np.log(np.maximum(p, 1e-300)), axis=-1)
    return nats


def information_gain(posteriors: ArrayLike, skill: ArrayLike) -> Floats:
    """Expected fall of each task's entropy through one vote of this annotator, nats ≥ 0.

    `posteriors` (I, K), `skill` (K, K) a confusion matrix; returns (I,). Lindley 1956: the mutual information of the
    truth and the vote, computed as H(vote) - H(vote | truth).
    """
    p, c = np.asarray(posteriors, dtype=np.float64), np.asarray(skill, dtype=np.float64)
    return np.maximum(entropy(p @ c) - p @ entropy(c), 0.0)


def error_reduction(posteriors: ArrayLike, skill: ArrayLike) -> Floats:
    """Expected fall of the probability that the likeliest label is wrong, ≥ 0. Shapes as in `information_gain`.

    It is 0 for a vote that could not overturn the leader alone, though two such votes could; to choose among many
    tasks use `information_gain`, which sees further.
    """
    p, c = np.asarray(posteriors, dtype=np.float64), np.asarray(skill, dtype=np.float64)
    after = (p[:, :, None] * c[None]).max(axis=1).sum(axis=1)
    fall: Floats = np.maximum(after - p.max(axis=1), 0.0)
    return fall


def net_gain(posteriors: ArrayLike, skill: ArrayLike, error_cost: float, price: float) -> Floats:
    """Expected saving from one more vote: errors avoided at `error_cost` each, less the vote's price. Shape (I,)."""
    return error_cost * error_reduction(posteriors, skill) - price
