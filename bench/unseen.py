"""Consensus where nothing about it was chosen: other sets, random parts of the standard ones, and likenesses.

    python bench/unseen.py --data ../shared/data [--json]

Likenesses have the shape of standard sets that are not at hand: simulated crowds with spammers, annotators who lean to
one label, and hard items that lure many to the same wrong one. `zc_all less zc_in` has the votes of the annotators of
zc_all who are not in zc_in. Accuracy as in `bench/truth.py`.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from quorate import truth
from quorate.truth.check import coded
from quorate.truth.score import code_truth, score
from quorate.truth.tables import read_labels
from quorate.truth.votes import Votes

METHODS = ("majority", "dawid_skene", "ebcc", "consensus")
OTHERS = ("snow_temporal", "med_cause", "pos_tweets", "fact_eval", "hit_spam")
PARTS = {
    "cf": 0.6, "ms": 0.6, "trec": 0.6, "zc_in": 0.6, "product": 0.67, "dog": 0.5, "sp": 0.5, "adult": 0.5,
    "senti_1k": 0.25, "bird": 0.25,
}  # fmt: skip

DRAWS = 2  # of each likeness

Known = tuple[Votes, NDArray[np.int32]]


class Shape(NamedTuple):
    """Of a simulated set: `per` votes an item, mean `accuracy` of annotators, share of `hard` items."""

    items: int
    workers: int
    per: int
    classes: int
    accuracy: float
    hard: float


SHAPES = {
    "face": Shape(584, 27, 9, 4, 0.65, 0.35),
    "rte": Shape(800, 164, 10, 2, 0.8, 0.1),
    "sp_amt": Shape(500, 143, 20, 2, 0.85, 0.08),
    "cf_amt": Shape(300, 110, 20, 5, 0.75, 0.15),
    "web": Shape(2665, 177, 6, 5, 0.62, 0.2),
}


def read(folder: Path) -> Known:
    votes = Votes.read(folder / "votes.csv").without_duplicates()
    return votes, code_truth(votes, read_labels(folder / "gold.csv"))


def part(folder: Path, share: float, seed: int = 1) -> Known:
    """A random part of the votes; items may lose all of theirs, and count no more."""
    votes, known = read(folder)
    kept = votes.take(np.random.default_rng(seed).random(len(votes)) < share)
    heard = np.bincount(kept.item, minlength=votes.n_items) > 0
    return kept, np.where(heard, known, -1).astype(np.int32)


def less(folder: Path, other: Path) -> Known:
    """Without those annotators who say nearly all that somebody in `other` says of the same items."""
    votes, known = read(folder)

    def said(of: Votes) -> list[set[tuple[str, str]]]:
        pairs: list[set[tuple[str, str]]] = [set() for _ in of.workers]
        for item, worker, label in zip(of.items[of.item], of.worker, of.labels[of.label], strict=True):
            pairs[worker].add((str(item), str(label)))
        return pairs

    own, gone = said(votes), []
    for theirs in said(read(other)[0]):
        alike = [len(mine & theirs) / max(len(mine | theirs), 1) for mine in own]
        gone += [int(np.argmax(alike))] if max(alike) > 0.8 else []
    return votes.take(~np.isin(votes.worker, gone)), known


def likeness(shape: Shape, seed: int) -> Known:
    """A simulated crowd of this shape."""
    random = np.random.default_rng(seed)
    k, workers = shape.classes, shape.workers
    truths = random.choice(k, shape.items, p=random.dirichlet(np.full(k, 3)))
    lure = (truths + random.integers(1, k, size=shape.items)) % k
    busy = random.pareto(1.2, workers) + 0.2
    worker = np.concatenate(
        [random.choice(workers, shape.per, replace=False, p=busy / busy.sum()) for _ in range(shape.items)]
    )
    item = np.repeat(np.arange(shape.items), shape.per)
    skill = np.clip(random.normal(shape.accuracy, 0.12, workers), 1 / k, 0.98)
    favourite = random.integers(k, size=workers)
    leaning = np.where(random.random(workers) < 0.15, 0.7, np.where(random.random(workers) < 0.3, 0.25, 0.0))
    hard = (random.random(shape.items) < shape.hard)[item]
    chance = np.where(hard, 0.35 + 0.3 * (skill[worker] - shape.accuracy), skill[worker])
    wrong = np.where(
        random.random(len(item)) < np.where(hard, 0.7, 0.4), lure[item], random.integers(k, size=len(item))
    )
    honest = np.where(random.random(len(item)) < chance, truths[item], wrong)
    label = np.where(random.random(len(item)) < leaning[worker], favourite[worker], honest)
    return coded(item, worker, label, shape.items, workers, k), truths.astype(np.int32)


def sets(data: Path) -> dict[str, Callable[[], Known]]:
    """How to come by each set, by name."""
    found: dict[str, Callable[[], Known]] = {name: partial(read, data / name) for name in OTHERS}
    found["zc_all less zc_in"] = partial(less, data / "zc_all", data / "zc_in")
    found |= {f"{share:.0%} of {name}": partial(part, data / name, share) for name, share in PARTS.items()}
    found |= {f"like {name} {n}": partial(likeness, shape, n) for name, shape in SHAPES.items() for n in range(DRAWS)}
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--sets", nargs="*", help="these only")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    rows = {}
    known_sets = sets(options.data)
    for name in options.sets or known_sets:
        votes, known = known_sets[name]()
        rows[name] = {method: score(truth.make(method).fit(votes).proba_, known).accuracy for method in METHODS}
        if not options.json:
            print(f"| {name} | {' | '.join(f'{rows[name][m]:.4f}' for m in METHODS)} |", flush=True)
    if options.json:
        print(json.dumps(rows, indent=1))


if __name__ == "__main__":
    main()
