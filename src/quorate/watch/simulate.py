"""Crowds whose bad members are known, to measure detectors with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quorate.truth.votes import Votes
from quorate.watch.encode import alike, cut, same
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
) -> Crowd:
    """Honest annotators of unlike skill and pace on items of unlike difficulty and length, and so many bad ones.

    Honest: 75 to 95 % right on an item of middling difficulty, with errors that prefer the neighbouring class;
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
    make = _Maker(rng, K, truth, difficulty, length)
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


OTHER = ("random", "constant", "sudden_change", "copying")


def numbers(seed: int, bad: Mapping[str, int] | None = None, *, honest: int = 54, judgements: int = 50) -> Crowd:
    """People who estimate numbers, give or take a fifth; the bad ones as in `crowd`. Labels are parts of the range."""
    rng = np.random.default_rng(seed)
    kinds, item, worker, truth, instead = _others(rng, bad, honest, judgements)
    values = np.exp(rng.normal(3, 1, int(item.max()) + 1))
    own = values[item] * np.exp(rng.normal(0, 0.2, item.size))
    drawn = np.exp(rng.normal(3, 1, item.size))
    said = np.where(instead == 1, drawn, np.where(instead == 2, 20.0, own))
    said = np.where(instead >= 10, own[np.maximum(instead - 10, 0)], said)
    codes, names = cut(said)
    votes = Votes(item, worker, codes, np.arange(item.max() + 1), np.arange(len(kinds)), np.array(names, object))
    return Crowd(Work(votes), kinds, truth)


def spans(seed: int, bad: Mapping[str, int] | None = None, *, honest: int = 54, judgements: int = 50) -> Crowd:
    """People who mark one passage of a text, a few characters off; looked at by how much answers overlap."""
    rng = np.random.default_rng(seed)
    kinds, item, worker, truth, instead = _others(rng, bad, honest, judgements)
    begin = rng.integers(0, 400, int(item.max()) + 1)
    size = rng.integers(15, 60, begin.size)
    start, length = begin[item] + rng.integers(-4, 5, item.size), size[item] + rng.integers(-4, 5, item.size)
    start = np.where(instead == 1, rng.integers(0, 400, item.size), np.where(instead == 2, 0, start))
    copied = instead >= 10
    start = np.where(copied, start[np.maximum(instead - 10, 0)], start)
    length = np.where(copied, length[np.maximum(instead - 10, 0)], np.where(instead == 2, 20, length))
    said = [(int(a), int(a + n)) for a, n in zip(start, length, strict=True)]
    codes, keys = same(said)
    names = np.empty(len(keys), object)
    names[:] = keys
    votes = Votes(item, worker, codes, np.arange(item.max() + 1), np.arange(len(kinds)), names)
    near, chance = alike(said, item, worker, _apart)
    return Crowd(Work(votes, classes=False, near=near, chance=chance), kinds, truth)


def _apart(a: tuple[int, int], b: tuple[int, int]) -> float:
    both = max(0, min(a[1], b[1]) - max(a[0], b[0]))
    return 1 - 2 * both / max(1, a[1] - a[0] + b[1] - b[0])


def _others(
    rng: np.random.Generator, bad: Mapping[str, int] | None, honest: int, judgements: int
) -> tuple[tuple[str, ...], NDArray[np.int32], NDArray[np.int32], Ints, Ints]:
    """Who there is, and the votes: item, worker, and what stands instead of an own answer.

    0: nothing, 1: anything, 2: always the same, 10 + row: the answer of that row.
    """
    kinds = tuple(["honest"] * honest + [kind for kind, count in (bad or {}).items() for _ in range(count)])
    I = max(judgements * 2, len(kinds) * judgements // 5)  # noqa: E741
    item: list[Ints] = []
    worker: list[Ints] = []
    instead: list[Ints] = []
    sheet: dict[str, tuple[Ints, int]] = {}
    for j, kind in enumerate(kinds):
        n = 2 * judgements if kind == "sudden_change" else judgements
        first = sum(one.size for one in item)
        items, source = sheet.setdefault(kind, (rng.permutation(I)[:n], first)) if kind == "copying" else (
            rng.permutation(I)[:n], first
        )  # fmt: skip
        what = {"random": 1, "constant": 2}.get(kind, 0) * np.ones(n, np.intp)
        what[n // 2 :] += kind == "sudden_change"
        if kind == "copying" and source != first:
            what = np.where(rng.random(n) < 0.9, 10 + source + np.arange(n), 0)
        item.append(items)
        worker.append(np.full(n, j))
        instead.append(what)
    joined = (np.concatenate(one) for one in (item, worker, instead))
    items, workers, what = joined
    return kinds, items.astype(np.int32), workers.astype(np.int32), np.zeros(I, np.intp), what.astype(np.intp)
