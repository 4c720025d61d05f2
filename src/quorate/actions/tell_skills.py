"""Tell what is believed about each annotator on each step. Reads only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from quorate.actions.rules import Step, rules_of
from quorate.flow.evidence import Role, Skill
from quorate.people.pseudonyms import pseudonym
from quorate.store import accounts, skills
from quorate.store.database import Database
from quorate.store.projects import Project
from quorate.truth.workers import judge

JUDGED = ("choice", "scale")


def tell_skills(db: Database, project: Project, *, names: bool = False) -> list[dict[str, Any]]:
    """One row an annotator and step; on steps with classes with accuracy, its interval and a verdict."""
    rules = rules_of(db, project.id)
    with db.read() as reader:
        salt = accounts.salt(reader, project.workspace_id)
    told = []
    for step in rules.steps.values():
        with db.work() as connection:
            rows = skills.of_step(connection, step.id)
        verdicts = _judged(step, rows) if rows and step.question.kind in JUDGED else [{}] * len(rows)
        for row, verdict in zip(rows, verdicts, strict=True):
            told.append(
                {
                    "step": step.name,
                    "annotator": pseudonym(row["account_id"], salt),
                    "name": row["name"] if names else None,
                    "kind": row["kind"],
                    "answers": row["answers"],
                    "labels": list(step.question.ids),
                    "skill": row["body"],
                    **verdict,
                }
            )
    return told


def _judged(step: Step, rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Accuracy and verdict from what an annotator's pseudo-counts have gained over where everyone begins."""
    roles = [Role.MODEL if row["kind"] == "machine" else Role.CROWD for row in rows]
    gained = [
        np.maximum(np.array(row["body"]) - np.array(Skill.prior(step.question, role).rows), 0.0)
        for row, role in zip(rows, roles, strict=True)
    ]
    counts = np.stack(gained).transpose(0, 2, 1)
    number = np.rint(counts.sum(axis=(1, 2))).astype(np.int64)
    report = judge(counts, number, np.array([str(row["account_id"]) for row in rows]), np.array(step.question.ids))
    return [
        {
            "accuracy": None if np.isnan(report.accuracy[j]) else float(report.accuracy[j]),
            "low": float(report.low[j]),
            "high": float(report.high[j]),
            "verdict": str(report.verdict[j]),
        }
        for j in range(len(rows))
    ]
