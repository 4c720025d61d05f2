"""Spans and boxes by real crowds: F1 of what more than half of the annotators marked, and of ours, with the seconds.

`python -m bench.marks` reads the sets `conll_ner` and `pedestrians` of `QUORATE_DATA_SETS` (or of `../shared/data`).
"""

from __future__ import annotations

import csv
import json
import os
import time
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import numpy as np

from quorate.truth.boxes import Boxes
from quorate.truth.marks import read_votes
from quorate.truth.spans import Spans
from quorate.truth.votes import Votes

SETS = Path(os.environ.get("QUORATE_DATA_SETS", Path(__file__).parents[2] / "shared" / "data"))
Marks = list[dict[str, Any]]


def truth_of(name: str) -> dict[str, Marks]:
    """Item → its true marks."""
    csv.field_size_limit(2**30)
    with (SETS / name / "gold.csv").open(encoding="utf-8") as file:
        return {row["item"]: json.loads(row["label"]) for row in csv.DictReader(file)}


def f1(found: dict[str, Marks], truth: dict[str, Marks], same: Any) -> tuple[float, float, float]:
    """Precision, recall and F1 over the items that have both."""
    pairs = [(found[item], marks) for item, marks in truth.items() if item in found]
    hits = sum(same(mine, true) for mine, true in pairs)
    made, wanted = (sum(len(pair[side]) for pair in pairs) for side in (0, 1))
    return hits / max(made, 1), hits / max(wanted, 1), 2 * hits / max(made + wanted, 1)


def spans_of_most(votes: Votes) -> dict[str, Marks]:
    """The spans that more than half of an item's annotators marked exactly so."""
    seen: dict[int, Counter[str]] = defaultdict(Counter)
    size = np.bincount(votes.item, minlength=votes.n_items)
    for item, label in zip(votes.item.tolist(), votes.label.tolist(), strict=True):
        seen[item].update({json.dumps(mark, sort_keys=True) for mark in json.loads(votes.labels[label])})
    return {
        str(votes.items[item]): [json.loads(mark) for mark, n in seen[item].items() if n > size[item] / 2]
        for item in range(votes.n_items)
    }


def boxes_of_most(votes: Votes) -> dict[str, Marks]:
    """The plain mean of the boxes that more than half of an item's annotators drew, clusters as ours has them."""
    made = Boxes()._made(votes, {})
    size = np.bincount(votes.item, minlength=votes.n_items)
    drawn = np.bincount(made.cluster, minlength=len(made.owner))
    mean = np.stack([np.bincount(made.cluster, made.place[:, side]) / drawn for side in range(4)], axis=1)
    found: dict[str, Marks] = {str(item): [] for item in votes.items}
    for k in np.flatnonzero(drawn > size[made.owner] / 2):
        found[str(votes.items[made.owner[k]])].append(Boxes.written(mean[k], ""))
    return found


def calibration(model: Any, truth: dict[str, Marks], same: Any) -> dict[str, float]:
    """What was promised and what came true: for single marks, and for whole answers."""
    hits, marks, promised, whole, sure = 0, 0, 0.0, 0, 0.0
    known = [k for k, item in enumerate(model.items_) if str(item) in truth]
    for k in known:
        found, true = model.labels_[k], truth[str(model.items_[k])]
        right = same(found, true)
        hits, marks, promised = hits + right, marks + len(found), promised + sum(model.proba_[k])
        whole += right == len(found) == len(true)
        sure += model.confidence_[k]
    count = max(marks, 1)
    return {
        "marks_promised": promised / count,
        "marks_right": hits / count,
        "answers_promised": sure / len(known),
        "answers_right": whole / len(known),
    }


def main() -> None:
    """Print the tables."""
    for name, model, simplest in (("conll_ner", Spans, spans_of_most), ("pedestrians", Boxes, boxes_of_most)):
        same = model.same
        votes, truth = read_votes(SETS / name / "votes.csv"), truth_of(name)
        print(f"{name}: {votes.n_items} items, {votes.n_votes} votes")
        began = time.perf_counter()
        plain = simplest(votes)
        middle = time.perf_counter()
        fitted = model().fit(votes)
        ended = time.perf_counter()
        ours = dict(zip(map(str, fitted.items_), fitted.labels_, strict=True))
        for told, found, seconds in (("more than half", plain, middle - began), ("ours", ours, ended - middle)):
            precision, recall, score = f1(found, truth, same)
            print(f"  {told:15} precision {precision:.3f}  recall {recall:.3f}  F1 {score:.3f}  {seconds:.2f} s")
        for rule in (fitted, model(threshold=0.5).fit(votes)):
            told = ", ".join(f"{name} {value:.3f}" for name, value in calibration(rule, truth, same).items())
            print(f"  threshold {rule.threshold_:.2f}: {told}")


if __name__ == "__main__":
    main()
