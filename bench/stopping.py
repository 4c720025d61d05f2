"""How many votes does the policy save? Recorded votes replayed from a cold start, stopping alone and choosing too.

    python bench/stopping.py --data ../shared/data [--no-sweep] [--orders random] [--markdown | --json]
    python bench/stopping.py --data ../shared/data --budgets

For each categorical set with truth and five votes an item or more: the default policy's share of the votes and its
accuracy; over a sweep of thresholds the smallest share that is as right as the majority of all votes, and the smallest
as right as Consensus on all votes less .005; and how far the promised accuracy of closed items is from the true one.
`--markdown` prints the table of `docs/truth-table.md`. `--budgets` asks instead how right `Consensus` is on the first
votes that choosing buys when nearly nothing but the money stops it.
"""

from __future__ import annotations

import argparse
import json
import statistics
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from quorate.errors import InvalidInput
from quorate.flow.policy import Policy
from quorate.flow.recorded import Recorded, timed
from quorate.truth.tables import read_labels
from quorate.truth.votes import Votes

ORDERS = ("random", "choose")
VOTES_AN_ITEM, MOST_CLASSES = 5, 20
THRESHOLDS = (0.6, 0.68, 0.75, 0.78, 0.8, 0.82, 0.84, 0.88, 0.9, 0.93)
BUDGETS = (0.1, 0.15, 0.2, 0.225, 0.25, 0.275, 0.3, 0.35, 0.4, 0.45, 0.5)
NEVER = 0.99
"""A confidence that hardly anything reaches, so that votes go where they tell most until there is no money left."""


def average(recorded: Recorded, policy: Policy, order: str, seeds: int) -> dict[str, float]:
    """Share, accuracy, promise and truth of closed items, and seconds, over several orders."""
    runs = [timed(recorded, policy, order=order, seed=seed) for seed in range(seeds)]
    names = ("accuracy", "accepted_promise", "accepted_accuracy", "seconds")
    means = {name: statistics.fmean(run[name] or 0.0 for run in runs) for name in names}
    return {"share": statistics.fmean(run["votes_used"] / run["votes_total"] for run in runs), **means}


def smallest(rows: list[dict[str, float]], wanted: float) -> float | None:
    """The smallest share whose accuracy is at least this."""
    return min((row["share"] for row in rows if row["accuracy"] >= wanted), default=None)


def budgeted(recorded: Recorded, seeds: int) -> list[dict[str, float]]:
    """Accuracy of `Consensus` on what each budget buys: the first votes of a run with the largest."""
    policy = Policy().accepting(NEVER)
    runs = [recorded.run(policy, "choose", seed, budget=BUDGETS[-1]).bought for seed in range(seeds)]
    rows = []
    for share in BUDGETS:
        prefixes = [bought[: int(share * len(recorded.votes))] for bought in runs]
        rows.append({"share": share, "accuracy": statistics.fmean(map(recorded.consensus, prefixes))})
    return rows


def lasting(rows: list[dict[str, float]], wanted: float) -> float | None:
    """The smallest budget such that it and all larger ones are as right as this."""
    short = [number for number, row in enumerate(rows) if row["accuracy"] < wanted]
    first = short[-1] + 1 if short else 0
    return rows[first]["share"] if first < len(rows) else None


def afford(folder: Path, seeds: int) -> dict[str, Any]:
    """What budgets buy on one set."""
    recorded = Recorded.read(folder / "votes.csv", folder / "gold.csv")
    majority, consensus = recorded.majority(), recorded.consensus()
    rows = budgeted(recorded, seeds)
    return {
        "set": folder.name,
        "majority_all": majority,
        "consensus_all": consensus,
        "share_for_majority": lasting(rows, majority),
        "share_for_consensus": lasting(rows, consensus - 0.005),
        "budgets": rows,
    }


def suitable(folder: Path) -> bool:
    """Whether the labels are one of a few classes, truth is there, and enough votes to save any."""
    if not (folder / "gold.csv").exists() or not read_labels(folder / "gold.csv"):
        return False
    try:
        votes = Votes.read(folder / "votes.csv").without_duplicates()
    except InvalidInput:  # marks, of which some have no time
        return False
    return votes.n_classes <= MOST_CLASSES and len(votes) >= VOTES_AN_ITEM * votes.n_items


def measure(folder: Path, orders: Sequence[str], seeds: int, sweep: bool) -> dict[str, Any]:
    """All that is said of one set."""
    recorded = Recorded.read(folder / "votes.csv", folder / "gold.csv")
    majority, consensus = recorded.majority(), recorded.consensus()
    found: dict[str, Any] = {"set": folder.name, "majority_all": majority, "consensus_all": consensus}
    for order in orders:
        now = average(recorded, Policy(), order, seeds)
        rows = [average(recorded, Policy().accepting(t), order, seeds) for t in THRESHOLDS] if sweep else []
        found[order] = {
            **now,
            "gap": now["accepted_promise"] - now["accepted_accuracy"],
            "share_for_majority": smallest([now, *rows], majority),
            "share_for_consensus": smallest([now, *rows], consensus - 0.005),
            "frontier": rows,
        }
    return found


def line(found: dict[str, Any]) -> str:
    """One set in words."""
    parts = [f"{found['set']:14s} maj {found['majority_all']:.4f} cons {found['consensus_all']:.4f}"]
    for order in [order for order in ORDERS if order in found]:
        row = found[order]
        needed = [f"{row[name]:.3f}" if row[name] else "–" for name in ("share_for_majority", "share_for_consensus")]
        parts.append(
            f"{order}: {row['share']:.3f} → {row['accuracy']:.4f}, gap {row['gap']:+.3f}, "
            f"needs {needed[0]} / {needed[1]}, {row['seconds']:.1f} s"
        )
    return " | ".join(parts)


def markdown(found: dict[str, Any]) -> str:
    """One row of the table."""
    cells = [found["set"], f"{found['majority_all']:.4f}", f"{found['consensus_all']:.4f}"]
    for order in [order for order in ORDERS if order in found]:
        row = found[order]
        cells += [f"{row['share']:.3f}", f"{row['accuracy']:.4f}", f"{row['gap']:+.3f}"]
    return f"| {' | '.join(cells)} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--sets", nargs="*", help="these only")
    parser.add_argument("--orders", nargs="*", default=ORDERS, choices=ORDERS)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--no-sweep", action="store_true", help="the default policy only")
    parser.add_argument("--budgets", action="store_true", help="choosing until the money is spent, instead")
    parser.add_argument("--markdown", action="store_true")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    rows = []
    folders = sorted(path.parent for path in arguments.data.glob("*/votes.csv"))
    chosen = [arguments.data / name for name in arguments.sets] if arguments.sets else filter(suitable, folders)
    if arguments.budgets:
        for folder in chosen:
            print(json.dumps(afford(folder, arguments.seeds)), flush=True)
        return
    for folder in chosen:
        rows.append(measure(folder, arguments.orders, arguments.seeds, not arguments.no_sweep))
        if not arguments.json:
            print((markdown if arguments.markdown else line)(rows[-1]), flush=True)
    medians = {
        order: {
            name: statistics.median(1.0 if row[order][name] is None else abs(row[order][name]) for row in rows)
            for name in ("share", "gap", "share_for_majority", "share_for_consensus")
        }
        for order in arguments.orders
    }
    print(json.dumps({"sets": rows, "medians": medians}) if arguments.json else f"medians: {medians}")


if __name__ == "__main__":
    main()
