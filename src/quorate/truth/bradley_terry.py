"""Fitting Bradley–Terry: scores of things from weighted wins, with a normal prior, by damped Newton steps.

Bradley and Terry, Biometrika 1952; ties as Rao and Kupper, J. Am. Stat. Assoc. 1967, would have half a win each.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse import linalg
from scipy.special import expit, log_expit

Floats = NDArray[np.float64]
Codes = NDArray[np.integer[Any]]


def fit_scores(
    left: Codes,
    right: Codes,
    wins: Floats,
    losses: Floats,
    start: Floats,
    *,
    spread: float = 1.0,
    max_iter: int = 50,
    tol: float = 1e-6,
) -> Floats:
    """Scores (things,) maximising Σ wins log σ(s_left − s_right) + losses log σ(s_right − s_left) − Σ s² / 2 spread².

    `left`, `right`, `wins`, `losses`: one row a pair, weights ≥ 0. The objective is concave; steps that do not improve
    it are halved.
    """
    scores, value = start, _objective(left, right, wins, losses, start, spread)
    for _ in range(max_iter):
        step = _newton(left, right, wins, losses, scores, spread)
        for _ in range(30):
            tried = _objective(left, right, wins, losses, scores + step, spread)
            if tried >= value:
                break
            step /= 2
        scores, value = scores + step, tried
        if np.abs(step).max(initial=0.0) < tol:
            break
    return scores


def information(left: Codes, right: Codes, weight: Floats, scores: Floats, spread: float) -> sparse.csc_array:
    """The negative Hessian of the objective (things, things) when pairs weigh `weight` = wins + losses."""
    chance = expit(scores[left] - scores[right])
    bend = weight * chance * (1 - chance)
    n = len(scores)
    between = sparse.csc_array((bend, (left, right)), shape=(n, n))
    total = np.bincount(left, bend, minlength=n) + np.bincount(right, bend, minlength=n)
    return sparse.csc_array(sparse.diags_array(total + spread**-2) - between - between.T)


def _newton(left: Codes, right: Codes, wins: Floats, losses: Floats, scores: Floats, spread: float) -> Floats:
    chance = expit(scores[left] - scores[right])
    surprise = wins * (1 - chance) - losses * chance
    n = len(scores)
    slope = np.bincount(left, surprise, minlength=n) - np.bincount(right, surprise, minlength=n)
    matrix = information(left, right, wins + losses, scores, spread)
    return np.asarray(linalg.spsolve(matrix, slope - scores / spread**2), dtype=np.float64)


def _objective(left: Codes, right: Codes, wins: Floats, losses: Floats, scores: Floats, spread: float) -> float:
    gap = scores[left] - scores[right]
    return float(wins @ log_expit(gap) + losses @ log_expit(-gap) - scores @ scores / (2 * spread**2))
