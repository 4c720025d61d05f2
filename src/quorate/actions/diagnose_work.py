"""Why answers are wrong, live: keep the diagnosis of everyone who answers a step, and help where its cause is clear."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from quorate import clock
from quorate.actions.actor import Actor
from quorate.actions.clarify import ask_within, asked_lately
from quorate.actions.gather_work import Look
from quorate.actions.help_annotator import AGAIN, advise_break, give_lesson
from quorate.actions.rules import Rules, Step
from quorate.ids import new_id
from quorate.store import lessons, watches
from quorate.store.database import Driver
from quorate.watch.detector import Detector, Finding
from quorate.watch.encode import CLASSED
from quorate.watch.gap import REMEDIES, Diagnosis, Gap, Reason, diagnose, diagnose_parts, split_pairs

Row = dict[str, Any]
INNOCENT = 10.0
NOTED: dict[Reason, str] = {"slips": "slips", "fatigue": "fatigue", "systematic": "skill_gap"}
"""The reasons that become findings, under these names; bad faith is the detectors' to tell, a split the steward's."""


def diagnoses_of(look: Look) -> list[Diagnosis]:
    """Everybody's, where the kind of label lets one be made."""
    return diagnose_parts(look.parts) if look.parts else diagnose(look.work) if "classes" in look.work.has else []


def explained(made: Sequence[Diagnosis], found: Sequence[Finding], using: Sequence[Detector]) -> list[Finding]:
    """The findings without those that accuse of bad faith whom a gap in skill explains far better.

    Who takes one class for another says the other too often; that is no favourite place.
    """
    faith = {one.use for one in using if one.faith}
    gaps = {
        one.worker
        for one in made
        if one.probabilities["systematic"] > INNOCENT * max(one.probabilities["bad_faith"], 1e-12)
    }
    return [one for one in found if one.detector not in faith or not gaps.issuperset(one.workers)]


def keep_diagnoses(connection: Driver, rules: Rules, step: Step, look: Look, made: Sequence[Diagnosis]) -> None:
    """Keep what is believed of everybody."""
    accounts = look.work.votes.workers
    rows = [
        {"account_id": accounts[one.worker], "answers": one.answers, "reason": one.reason,
         "body": _told(step, look, one)}
        for one in made
    ]  # fmt: skip
    if rows:
        watches.diagnosed(connection, rules.project.id, step.id, rows, clock.now())


def diagnosed(rules: Rules, step: Step, look: Look, made: Sequence[Diagnosis]) -> list[Row]:
    """Findings, as rows, where a diagnosis is as sure as the policy wants."""
    accounts = look.work.votes.workers
    found = [
        _finding(rules, step, one, _told(step, look, one), accounts[one.worker])
        for one in made
        if one.reason in NOTED and _share(one) >= rules.policy.watch.sure
    ]
    return found + _splits(rules, step, look)


def _share(one: Diagnosis) -> float:
    """How probable it is that the remedy is the right one."""
    return sum(p for reason, p in one.probabilities.items() if REMEDIES[reason] == one.remedy)


def _told(step: Step, look: Look, one: Diagnosis) -> Row:
    parts = step.question.ids if look.parts else [str(label) for label in look.work.votes.labels]
    return {
        "remedy": one.remedy,
        "probabilities": _rounded(one.probabilities),
        "gaps": [
            {
                "truth": _label(look, gap, gap.truth), "said": _label(look, gap, gap.label),
                "probability": round(gap.probability, 4), "share": round(gap.share, 4),
                "answers": round(gap.answers, 1),
            }
            for gap in one.gaps
        ],
        "classes": {label: _rounded(reasons) for label, reasons in zip(parts, one.classes, strict=True)},
    }  # fmt: skip


def _rounded(reasons: dict[Reason, float]) -> Row:
    return {reason: round(max(0.0, p), 4) for reason, p in reasons.items()}


def _label(look: Look, gap: Gap, code: int) -> str:
    votes = look.parts[gap.part].votes if look.parts else look.work.votes
    return str(votes.labels[code])


def _finding(rules: Rules, step: Step, one: Diagnosis, told: Row, account: Any) -> Row:
    share = min(_share(one), 1 - 1e-9)
    gap = told["gaps"][0] if told["gaps"] and one.reason == "systematic" else None
    said = {
        "slips": "The errors lie anywhere, as slips do.",
        "fatigue": "The errors lie in the second halves of sittings, as those of tired people do.",
        "systematic": "" if gap is None else f"`{gap['truth']}` is called `{gap['said']}` {gap['share']:.0%} of the"
        f" time, on about {gap['answers']:.0f} such items.",
    }  # fmt: skip
    evidence = {
        "score": round(math.log10(share / (1 - share)), 6), "step": str(step.id), "probability": round(share, 4),
        "answers": one.answers, "remedy": one.remedy, "labels": [gap["truth"], gap["said"]] if gap else [],
    }  # fmt: skip
    return _row(rules, NOTED[one.reason], f"{said[one.reason]} {share:.0%} sure.", evidence, account)


def _splits(rules: Rules, step: Step, look: Look) -> list[Row]:
    """Classes that everybody mixes up."""
    if look.parts or "classes" not in look.work.has:
        return []
    labels = [str(label) for label in look.work.votes.labels]
    pairs = [[labels[a], labels[b]] for a, b in sorted(split_pairs(look.work))]
    if not pairs:
        return []
    said = ", ".join(f"`{one}` and `{two}`" for one, two in pairs)
    evidence = {"score": 3.0 * 2.5 ** (len(pairs) - 1), "step": str(step.id), "pairs": pairs}
    return [_row(rules, "split", f"Everybody splits between {said}, whichever it is.", evidence, None)]


def _row(rules: Rules, kind: str, message: str, evidence: Row, account: Any) -> Row:
    return {
        "id": new_id(), "project_id": rules.project.id, "account_id": account, "annotation_id": None, "task_id": None,
        "kind": kind, "message": message, "evidence": evidence, "action": "noted", "created_at": clock.now(),
    }  # fmt: skip


def help_within(connection: Driver, actor: Actor, rules: Rules, step: Step, row: Row) -> None:
    """What a fresh finding calls for, if the policy lets the watch help."""
    if not rules.policy.watch.help:
        return
    evidence, account = row["evidence"], row["account_id"]
    match row["kind"]:
        case "skill_gap" if labels := _classes(step, evidence["labels"]):
            if not lessons.since(connection, step.id, account, labels, clock.now() - AGAIN):
                give_lesson(connection, actor, rules, step, account, labels, row["id"])
        case "slips" | "fatigue":
            advise_break(connection, actor, rules, account)
        case "hard_items" | "split":
            for pair in evidence.get("pairs") or [evidence["classes"]]:
                if step.question.aggregate in CLASSED and not asked_lately(connection, step, sorted(pair)):
                    tasks = evidence.get("tasks", [])
                    ask_within(connection, actor, rules, step, sorted(pair), row["message"], tasks, row["id"])


def _classes(step: Step, labels: list[str]) -> list[str]:
    """The classes of the schema that a gap is between; of "not a" and "a" it is a."""
    return list(dict.fromkeys(one for label in labels if (one := label.removeprefix("not ")) in step.question.ids))
