"""Dawid–Skene's speed: ratios to crowd-kit in the same process, cost per vote at ten times the size, acceleration.

    python bench/dawid_skene.py [--json] [--peer/--no-peer] [--votes 1000000] [--large 10000000]

Both libraries get the same votes and run 20 iterations in full. `from_frame` counts the coding of a pandas frame too,
`fit` starts from `Votes`. Times are the best of `--repeat` runs each, taken in turn.
"""

from __future__ import annotations

import argparse
import json
import resource
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from quorate.truth import DawidSkene, Votes

ITERATIONS = 20


def simulate(n_votes: int, n_workers: int, n_classes: int = 4, per_item: int = 5, seed: int = 0) -> Votes:
    """Votes in random order, of workers whose accuracies run from .4 to .95."""
    rng = np.random.default_rng(seed)
    n_items = n_votes // per_item
    item = rng.permutation(np.repeat(np.arange(n_items, dtype=np.int32), per_item))
    worker = rng.integers(0, n_workers, n_votes, dtype=np.int32)
    right = rng.random(n_votes, dtype=np.float32) < np.linspace(0.4, 0.95, n_workers, dtype=np.float32)[worker]
    truth = rng.integers(0, n_classes, n_items, dtype=np.int32)
    label = truth[item]
    label[~right] = rng.integers(0, n_classes, int((~right).sum()), dtype=np.int32)
    return Votes(item, worker, label, np.arange(n_items), np.arange(n_workers), np.arange(n_classes))


def seconds(work: Callable[[], Any]) -> float:
    """Wall time of one call."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def fixed(**params: Any) -> DawidSkene:
    """A model that runs all its iterations, plain."""
    return DawidSkene(max_iter=ITERATIONS, tol=-1, accelerate=False, **params)


def peer(votes: Votes, repeat: int) -> dict[str, float]:
    """Seconds of both libraries, in turn, and their ratio."""
    from crowdkit.aggregation import DawidSkene as Peer

    frame = votes.to_frame()
    named = frame.rename(columns={"item": "task"})
    runs: dict[str, list[float]] = {name: [] for name in ("crowd_kit", "from_frame", "fit", "fit_float32")}
    for _ in range(repeat):
        runs["crowd_kit"].append(seconds(lambda: Peer(n_iter=ITERATIONS, tol=-1).fit(named)))
        runs["from_frame"].append(seconds(lambda: fixed().fit(Votes.from_frame(frame))))
        runs["fit"].append(seconds(lambda: fixed().fit(votes)))
        runs["fit_float32"].append(seconds(lambda: fixed(dtype="float32").fit(votes)))
    best = {f"{name}_seconds": min(times) for name, times in runs.items()}
    ratios = {f"{name}_ratio": best["crowd_kit_seconds"] / best[f"{name}_seconds"] for name in list(runs)[1:]}
    return best | ratios


def scaling(votes: Votes, large: Votes, repeat: int) -> dict[str, float]:
    """Nanoseconds a vote and iteration at both sizes, building included, and their ratio."""
    cost = {}
    for name, these in (("usual", votes), ("large", large)):
        best = min(seconds(lambda these=these: fixed().fit(these)) for _ in range(repeat))  # type: ignore[misc]
        cost[f"{name}_ns"] = 1e9 * best / len(these) / ITERATIONS
    return cost | {"cost_ratio": cost["large_ns"] / cost["usual_ns"]}


def acceleration(votes: Votes) -> dict[str, float]:
    """Seconds and sweeps that plain EM and the accelerated one need to the same likelihood (a float's noise apart)."""
    plain = DawidSkene(accelerate=False, max_iter=1000, tol=1e-8)
    plain_seconds = seconds(lambda: plain.fit(votes))
    sweeps = next(n for n in range(2, 1000, 2) if reaches(votes, n, plain.log_likelihood_ - 1e-8 * len(votes)))
    quick_seconds = seconds(lambda: DawidSkene(max_iter=sweeps, tol=-1).fit(votes))
    return {
        "plain_sweeps": plain.n_iter_,
        "plain_seconds": plain_seconds,
        "accelerated_sweeps": sweeps,
        "accelerated_seconds": quick_seconds,
        "acceleration_ratio": plain_seconds / quick_seconds,
    }


def reaches(votes: Votes, sweeps: int, likelihood: float) -> bool:
    """Whether so many accelerated sweeps are enough for that likelihood."""
    return DawidSkene(max_iter=sweeps, tol=-1).fit(votes).log_likelihood_ >= likelihood


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--peer", action=argparse.BooleanOptionalAction, default=True, help="run crowd-kit too")
    parser.add_argument("--votes", type=int, default=1_000_000)
    parser.add_argument("--large", type=int, default=10_000_000, help="0 leaves the large run out")
    parser.add_argument("--repeat", type=int, default=2)
    arguments = parser.parse_args()
    votes = simulate(arguments.votes, n_workers=5_000)
    result: dict[str, Any] = {"votes": len(votes), "classes": votes.n_classes, "iterations": ITERATIONS}
    if arguments.peer:
        result |= peer(votes, arguments.repeat)
    result |= acceleration(votes)
    if arguments.large:
        result |= scaling(votes, simulate(arguments.large, n_workers=50_000), arguments.repeat)
    result["peak_gib"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    if arguments.json:
        print(json.dumps(result))
    else:
        print("\n".join(f"{name:22} {value:,.4g}" for name, value in result.items()))


if __name__ == "__main__":
    main()
