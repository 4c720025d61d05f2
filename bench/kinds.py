"""The default of each kind that is not categorical against the simplest aggregate, on real votes.

    python bench/kinds.py --data ../shared/data [--json]

Numeric: mean absolute error; ordinal kinds have no set of their own. Sets of labels: micro F1. Texts: word error
rate, in small letters and without marks. Pairs without truth: negative log likelihood of a fifth of the votes,
hidden, where the simplest aggregate is the pair's own share of votes (one vote added to each side).
`fewer` is the part of the simplest aggregate's errors that the default avoids.
"""

from __future__ import annotations

import argparse
import csv
import json
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from rapidfuzz.distance import Levenshtein

from quorate.truth.distance import Nearest
from quorate.truth.multilabel import MultiLabel, read_set
from quorate.truth.numeric import Mean, Numeric
from quorate.truth.pairwise import Comparisons, Pairwise
from quorate.truth.text import Text, words
from quorate.truth.votes import Votes

Truth = dict[str, str]
Said = dict[str, Any]


def absolute_error(said: Said, truth: Truth) -> float:
    return float(np.mean([abs(float(said[item]) - float(value)) for item, value in truth.items()]))


def word_error(said: Said, truth: Truth) -> float:
    errors = sum(Levenshtein.distance(words(said[item]), words(text)) for item, text in truth.items())
    return errors / sum(len(words(text)) for text in truth.values())


def missed_f1(said: Said, truth: Truth) -> float:
    """1 − micro F1, so that less is better as for the others."""
    sets = {item: set(read_set(value)) for item, value in truth.items()}
    shared = sum(len(set(said[item]) & own) for item, own in sets.items())
    return 1 - 2 * shared / (sum(len(set(said[item])) for item in sets) + sum(map(len, sets.values())))


def more_than_half(votes: Votes) -> list[list[str]]:
    sets = [read_set(value) for value in votes.labels]
    counts = [Counter[str]() for _ in votes.items]
    size = np.bincount(votes.item, minlength=votes.n_items)
    for item, label in zip(votes.item, votes.label, strict=True):
        counts[item].update(sets[label])
    return [[name for name, n in own.items() if 2 * n > size[item]] for item, own in enumerate(counts)]


def closest(votes: Votes) -> list[str]:
    """The answer with the fewest words different from the others', every annotator alike."""

    def apart(one: str, other: str) -> float:
        return float(Levenshtein.distance(words(one), words(other)))

    return Nearest(apart, rounds=0).fit_predict(votes).tolist()


def hidden_votes(votes: Votes, default: bool) -> float:
    fold = np.random.default_rng(0).integers(0, 5, len(votes))
    seen, hidden = votes.take(fold > 0), votes.take(fold == 0)
    if default:
        return float(-np.log(Pairwise().fit(seen).vote_proba(hidden)).mean())
    before, after = Comparisons.of(seen), Comparisons.of(hidden)
    wins = np.bincount(seen.item, before.won, minlength=votes.n_items)
    share = ((wins + 1) / (np.bincount(seen.item, minlength=votes.n_items) + 2))[hidden.item]
    return float(-np.log(after.won * share + (1 - after.won) * (1 - share)).mean())


Aggregate = Callable[[Votes], Any]
KINDS: dict[str, tuple[Callable[[Said, Truth], float], Aggregate, Aggregate]] = {
    "numeric": (absolute_error, lambda v: Mean().fit_predict(v), lambda v: Numeric().fit_predict(v)),
    "multi-label": (missed_f1, more_than_half, lambda v: MultiLabel().fit_predict(v)),
    "free text": (word_error, closest, lambda v: Text().fit_predict(v)),
}


def kind_of(folder: Path) -> str:
    """The kind as the set's README says."""
    lines = (folder / "README.md").read_text().splitlines()
    return next((line.split("|")[2].strip() for line in lines if line.startswith("| kind |")), "")


def compare(folder: Path) -> dict[str, Any] | None:
    """One row of the table, or None for a set of another kind or without anything to compare with."""
    kind = kind_of(folder)
    if kind != "pairwise" and kind not in KINDS:
        return None
    with (folder / "gold.csv").open(newline="") as file:
        truth = {row["item"]: row["label"] for row in csv.DictReader(file)}
    votes = Votes.read(folder / "votes.csv")
    if kind == "pairwise":
        simplest, _ = timed(lambda: hidden_votes(votes, default=False))
        default, seconds = timed(lambda: hidden_votes(votes, default=True))
        score = "hidden votes' NLL"
    elif truth:
        measure, simple, ours = KINDS[kind]
        truth = {item: value for item, value in truth.items() if item in set(votes.items)}
        simplest = measure(dict(zip(votes.items, simple(votes), strict=True)), truth)
        labels, seconds = timed(lambda: ours(votes))
        default = measure(dict(zip(votes.items, labels, strict=True)), truth)
        score = {"numeric": "mean absolute error", "multi-label": "1 - micro F1"}.get(kind, "word error rate")
    else:
        return None
    return {
        "set": folder.name,
        "kind": kind,
        "score": score,
        "simplest": round(simplest, 4),
        "default": round(default, 4),
        "fewer": round(1 - default / simplest, 4),
        "seconds": round(seconds, 3),
    }


def timed(call: Callable[[], Any]) -> tuple[Any, float]:
    start = time.perf_counter()
    result = call()
    return result, time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    folders = sorted(path.parent for path in options.data.glob("*/votes.csv"))
    rows = [row for folder in folders if (row := compare(folder))]
    if options.json:
        print(json.dumps(rows, indent=1))
        return
    for row in rows:
        print(
            "{set:18} {kind:12} {score:20} {simplest:9.4f} {default:9.4f} {fewer:8.1%} {seconds:7.2f} s".format(**row)
        )


if __name__ == "__main__":
    main()
