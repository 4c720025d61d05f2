"""A certificate: a statement "at most this share of these labels is wrong" that holds with a stated probability.

It follows from audits: labels drawn at random, with known probabilities, and judged by somebody who did not see them.
The population is fixed, so the bound is about these labels and not about some process that made them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from quorate.errors import InvalidInput
from quorate.truth import bounds
from quorate.truth.audits import Audit, Evidence, Stratum, gather

__all__ = ["Audit", "Certificate", "Stratum", "StratumRow", "certificate"]


@dataclass(frozen=True, slots=True)
class StratumRow:
    """What the audits say about one stratum. `error_upper` holds for this row alone, with probability 1 − δ."""

    name: str
    size: int
    audits: int
    errors: int
    rate: float
    estimate: float | None
    error_upper: float


@dataclass(frozen=True, slots=True)
class Certificate:
    """With probability at least 1 − `delta`, at most the share `error_upper` of `size` labels is wrong.

    `estimate`: the best guess of the share that was wrong when audited (`None` without audits). `method`:
    `hypergeometric` (one rate for all), `weighted` (a rate for each stratum, or fallible auditors) or `betting`
    (probabilities that differ from label to label, predictions, or `anytime`: valid at every look). `mended`: the
    wrong labels that audits found have been corrected and are no longer counted. `more_audits`: further audits, none
    finding an error, that would reach `alpha`; 0 if it is reached, `None` if nothing would or there is no target.
    """

    size: int
    audits: int
    errors: int
    error_upper: float
    estimate: float | None
    delta: float
    method: str
    alpha: float | None
    more_audits: int | None
    mended: bool
    anytime: bool
    miss: float
    strata: tuple[StratumRow, ...]

    @property
    def holds(self) -> bool | None:
        """Whether the target `alpha` is certified; `None` without a target."""
        return None if self.alpha is None else self.error_upper <= self.alpha

    def as_dict(self) -> dict[str, Any]:
        """Plain values, ready for JSON."""
        return asdict(self) | {"holds": self.holds, "sentence": self.sentence()}

    def sentence(self) -> str:
        """The certificate in words, rounded so that the words are never stronger than the numbers."""
        audits = f"{_count(self.audits, 'random blind audit')}, {_count(self.errors, 'error')}"
        if self.error_upper >= 1:
            said = f"Nothing can be said yet about how many of these {self.size:,} labels are wrong ({audits})."
            return said + self._target_sentence()
        sure = _percent(1 - self.delta, math.floor)
        looks = " whenever one looks" if self.anytime else ""
        share = _percent(self.error_upper, math.ceil)
        after = " now that the errors found are corrected" if self.mended and self.errors else ""
        said = (
            f"With probability at least {sure}{looks}, at most {share} of these {self.size:,} labels are wrong{after}"
        )
        return f"{said} ({audits}).{self._target_sentence()}"

    def _target_sentence(self) -> str:
        if self.alpha is None or self.holds:
            return ""
        target = _percent(self.alpha, math.floor)
        if self.more_audits is None:
            return f" The target of {target} is out of reach: correct labels first."
        more = _count(self.more_audits, "more random audit")
        return f" The target of {target} is not reached; {more} without a further error would reach it."


def certificate(
    audits: Iterable[Audit],
    strata: int | Mapping[str, int] | Iterable[Stratum],
    *,
    alpha: float | None = None,
    delta: float = 0.05,
    anytime: bool = False,
    mended: bool = False,
    miss: float = 0.0,
) -> Certificate:
    """Bound the share of wrong labels in a population from random audits of it; see `Certificate` for what comes back.

    `strata`: the number of labels, or the number in each stratum by name, or `Stratum` objects. `alpha`: the target
    error, if there is one. `anytime`: the bound may be computed after every audit and collecting may stop when it
    pleases; the other bounds are for a number of audits that was not chosen by their outcomes. `mended`: the wrong
    labels that were found have been corrected. `miss`: the chance, at most, that an auditor passes a wrong label.

    Raises `InvalidInput` for audits that were not drawn at random with a known probability, and for more audits than
    that probability can explain.
    """
    for name, value, low in (("alpha", alpha, 0.0), ("delta", delta, 0.0), ("miss", miss, -1.0)):
        if value is not None and not max(low, -1e-300) < value < 1:
            raise InvalidInput(f"It is {value}; it must lie between 0 and 1.", where=name)
    evidence = gather(audits, strata)
    method = _choose(evidence, anytime, miss)
    n, k = evidence.totals
    remaining = _wrong_upper(evidence, method, delta, miss) - k * mended
    draft = Certificate(
        size=evidence.size,
        audits=n,
        errors=k,
        error_upper=min(1.0, max(0.0, remaining / evidence.size)),
        estimate=evidence.estimate(),
        delta=delta,
        method=method,
        alpha=alpha,
        more_audits=None,
        mended=mended,
        anytime=anytime,
        miss=miss,
        strata=tuple(_row(evidence.only(s), anytime, delta, miss) for s in evidence.strata),
    )
    return replace(draft, more_audits=_more_audits(evidence, draft))


def _choose(evidence: Evidence, anytime: bool, miss: float) -> str:
    """The method follows from how audits were drawn, never from what they found: picking the smallest would cheat."""
    uneven = any(len(evidence.probabilities(s)) > 1 for s in evidence.strata)
    if anytime or uneven or evidence.has_predictions():
        return "betting"
    return "hypergeometric" if not miss and evidence.is_even() else "weighted"


def _wrong_upper(evidence: Evidence, method: str, delta: float, miss: float) -> float:
    """Bound on the number of wrong labels."""
    n, k = evidence.totals
    if method == "hypergeometric":
        return bounds.hypergeometric_upper(k, n, evidence.size, delta)
    if method == "weighted":
        counts = [evidence.counts(s) for s in evidence.strata]
        rates = [evidence.rate(s) * (1 - miss) for s in evidence.strata]
        unseen = [s.size - (0 if miss else audits) for s, (audits, _) in zip(evidence.strata, counts, strict=True)]
        return bounds.weighted_upper(rates, [wrong for _, wrong in counts], unseen, delta, fallible=miss > 0)
    upper = min(1.0, _betting_upper(evidence, delta) / (1 - miss)) * evidence.size
    return upper if miss else min(upper, evidence.size - (n - k))


def _betting_upper(evidence: Evidence, delta: float) -> float:
    """All strata as one population, in which every audit has its own probability."""
    rows = [(key, n) for s in evidence.strata for key, n in evidence.groups[s.name].items()]
    if not rows:
        return 1.0
    probability, wrong, risk = zip(*(key for key, _ in rows), strict=True)
    mean_risk = sum((s.mean_risk or 0.0) * s.size for s in evidence.strata) / evidence.size
    return bounds.betting_upper(
        probability,
        wrong,
        [n for _, n in rows],
        min(evidence.floor(s) for s in evidence.strata if s.size),
        delta,
        surprise=[r - mean_risk for r in risk] if evidence.has_predictions() else None,
        mean_risk=mean_risk,
    )


def _row(evidence: Evidence, anytime: bool, delta: float, miss: float) -> StratumRow:
    (stratum,) = evidence.strata
    n, k = evidence.totals
    upper = 0.0
    if stratum.size:
        upper = _wrong_upper(evidence, _choose(evidence, anytime, miss), delta, miss) / stratum.size
    return StratumRow(stratum.name, stratum.size, n, k, evidence.rate(stratum), evidence.estimate(), upper)


def _more_audits(evidence: Evidence, draft: Certificate) -> int | None:
    """Fewest further audits without an error that reach the target; `None` when there is no target or none would."""
    alpha = draft.alpha
    if alpha is None or draft.error_upper <= alpha:
        return None if alpha is None else 0

    def reached(extra: int) -> bool:
        upper = _wrong_upper(evidence.stretched(extra), draft.method, draft.delta, draft.miss)
        return upper - draft.errors * draft.mended <= alpha * draft.size

    low, high = 0, draft.size - draft.audits
    if not reached(high):
        return None
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if reached(middle) else (middle + 1, high)
    return high


def _percent(share: float, rounding: Any) -> str:
    """A share with one decimal, or two significant digits under 1 %, rounded the safe way."""
    value = round(100 * share, 9)
    digits = max(1, 1 - math.floor(math.log10(value))) if 0 < value < 1 else 1
    return f"{rounding(round(value * 10**digits, 6)) / 10**digits:g} %"


def _count(n: int, noun: str) -> str:
    return f"{n:,} {noun}{'' if n == 1 else 's'}"
