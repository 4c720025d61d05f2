"""The items of late are of other classes than before."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
from pydantic import Field
from scipy.stats import chi2

from quorate.watch.detector import About, Detector, Finding
from quorate.watch.drift import arrival, now
from quorate.watch.work import Floats, Need, Work


class ClassMix(Detector):
    """Shares of the classes among the last items (`share`) against the earlier: G-test on what is believed of them.

    Items that come in batches of one kind make shares jump without drift: the statistic is divided by how much
    more than chance blocks of thirty items differ from each other (Rao and Scott's correction, Ann. Stat. 12, 1984).
    """

    needs: ClassVar[frozenset[Need]] = frozenset({"classes"})
    about: ClassVar[About] = "step"

    use: Literal["class_mix"] = "class_mix"
    false_alarm: float = Field(0.001, gt=0, le=0.5)
    fewest: int = Field(120, ge=40, description="Items.")
    share: float = Field(1 / 3, gt=0, lt=1)

    def look(self, work: Work) -> list[Finding]:
        came = arrival(work)
        if came.size < self.fewest:
            return []
        late = now(work, self.share)[came]
        believed = work.view.proba[came]
        g, freedom = _g(believed[~late].sum(axis=0), believed[late].sum(axis=0))
        g /= _clumping(believed[~late])
        score = -float(chi2.logsf(g, freedom)) / np.log(10) if freedom else 0.0
        if score < self.bar:
            return []
        before, since = believed[~late].mean(axis=0), believed[late].mean(axis=0)
        k = int(np.argmax(np.abs(since - before)))
        label = str(work.votes.labels[k])
        mix = {str(one): [float(a), float(b)] for one, a, b in zip(work.votes.labels, before, since, strict=True)}
        message = (
            f"`{label}` makes up {since[k]:.0%} of the last {int(late.sum())} items; of those before, {before[k]:.0%}."
        )
        return [Finding("class_mix", message, score, evidence={"items": int(late.sum()), "shares": mix})]


def _g(before: Floats, since: Floats) -> tuple[float, int]:
    """Likelihood ratio of two mixes to one, and its degrees of freedom."""
    table = np.stack([before, since])
    table = table[:, table.sum(axis=0) > 1]
    expected = table.sum(axis=1, keepdims=True) * table.sum(axis=0) / table.sum()
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = np.where(table > 0, table * np.log(table / expected), 0.0)
    return 2 * float(terms.sum()), max(0, table.shape[1] - 1)


def _clumping(believed: Floats, size: int = 30) -> float:
    """How much more blocks of consecutive items differ than chance has it; at least one."""
    blocks = [believed[i : i + size] for i in range(0, len(believed) - size + 1, size)]
    share = believed.mean(axis=0)
    usual = float(np.sum(share * (1 - share)))
    if len(blocks) < 4 or usual < 1e-6:
        return 1.0
    seen = np.var([block.mean(axis=0) for block in blocks], axis=0, ddof=1).sum() * size
    return max(1.0, float(seen) / usual)
