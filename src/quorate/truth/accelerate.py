"""Squared extrapolation for EM: fewer passes to the same likelihood.

R. Varadhan and C. Roland, Simple and globally convergent methods for accelerating the convergence of any EM algorithm,
Scandinavian Journal of Statistics 35, 2008: the squared step (equation 7) with step length S3. Its states here are
expected counts, which every affine combination keeps consistent, so that only their signs need care.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]


def squarem(
    start: Vector, em: Callable[[Vector], tuple[Vector, float]], max_iter: int, tol: float, accelerate: bool = True
) -> tuple[Vector, float, int, bool]:
    """Iterate `em`, which maps counts to (new counts, objective of the old), until a step of it gains at most `tol`.

    Returns the last counts, the last objective, the number of calls of `em`, and whether it came to rest. The last call
    is always a plain one, so what `em` left behind belongs to the objective returned. An extrapolation that lowers
    the objective is dropped. Without `accelerate` this is plain EM.
    """
    x, last, calls = [start], -np.inf, 0
    while calls < max_iter:
        new, value = em(x[-1])
        calls += 1
        x.append(new)
        if value - last <= tol:
            return new, value, calls, True
        last = value
        if accelerate and len(x) == 3 and calls + 2 <= max_iter:
            jumped, value = em(_extrapolate(*x))
            calls += 1
            x, last = ([jumped], value) if value >= last else ([new], last)
        elif len(x) == 3:
            x = [new]
    return x[-1], last, calls, False


def _extrapolate(first: Vector, second: Vector, third: Vector) -> Vector:
    step = second - first
    curve = (third - second) - step
    size = float(np.linalg.norm(curve))
    length = max(1.0, float(np.linalg.norm(step)) / size) if size > 0 else 1.0
    return np.maximum(first + 2 * length * step + length**2 * curve, 0)
