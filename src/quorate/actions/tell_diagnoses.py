"""Tell why answers are wrong, as far as the newest tell; and those whose they are, what would help. Reads only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from quorate.actions.actor import Actor
from quorate.people.pseudonyms import pseudonym
from quorate.store import accounts, lessons, watches
from quorate.store.database import Database
from quorate.store.projects import Project

Told = dict[str, Any]
SURE = 0.8
"""So probable a remedy is told to oneself."""
_KEPT = ("remedy", "probabilities", "gaps", "classes")


def tell_diagnoses(db: Database, project: Project, *, names: bool, annotator: UUID | None = None) -> list[Told]:
    """The diagnoses of everyone in a project, or of one, by step; those who need something first."""
    with db.work() as connection:
        rows = watches.diagnoses(connection, [project.id], annotator)
    with db.read() as reader:
        salt = accounts.salt(reader, project.workspace_id)
        known = accounts.names(reader, project.workspace_id, {row["account_id"] for row in rows}) if names else {}
    told = [
        {
            "annotator": pseudonym(row["account_id"], salt), "name": known.get(row["account_id"]), "step": row["step"],
            "answers": row["answers"], "reason": row["reason"], "made_at": row["made_at"],
            **{name: row["body"][name] for name in _KEPT},
        }
        for row in rows
    ]  # fmt: skip
    return sorted(told, key=lambda one: one["probabilities"]["fine"])


def tell_own_diagnoses(db: Database, actor: Actor, projects: Sequence[UUID]) -> list[Told]:
    """What would help oneself, where that is clear. Nobody is told that they seem to be of bad faith: people ask."""
    assert actor.account is not None
    with db.work() as connection:
        rows = watches.diagnoses(connection, projects, actor.account)
    told = []
    for row in rows:
        body = row["body"]
        if body["remedy"] in ("none", "pause") or body["probabilities"]["fine"] > 1 - SURE:
            continue
        gap = next(iter(body["gaps"]), None) if body["remedy"] == "lesson" else None
        told.append({
            "project": row["project"], "step": row["step"], "remedy": body["remedy"], "answers": row["answers"],
            "labels": [gap["truth"], gap["said"]] if gap else [], "made_at": row["made_at"],
        })  # fmt: skip
    return told


def tell_lessons(db: Database, actor: Actor, projects: Sequence[UUID]) -> list[Told]:
    """The lessons that were made for oneself, those still to do first."""
    assert actor.account is not None
    with db.work() as connection:
        rows = lessons.of_account(connection, projects, actor.account)
    return [{name: value for name, value in row.items() if name != "account_id"} for row in rows]
