"""Accuracy and calibration of every categorical model on the standard sets, with crowd-kit's models where installed.

    python bench/truth.py --data ../shared/data [--sets cf,ms] [--methods consensus,ebcc] [--gold 20] --json

Accuracy over items with both votes and truth, ties counted in part; duplicates (item, worker, label) are dropped.
NLL clips probabilities at 1e-6; ECE has 15 bins of equal numbers. Truth is used for scoring alone. `--gold N` adds
the calibration of Consensus with 50 known items: N random draws, scored on all other items. `--markdown` prints the
table of `docs/truth-table.md`.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterable
from importlib import metadata, util
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quorate import truth
from quorate.truth.score import code_truth, score
from quorate.truth.tables import read_labels
from quorate.truth.votes import Votes

ELEVEN = ("cf", "ms", "sp", "zc_all", "zc_in", "product", "senti_1k", "adult", "bird", "dog", "trec")
SIX = ("cf_amt", "sp_amt", "zc_us", "face", "rte", "web")
PEERS = ("MajorityVote", "Wawa", "DawidSkene", "OneCoinDawidSkene", "GLAD", "MACE", "MMSR", "ZeroBasedSkill")
GOLD_ITEMS = 50

Predict = Callable[[Votes], NDArray[np.float64]]


def load(folder: Path) -> tuple[Votes, NDArray[np.int32]]:
    """Votes without duplicates, and the truths of items with votes."""
    votes = Votes.read(folder / "votes.csv").without_duplicates()
    return votes, code_truth(votes, read_labels(folder / "gold.csv"))


def ours(name: str) -> Predict:
    """Posteriors of one of our models."""
    return lambda votes: truth.make(name).fit(votes).proba_


def peer(name: str) -> Predict:
    """Posteriors of one of crowd-kit's models; certainty where it gives labels alone. Conversion is not timed."""
    from crowdkit import aggregation

    def predict(votes: Votes) -> NDArray[np.float64]:
        frame = votes.to_frame().rename(columns={"item": "task"})
        model = getattr(aggregation, name)()
        labels = model.fit_predict(frame)
        found = getattr(model, "probas_", None)
        if found is None:
            found = labels.to_frame("label").assign(one=1.0).pivot_table(index="task", columns="label", values="one")
        table = found.reindex(index=votes.items, columns=votes.labels).fillna(0).to_numpy(np.float64)
        return np.asarray(table / np.maximum(table.sum(axis=1, keepdims=True), 1e-12))

    return predict


def methods(chosen: str | None) -> dict[str, Predict]:
    """Ours by name, and crowd-kit's by `crowd-kit NAME` where it is installed."""
    found: dict[str, Predict] = {name: ours(name) for name in truth.MODELS}
    if util.find_spec("crowdkit"):
        found |= {f"crowd-kit {name}": peer(name) for name in PEERS}
    return {name: found[name] for name in chosen.split(",")} if chosen else found


def measure(votes: Votes, known: NDArray[np.int32], predict: Predict) -> dict[str, float]:
    """Accuracy, NLL, ECE and seconds of one model on one set."""
    start = time.perf_counter()
    proba = predict(votes)
    seconds = time.perf_counter() - start
    found = score(proba, known)
    return {"accuracy": found.accuracy, "nll": found.nll, "ece": found.ece, "seconds": seconds}


