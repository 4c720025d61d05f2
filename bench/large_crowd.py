"""Does Consensus stay with the best method on large, thin sets? Simulated crowds of five kinds.

    python bench/large_crowd.py [--items 60000] [--workers 2400] [--json]

The shape is that of NetEaseCrowd: thousands of workers of very different activity, three to six votes an item, skills
that drift, a tenth of the items hard. Workers are of four classes: good, middling, spammers with favourite labels, and
such as confuse classes; the crowds differ in the shares of these. `gap` is the accuracy of the best method less that
of Consensus. The sets are above the size at which Consensus takes its cheaper pool.
"""

from __future__ import annotations

import argparse
import json
import time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quorate import truth
from quorate.truth.check import coded
from quorate.truth.votes import Votes

CROWDS = {  # shares of good, middling, spamming and confusing workers
    "mixed": (0.5, 0.3, 0.1, 0.1),
    "good": (0.8, 0.15, 0.05, 0.0),
    "spammed": (0.3, 0.3, 0.3, 0.1),
    "alike": (0.6, 0.4, 0.0, 0.0),
    "confusing": (0.4, 0.2, 0.1, 0.3),
}
METHODS = ("majority", "wawa", "dawid_skene", "one_coin", "glad", "mace", "ibcc", "communities", "consensus")


def simulate(
    rng: np.random.Generator, n_items: int, n_workers: int, n_classes: int, crowd: tuple[float, ...], drift: float = 0.1
) -> tuple[Votes, NDArray[np.int64]]:
    """Votes and truths (I,)."""
    k = n_classes
    truths = rng.choice(k, n_items, p=rng.dirichlet(np.full(k, 5.0)))
    item = np.repeat(np.arange(n_items), rng.integers(3, 7, n_items))
    worker = rng.choice(n_workers, len(item), p=rng.dirichlet(np.full(n_workers, 0.5)))
    _, first = np.unique(item * n_workers + worker, return_index=True)  # a worker sees an item once
    item, worker = item[first], worker[first]
    kind = rng.choice(4, n_workers, p=crowd)
    start = np.where(kind == 0, rng.beta(30, 2, n_workers), rng.beta(12, 4, n_workers))
    end = np.clip(start + drift * rng.normal(size=n_workers), 1 / k, 0.995)
    now = item / n_items
    skill = start[worker] * (1 - now) + end[worker] * now
    hard = rng.random(n_items) < 0.1
    skill = np.where(hard[item], (skill + 1 / k) / 2, skill)
    rows = np.full((len(item), k), (1 - skill)[:, None] / (k - 1))
    rows[np.arange(len(item)), truths[item]] = skill
    spam = rng.dirichlet(np.full(k, 0.7), n_workers)
    shift = (rng.random((n_workers, k)) < 0.4) + np.arange(k)
    confused = rng.standard_gamma(1 + 4 * np.eye(k)[shift % k]) + 1e-9
    confused /= confused.sum(axis=2, keepdims=True)
    rows = np.where((kind == 2)[worker, None], spam[worker], rows)
    rows = np.where((kind == 3)[worker, None], confused[worker, truths[item]], rows)
    label = (rng.random(len(item))[:, None] > rows.cumsum(axis=1)).sum(axis=1).clip(0, k - 1)
    return coded(item, worker, label, n_items, n_workers, k), truths


def main() -> None:
    """All crowds with two and four classes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--items", type=int, default=60_000)
    parser.add_argument("--workers", type=int, default=2400)
    parser.add_argument("--budget", type=float, default=0.0, help="of Consensus; 0 takes the pool of large sets")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    out: dict[str, Any] = {}
    for seed, (name, crowd) in enumerate(CROWDS.items()):
        for k in (2, 4):
            votes, truths = simulate(np.random.default_rng(seed), options.items, options.workers, k, crowd)
            row: dict[str, float] = {"votes": len(votes)}
            for method in METHODS:
                model = truth.make(method, **({"budget": options.budget} if method == "consensus" else {}))
                begun = time.perf_counter()
                row[method] = float((model.fit(votes).codes_ == truths).mean())
            row["consensus_seconds"] = time.perf_counter() - begun
            row["gap"] = max(row[method] for method in METHODS) - row["consensus"]
            out[f"{name}, {k} classes"] = row
            if not options.json:
                print(
                    f"{name}, {k} classes: " + ", ".join(f"{key} {value:.4f}" for key, value in row.items()), flush=True
                )
    if options.json:
        print(json.dumps(out, indent=1))


if __name__ == "__main__":
    main()
