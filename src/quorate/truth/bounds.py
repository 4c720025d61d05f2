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
    "betting_log_wealth",
    "betting_upper",
    "clopper_pearson",
    "hypergeometric_log_cdf",
    "hypergeometric_upper",
    "weighted_upper",
]

Floats = NDArray[np.float64]

# Tilts of the weighted total, in units of the lowest rate. Any grid is valid; this one loses under 1 %.
_TILTS = np.geomspace(1e-3, 60.0, 160)
# Stakes of the bettor. 1 is best if no error will be found, 1 - x if the rate found is x times the rate bet against.
_STAKES = np.append(1 - np.geomspace(0.01, 1.0, 16)[:-1], 1.0)
_STAKE_WEIGHTS = np.append(np.full(15, 0.8 / 15), 0.2)


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
    most = float(ways.max())
    return min(0.0, most + math.log(np.exp(ways - most).sum()))


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
    # The cheapest (least audited) labels are bought first, each stratum with what the ones before it left over.
    spent_before = np.cumsum(cost * room, axis=1) - cost * room
    with np.errstate(divide="ignore", invalid="ignore"):
        affordable = np.where(cost > 0, (budget[:, None] - spent_before) // cost, np.inf)
    bought = np.clip(affordable, 0, room).sum(axis=1)
    return int(known.sum() + bought.min())


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
    """Largest error rate at which a bettor has not multiplied the stake by 1/delta; see `betting_log_wealth`."""
    low, high = 0.0, 1.0
    for _ in range(36):
        middle = (low + high) / 2
        wealth = betting_log_wealth(middle, probabilities, wrong, counts, floor, surprise=surprise, mean_risk=mean_risk)
        low, high = (low, middle) if wealth >= -math.log(delta) else (middle, high)
    return high


def betting_log_wealth(
    theta: float,
    probabilities: ArrayLike,
    wrong: ArrayLike,
    counts: ArrayLike,
    floor: float,
    *,
    surprise: ArrayLike | None = None,
    mean_risk: float = 0.0,
) -> float:
    """ln of the capital of a bettor whose game is fair or worse if the error rate is `theta` or more; grows with theta.

    Group j holds `counts[j]` audits of labels that were drawn with `probabilities[j]` and were all wrong or all right.
    No label of the population has a probability under `floor`. Capital = sum over stakes s of weight * prod
    (1 - s c (wrong - theta) / probability), c = floor/(1 - theta): the bets of Waudby-Smith and Ramdas, JRSS-B 86
    (2024), weighted by inverse probability (Waudby-Smith, Wu, Ramdas, Karampatziakis, Mineiro 2022). It is an
    e-process: valid at every look, and when audits that are still out are missing at random.

    `surprise` = predicted risk of the label minus `mean_risk`, its mean over the population. Half of the capital is
    then bet on wrong - surprise, which varies less where the prediction is good (prediction-powered inference,
    Angelopoulos et al., Science 382, 2023).
    """
    n = np.asarray(counts, dtype=np.float64)
    held = n > 0
    share = floor / np.asarray(probabilities, dtype=np.float64)[held]
    bad = np.asarray(wrong, dtype=np.bool_)[held]
    wealth = _capital(np.where(bad, -1.0, theta / max(1 - theta, 1e-12)) * share, n[held])
    if surprise is None:
        return wealth
    # Over 1 + mean risk no single audit can take more than the stake.
    gain = (theta + np.asarray(surprise, dtype=np.float64)[held] - bad) * share / (1 + mean_risk)
    return float(np.logaddexp(wealth, _capital(gain, n[held]))) - math.log(2)


def _capital(gain: Floats, n: Floats) -> float:
    with np.errstate(divide="ignore"):
        log_factor = np.log1p(np.maximum(_STAKES[:, None] * gain, -1.0))
    wealth = log_factor @ n
    most = float(wealth.max())
    return most + math.log(_STAKE_WEIGHTS @ np.exp(wealth - most))


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