def measure_gold(votes: Votes, known: NDArray[np.int32], draws: int, clamp: bool) -> dict[str, float]:
    """Consensus with 50 known items, scored on the rest. `clamp`: fit with them, else calibrate only."""
    from quorate.truth.calibration import Calibration

    start = time.perf_counter()
    fixed = None if clamp else truth.make("consensus").fit(votes)
    scorable = np.flatnonzero((known >= 0) & (known < votes.n_classes))
    rows = []
    for draw in range(draws):
        picked = np.random.default_rng(draw).choice(scorable, min(GOLD_ITEMS, len(scorable) // 2), replace=False)
        gold = np.full(votes.n_items, -1)
        gold[picked] = known[picked]
        if fixed is None:
            proba = truth.make("consensus").fit(votes, gold).proba_
        else:
            calibration = Calibration.fit(fixed.raw_[picked], fixed.worth_[picked], known[picked], fixed.prior_)
            proba = calibration.apply(fixed.raw_, fixed.worth_, fixed.prior_)
        found = score(proba, np.where(gold >= 0, -1, known))
        rows.append((found.accuracy, found.nll, found.ece))
    accuracy, nll, ece = np.mean(rows, axis=0).tolist()
    return {"accuracy": accuracy, "nll": nll, "ece": ece, "seconds": (time.perf_counter() - start) / draws}


def average(by_set: dict[str, dict[str, float]], over: Iterable[str] | None = None) -> dict[str, float]:
    """Unweighted means over sets; seconds are summed."""
    chosen = [row for name, row in by_set.items() if over is None or name in over]
    mean = {key: float(np.mean([row[key] for row in chosen])) for key in ("accuracy", "nll", "ece")}
    return mean | {"seconds": sum(row["seconds"] for row in chosen)}


def markdown(table: dict[str, dict[str, dict[str, float]]], sets: list[str]) -> str:
    """Accuracy a set, and the means."""
    lines = [f"| method | {' | '.join(sets)} | mean | NLL | ECE | seconds |", "|---" * (len(sets) + 5) + "|"]
    for name, by_set in sorted(table.items(), key=lambda row: -average(row[1])["accuracy"]):
        mean = average(by_set)
        cells = [f"{by_set[s]['accuracy']:.4f}" for s in sets] + [f"**{mean['accuracy']:.4f}**"]
        cells += [f"{mean['nll']:.3f}", f"{mean['ece']:.3f}", f"{mean['seconds']:.1f}"]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines)


def main() -> None:
    """Measure all chosen methods on all chosen sets that are there."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--sets", default=",".join(ELEVEN + SIX))
    parser.add_argument("--methods")
    parser.add_argument("--gold", type=int, default=0, metavar="DRAWS")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--markdown", action="store_true")
    options = parser.parse_args()
    sets = {name: load(options.data / name) for name in options.sets.split(",") if (options.data / name).is_dir()}
    table: dict[str, dict[str, dict[str, float]]] = {}
    for name, predict in methods(options.methods).items():
        try:
            table[name] = {key: measure(votes, known, predict) for key, (votes, known) in sets.items()}
        except (AttributeError, ValueError) as error:  # some peers break with newer releases, or on some of the sets
            if not name.startswith("crowd-kit"):
                raise
            print(f"{name} does not run here: {str(error)[:80]}", file=sys.stderr)
            continue
        _say(options, name, table[name])
    for clamp in (False, True) if options.gold else ():
        name = f"consensus, {GOLD_ITEMS} gold {'in the models' if clamp else 'for calibration'}"
        table[name] = {key: measure_gold(*pair, options.gold, clamp) for key, pair in sets.items()}
        _say(options, name, table[name])
    if options.markdown:
        print(markdown(table, list(sets)))
    if options.json:
        peers = metadata.version("crowd-kit") if util.find_spec("crowdkit") else None
        out: dict[str, Any] = {"sets": list(sets), "crowd_kit": peers, "methods": {}}
        out["methods"] = {name: {"mean": average(by_set), "sets": by_set} for name, by_set in table.items()}
        print(json.dumps(out, indent=1))


def _say(options: argparse.Namespace, name: str, by_set: dict[str, dict[str, float]]) -> None:
    if not (options.json or options.markdown):
        mean = average(by_set)
        print(f"{name:34} " + "  ".join(f"{key} {value:.4f}" for key, value in mean.items()), flush=True)


if __name__ == "__main__":
    main()
