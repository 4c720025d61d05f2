"""Noise or a gap in skill? Why somebody's answers are wrong, with a probability for each reason, and what would help.

Slips and fatigue want a break, a class taken for another a lesson on the two, a question on which everybody splits a
clearer guideline, and bad faith a pause. Each reason is a family of ways of answering; its probability follows from how
well the family explains the answers (Bayes), with the truths averaged over as the others see them. From which
probability on somebody is said to need anything is simulated: honest people like those of this crowd answer the same
items, and at most one in a hundred of them may be.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal, cast

import numpy as np
from scipy.special import logsumexp

from quorate.watch.honest import Honest, said, totals
from quorate.watch.hypotheses import always, coin, scaled
from quorate.watch.work import Codes, Floats, Ints, Work

Reason = Literal["fine", "slips", "fatigue", "systematic", "guideline", "bad_faith"]
Remedy = Literal["none", "break", "lesson", "clarification", "pause"]
REMEDIES: dict[Reason, Remedy] = {
    "fine": "none", "slips": "break", "fatigue": "break", "systematic": "lesson", "guideline": "clarification",
    "bad_faith": "pause",
}  # fmt: skip
PRIOR: dict[str, float] = {"fine": 0.9, "slips": 0.03, "fatigue": 0.025, "systematic": 0.025, "bad_faith": 0.02}
"""Where answers look alike, as a gap and a favourite place between two classes, the milder charge is the likelier."""
BLIND = 2 / 3
"""Of bad faith, the share that does not look at the items; the others favour a class, or mean to be wrong."""
ALARMS = 0.008
"""The share of simulated honest people who are said to need something; of those in crowds whose truth is known it is as
much, give or take a quarter."""
LEAST = 0.05
"""Who is fine with less probability needs something, whatever others of the crowd are like."""
DRAWN = 2000
"""Honest people simulated; fewer where there are few to be like, in at most `_ROUNDS`, or where each takes long."""
_ROUNDS, _NUMBERS = 50, 200_000_000
_TURNS = 2  # in which it is learnt from the answers who is fine, and how those answer
SPLIT = 0.2  # of a class's answers that a crowd at odds gives to one other class
_SITTING = 1800.0  # seconds without an answer that begin another sitting
_WIDEST = 24  # classes up to which every pair is looked at


@dataclass(frozen=True, slots=True)
class Gap:
    """One class taken for another: `share` of about `answers` items of class `truth` were called `label`.

    `part`: in which of several works.
    """

    truth: int
    label: int
    probability: float
    share: float
    answers: float
    part: int = 0


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """Of one annotator: the probability of each reason (summing to one), the likeliest gaps, and what would help.

    `doubt`: who is fine with at least this probability is let be. `classes`: for each class (of several works: for each
    of them), the probability of each reason for the errors on it.
    """

    worker: int
    answers: int
    probabilities: dict[Reason, float]
    gaps: tuple[Gap, ...]
    classes: tuple[dict[Reason, float], ...]
    doubt: float

    @property
    def reason(self) -> Reason:
        """`fine` unless that is doubtful; else the likeliest of the reasons with the likeliest remedy."""
        if self.probabilities["fine"] >= self.doubt:
            return "fine"
        wanted: dict[Remedy, float] = {}
        for reason, probability in self.probabilities.items():
            wanted[REMEDIES[reason]] = wanted.get(REMEDIES[reason], 0.0) + probability * (reason != "fine")
        best = max(wanted, key=lambda remedy: wanted[remedy])
        return max((r for r in REMEDIES if REMEDIES[r] == best), key=lambda r: self.probabilities[r])

    @property
    def remedy(self) -> Remedy:
        """What would help."""
        return REMEDIES[self.reason]


def diagnose(work: Work, *, fewest: int = 20) -> list[Diagnosis]:
    """A diagnosis of everyone with enough answers."""
    fits = _Fits.learnt(work)
    enough = np.flatnonzero(work.answers >= fewest)
    doubt = _doubt([fits], enough)
    return [fits.diagnosis(int(j), doubt) for j in enough]


def diagnose_parts(parts: Sequence[Work], *, fewest: int = 20) -> list[Diagnosis]:
    """The same of answers that say several things at once (which classes apply), a work of two classes for each.

    The same people gave the same answers in all of them: slips and bad faith show in every part, a gap in one.
    """
    fits = [_Fits.learnt(work) for work in parts]
    reasons = _reasons(_together([one.families for one in fits]))
    enough = np.flatnonzero(parts[0].answers >= fewest)
    doubt = _doubt(fits, enough)
    found = []
    for j in enough.tolist():
        apart = np.array([one.families["systematic"][j] - one.families["fine"][j] for one in fits])
        whole: dict[Reason, float] = dict.fromkeys(REMEDIES, 0.0)
        for name, shares_of in reasons.items():
            whole[cast(Reason, name)] = float(shares_of[j])
        shares = (np.exp(apart - logsumexp(apart)) * whole["systematic"]).tolist()
        gaps = [
            replace(gap, part=place)
            for place, share in enumerate(shares)
            for gap in fits[place].gaps_of(j, share)
        ]  # fmt: skip
        gaps.sort(key=lambda gap: -gap.probability)
        classes = tuple(
            whole | {"systematic": share, "fine": whole["fine"] + whole["systematic"] - share} for share in shares
        )
        found.append(Diagnosis(j, int(parts[0].answers[j]), whole, tuple(gaps[:3]), classes, doubt))
    return found


def split_pairs(work: Work) -> frozenset[tuple[int, int]]:
    """Pairs of classes (a < b) that the crowd itself cannot hold apart, whichever of the two it is.

    With two classes there is nothing to tell it from: every slip takes one of them for the other.
    """
    crowd = work.view.crowd
    if len(crowd) < 3:
        return frozenset()
    both = np.minimum(crowd, crowd.T) * (1 - np.eye(len(crowd)))
    either = np.maximum(crowd, crowd.T) * (1 - np.eye(len(crowd)))
    return frozenset((int(a), int(b)) for a, b in np.argwhere((either >= SPLIT) & (both >= SPLIT / 3)) if a < b)


@dataclass(frozen=True, eq=False)
class _Fits:
    """ln of the mean likelihood of each family, by annotator; and of each gap."""

    honest: Honest
    families: dict[str, Floats]
    pairs: list[tuple[int, int]]
    gaps: Floats
    split: frozenset[tuple[int, int]]

    @classmethod
    def learnt(cls, work: Work) -> _Fits:
        """Of the answers given, from which it is learnt how the honest answer."""
        fits = cls.of(Honest.of(work))
        for _ in range(_TURNS):
            fits = cls.of(fits.honest.learnt(PRIOR["fine"], fits.other))
        return fits

    @classmethod
    def of(cls, honest: Honest, label: Codes | None = None) -> _Fits:
        """Of the answers given, or of other answers to the same items by the same people."""
        work = honest.work
        label = work.votes.label if label is None else label
        times = honest.middles(4)
        bases = said(work, label, times)
        K = work.votes.n_classes
        slips = [(1 - e) * base + e / K for base in bases for e in (0.4, 0.55)]
        late = second_halves(work)
        tired = [np.where(late, (1 - e) * base + e / K, base) for base in bases for e in (0.5, 0.75)]
        blind, bad = _mixed(work, _blind(work, label)), _mixed(work, _bad(work, label))
        pairs = list(_pairs(work))
        ways = [scaled(work.view.crowd, once) for once in times[1:3].tolist()]
        apart = [totals(work, _with_gap(work, label, bases[1:3], ways, a, b)) for a, b in pairs]
        gaps = np.asarray(_mean(np.stack(apart, axis=2)) + np.log(_near(work, pairs)))
        families = {
            "fine": honest.log(label),
            "slips": _mixed(work, slips),
            "fatigue": _mixed(work, tired),
            "bad_faith": np.logaddexp(blind + np.log(BLIND), bad + np.log(1 - BLIND)),
            "systematic": np.asarray(logsumexp(gaps, axis=1)),
        }
        return cls(honest, families, pairs, gaps, split_pairs(work))

    @property
    def work(self) -> Work:
        return self.honest.work

    @property
    def other(self) -> Floats:
        """ln P(not fine, and these answers), by annotator."""
        logs = [self.families[name] + np.log(share) for name, share in PRIOR.items() if name != "fine"]
        return np.asarray(logsumexp(logs, axis=0))

    @cached_property
    def reasons(self) -> dict[str, Floats]:
        """The probability of each family, by annotator."""
        return _reasons(self.families)

    def diagnosis(self, j: int, doubt: float) -> Diagnosis:
        found = {name: float(shares[j]) for name, shares in self.reasons.items()}
        gaps = self.gaps_of(j, found["systematic"])
        asked = sum(gap.probability for gap in gaps if tuple(sorted((gap.truth, gap.label))) in self.split)
        torn = self._torn(j) * found["fine"]
        whole: dict[Reason, float] = {
            "fine": found["fine"] - torn,
            "slips": found["slips"],
            "fatigue": found["fatigue"],
            "systematic": max(0.0, found["systematic"] - asked),
            "guideline": min(asked, found["systematic"]) + torn,
            "bad_faith": found["bad_faith"],
        }
        classes = tuple(self._on(k, whole, gaps) for k in range(self.work.votes.n_classes))
        return Diagnosis(j, int(self.work.answers[j]), whole, gaps, classes, doubt)

    def gaps_of(self, j: int, systematic: float) -> tuple[Gap, ...]:
        """The likeliest gaps, at most three, each with its probability."""
        share = np.exp(self.gaps[j] - logsumexp(self.gaps[j])) * systematic
        votes, view, rows = self.work.votes, self.work.view, self.work.of(j)
        found = []
        for place in np.argsort(-share)[:3]:
            a, b = self.pairs[int(place)]
            if share[place] < 0.05:
                break
            about = view.without[rows, a]
            said = float(about @ (votes.label[rows] == b)) / max(float(about.sum()), 1e-9)
            found.append(Gap(a, b, float(share[place]), said, float(about.sum())))
        return tuple(found)

    def _torn(self, j: int) -> float:
        """The share of the errors of somebody like everybody else that lie between classes that the crowd splits on."""
        if not self.split:
            return 0.0
        rows = self.work.of(j)
        wrong = self.work.view.without[rows].copy()
        label = self.work.votes.label[rows]
        wrong[np.arange(rows.size), label] = 0.0
        torn = sum(
            float(wrong[label == b, a].sum() + wrong[label == a, b].sum())
            for a, b in self.split
        )  # fmt: skip
        share = torn / max(float(wrong.sum()), 1e-9)
        return share if share > 0.5 and wrong.sum() / rows.size > SPLIT / 2 else 0.0

    def _on(self, k: int, whole: dict[Reason, float], gaps: tuple[Gap, ...]) -> dict[Reason, float]:
        """The reasons for errors on one class: a gap or a split concerns only the classes it is between."""
        own = dict(whole)
        if not any(k in pair for pair in self.split):
            own["fine"] += own["guideline"]
            own["guideline"] = 0.0
        here = min(own["systematic"], sum(gap.probability for gap in gaps if gap.truth == k))
        own["fine"] += own["systematic"] - here
        own["systematic"] = here
        return own


def _together(parts: Sequence[dict[str, Floats]]) -> dict[str, Floats]:
    """The families of the answers to all parts: a gap lies in one of them, whichever."""
    whole = {name: np.sum([one[name] for one in parts], axis=0) for name in parts[0]}
    apart = [one["systematic"] - one["fine"] for one in parts]
    return whole | {"systematic": whole["fine"] + logsumexp(apart, axis=0) - np.log(len(parts))}


def _reasons(families: dict[str, Floats]) -> dict[str, Floats]:
    """P(family | answers), by annotator."""
    weight = np.stack([logs + np.log(PRIOR[name]) for name, logs in families.items()])
    return dict(zip(families, np.exp(weight - logsumexp(weight, axis=0)), strict=True))


def _doubt(fits: Sequence[_Fits], enough: Ints) -> float:
    """The probability of being fine that all honest people but `ALARMS` reach; at most what it is beforehand.

    At least `LEAST`: where some of a crowd are far less skilled than others, that alone explains anything.
    """
    if not enough.size:
        return PRIOR["fine"]
    rng = np.random.default_rng(0)
    each = sum(len(one.work.votes) * 6 * len(one.pairs) for one in fits)
    rounds = max(1, min(-(-DRAWN // enough.size), _ROUNDS, _NUMBERS // each))
    fine = [
        _reasons(_together([_Fits.of(one.honest, one.honest.draw(rng)).families for one in fits]))["fine"][enough]
        for _ in range(rounds)
    ]
    return float(np.clip(np.quantile(fine, ALARMS), LEAST, PRIOR["fine"]))


def second_halves(work: Work) -> Floats:
    """Which answers lie in the second half of a sitting; without times all answers of a person are one, (n,) bool."""
    late = np.zeros(len(work.votes), bool)
    for j in range(work.votes.n_workers):
        rows = work.of(j)
        for sitting in _sittings(work, rows):
            late[sitting[sitting.size // 2 :]] = True
    return late


def _sittings(work: Work, rows: Ints) -> list[Ints]:
    time = work.votes.time
    if time is None or rows.size < 2:
        return [rows]
    return np.split(rows, np.flatnonzero(np.diff(time[rows]) > _SITTING) + 1)


def _said(work: Work, label: Codes, way: Floats) -> Floats:
    """P(the label given) for each vote, (n,)."""
    return np.asarray(np.maximum(np.sum(work.view.without * way.T[label], axis=1), 1e-6))


def _mixed(work: Work, ways: Sequence[Floats]) -> Floats:
    return _mean(totals(work, ways))


def _mean(logs: Floats) -> Floats:
    """ln of the mean over the first axis."""
    return np.asarray(logsumexp(logs, axis=0) - np.log(len(logs)))


def _with_gap(work: Work, label: Codes, bases: Floats, ways: Sequence[Floats], a: int, b: int) -> list[Floats]:
    """The same answers by people who take class a for class b, more or less often."""
    is_a = work.view.without[:, a]
    changes = [is_a * ((label == b) - way[a, label]) for way in ways]
    return [
        np.maximum(base + share * change, 1e-6)
        for base, change in zip(bases, changes, strict=True)
        for share in (0.4, 0.65, 0.9)
    ]


def _near(work: Work, pairs: Sequence[tuple[int, int]]) -> Floats:
    """How likely a gap lies in each pair: half of them where others err, too, and half anywhere."""
    errors = np.array([work.view.prior[a] * work.view.crowd[a, b] for a, b in pairs])
    return np.asarray(0.5 / errors.size + 0.5 * errors / errors.sum())


def _pairs(work: Work) -> Iterator[tuple[int, int]]:
    """Pairs (truth, label) worth a look: all, or of many classes those confused most."""
    K = work.votes.n_classes
    if K <= _WIDEST:
        yield from ((a, b) for a in range(K) for b in range(K) if a != b)
        return
    confused = np.stack(
        [np.bincount(work.votes.label, work.view.without[:, a], K) for a in range(K)]
    ) * (1 - np.eye(K))  # fmt: skip
    for flat in np.argsort(-confused, axis=None)[: _WIDEST**2]:
        yield int(flat) // K, int(flat) % K


def _blind(work: Work, label: Codes) -> list[Floats]:
    """Answers by those who do not look at the items."""
    K = work.votes.n_classes
    return [np.full(len(work.votes), 1 / K), work.view.prior[label]]


def _bad(work: Work, label: Codes) -> list[Floats]:
    """Answers by those who do not try, or try to be wrong."""
    view, K = work.view, work.votes.n_classes
    frequent = [int(k) for k in np.argsort(-view.prior)[:8]]
    favourites = [(1 - s) * view.crowd + s * always(K, k, 1.0) for k in frequent for s in (0.6, 0.95)]
    return [_said(work, label, way) for way in (coin(K, 0.1 / K), coin(K, 0.3 / K), *favourites)]
