"""Crowds whose bad members are known, to measure detectors with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quorate.truth.votes import Votes
from quorate.watch.work import Floats, Ints, Work

KINDS = (
    *("random", "constant", "position", "adversarial", "straight_lining", "answer_order", "speed"),
    *("collusion", "copying", "duplicates", "sudden_change", "pasted", "machine_text", "gap", "slips", "fatigue"),
)
_PHRASES = (
    "Certainly! It is important to note that",
    "Furthermore, the text underscores — in short—",
    "**Answer:** overall,",
    "I hope this helps. Moreover,",
)


@dataclass(frozen=True)
class Crowd:
    """Work with what each annotator is, (J,), `honest` or a kind of `KINDS`, and each item's true class, (I,)."""

    work: Work
    kinds: tuple[str, ...]
    truth: Ints


def crowd(
    seed: int,
    bad: Mapping[str, int] | None = None,
    *,
    honest: int = 54,
    judgements: int = 50,
    classes: int = 4,
    redundancy: int = 5,
    ordered: bool = False,
) -> Crowd:
    """Honest annotators of unlike skill and pace on items of unlike difficulty and length, and so many bad ones.

    Honest: 75 to 95 % right on an item of middling difficulty, with errors that prefer the neighbouring class (on an
    `ordered` scale: are one point off);
    log-normal times that grow with the length. Colluders copy 90 % of a sheet of which a third was guessed, those who
    are `copying` 90 % of what a skilled annotator said; duplicates are two accounts used in turn; who changes suddenly
    does `judgements` well and as many at random; a gap takes class 0 for class 1 two times in three; one who slips
    answers half anyhow, one who tires three in four of the second half.
    """
    rng = np.random.default_rng(seed)
    kinds = tuple(["honest"] * honest + [kind for kind, count in (bad or {}).items() for _ in range(count)])
    J, K = len(kinds), classes
    I = max(judgements * 2, J * judgements // redundancy)  # noqa: E741
    truth = rng.choice(K, I, p=_shares(K))
    difficulty = rng.normal(0, 0.7, I)
    length = np.exp(rng.normal(3, 0.6, I)).round() + 1
    make = _Maker(rng, K, truth, difficulty, length, ordered)
    sheets: dict[str, tuple[Ints, Ints]] = {}
    begins: dict[str, float] = {}
    rows = []
    for j, kind in enumerate(kinds):
        n = 2 * judgements if kind == "sudden_change" else judgements
        items = rng.permutation(I)[:n]
        if kind in {"collusion", "copying"}:
            items, sheet = sheets.setdefault(kind, (items, make.labels(kind, items)))
            label = np.where(rng.random(n) < 0.9, sheet, make.labels(kind, items))
        else:
            label = make.labels(kind, items)
        begin = rng.uniform(0, 1800)
        begin = begins.setdefault(kind, begin) if kind == "duplicates" else begin
        rows.append((np.full(n, j), items, label, make.seconds(kind, items), begin, kind))
    return Crowd(_work(rows, make, J), kinds, truth)


def _shares(K: int) -> Floats:
    weight = 1 / np.arange(2, K + 2)
    return np.asarray(weight / weight.sum())


@dataclass
class _Maker:
    rng: np.random.Generator
    K: int
    truth: Ints
    difficulty: Floats
    length: Floats
    ordered: bool = False

    def labels(self, kind: str, items: Ints) -> Ints:
        """The answers of one annotator of this kind."""
        rng, K, n = self.rng, self.K, items.size
        good, anyhow, truth = self._skilled(items), rng.integers(0, K, n), self.truth[items]
        late = np.arange(n) >= n * 0.5
        ways: dict[str, tuple[NDArray[Any] | float, NDArray[Any] | int]] = {
            "random": (1.0, anyhow),
            "constant": (0.97, int(rng.integers(K))),
            "position": (0.6, int(rng.integers(K))),
            "adversarial": (0.9, (truth + rng.integers(1, K, n)) % K),
            "straight_lining": (1.0, np.repeat(rng.integers(0, K, n), rng.integers(5, 15, n))[:n]),
            "answer_order": (0.95, (np.arange(n) + rng.integers(K)) % K),
            "speed": (0.5, anyhow),
            "sudden_change": (late * 1.0, anyhow),
            "collusion": (1 / 3, anyhow),
            "slips": (0.5, anyhow),
            "fatigue": (late * 0.75, anyhow),
            "gap": ((truth == 0) * 2 / 3, 1),
        }
        share, instead = ways.get(kind, (0.0, good))
        return np.asarray(np.where(rng.random(n) < share, instead, good))

    def _skilled(self, items: Ints) -> Ints:
        rng, K = self.rng, self.K
        skill = rng.uniform(0.75, 0.95)
        right = 1 / (1 + np.exp(-(np.log(skill / (1 - skill)) - self.difficulty[items])))
        near = (self.truth[items] + 1) % K
        wrong = np.where(rng.random(items.size) < 0.4, near, (self.truth[items] + rng.integers(1, K, items.size)) % K)
        if self.ordered:
            step = np.where(rng.random(items.size) < 0.5, 1, -1)
            beside = self.truth[items] + step
            wrong = np.where((beside < 0) | (beside >= K), self.truth[items] - step, beside)
        return np.where(rng.random(items.size) < right, self.truth[items], wrong)

    def seconds(self, kind: str, items: Ints) -> Floats:
        """How long each answer took."""
        n = items.size
        if kind == "speed":
            return np.asarray(np.exp(self.rng.normal(np.log(1.5), 0.3, n)))
        pace = self.rng.normal(0, 0.35)
        return np.asarray(np.exp(0.9 + 0.5 * np.log(self.length[items]) + pace + self.rng.normal(0, 0.5, n)))

    def text(self, kind: str, item: int, seconds: float) -> str:
        """A sentence about an item: as long as the time lets one type, unless it is pasted."""
        rng = self.rng
        count = int(np.clip(seconds * 0.6, 2, 30))
        said = " ".join(f"w{word}" for word in (rng.zipf(1.3, count) + item) % 5000)
        if kind == "pasted" and rng.random() < 0.7:
            return "the same long sentence that says nothing of the item at hand " + "and again " * int(rng.integers(3))
        if kind == "machine_text" and rng.random() < 0.6:
            return f"{_PHRASES[int(rng.integers(len(_PHRASES)))]} {said} — and furthermore **{said}**"
        return said


def _work(rows: list[tuple[Ints, Ints, Ints, Floats, float, str]], make: _Maker, J: int) -> Work:
    """Everybody's answers in order of time; duplicates take turns."""
    duplicated = [r for r in rows if r[5] == "duplicates"]
    ends = {id(r): r[4] + np.cumsum(r[3] + make.rng.exponential(1.0, r[3].size)) for r in rows}
    if len(duplicated) > 1:
        both = np.stack([r[3] + 1.0 for r in duplicated], axis=1)
        turns = duplicated[0][4] + np.cumsum(both.ravel()).reshape(both.shape)
        ends |= {id(r): turns[:, i] for i, r in enumerate(duplicated)}
    time = np.concatenate([ends[id(r)] for r in rows])
    order = np.argsort(time, kind="stable")
    worker, item, label, seconds = (np.concatenate([r[c] for r in rows])[order] for c in range(4))
    kinds = [r[5] for r in rows]
    texts = [make.text(kinds[w], int(i), float(s)) for w, i, s in zip(worker, item, seconds, strict=True)]
    votes = Votes(
        item.astype(np.int32), worker.astype(np.int32), label.astype(np.int32),
        np.arange(make.truth.size), np.arange(J), np.array([f"c{k}" for k in range(make.K)]), None, time[order],
    )  # fmt: skip
    return Work(votes, seconds=seconds, length=make.length, texts=texts)
