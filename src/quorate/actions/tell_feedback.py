"""Tell annotators what was expected where their answers were compared with something. Reads only."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from quorate import clock
from quorate.actions.actor import Actor
from quorate.actions.correct_gold import RULE, UNEXPLAINED
from quorate.actions.rules import Rules, Step, rules_of
from quorate.actions.tell_disputes import told_dispute
from quorate.flow.excerpt import excerpt
from quorate.store import disputes, feedback
from quorate.store.database import Database, Driver
from quorate.store.feedback import Window
from quorate.store.listing import Viewer

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
KEPT = timedelta(days=60)
"""How far back feedback goes."""
_CLAUSE = re.compile(r"§\s?(\d+(?:\.\d+)*)")

Place = tuple[datetime, UUID]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which feedback: what came after a place, or before one, or the newest."""

    limit: int = 20
    after: Place | None = None
    before: Place | None = None


def tell_feedback(db: Database, actor: Actor, projects: Sequence[UUID], wanted: Wanted) -> dict[str, Any]:
    """Feedback, newest first. `next` asks for what comes after all of it, `earlier` for what came before."""
    found: list[dict[str, Any]] = []
    for project in projects:
        rules = rules_of(db, project)
        with db.work() as connection:
            found += told(connection, actor, rules, wanted)
    found.sort(key=_place, reverse=not wanted.after)
    found = found[: wanted.limit]
    if wanted.after:
        found.reverse()
    newest = _place(found[0]) if found else wanted.after
    return {
        "feedback": found,
        "next": cursor(newest) if newest else None,
        "earlier": cursor(_place(found[-1])) if len(found) == wanted.limit and not wanted.after else None,
    }


def told(
    connection: Driver, actor: Actor, rules: Rules, wanted: Wanted, annotation: UUID | None = None
) -> list[dict[str, Any]]:
    """What the project's policy lets this annotator know now; of one answer only, if it is named."""
    assert actor.account is not None
    terms, now = rules.policy.feedback, clock.now()
    late = timedelta(minutes=terms.minutes)
    window = Window(
        since=now - KEPT,
        until=now - late,
        limit=wanted.limit,
        after=wanted.after and (wanted.after[0] - late, wanted.after[1]),
        before=wanted.before and (wanted.before[0] - late, wanted.before[1]),
        annotation=annotation,
    )
    rows = feedback.of_account(
        connection, rules.project.id, actor.account, window, gold=terms.gold, adjudicated=terms.adjudicated
    )
    opened = disputes.against(connection, actor.account, [row["annotation"] for row in rows])
    return [
        _entry(rules, rules.steps[row["step_id"]], row | {"at": row["at"] + late}, opened.get(row["annotation"]))
        for row in rows
        if row["step_id"] in rules.steps
    ]


def viewer_of(db: Database, account: UUID, project: UUID) -> Viewer:
    """An annotator as one who may see again the items of which feedback tells."""
    terms = rules_of(db, project).policy.feedback
    late = timedelta(minutes=terms.minutes)
    return Viewer(account, gold=terms.gold, adjudicated=terms.adjudicated, until=clock.now() - late)


def cursor(place: Place) -> str:
    """A place as text."""
    return f"{(place[0] - EPOCH) // timedelta(microseconds=1)}-{place[1].hex}"


def place_of(cursor: str) -> Place:
    """The inverse of `cursor`, exact to the microsecond."""
    time, _, id = cursor.partition("-")
    return EPOCH + timedelta(microseconds=int(time)), UUID(id)


def _place(entry: dict[str, Any]) -> Place:
    return entry["told_at"], entry["annotation"]


def _entry(rules: Rules, step: Step, row: dict[str, Any], dispute: dict[str, Any] | None) -> dict[str, Any]:
    mine = step.heard(row["value"], row["schema_id"])
    expected = row["expected"]
    if row["expected_schema"] is not None:
        expected = step.heard(expected, row["expected_schema"])
    comparable = mine is not None and expected is not None
    right = step.question.same(mine, expected) if comparable else None
    why, clauses = _why(row)
    return {
        "annotation": row["annotation"],
        "task": row["task_id"],
        "project": rules.project.name,
        "step": step.name,
        "ask": step.ask,
        "kind": step.question.kind,
        "item": row["key"],
        "excerpt": excerpt(row["body"]),
        "body": row["body"],
        "media": row["media"],
        "language": (row["attributes"] or {}).get("language"),
        "value": row["value"],
        "comment": row["comment"],
        "expected": row["expected"] if expected is None else expected,
        "right": right,
        "distance": float(step.question.distance(mine, expected)) if comparable else None,
        "known_by": row["known_by"],
        "why": why,
        "clauses": clauses,
        "guideline_version": row["guideline_version"],
        "answered_at": row["answered_at"],
        "told_at": row["at"],
        "may_dispute": right is False and dispute is None and rules.policy.feedback.disputes > 0,
        "dispute": told_dispute(rules, dispute) if dispute else None,
    }


def _why(row: dict[str, Any]) -> tuple[str | None, list[str]]:
    """The explanation and the clauses that it refers to."""
    if row["known_by"] == "expert":
        return row["why"], row["clauses"]
    why = (row["why"] or "").removeprefix(RULE) if row["decided_by"] == "gold" else ""
    if why in {"", UNEXPLAINED}:
        return None, []
    return why, _CLAUSE.findall(why)
