"""How many bad annotators do the detectors find, and how many honest ones do they name?

`python bench/detectors.py` simulates crowds (`quorate.watch.simulate`) of 86 honest annotators and one or two of each
bad kind, with 5 answers an item, and prints Markdown tables: for each kind the share found by its own detector and by
any, with a 95 % interval of the latter (Wilson 1927); the honest annotators named by any of all detectors together, per
100; the same for other kinds of label and for the diagnosis of noise or gap in skill; and the bare limit: how many the
likelihood ratio would find that knew every parameter of the simulation and not the truths, at one honest person named
in 100. `--gold` tells the truth of a share of the items, as known items of the product do. Parameters were chosen on
other crowds (seeds from 7,000 on).

With `--data FOLDER` it also shows what they find in recorded votes, and how many of those who answer known items no
better than guessing: from the votes alone, and if every known truth had been told.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from scipy.stats import rankdata

from limits import limits
from quorate.truth import make as model
from quorate.truth import read_labels
from quorate.truth.votes import Votes
from quorate.watch.detector import detect, detectors
from quorate.watch.gap import REMEDIES, diagnose
from quorate.watch.hypotheses import rates
from quorate.watch.recorded import read_work
from quorate.watch.simulate import Crowd, crowd
from quorate.watch.simulate_kinds import MAKERS, TROUBLE, crowd_of
from quorate.watch.work import Work

FIRST = 100_000
"""The first seed that is reported; those from 7,000 on were used to choose."""
SINGLE = ("random", "constant", "position", "adversarial", "straight_lining", "answer_order", "speed", "sudden_change")
BAD = dict.fromkeys((*SINGLE, "pasted", "machine_text"), 1) | dict.fromkeys(("collusion", "copying", "duplicates"), 2)
OTHER = dict.fromkeys(TROUBLE, 1) | {"copying": 2}
OWN = {"random": "random_answers", "copying": "collusion"}
WRONG = {"random": 1, "constant": 1, "position": 1, "adversarial": 1, "gap": 3, "slips": 2, "fatigue": 2}
REMEDY = {"honest": "none", "gap": "lesson", "slips": "break", "fatigue": "break"}
FAITH = {  # findings of answers that do not follow the items
    "random_answers",
    "constant",
    "adversarial",
    "position",
    "straight_lining",
    "answer_order",
    "sudden_change",
}
SETS = (
    "hit_spam",
    "med_cause",
    "med_relations",
    "news_events",
    "arguments",
    "sp",
    "snow_temporal",
    "senti_1k",
    "bird",
    "zc_in",
    "dog",
)
Share = dict[str, float]


def share(hits: int, of: int) -> Share:
    """A share and Wilson's interval of it."""
    z, rate = 1.96, hits / of
    middle, half = rate + z * z / (2 * of), z * np.sqrt(rate * (1 - rate) / of + z * z / (4 * of * of))
    return {
        "share": rate,
        "low": (middle - half) / (1 + z * z / of),
        "high": (middle + half) / (1 + z * z / of),
        "of": of,
    }


def looked(made: Crowd, seed: int, gold: float) -> Work:
    """The work of a crowd with so large a share of its items known: the same answers whatever the share."""
    if not gold:
        return made.work
    known = np.random.default_rng(seed).random(made.truth.size) < gold
    return replace(made.work, gold=np.where(known, made.truth, -1))


def detecting(crowds: int, make: Callable[[int], Crowd], bad: Mapping[str, int], gold: float = 0.0) -> dict[str, Any]:
    """By kind: found by its own detector, and by any. Of the honest: named by any, and findings about steps."""
    own, anyhow, there = Counter[str](), Counter[str](), Counter[str]()
    steps = 0
    for seed in range(crowds):
        made = make(FIRST + seed)
        work = looked(made, FIRST + seed, gold)
        named: dict[int, set[str]] = {j: set() for j in range(len(made.kinds))}
        for one in detectors():
            for finding in one.look(work) if one.suits(work) else []:
                steps += not finding.workers
                for j in finding.workers:
                    named[j].add(one.use)
        for j, kind in enumerate(made.kinds):
            there[kind] += 1
            own[kind] += OWN.get(kind, kind) in named[j]
            anyhow[kind] += bool(named[j])
    return {
        "own": {kind: share(own[kind], there[kind]) for kind in bad},
        "any": {kind: share(anyhow[kind], there[kind]) for kind in bad},
        "alarms": share(anyhow["honest"], there["honest"]), "steps": steps / crowds, "crowds": crowds,
    }  # fmt: skip


