"""Choose the confidence from which labels are accepted, so that the accepted are wrong no more often than promised."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from quorate.errors import InvalidInput
from quorate.truth import bounds
from quorate.truth.audits import check_probability

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Acceptance:
    """Labels with confidence >= `threshold` are wrong in at most the share `alpha`, with probability >= 1 − `delta`.

    `accepted` of `size` labels; `audits` and `errors` among the accepted; `threshold` is infinite if none can be
    accepted, and then `more_audits` is how many further random audits would do if all found the label right.
    """

    threshold: float
    alpha: float
    delta: float
    size: int
    accepted: int
    audits: int
    errors: int
    more_audits: int

    def as_dict(self) -> dict[str, Any]:
        """Plain values, ready for JSON; no threshold is `None`."""
        finite = math.isfinite(self.threshold)
        return asdict(self) | {"threshold": self.threshold if finite else None, "sentence": self.sentence()}

    def sentence(self) -> str:
        """The promise in words."""
        if not self.accepted:
            return f"No label can be accepted yet at an error of {100 * self.alpha:.3g} %: too few random audits."
        return (
            f"{self.accepted:,} of {self.size:,} labels, those with a confidence of {self.threshold:.4g} or more, are"
            f" wrong in at most {100 * self.alpha:.3g} % with probability at least {100 * (1 - self.delta):.4g} %"
            f" ({self.audits:,} random audits of them, {self.errors:,} wrong)."
        )


def accept(
    confidence: ArrayLike,
    audited: ArrayLike,
    wrong: ArrayLike,
    probability: ArrayLike,
    *,
    alpha: float,
    delta: float = 0.05,
    floor: float | None = None,
    candidates: int = 50,
) -> Acceptance:
    """The lowest threshold on `confidence` (one for each label, (n,)) that random audits prove good enough.

    `audited`: positions of the audited labels, (m,); `wrong`: what the audits found, (m,) bool; `probability`: with
    which each was drawn, (m,) or one number; `floor`: the smallest that any label had, if they differ. `InvalidInput`
    for audits that were not drawn at random.

    Learn then Test (Angelopoulos, Bates, Candès, Jordan, Lei, Annals of Applied Statistics 2025): candidate thresholds
    are tested from the strictest to the laxest, each with the exact p-value of "more than alpha of these are wrong"
    (hypergeometric; a bettor's capital if probabilities differ). Delta is given in advance to a few candidates; each
    that passes hands its share down (the fallback procedure, Wiens and Dmitrienko 2005), so the chance of any false
    pass is at most delta. Candidates and shares depend on all confidences alone, not on the audits.
    """
    score, where, bad, p = _check(confidence, audited, wrong, probability, floor)
    if not (0 < alpha < 1 and 0 < delta < 1):
        raise InvalidInput(f"alpha is {alpha} and delta {delta}.", mend="Both lie between 0 and 1.")
    order = np.argsort(-score[where], kind="stable")
    ranked, bad, p = score[where][order], bad[order], p[order]
    levels = np.unique(np.quantile(score, np.linspace(0, 1, candidates + 1)[:-1], method="higher"))[::-1]
    sizes = np.searchsorted(np.sort(-score), -levels, side="right")
    inside = np.searchsorted(-ranked, -levels, side="right")
    errors = np.concatenate([[0], np.cumsum(bad)])[inside]
    uneven = bool(np.any(p != p[:1]))

    def p_value(j: int) -> float:
        n, k, size = int(inside[j]), int(errors[j]), int(sizes[j])
        if uneven:
            return math.exp(-bounds.betting_log_wealth(alpha, p[:n], bad[:n], np.ones(n), floor or 1.0))
        return math.exp(bounds.hypergeometric_log_cdf(k, n, math.floor(alpha * size) + 1, size))

    last = _fallback(p_value, _shares(where.size * sizes / score.size, alpha, delta))
    if last is None:
        missing = max(1, bounds.audits_needed(score.size, alpha, delta) - where.size)
        return Acceptance(math.inf, alpha, delta, score.size, 0, 0, 0, missing)
    found = (int(sizes[last]), int(inside[last]), int(errors[last]))
    return Acceptance(float(levels[last]), alpha, delta, score.size, *found, more_audits=0)


def _shares(expected: Floats, alpha: float, delta: float) -> Floats:
    """Delta, dealt to the first candidates that can be expected to pass with 0, 1, 2, 4 … errors among their audits.

    `expected`: audits that each candidate can expect. If there are too few for any, the laxest candidate gets all.
    """
    starts = set()
    for allowed in (0, 1, 2, 4, 8, 16):
        audits = np.maximum(np.floor(expected), allowed).astype(np.int64)
        enough = special.bdtr(allowed, audits, alpha) <= delta / 6
        starts |= {int(np.argmax(enough))} if enough.any() else set()
    shares = np.zeros(expected.size)
    shares[list(starts) or [-1]] = delta / max(1, len(starts))
    return shares


def _fallback(p_value: Callable[[int], float], shares: Floats) -> int | None:
    """The last candidate that passes at its own share and what was handed down to it; `None` if none does."""
    last, handed = None, 0.0
    for j, share in enumerate(shares.tolist()):
        level = handed + share
        passed = level > 0 and p_value(j) <= level
        last, handed = (j, level) if passed else (last, 0.0)
    return last


def _check(
    confidence: ArrayLike, audited: ArrayLike, wrong: ArrayLike, probability: ArrayLike, floor: float | None
) -> tuple[Floats, NDArray[np.intp], NDArray[np.bool_], Floats]:
    score = np.asarray(confidence, dtype=np.float64)
    where = np.asarray(audited, dtype=np.intp).reshape(-1)
    bad = np.asarray(wrong).reshape(-1).astype(np.bool_)
    p = np.broadcast_to(np.asarray(probability, dtype=np.float64), where.shape)
    if not score.size or np.isnan(score).any():
        raise InvalidInput("A confidence is missing.", where="confidence")
    if bad.size != where.size or np.unique(where).size != where.size:
        raise InvalidInput("Every audited position needs one finding, and one only.", where="audited")
    if where.size and not (where.min() >= 0 and where.max() < score.size):
        raise InvalidInput(f"A position is outside the {score.size} labels.", where="audited")
    for row in np.flatnonzero(~((p > 0) & (p <= 1)))[:1]:
        check_probability(float(p[row]), f"probability[{row}]")
    if np.any(p != p[:1]) and (floor is None or not 0 < floor <= p.min()):
        raise InvalidInput(
            "Audits were drawn with different probabilities, and the smallest that any label had is not given.",
            where="floor",
            mend=f"Give `floor`, at most {p.min():g}.",
        )
    return score, where, bad, p
