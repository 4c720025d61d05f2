"""Upper bounds on how many labels are wrong, from random audits; exact for finite samples, no asymptotics.

Every bound is a test turned round: it returns the largest error that the audits do not reject at level delta.
Arrays are aggregated audits: one entry is a stratum or a group of alike audits, not a single audit.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

__all__ = [
    "audits_needed",
    "betting_upper",
    "clopper_pearson",
    "hypergeometric_log_cdf",
    "hypergeometric_upper",
    "weighted_upper",
]

Floats = NDArray[np.float64]

# Tilts of the weighted total and stakes of the bettor. Any grid is valid; these lose under 1 % to a finer one.
_TILTS = np.geomspace(1e-3, 60.0, 160)
_STAKES = np.concatenate([(np.arange(12) + 0.5) / 12, [1.0]])
_STAKE_WEIGHTS = np.concatenate([np.full(12, 0.6 / 12), [0.4]])


def clopper_pearson(errors: ArrayLike, audits: ArrayLike, delta: float) -> tuple[Floats, Floats]:
    """Lower and upper bound of a binomial error rate, each wrong with probability at most delta.

    Clopper and Pearson, Biometrika 26 (1934). No audits give 0 and 1.
    """
    k = np.asarray(errors, dtype=np.float64)
    n = np.asarray(audits, dtype=np.float64)
    with np.errstate(invalid="ignore"):
        lower = np.where(k > 0, special.betaincinv(np.maximum(k, 0.5), n - k + 1, delta), 0.0)
        upper = np.where(k < n, special.betaincinv(k + 1, np.maximum(n - k, 0.5), 1 - delta), 1.0)
    return lower, upper


def hypergeometric_log_cdf(errors: int, audits: int, wrong: int, size: int) -> float:
    """ln P(at most `errors` of `audits` are wrong), drawn without replacement from `size` labels with `wrong` wrong."""
    low = max(0, audits - (size - wrong))
    high = min(errors, audits, wrong)
    if high < low:
        return -math.inf
    if high == min(audits, wrong):
        return 0.0
    k = np.arange(low, high + 1, dtype=np.float64)
    ways = _log_choose(wrong, k) + _log_choose(size - wrong, audits - k) - _log_choose(size, np.full(1, float(audits)))
    return min(0.0, float(special.logsumexp(ways)))


def _log_choose(n: int, k: Floats) -> Floats:
    return np.asarray(special.gammaln(n + 1.0) - special.gammaln(k + 1.0) - special.gammaln(n - k + 1.0))


def hypergeometric_upper(errors: int, audits: int, size: int, delta: float) -> int:
    """Largest number of wrong labels among `size` that `errors` in `audits` equally likely audits do not reject.

    Exact for sampling without replacement (Wright, Exact confidence bounds when sampling from small finite
    universes, 1991). Above ten million labels the binomial bound is used, which is never smaller.
    """
    if audits == 0:
        return size
    known_right = audits - errors
    if size > 10_000_000:
        return min(size - known_right, math.floor(size * float(clopper_pearson(errors, audits, delta)[1])))
    low, high = errors, size - known_right  # `low` is never rejected
    while low < high:
        middle = (low + high + 1) // 2
        if hypergeometric_log_cdf(errors, audits, middle, size) > math.log(delta):
            low = middle
        else:
            high = middle - 1
    return low


def weighted_upper(
    rates: ArrayLike, wrong: ArrayLike, unseen: ArrayLike, delta: float, *, fallible: bool = False
) -> int:
    """Largest number of wrong labels that the inverse-rate weighted count of errors does not reject.

    Entry j is a stratum in which each wrong label is found with probability `rates[j]`; `wrong[j]` were found and
    `unseen[j]` more labels could be wrong. Let T = sum wrong/rate. A set of m wrong labels makes T this small with
    probability at most exp(a T) * prod (1 - r + r exp(-a / r)) for any a > 0 (Chernoff; draws without replacement
    are dominated by independent ones, Hoeffding 1963, section 6). The worst set fills the least audited strata
    first. With `fallible`, a label found wrong may be right, so nothing is known to be wrong.
    """
    r = np.asarray(rates, dtype=np.float64)
    k = np.asarray(wrong, dtype=np.float64)
    room = np.asarray(unseen, dtype=np.float64)
    order = np.argsort(r, kind="stable")
    r, k, room = r[order], k[order], room[order]
    found = r > 0
    lowest = float(r[found].min()) if found.any() else 1.0
    tilt = _TILTS * lowest
    cost = np.zeros((tilt.size, r.size))
    with np.errstate(divide="ignore"):
        cost[:, found] = -np.logaddexp(np.log1p(-r[found]), np.log(r[found]) - tilt[:, None] / r[found])
    total = float(np.sum(k[found] / r[found]))
    known = np.zeros_like(k) if fallible else k
    budget = tilt * total - math.log(delta) - cost @ known
    spent = zip(cost.tolist(), budget.tolist(), strict=True)
    return int(known.sum()) + min(_fill(prices, room.tolist(), money) for prices, money in spent)


def _fill(cost: list[float], room: list[float], budget: float) -> int:
    """Most labels that can be bought with `budget`, cheapest (least audited) first."""
    bought = 0
    for price, left in zip(cost, room, strict=True):
        if price * left <= budget:
            bought += int(left)
            budget -= price * left
        else:
            return bought + max(0, int(budget // price))
    return bought


def betting_upper(
    probabilities: ArrayLike,
    wrong: ArrayLike,
    counts: ArrayLike,
    floor: float,
    delta: float,
    *,
    surprise: ArrayLike | None = None,
    mean_risk: float = 0.0,
) -> float:
    """Largest error rate against which a bettor, fair at that rate, has not multiplied the stake by 1/delta.

    Group j holds `counts[j]` audits of labels that were chosen with `probabilities[j]` and were all wrong or all
    right. No probability in the population is under `floor`. Capital = sum over stakes s of weight * prod
    (1 - s c (wrong - theta) / probability), an e-process at every look when the error is at least theta, for
    c = floor/(1 - theta): Waudby-Smith and Ramdas, JRSS-B 86 (2024), with the inverse-probability weights of
    Waudby-Smith et al. 2024. Audits that are still out may be missing at random.
    `surprise` = predicted risk of the label minus its mean over the population: half of the stakes then bet on
    wrong - surprise instead, which has less variance where the prediction is good (prediction-powered inference,
    Angelopoulos et al., Science 382, 2023).
    """
    p = np.asarray(probabilities, dtype=np.float64)
    bad = np.asarray(wrong, dtype=np.bool_)
    n = np.asarray(counts, dtype=np.float64)
    dev = None if surprise is None else np.asarray(surprise, dtype=np.float64)

    def rejected(theta: float) -> bool:
        wealth = _log_wealth(theta, floor / p, bad, n)
        if dev is not None:
            powered = _log_wealth_powered(theta, floor / p, bad, n, dev, mean_risk)
            wealth = float(np.logaddexp(wealth, powered)) - math.log(2)
        return wealth >= -math.log(delta)

    low, high = 0.0, 1.0
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (low, middle) if rejected(middle) else (middle, high)
    return high


def _log_wealth(theta: float, share: Floats, bad: NDArray[np.bool_], n: Floats) -> float:
    """ln capital against `theta`; `share` = floor / probability. It grows with theta."""
    gain = np.where(bad, -1.0, theta / max(1 - theta, 1e-12)) * share
    return _mix(gain, n)


def _log_wealth_powered(
    theta: float, share: Floats, bad: NDArray[np.bool_], n: Floats, dev: Floats, mean_risk: float
) -> float:
    """The same on wrong - surprise; dividing by 1 + mean risk keeps the capital positive."""
    gain = (theta + dev - bad) * share / (1 + mean_risk)
    return _mix(gain, n)


def _mix(gain: Floats, n: Floats) -> float:
    with np.errstate(divide="ignore", invalid="ignore"):
        log_factor = np.log1p(np.maximum(_STAKES[:, None] * gain, -1.0))
    return float(special.logsumexp(log_factor @ n, b=_STAKE_WEIGHTS))


def audits_needed(size: int, alpha: float, delta: float, errors: int = 0) -> int:
    """Smallest number of equally likely audits that certify error <= alpha when `errors` of them are wrong.

    Returns `size` when only looking at every label would tell.
    """
    low, high = errors, size
    while low < high:
        middle = (low + high) // 2
        if hypergeometric_upper(errors, middle, size, delta) <= alpha * size:
            high = middle
        else:
            low = middle + 1
    return high
