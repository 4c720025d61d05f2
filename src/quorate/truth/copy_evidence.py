"""How sure it is that two annotators share a source: chances, by how innocent people turn out to agree."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.special import logsumexp

from quorate.truth.copy_pairs import Floats, Pairs
from quorate.truth.rarity import Mixture, rarity

_RATES = (0.3, 0.6, 0.9, 0.99)  # shares of labels copied that are bet on


def judge(compared: Floats, pairs: Pairs, innocent: NDArray[np.bool_]) -> dict[str, Floats]:
    """The evidence on each pair. `innocent`: pairs not suspected so far, from whom chance agreement is learnt.

    A pair's statistic is the likelihood ratio of "some share of the labels is copied" to "none is", given the labels of
    either, averaged over a few shares; its chance among independent people is simulated (`rarity.py`). The chance's
    logarithm is divided by how much more than the model says the innocent pairs scatter: an empirical null (Efron,
    JASA 99, 2004). People are alike in ways that the model does not know, which shows the more, the more they share.
    """
    chance = np.stack([_calibrated(compared[way], pairs.agrees, innocent[pairs.pair]) for way in (0, 1)])
    expected = pairs.total(chance.mean(axis=0))
    scatter = np.sqrt(np.maximum(pairs.total((chance * (1 - chance)).mean(axis=0)), 1e-9))
    z = (pairs.agreed - expected) / scatter
    calm = innocent if innocent.any() else np.ones_like(innocent)
    excess = _excess(z[calm], pairs.shared[calm], pairs.shared)
    wrong = compared[2:].mean(axis=0)
    return {
        "same_errors": pairs.total(wrong * pairs.agrees),
        "expected": pairs.total(wrong * chance.mean(axis=0)),
        "rate": np.clip((pairs.agreed - expected) / np.maximum(pairs.shared - expected, 1e-9), 0.0, 1.0),
        "p_value": _adjusted(_chances(chance, pairs) / excess, pairs.total(np.log(chance.mean(axis=0))) / excess),
    }


def _excess(z: Floats, shared: Floats, wanted: Floats) -> Floats:
    """The variance of z of pairs who share so many items (`wanted`): 1 + c · shared^(3/4), c by the innocents' median.

    The power is that of the crowd of `zc_all`, whose variance is 1.1 at 7 items in common, 1.8 at 70 and 6.6 at 1,500.
    """
    at = np.concatenate([[0.0], np.geomspace(1e-4, 2.0, 80)])
    middle = np.median(z**2 / (1 + at[:, None] * shared**0.75), axis=1)
    enough = np.flatnonzero(middle <= 0.4549)  # the median of chi-squared
    return np.asarray(1 + at[enough[0] if enough.size else -1] * wanted**0.75)


def _chances(chance: Floats, pairs: Pairs) -> Floats:
    """ln of the chance that two independent people look so much like copies, by pair; 0 where they do not at all."""
    bets = [
        pairs.total(np.where(pairs.agrees, np.log1p(rate * (1 / way - 1)), math.log1p(-rate)))
        for rate in _RATES
        for way in chance
    ]
    found = np.zeros(pairs.a.size)
    for one in np.flatnonzero(logsumexp(bets, axis=0) > math.log(len(bets))).tolist():
        rows = slice(pairs.ends[one], pairs.ends[one + 1])
        apart = np.stack([1 - chance[:, rows], chance[:, rows]], axis=2)
        copied = np.concatenate([(1 - rate) * apart + rate * np.array([0.0, 1.0]) for rate in _RATES])
        honest = Mixture(apart, np.full(2, 1 / 2))
        found[one] = rarity(honest, Mixture(copied, np.full(len(copied), 1 / len(copied))), pairs.agrees[rows] * 1)
    return found


def _adjusted(log: Floats, least: Floats) -> Floats:
    """Chances, given as logarithms, adjusted for all pairs that could have shown so small a one at all.

    `least`: the smallest that each pair could show (ln): pairs with little in common cost the others nothing (Tarone,
    Biometrics 46, 1990).
    """
    able = np.searchsorted(np.sort(least), log, side="right")
    return np.asarray(np.minimum(1.0, np.exp(log) * np.maximum(able, 1)))


def _calibrated(chance: Floats, agrees: NDArray[np.bool_], innocent: NDArray[np.bool_]) -> Floats:
    """What the chance of agreement turns out to be among innocent pairs; items that mislead everybody raise it."""
    order = np.argsort(chance[innocent], kind="stable")
    held, came = chance[innocent][order], agrees[innocent][order].astype(np.float64)
    bins = np.array_split(np.arange(held.size), max(1, min(20, held.size // 50)))
    if held.size < 50:
        return np.clip(chance, 1e-3, 1 - 1e-3)
    middle = np.array([held[b].mean() for b in bins])
    share = np.array([(came[b].sum() + 5 * held[b].mean()) / (b.size + 5) for b in bins])
    # Never below the model: that would make agreement look like copying.
    learnt = np.interp(chance, middle, np.maximum.accumulate(share) - middle) + chance
    return np.asarray(np.clip(np.maximum(learnt, chance), 1e-3, 1 - 1e-3))
