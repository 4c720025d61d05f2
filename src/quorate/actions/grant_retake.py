"""Let somebody sit an exam once more than it allows, and at once."""

from __future__ import annotations

from uuid import UUID

from quorate import clock
from quorate.actions.actor import Actor
from quorate.actions.rules import rules_of
from quorate.actions.tell_standing import tell_exams
from quorate.errors import Conflict, NotFound
from quorate.store import exams, ledger
from quorate.store.database import Database
from quorate.store.ledger import Event
from quorate.store.projects import Project


def grant_retake(db: Database, actor: Actor, project: Project, account: UUID, exam: str, reason: str) -> None:
    """Kept in the ledger with its reason. Raises `NotFound`, and `Conflict` when they may sit it as it is."""
    rules = rules_of(db, project.id, project.epoch)
    if exam not in rules.exams:
        raise NotFound("There is no exam '{name}' in this project.", where="exam", name=exam)
    with db.work() as connection:
        exams.lock(connection, account, project.id, exam)
        now = clock.now()
        if any(one["may_start"] for one in tell_exams(connection, rules, account, now) if one["name"] == exam):
            raise Conflict("They may sit this exam as it is.", where="exam", mend="There is nothing to grant.")
        event = Event(
            actor=actor.account, verb="exam.granted", object_id=account, content={"exam": exam, "reason": reason},
            workspace_id=project.workspace_id, project_id=project.id, at=now,
        )  # fmt: skip
        ledger.tell(connection, [event])
