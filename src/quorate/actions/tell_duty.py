"""Tell who works when in a project, who is on duty now, and whose turn how many cases are. Reads only."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from quorate import clock
from quorate.actions.assign_cases import taking_turns
from quorate.actions.naming import naming
from quorate.actions.rules import rules_of
from quorate.people.hours import ALWAYS, Hours
from quorate.store import duty
from quorate.store.database import Database
from quorate.store.projects import Project

Told = dict[str, Any]
WORKING_ROLES = ("annotator", "expert")


def tell_duty(
    db: Database, project: Project, *, names: bool = False, reader: UUID | None = None, now: datetime | None = None
) -> Told:
    """Whether cases are assigned, how many are on duty by role, and everybody: those at work first."""
    now = now or clock.now()
    with db.work() as connection:
        rows = duty.people(connection, project.id, WORKING_ROLES)
        desks = duty.desks(connection, project.id, [row["account"] for row in rows], now)
        turns = taking_turns(connection, rules_of(db, project.id), now)
    called = naming(db, project.workspace_id, names=names)([row["account"] for row in rows])
    people = [
        {"person": called[row["account"]], "you": row["account"] == reader, **_told(row, desks, now)} for row in rows
    ]
    people.sort(key=lambda one: (not one["working"], one["next"] or now, one["person"]))
    return {
        "at": now,
        "assigning": bool(turns),
        "on_duty": {role: sum(one["working"] and role in one["roles"] for one in people) for role in WORKING_ROLES},
        "people": people,
    }


def _told(row: Told, desks: dict[UUID, Any], now: datetime) -> Told:
    hours = Hours.read(row["hours"]) if row["hours"] else ALWAYS
    span = None if row["barred"] else hours.next(now)
    working = span is not None and span[0] <= now
    said = hours.written() if row["hours"] else None
    desk = desks.get(row["account"], {"here": 0, "overdue": 0})
    return {
        "roles": row["roles"],
        "barred": row["barred"],
        "hours": said and {**said, "away": [one for one in said["away"] if one["to"] >= now.date().isoformat()]},
        "working": working,
        "until": span[1] if span and working and row["hours"] else None,
        "next": span[0] if span and not working else None,
        "cases": desk["here"],
        "overdue": desk["overdue"],
    }