def diagnosing(crowds: int, judgements: int, classes: int, gold: float) -> dict[str, Any]:
    """By kind: how often the remedy is the right one. Of the honest: who is said to need one."""
    right, there = Counter[str](), Counter[str]()
    for seed in range(crowds):
        made = crowd(FIRST + seed, WRONG, honest=90, judgements=judgements, classes=classes)
        for one in diagnose(looked(made, FIRST + seed, gold)):
            kind = made.kinds[one.worker]
            there[kind] += 1
            right[kind] += REMEDIES[one.reason] == REMEDY.get(kind, "pause")
    kinds = {kind: share(right[kind], there[kind]) for kind in WRONG}
    return {"any": kinds, "alarms": share(there["honest"] - right["honest"], there["honest"]), "crowds": crowds}


def recorded(folder: Path) -> dict[str, Any]:
    """What is found in a recorded set, and how right those named are against those not named, where truth is known."""
    items = folder / "items.jsonl"
    work = read_work(folder / "votes.csv", items if items.exists() else None)
    work = work.newest(300)
    enough = int((work.answers >= 20).sum())
    found = detect(work)
    by = Counter(f.detector for f in found)
    named = sorted({j for f in found if f.detector not in {"hard_items"} for j in f.workers})
    told: dict[str, Any] = {"set": folder.name, "annotators": enough, "found": dict(by), "named": len(named)}
    gold = read_labels(folder / "gold.csv") if (folder / "gold.csv").exists() else {}
    truth = np.array([gold.get(str(item), "") for item in work.votes.items])[work.votes.item]
    known, said = truth != "", work.votes.labels.astype(str)[work.votes.label]
    bad = np.isin(work.votes.worker, named)
    if known.any() and "classes" in work.has:
        told |= guessing(work, truth)
    if (known & bad).any():
        told["right_named"] = float((said == truth)[known & bad].mean())
        told["right_others"] = float((said == truth)[known & ~bad].mean())
        told["labels_right"] = {method: _labels(work.votes, gold, bad, method) for method in ("majority", "ibcc")}
    elif "classes" in work.has and bad.any():
        told["agree_named"], told["agree_others"] = (float(rates(work)[m].mean()) for m in _split(work.answers, named))
    return told


def guessing(work: Work, truth: Any) -> dict[str, Any]:
    """Of people with 20 known answers: who is no better than guessing (by permutation, 5 %), and who of them is found.

    `auroc`: how well the diagnosis' probability of bad faith tells them from the others.
    """
    votes, said = work.votes, work.votes.labels.astype(str)[work.votes.label]
    counts = np.bincount(votes.item)
    same = np.bincount(votes.item * votes.n_classes + votes.label)
    told: dict[str, Any] = {"alike": float((same * (same - 1.0)).sum() / (counts * (counts - 1.0)).sum())}
    rng, rows_of = np.random.default_rng(0), {}
    for j in np.flatnonzero(np.bincount(votes.worker, truth != "") >= 20).tolist():
        rows = work.of(j)
        rows_of[j] = rows[truth[rows] != ""]
    if not rows_of:
        return told
    who = np.array(list(rows_of))
    right = {j: float(np.mean(said[rows] == truth[rows])) for j, rows in rows_of.items()}
    bad = np.array([
        np.mean([np.mean(rng.permutation(said[rows]) == truth[rows]) >= right[j] for _ in range(400)]) > 0.05
        for j, rows in rows_of.items()
    ])  # fmt: skip
    code = {name: k for k, name in enumerate(votes.labels.astype(str))}
    gold = np.full(votes.n_items, -1)
    gold[votes.item] = [code.get(one, -1) for one in truth]
    told |= {"known": who.size, "guessing": int(bad.sum())}
    for name, one in (("by votes", work), ("by truths", replace(work, gold=gold))):
        named = np.isin(who, [j for f in detect(one) if f.detector in FAITH for j in f.workers])
        faith = {d.worker: d.probabilities["bad_faith"] for d in diagnose(one)}
        ranks = rankdata([faith[j] for j in who])
        pairs = bad.sum() * (~bad).sum()
        told[name] = {
            "found": int(named[bad].sum()),
            "others": int(named[~bad].sum()),
            "others_right": float(np.mean([right[j] for j in who[named & ~bad]])) if (named & ~bad).any() else None,
            "rest_right": float(np.mean([right[j] for j in who[~named & ~bad]])) if (~named & ~bad).any() else None,
            "auroc": float((ranks[bad].sum() - bad.sum() * (bad.sum() + 1) / 2) / pairs) if pairs else None,
        }
    return told


