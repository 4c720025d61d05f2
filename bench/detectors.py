"""How many bad annotators do the detectors find, and how many honest ones do they name?

`python bench/detectors.py` simulates crowds (`quorate.watch.simulate`) of 86 honest annotators and one or two of each
bad kind, with 5 answers an item, and prints a Markdown table: for each kind the share found by its own detector (and by
any); the honest annotators named by any of all detectors together, per 100; and the same for the diagnosis of noise or
gap in skill. With `--data FOLDER` it also shows what they find in recorded votes.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np

from quorate.truth import read_labels
from quorate.watch.detector import detect, detectors
from quorate.watch.gap import REMEDIES, diagnose
from quorate.watch.hypotheses import rates
from quorate.watch.recorded import read_work
from quorate.watch.simulate import OTHER, crowd, numbers, spans

SINGLE = ("random", "constant", "position", "adversarial", "straight_lining", "answer_order", "speed", "sudden_change")
BAD = dict.fromkeys((*SINGLE, "pasted", "machine_text"), 1) | dict.fromkeys(("collusion", "copying", "duplicates"), 2)
OWN = {"random": "random_answers", "copying": "collusion"}
WRONG = {"random": 1, "constant": 1, "position": 1, "adversarial": 1, "gap": 3, "slips": 2, "fatigue": 2}
REMEDY = {"honest": "none", "gap": "lesson", "slips": "break", "fatigue": "break"}
SETS = ("hit_spam", "med_cause", "med_relations", "news_events", "arguments", "senti_1k", "dog")


def detecting(seeds: int, judgements: int, classes: int) -> dict[str, Any]:
    """By kind: found by its own detector, found by any, how many there were. Of the honest: named by any."""
    own, anyhow, there = Counter[str](), Counter[str](), Counter[str]()
    steps = 0
    for seed in range(seeds):
        made = crowd(seed, BAD, honest=86, judgements=judgements, classes=classes)
        using = detectors()
        named: dict[int, set[str]] = {j: set() for j in range(len(made.kinds))}
        for one in using:
            for finding in one.look(made.work) if one.suits(made.work) else []:
                steps += not finding.workers
                for j in finding.workers:
                    named[j].add(one.use)
        for j, kind in enumerate(made.kinds):
            there[kind] += 1
            own[kind] += OWN.get(kind, kind) in named[j]
            anyhow[kind] += bool(named[j])
    kinds = {
        kind: {"own": own[kind] / there[kind], "any": anyhow[kind] / there[kind], "of": there[kind]} for kind in BAD
    }
    alarms = 100 * anyhow["honest"] / there["honest"]
    return {"judgements": judgements, "classes": classes, "kinds": kinds, "alarms": alarms, "honest": there["honest"],
            "steps": steps / seeds}  # fmt: skip


def other_kinds(seeds: int) -> dict[str, Any]:
    """The same for numbers and for spans: by kind of label, the share of each bad kind that any detector names."""
    told: dict[str, Any] = {}
    for make in (numbers, spans):
        named, there = Counter[str](), Counter[str]()
        for seed in range(seeds):
            made = make(seed, dict.fromkeys(OTHER, 1) | {"copying": 2}, honest=90)
            found = {j for one in detect(made.work) for j in one.workers}
            there.update(made.kinds)
            named.update(made.kinds[j] for j in found)
        told[make.__name__] = {kind: named[kind] / there[kind] for kind in OTHER} | {
            "alarms": 100 * named["honest"] / there["honest"]
        }
    return told


def diagnosing(seeds: int, judgements: int, classes: int) -> dict[str, Any]:
    """By kind: how often the remedy is the right one. Of the honest: who is said to need one, per 100."""
    right, there = Counter[str](), Counter[str]()
    for seed in range(seeds):
        made = crowd(seed, WRONG, honest=90, judgements=judgements, classes=classes)
        for one in diagnose(made.work):
            kind = made.kinds[one.worker]
            there[kind] += 1
            right[kind] += REMEDIES[one.reason] == REMEDY.get(kind, "pause")
    kinds = {kind: {"right": right[kind] / there[kind], "of": there[kind]} for kind in WRONG}
    alarms = 100 * (1 - right["honest"] / there["honest"])
    return {"judgements": judgements, "classes": classes, "kinds": kinds, "alarms": alarms, "honest": there["honest"]}


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
    if (known & bad).any():
        told["right_named"] = float((said == truth)[known & bad].mean())
        told["right_others"] = float((said == truth)[known & ~bad].mean())
    elif "classes" in work.has and bad.any():
        told["agree_named"], told["agree_others"] = (float(rates(work)[m].mean()) for m in _split(work.answers, named))
    return told


def _split(answers: Any, named: list[int]) -> tuple[Any, Any]:
    bad = np.isin(np.arange(answers.size), named)
    return bad, ~bad & (answers >= 20)


def table(runs: list[dict[str, Any]], diagnoses: list[dict[str, Any]]) -> str:
    """The figures as Markdown."""
    head = [f"{r['judgements']} judgements, {r['classes']} classes" for r in runs]
    lines = [f"| kind | {' | '.join(head)} |", "|---" * (len(runs) + 1) + "|"]
    for kind in BAD:
        cells = [f"{r['kinds'][kind]['own']:.2f} ({r['kinds'][kind]['any']:.2f})" for r in runs]
        lines.append(f"| {kind.replace('_', ' ')} | {' | '.join(cells)} |")
    lines.append("| **honest named, per 100** | " + " | ".join(f"**{r['alarms']:.2f}**" for r in runs) + " |")
    lines += ["", f"| noise or gap | {' | '.join(head[: len(diagnoses)])} |", "|---" * (len(diagnoses) + 1) + "|"]
    for kind in WRONG:
        lines.append(f"| {kind} | " + " | ".join(f"{d['kinds'][kind]['right']:.2f}" for d in diagnoses) + " |")
    lines.append(
        "| **honest with a remedy, per 100** | " + " | ".join(f"**{d['alarms']:.2f}**" for d in diagnoses) + " |"
    )
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=40)
    parser.add_argument("--sizes", nargs="*", default=["50:4", "50:8", "50:3", "50:2", "100:2", "200:2"])
    parser.add_argument("--data", type=Path)
    parser.add_argument("--sets", nargs="*", default=list(SETS))
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    sizes = [tuple(map(int, size.split(":"))) for size in options.sizes]
    runs = [detecting(options.seeds, *size) for size in sizes]
    diagnoses = [diagnosing(options.seeds, *size) for size in sizes]
    others = other_kinds(options.seeds)
    real = [recorded(options.data / name) for name in options.sets] if options.data else []
    if options.json:
        print(json.dumps({"detecting": runs, "diagnosing": diagnoses, "others": others, "recorded": real}))
        return
    print(table(runs, diagnoses))
    for name, shares in others.items():
        print(name, shares)
    for one in real:
        print(one)


if __name__ == "__main__":
    main()
