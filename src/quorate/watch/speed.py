"""Too fast for what there is to read, again and again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from quorate.watch.detector import Detector, Finding
from quorate.watch.hypotheses import rates
from quorate.watch.work import Codes, Floats, Ints, Need, Work


@dataclass(frozen=True)
class Pace:
    """Log seconds as item plus person plus noise, by robust fits. `log`: of each answer, (n,), nan where unknown.

    `item`: what the item's length and its own slowness explain, (n,). `middle`: of all annotators; `between`: the
    spread of their paces; `noise`: of one annotator's answers. `per_word`: power of the length.
    """

    log: Floats
    item: Floats
    middle: float
    between: float
    noise: float
    per_word: float

    @classmethod
    def of(cls, work: Work) -> Pace:
        assert work.seconds is not None
        votes = work.votes
        with np.errstate(invalid="ignore", divide="ignore"):
            log = np.where(work.seconds > 0, np.log(np.maximum(work.seconds, 0.1)), np.nan)
        known = np.isfinite(log)
        length = np.zeros(votes.n_items) if work.length is None else np.log1p(np.maximum(work.length, 0))
        length = length - np.median(length)
        person = medians(votes.worker[known], log[known], votes.n_workers)
        slope = _slope(length[votes.item[known]], log[known] - person[votes.worker[known]])
        rest = log - person[votes.worker] - slope * length[votes.item]
        count = np.bincount(votes.item[known], minlength=votes.n_items)
        own = medians(votes.item[known], rest[known], votes.n_items) * count / (count + 4)
        item = slope * length[votes.item] + own[votes.item]
        pace = medians(votes.worker[known], (log - item)[known], votes.n_workers)
        enough = np.isfinite(pace) & (np.bincount(votes.worker[known], minlength=votes.n_workers) >= 5)
        paces = pace[enough] if enough.any() else pace[np.isfinite(pace)]
        middle, between = float(np.median(paces)), _spread(paces)
        noise = _spread((log - item - pace[votes.worker])[known])
        return cls(log, item, middle, max(between, 0.15), max(noise, 0.2), slope)


def timed(work: Work) -> Ints:
    """Of how many answers of each annotator it is known how long they took, (J,)."""
    assert work.seconds is not None
    return np.bincount(work.votes.worker[np.isfinite(work.seconds)], minlength=work.votes.n_workers)


class Speed(Detector):
    """Some of the answers (`shares`) take a fixed short time whatever the item; the rest, the annotator's own time.

    log seconds = person + item + noise, where the item's part has its length and its own slowness. Rushed answers are
    at least `faster` times faster than the crowd's middle and do not vary with the item. The honest rival is the
    annotator's own pace within three spreads of the crowd's. Somebody who is fast and at least as right as most is let
    be.
    """

    needs: ClassVar[frozenset[Need]] = frozenset({"seconds"})

    use: Literal["speed"] = "speed"
    faster: float = Field(2.5, gt=1, le=100)
    shares: tuple[float, ...] = Field((0.5, 0.9), min_length=1, max_length=10)

    def look(self, work: Work) -> list[Finding]:
        pace = Pace.of(work)
        if not np.isfinite(pace.middle):
            return []
        score = np.where(timed(work) >= self.fewest, self._odds(work, pace), 0.0)
        found = [self._told(work, pace, j, float(score[j])) for j in self.named(work, score) if not _good(work, j)]
        return [one for one in found if one.evidence["times_faster"] >= 2]

    def _odds(self, work: Work, pace: Pace) -> Floats:
        """Decimal log odds of rushing to an honest pace, (J,)."""
        known = np.flatnonzero(np.isfinite(pace.log))
        who, log, rest = work.votes.worker[known], pace.log[known], (pace.log - pace.item)[known]
        honest = np.stack(
            [
                np.bincount(who, _heavy(rest, pace.middle + z * pace.between, pace.noise), work.votes.n_workers)
                for z in np.linspace(-3, 3, 25)
            ]
        ).max(axis=0)
        own = _heavy(rest, pace.middle, float(np.hypot(pace.noise, pace.between)))
        typical = float(np.median(log))
        ways = []
        for at in np.linspace(np.log(0.5), typical - np.log(self.faster), 8):
            rushed = np.logaddexp(_normal(log, at, 0.2), _normal(log, at, 0.5)) - np.log(2)
            for share in self.shares:
                said = np.logaddexp(np.log(share) + rushed, np.log1p(-share) + own)
                ways.append(np.bincount(who, said, work.votes.n_workers))
        mixed = np.logaddexp.reduce(np.stack(ways), axis=0) - np.log(len(ways))
        return np.asarray((mixed - honest) / np.log(10))

    def _told(self, work: Work, pace: Pace, j: int, score: float) -> Finding:
        assert work.seconds is not None
        rows = work.of(j)
        rows = rows[np.isfinite(work.seconds[rows])]
        mine = float(np.median(work.seconds[rows]))
        usual = float(np.exp(pace.middle + np.median(pace.item[rows])))
        evidence = {"answers": int(rows.size), "seconds": mine, "usual": usual, "times_faster": usual / max(mine, 0.1)}
        if work.length is not None and mine > 0:
            evidence["words_a_minute"] = float(np.median(work.length[work.votes.item[rows]]) / mine * 60)
        return Finding(
            "speed",
            f"Half of {rows.size} answers took at most {mine:.1f} s; for such items most take about {usual:.1f} s.",
            score,
            (j,),
            evidence=evidence,
        )


def _good(work: Work, j: int) -> bool:
    """Whether an annotator is right as often as most."""
    if "classes" not in work.has:
        return False
    right = rates(work)
    return bool(right[j] >= np.median(right[work.answers > 0]))


def medians(group: Codes, values: Floats, size: int) -> Floats:
    """The median of each group, nan for an empty one: (size,)."""
    order = np.lexsort((values, group))
    ends = np.searchsorted(np.asarray(group)[order], np.arange(size + 1))
    low, high = (ends[:-1] + ends[1:] - 1) // 2, (ends[:-1] + ends[1:]) // 2
    filled = ends[1:] > ends[:-1]
    out = np.full(size, np.nan)
    ordered = np.asarray(values)[order]
    out[filled] = (ordered[low[filled]] + ordered[high[filled]]) / 2
    return out


def _spread(values: Floats) -> float:
    return 1.4826 * float(np.median(np.abs(values - np.median(values))))


def _slope(x: Floats, y: Floats) -> float:
    """Robust slope: least squares, three times without what is far from the line; never below zero."""
    kept = np.ones(x.size, bool)
    slope = 0.0
    for _ in range(3):
        dx = x[kept] - x[kept].mean()
        if dx @ dx < 1e-9:
            return 0.0
        slope = float(dx @ (y[kept] - y[kept].mean()) / (dx @ dx))
        rest = y - slope * x
        rest = np.abs(rest - np.median(rest))
        kept = rest <= 3 * 1.4826 * np.median(rest) + 1e-9
    return max(0.0, slope)


def _normal(x: Floats, mean: float, sd: float) -> Floats:
    return np.asarray(-0.5 * ((x - mean) / sd) ** 2 - np.log(sd) - 0.9189385332046727)


def _heavy(x: Floats, mean: float, sd: float) -> Floats:
    """Normal with one answer in twelve three times as widely spread."""
    return np.asarray(np.logaddexp(np.log(11 / 12) + _normal(x, mean, sd), np.log(1 / 12) + _normal(x, mean, 3 * sd)))
