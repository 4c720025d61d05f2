"""Audits as evidence: what was drawn at random, from what, how likely. What was picked by hand is refused."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from scipy import special

from quorate.errors import InvalidInput

# How many audits there are of each (probability, wrong, risk).
Group: TypeAlias = Counter[tuple[float, bool, float | None]]


@dataclass(frozen=True, slots=True)
class Audit:
    """One label that was drawn at random and judged.

    `wrong`: whether it was. `probability`: that with which it was drawn, in (0, 1]; `None` is refused, for a label that
    somebody picked proves nothing. `risk`: its predicted chance of being wrong, if there is a prediction.
    """

    wrong: bool
    probability: float | None
    stratum: str = "all"
    risk: float | None = None


@dataclass(frozen=True, slots=True)
class Stratum:
    """A part of the population that is sampled in one way, such as the decisions of one kind.

    `size`: its labels. `floor`: the smallest probability with which any of them is drawn; needed only when
    probabilities differ inside the stratum. `mean_risk`: mean predicted risk over all its labels; needed only when
    audits carry one.
    """

    size: int
    name: str = "all"
    floor: float | None = None
    mean_risk: float | None = None


@dataclass(frozen=True)
class Evidence:
    """Audits gathered by stratum and into groups of like ones, so that no bound sees them one by one."""

    strata: tuple[Stratum, ...]
    groups: dict[str, Group]

    @property
    def size(self) -> int:
        """Labels in all strata."""
        return sum(s.size for s in self.strata)

    @property
    def totals(self) -> tuple[int, int]:
        """Audits and errors of all strata."""
        pairs = [self.counts(s) for s in self.strata]
        return sum(n for n, _ in pairs), sum(k for _, k in pairs)

    def counts(self, stratum: Stratum) -> tuple[int, int]:
        """Audits and errors of a stratum."""
        group = self.groups[stratum.name]
        return sum(group.values()), sum(n for (_, wrong, _), n in group.items() if wrong)

    def probabilities(self, stratum: Stratum) -> set[float]:
        """The probabilities with which the audits of a stratum were drawn."""
        return {p for p, _, _ in self.groups[stratum.name]}

    def floor(self, stratum: Stratum) -> float:
        """The smallest probability that a label of the stratum had."""
        return stratum.floor or min(self.probabilities(stratum), default=1.0)

    def rate(self, stratum: Stratum) -> float:
        """The share that was audited; audits that are still out are thereby taken to be missing at random."""
        return self.counts(stratum)[0] / stratum.size if stratum.size else 0.0

    def only(self, stratum: Stratum) -> Evidence:
        """The evidence on one stratum."""
        return Evidence((stratum,), {stratum.name: self.groups[stratum.name]})

    def stretched(self, extra: int) -> Evidence:
        """As if `extra` more audits had found no error, spread over the strata like the labels not yet audited."""
        left = {s.name: s.size - self.counts(s)[0] for s in self.strata}
        share = extra / max(1, sum(left.values()))
        groups = {name: _add_right(self.groups[name], math.floor(share * left[name] + 1e-9)) for name in left}
        return Evidence(self.strata, groups)

    def estimate(self) -> float | None:
        """Share of wrong labels: each stratum by its size, inside a stratum each audit by 1/probability (Hájek)."""
        wrong = seen = 0.0
        for s in self.strata:
            group = self.groups[s.name]
            weight = sum(n / p for (p, _, _), n in group.items())
            if weight:
                wrong += s.size * sum(n / p for (p, bad, _), n in group.items() if bad) / weight
                seen += s.size
        return wrong / seen if seen else None

    def is_even(self) -> bool:
        """Whether all strata were drawn at one rate, as declared and as counted (chi-squared at 1 in 1,000)."""
        n, _ = self.totals
        rate = n / self.size
        if len({p for s in self.strata for p in self.probabilities(s)}) > 1:
            return False
        if rate in {0.0, 1.0}:
            return True
        gaps = [(self.counts(s)[0] - rate * s.size) ** 2 / (s.size * rate * (1 - rate)) for s in self.strata if s.size]
        return bool(special.chdtrc(max(1, len(gaps) - 1), sum(gaps)) > 1e-3)

    def has_predictions(self) -> bool:
        """Whether all audits and strata carry predictions that promise errors enough in the sample to pay off."""
        risks = [(key[2], n) for s in self.strata for key, n in self.groups[s.name].items()]
        known = [r * n for r, n in risks if r is not None]
        return len(known) == len(risks) and all(s.mean_risk is not None for s in self.strata) and sum(known) >= 10


def _add_right(group: Group, extra: int) -> Group:
    """`extra` more audits that found the label right, like those that did so far."""
    right = {key: n for key, n in group.items() if not key[1]}
    right = right or {(p, False, risk): n for (p, _, risk), n in group.items()} or {(1.0, False, None): 1}
    held = sum(right.values())
    more: Group = Counter(group)
    done = seen = 0
    for key, n in right.items():
        seen += n
        share = extra * seen // held - done
        more[key] += share
        done += share
    return more


def gather(audits: Iterable[Audit], strata: int | Mapping[str, int] | Iterable[Stratum]) -> Evidence:
    """Group the audits and check that they can come from the declared random draw; `InvalidInput` if they cannot."""
    parts = _as_strata(strata)
    names = {s.name for s in parts}
    groups: dict[str, Group] = defaultdict(Counter)
    for row, audit in enumerate(audits):
        _check_audit(audit, names, f"audits[{row}]")
        groups[audit.stratum][float(audit.probability or 0), bool(audit.wrong), audit.risk] += 1
    evidence = Evidence(parts, {s.name: groups[s.name] for s in parts})
    if evidence.size < 1:
        raise InvalidInput("There are no labels to certify.", where="strata")
    for s in parts:
        _check_stratum(evidence, s)
    return evidence


def _as_strata(strata: int | Mapping[str, int] | Iterable[Stratum]) -> tuple[Stratum, ...]:
    if isinstance(strata, int | np.integer):
        return (Stratum(int(strata)),)
    if isinstance(strata, Mapping):
        return tuple(Stratum(int(size), name) for name, size in strata.items())
    return tuple(strata)


def _check_audit(audit: Audit, names: set[str], where: str) -> None:
    if audit.stratum not in names:
        raise InvalidInput(f"There is no stratum {audit.stratum!r}.", where=where, mend="Give its size in `strata`.")
    if not isinstance(audit.wrong, bool | np.bool_):
        raise InvalidInput(f"`wrong` is {audit.wrong!r}.", where=where, mend="Say True or False; leave open ones out.")
    if audit.risk is not None and not 0 <= audit.risk <= 1:
        raise InvalidInput(f"`risk` is {audit.risk}, not between 0 and 1.", where=where)
    check_probability(audit.probability, where)


def check_probability(probability: float | None, where: str) -> None:
    """Refuse an audit without a usable sampling probability."""
    if probability is None or not 0 < probability <= 1:
        given = "none is given" if probability is None else probability
        raise InvalidInput(
            f"This audit was not drawn at random with a known probability ({given}), so it proves nothing.",
            where=where,
            mend="Leave out what was picked by hand and draw audits at random, keeping the probability of each.",
        )


def _check_stratum(evidence: Evidence, stratum: Stratum) -> None:
    n, _ = evidence.counts(stratum)
    p = evidence.probabilities(stratum)
    where = f"stratum {stratum.name!r}"
    if stratum.size < n:
        raise InvalidInput(f"There are {n} audits of {stratum.size} labels.", where=where)
    if len(p) > 1 and stratum.floor is None:
        raise InvalidInput(
            "Its audits were drawn with different probabilities, and the smallest that any label had is not known.",
            where=where,
            mend=f"Give `floor`, at most {min(p):g}, or make a stratum of each probability.",
        )
    if p and stratum.floor is not None and not 0 < stratum.floor <= min(p):
        raise InvalidInput(f"`floor` is {stratum.floor}, but an audit was drawn at {min(p):g}.", where=where)
    if n and special.bdtrc(n - 1, stratum.size, max(p)) < 1e-9:
        raise InvalidInput(
            f"{n} audits of {stratum.size} labels are more than a probability of {max(p):g} can explain.",
            where=where,
            mend="Leave out audits that were not part of the random draw.",
        )
