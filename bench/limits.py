"""The bare limit: how many of each bad kind could be told from the honest at all, at one honest person named in 100.

By Neyman and Pearson no test finds more than the likelihood ratio does. Here it knows every parameter of the simulation
(`quorate.watch.simulate`): the classes' shares, how skilled each of the others is, the spread of skill and difficulty,
and the way of answering that it looks for; not the truths (but those of a share of `gold`), nor which items are hard,
which follow from the others' answers, nor when somebody changes. All others are honest. What a detector finds in a
crowd, with everything to be learnt from it, lies below.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit, logsumexp

Floats = NDArray[np.float64]
ALARMS = 0.01
SKILLS = np.linspace(0.75, 0.95, 9)
HARD = np.linspace(-1.8, 1.8, 9)
WEIGHT = np.exp(-0.5 * (HARD / 0.7) ** 2) / np.exp(-0.5 * (HARD / 0.7) ** 2).sum()
BATCH = 100
MOMENTS, APART = 20, 8


def limits(
    classes: int, judgements: int, draws: int, wrong: Mapping[str, int], remedies: Mapping[str, str], gold: float = 0.0
) -> dict[str, dict[str, float]]:
    """`found`: by kind, the share that its likelihood ratio finds; `remedy`: the share that gets the right one."""
    one = _People(np.random.default_rng(1), classes, judgements, gold)
    fair = one.told("honest", draws)
    seen = {kind: one.told(kind, draws) for kind in (*wrong, "sudden_change")}

    def power(kind: str) -> float:
        ratio = {who: told[kind] - told["honest"] for who, told in (("fair", fair), ("bad", seen[kind]))}
        return float(np.mean(ratio["bad"] > np.quantile(ratio["fair"], 1 - ALARMS)))

    def odds(told: dict[str, Floats]) -> tuple[Floats, Floats]:
        by = {kind: told[kind] + np.log(count) for kind, count in wrong.items()}
        wanted = sorted({remedies.get(kind, "pause") for kind in wrong})
        each = np.stack([
            logsumexp([one for kind, one in by.items() if remedies.get(kind, "pause") == remedy], axis=0)
            for remedy in wanted
        ])  # fmt: skip
        return logsumexp(each, axis=0) - told["honest"], np.array(wanted)[each.argmax(axis=0)]

    bar = np.quantile(odds(fair)[0], 1 - ALARMS)
    right = {}
    for kind in wrong:
        score, remedy = odds(seen[kind])
        right[kind] = float(np.mean((score > bar) & (remedy == remedies.get(kind, "pause"))))
    pairs = {kind: _pairs(one, kind, draws) for kind in ("copying", "collusion")}
    return {"found": {kind: power(kind) for kind in seen if kind not in ("gap", "slips", "fatigue")} | pairs,
            "remedy": right}  # fmt: skip


def _way(skill: Floats, hard: Floats, K: int) -> Floats:
    """P(label | class) as `quorate.watch.simulate` has it: (…, K, K)."""
    right = expit(logit(skill) - hard)[..., None, None]
    near = np.roll(np.eye(K), 1, axis=1)
    return np.asarray(right * np.eye(K) + (1 - right) * (0.4 * near + 0.6 * (1 - np.eye(K)) / (K - 1)))


@dataclass
class _People:
    rng: np.random.Generator
    K: int
    n: int
    gold: float

    def told(self, kind: str, count: int) -> dict[str, Floats]:
        """ln P of the answers of so many people of this kind by each explanation."""
        size = self.n * (2 if kind == "sudden_change" else 1)
        parts = [self._batch(kind, BATCH, size) for _ in range(max(1, count // BATCH))]
        return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}

    def items(self, shape: tuple[int, int], others: int) -> tuple[Floats, Floats, Floats]:
        """Truths and difficulties of items; and what `others` honest answers say of both, (N, n, difficulties, K)."""
        truth = self.rng.choice(self.K, shape, p=self.prior)
        hard = self.rng.normal(0, 0.7, shape)
        skill = self.rng.uniform(0.75, 0.95, (*shape, others))
        said = self.draw(_way(skill, hard[..., None], self.K), truth[..., None])
        joint = np.empty((*shape, HARD.size, self.K))
        for place, level in enumerate(HARD):
            ways = _way(skill, np.full_like(skill, level), self.K)
            given = np.take_along_axis(ways, said[..., None, None], axis=-1)[..., 0]
            joint[:, :, place] = np.log(WEIGHT[place]) + np.log(self.prior) + np.log(given).sum(axis=2)
        if self.gold:
            known = (self.rng.random(shape) < self.gold)[..., None] & (truth[..., None] != np.arange(self.K))
            joint = np.where(known[:, :, None], -np.inf, joint)
        joint -= logsumexp(joint, axis=(2, 3), keepdims=True)
        return truth, hard, np.exp(joint)

    @property
    def prior(self) -> Floats:
        weight = 1 / np.arange(2, self.K + 2)
        return np.asarray(weight / weight.sum())

    def draw(self, ways: Floats, truth: Any) -> Any:
        """A label of each item by its way of answering."""
        chance = np.take_along_axis(ways, truth[..., None, None], axis=-2)[..., 0, :].cumsum(axis=-1)
        return np.minimum((self.rng.random(chance.shape[:-1])[..., None] > chance).sum(axis=-1), self.K - 1)

    def _batch(self, kind: str, N: int, n: int) -> dict[str, Floats]:
        rng, K = self.rng, self.K
        truth, hard, joint = self.items((N, n), 4)
        own = self.draw(_way(rng.uniform(0.75, 0.95, (N, 1)) + 0 * hard, hard, K), truth)
        anyhow, late, one = rng.integers(0, K, (N, n)), np.arange(n) >= n / 2, rng.integers(0, K, (N, 1))
        instead: dict[str, tuple[Any, Any]] = {
            "honest": (0.0, own), "random": (1.0, anyhow), "constant": (0.97, one), "position": (0.6, one),
            "adversarial": (0.9, (truth + rng.integers(1, K, (N, n))) % K), "slips": (0.5, anyhow),
            "fatigue": (late * 0.75, anyhow), "gap": ((truth == 0) * 2 / 3, 1), "sudden_change": (late * 1.0, anyhow),
        }  # fmt: skip
        share, other = instead[kind]
        said = np.where(rng.random((N, n)) < share, other, own)
        return self._explained(said, joint, late)

    def _explained(self, said: Any, joint: Floats, late: Any) -> dict[str, Floats]:
        """ln P of answers by each explanation, the skill averaged over."""
        K, label = self.K, np.arange(self.K)
        at = said[..., None, None]

        def by_skill(change: Callable[[Floats], Floats], whole: Callable[[Floats], Floats] = _all) -> Floats:
            logs = []
            for skill in SKILLS:
                ways = _way(np.full(HARD.size, skill), HARD, K)  # (difficulties, K, K)
                given = np.moveaxis(ways[..., said], (0, 1), (2, 3))  # (N, n, difficulties, classes)
                logs.append(whole(np.log(np.maximum(np.sum(joint * change(given), axis=(2, 3)), 1e-12))))
            return np.asarray(logsumexp(logs, axis=0) - np.log(SKILLS.size))

        def favourite(share: float) -> Floats:
            each = [by_skill(lambda p, k=k: (1 - share) * p + share * (at == k)) for k in range(K)]
            return np.asarray(logsumexp(each, axis=0) - np.log(K))

        def mixed(share: Any) -> Floats:
            part = np.broadcast_to(share, said.shape)[..., None, None]
            return by_skill(lambda p: (1 - part) * p + part / K)

        def until(logs: Floats) -> Floats:
            """Up to some moment, and anyhow from then on."""
            n = logs.shape[1]
            moments = np.unique(np.linspace(APART, n - APART, MOMENTS).astype(int))
            each = np.cumsum(logs, axis=1)[:, moments - 1] - (n - moments) * np.log(K)
            return np.asarray(logsumexp(each, axis=1) - np.log(moments.size))

        gap = (label == 0) * 2 / 3
        return {
            "honest": mixed(0.0), "random": np.full(len(said), -said.shape[1] * np.log(K)), "slips": mixed(0.5),
            "fatigue": mixed(late * 0.75), "sudden_change": by_skill(lambda p: p, until), "position": favourite(0.6),
            "constant": favourite(0.97),
            "adversarial": by_skill(lambda p: 0.1 * p + 0.9 * (at != label) / (K - 1)),
            "gap": by_skill(lambda p: (1 - gap) * p + gap * (at == 1)),
        }  # fmt: skip


def _all(logs: Floats) -> Floats:
    return np.asarray(logs.sum(axis=1))


def _pairs(people: _People, kind: str, count: int) -> float:
    """The share of pairs found who copy nine in ten answers off one sheet, of which colluders guessed a third."""
    guessed = 1 / 3 if kind == "collusion" else 0.0
    ratios: dict[bool, list[Floats]] = {True: [], False: []}
    for copied, found in ratios.items():
        for _ in range(max(1, count // BATCH)):
            found.append(_pair_odds(people, guessed, copied))
    bar = np.quantile(np.concatenate(ratios[False]), 1 - ALARMS)
    return float(np.mean(np.concatenate(ratios[True]) > bar))


def _pair_odds(people: _People, guessed: float, copied: bool) -> Floats:
    """ln of the likelihood ratio of a shared sheet to independent people, of whom the skills are known."""
    rng, K, shape = people.rng, people.K, (BATCH, people.n)
    truth, hard, joint = people.items(shape, 3)
    skill = rng.uniform(0.75, 0.95, (3, BATCH, 1)) + np.zeros((3, *shape))  # two people, and whose the sheet is
    part = guessed if copied else 0.0
    anyhow = (rng.random((3, *shape)) < part, rng.integers(0, K, (3, *shape)))
    own = np.stack(
        [np.where(anyhow[0][i], anyhow[1][i], people.draw(_way(skill[i], hard, K), truth)) for i in range(3)]
    )
    said = np.where((rng.random((2, *shape)) < 0.9) & copied, own[2], own[:2])

    def by(levels: Floats, label: Any) -> Floats:
        ways = _way(levels[..., None], HARD + np.zeros((*shape, HARD.size)), K)  # (N, n, difficulties, K, K)
        return np.take_along_axis(ways, label[..., None, None, None], axis=-1)[..., 0]

    one, two = by(skill[0], said[0]), by(skill[1], said[1])
    sheet = [(1 - guessed) * by(skill[2], label) + guessed / K for label in said]
    loose = [(1 - guessed) * p + guessed / K for p in (one, two)]
    same = (said[0] == said[1])[..., None, None]
    shared = 0.81 * sheet[0] * same + 0.09 * (sheet[0] * loose[1] + loose[0] * sheet[1]) + 0.01 * loose[0] * loose[1]
    ratio = np.log(np.sum(joint * shared, axis=(2, 3))) - np.log(np.sum(joint * one * two, axis=(2, 3)))
    return np.asarray(ratio.sum(axis=1))