def _labels(votes: Votes, gold: Mapping[str, str], bad: Any, method: str) -> tuple[float, float]:
    """The share of known items whose label is right, with all votes and without those that are `bad`."""
    known = [(item, gold[name]) for item, name in enumerate(votes.items.astype(str)) if name in gold]
    right = []
    for some in (np.ones(len(votes), bool), ~bad):
        kept = Votes(votes.item[some], votes.worker[some], votes.label[some], votes.items, votes.workers, votes.labels)
        label = votes.labels.astype(str)[model(method).fit(kept).proba_.argmax(axis=1)]
        right.append(float(np.mean([label[item] == truth for item, truth in known])))
    return right[0], right[1]


def _split(answers: Any, named: list[int]) -> tuple[Any, Any]:
    bad = np.isin(np.arange(answers.size), named)
    return bad, ~bad & (answers >= 20)


def table(title: str, runs: Mapping[str, dict[str, Any]], bounds: Mapping[str, Mapping[str, float]]) -> str:
    """The figures as Markdown: own detector (any detector) interval, and the bare limit where there is one."""
    lines = [f"| {title} | {' | '.join(runs)} |", "|---" * (len(runs) + 1) + "|"]
    for kind in next(iter(runs.values()))["any"]:
        cells = []
        for name, run in runs.items():
            own, found, bound = run.get("own", {}).get(kind), run["any"][kind], bounds.get(name, {}).get(kind)
            text = f"{found['share']:.2f}" if own is None else f"{own['share']:.2f} ({found['share']:.2f})"
            text += f" [{found['low']:.2f}–{found['high']:.2f}]"
            cells.append(text if bound is None else f"{text}, limit {bound:.2f}")
        lines.append(f"| {kind.replace('_', ' ')} | {' | '.join(cells)} |")
    alarms = [[100 * run["alarms"][end] for end in ("share", "low", "high")] for run in runs.values()]
    cells = [f"**{middle:.2f}** [{low:.2f}–{high:.2f}]" for middle, low, high in alarms]
    lines.append(f"| **honest named, per 100** | {' | '.join(cells)} |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--crowds", type=int, default=40)
    parser.add_argument("--sizes", nargs="*", default=["50:2", "50:3", "50:4", "50:5", "50:8"])
    parser.add_argument("--draws", type=int, default=4000, help="simulated people a bare limit rests on; 0: no limits")
    parser.add_argument("--gold", type=float, default=0.0, help="the share of items whose answer is known")
    parser.add_argument("--data", type=Path)
    parser.add_argument("--sets", nargs="*", default=list(SETS))
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    runs, diagnoses, others, bounds = {}, {}, {}, {}
    for judgements, classes in (tuple(map(int, size.split(":"))) for size in options.sizes):
        name = f"{judgements} judgements, {classes} classes"
        bounds[name] = limits(classes, judgements, options.draws, WRONG, REMEDY, options.gold) if options.draws else {}

        def make(seed: int, n: int = judgements, K: int = classes, ordered: bool = False) -> Crowd:
            return crowd(seed, BAD, honest=86, judgements=n, classes=K, ordered=ordered)

        runs[name] = detecting(options.crowds, make, BAD, options.gold)
        diagnoses[name] = diagnosing(options.crowds, judgements, classes, options.gold)
    others = {"scale": detecting(options.crowds, lambda seed: make(seed, 50, 5, ordered=True), BAD)}
    scale = {"scale of five points": others.pop("scale")}
    for kind in MAKERS:
        others[kind] = detecting(options.crowds, lambda seed, k=kind: crowd_of(k, seed, OTHER, honest=90), TROUBLE)
    real = [recorded(options.data / name) for name in options.sets] if options.data else []
    if options.json:
        print(json.dumps({"detecting": runs | scale, "diagnosing": diagnoses, "others": others, "recorded": real}))
        return
    print(table("kind", runs | scale, {name: one.get("found", {}) for name, one in bounds.items()}), end="\n\n")
    for other in others.values():
        del other["own"]
    print(table("kind", others, {}), end="\n\n")
    print(table("noise or gap", diagnoses, {name: one.get("remedy", {}) for name, one in bounds.items()}), end="\n\n")
    for one in real:
        print(one)


if __name__ == "__main__":
    main()
