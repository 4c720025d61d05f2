"""Noise or a gap in skill? Why somebody's answers are wrong, with a probability for each reason, and what would help.

Slips and fatigue want a break, a class taken for another a lesson on the two, a question on which everybody splits a
clearer guideline, and bad faith a pause. Each reason is a family of ways of answering; its probability follows from how
well the family explains the answers (Bayes), with the truths averaged over as the others see them. From which
probability on somebody is said to need anything is simulated: honest people like those of this crowd answer the same
items, and at most one in a hundred of them may be.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal, cast

import numpy as np
from scipy.special import logsumexp

from quorate.watch.belief import Belief
from quorate.watch.families import Family, families, pairs
from quorate.watch.honest import Honest
from quorate.watch.work import Codes, Floats, Ints, Work

Reason = Literal["fine", "slips", "fatigue", "systematic", "guideline", "bad_faith"]
Remedy = Literal["none", "break", "lesson", "clarification", "pause"]
REMEDIES: dict[Reason, Remedy] = {
    "fine": "none", "slips": "break", "fatigue": "break", "systematic": "lesson", "guideline": "clarification",
    "bad_faith": "pause",
}  # fmt: skip
PRIOR: dict[str, float] = {"fine": 0.88, "slips": 0.04, "fatigue": 0.03, "systematic": 0.025, "bad_faith": 0.025}
"""Where answers look alike, as a gap and a favourite place between two classes, the milder charge is the likelier."""
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
    fits = Fits.learnt(work)
    enough = np.flatnonzero(work.answers >= fewest)
    doubt = _doubt([fits], enough)
    return [fits.diagnosis(int(j), doubt) for j in enough]


def diagnose_parts(parts: Sequence[Work], *, fewest: int = 20) -> list[Diagnosis]:
    """The same of answers that say several things at once (which classes apply), a work of two classes for each.

    The same people gave the same answers in all of them: slips and bad faith show in every part, a gap in one.
    """
    fits = [Fits.learnt(work) for work in parts]
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
class Fits:
    """ln P(a way of answering, and the answers of each annotator) by the ways of each family, (W, J)."""

    honest: Honest
    ways: dict[str, Family]
    logs: dict[str, Floats]

    @classmethod
    def learnt(cls, work: Work) -> Fits:
        """Of the answers given, from which it is learnt how the honest answer; by how each then seems to answer, what
        the items are; and how the honest answer these."""
        first = cls._learnt(Belief.of(work))
        return cls._learnt(first.honest.belief.again(first.skills()))

    @classmethod
    def _learnt(cls, belief: Belief) -> Fits:
        fits = cls._of(Honest.of(belief))
        for _ in range(_TURNS):
            fits = cls._of(fits.honest.learnt(PRIOR["fine"], fits.other))
        return fits

    @classmethod
    def _of(cls, honest: Honest) -> Fits:
        return cls(honest, families(honest), {}).of_answers(honest.belief.work.votes.label)

    def of_answers(self, label: Codes) -> Fits:
        """Of these answers to the same items by the same people."""
        return replace(self, logs={name: ways.logs(self.honest.belief, label) for name, ways in self.ways.items()})

    def skills(self) -> Floats:
        """How each annotator answers, as far as the families and their answers tell, (J, K, K)."""
        logs = np.concatenate([some + np.log(PRIOR[name]) for name, some in self.logs.items()])
        crowd = self.honest.belief.crowd
        ways = np.stack([way.matrix(crowd) for family in self.ways.values() for way in family.ways])
        return np.asarray(np.einsum("wj,wkl->jkl", np.exp(logs - logsumexp(logs, axis=0)), ways, optimize=True))

    @cached_property
    def families(self) -> dict[str, Floats]:
        """ln of the mean likelihood of each family, by annotator, (J,)."""
        return {name: np.asarray(logsumexp(some, axis=0)) for name, some in self.logs.items()}

    @cached_property
    def pairs(self) -> list[tuple[int, int]]:
        return pairs(self.honest.belief)

    @cached_property
    def gaps(self) -> Floats:
        """The same for a gap in each pair, (J, P)."""
        logs = self.logs["systematic"]
        return np.asarray(logsumexp(logs.reshape(len(self.pairs), -1, logs.shape[1]), axis=1).T)

    @cached_property
    def split(self) -> frozenset[tuple[int, int]]:
        return split_pairs(self.work)

    @property
    def work(self) -> Work:
        return self.honest.belief.work

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
        votes, belief, rows = self.work.votes, self.honest.belief, self.work.of(j)
        found = []
        for place in np.argsort(-share)[:3]:
            a, b = self.pairs[int(place)]
            if share[place] < 0.05:
                break
            about = belief.without[rows, a]
            said = float(about @ (votes.label[rows] == b)) / max(float(about.sum()), 1e-9)
            found.append(Gap(a, b, float(share[place]), said, float(about.sum())))
        return tuple(found)

    def _torn(self, j: int) -> float:
        """The share of the errors of somebody like everybody else that lie between classes that the crowd splits on."""
        if not self.split:
            return 0.0
        rows = self.work.of(j)
        wrong = self.honest.belief.without[rows].copy()
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


def _doubt(fits: Sequence[Fits], enough: Ints) -> float:
    """The probability of being fine that all honest people but `ALARMS` reach; at most what it is beforehand.

    At least `LEAST`: where some of a crowd are far less skilled than others, that alone explains anything.
    """
    if not enough.size:
        return PRIOR["fine"]
    rng = np.random.default_rng(0)
    each = sum(len(one.work.votes) * 6 * len(one.pairs) for one in fits)
    rounds = max(1, min(-(-DRAWN // enough.size), _ROUNDS, _NUMBERS // each))
    fine = [
        _reasons(_together([one.of_answers(one.honest.draw(rng)).families for one in fits]))["fine"][enough]
        for _ in range(rounds)
    ]
    return float(np.clip(np.quantile(fine, ALARMS), LEAST, PRIOR["fine"]))
