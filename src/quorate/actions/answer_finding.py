"""What was noticed, told to those who may know; what they say to it; and the judgement of a person."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal
from uuid import UUID

from quorate import clock
from quorate.actions.actor import Actor
from quorate.actions.bar_annotator import message_within, resume_within
from quorate.errors import Conflict, InvalidInput, NotFound
from quorate.ids import new_id
from quorate.people.pseudonyms import pseudonym
from quorate.store import accounts, findings, ledger, seats
from quorate.store.database import Database, Driver
from quorate.store.ledger import Event
from quorate.store.projects import Project

Verdict = Literal["upheld", "dismissed"]
Told = dict[str, Any]
MOST = 10
"""So often may the one it is about answer a finding."""
_OF_ONESELF = ("id", "project", "kind", "message", "item", "action", "at", "state")


def tell_findings(
    db: Database, project: Project, *, limit: int, names: bool, annotator: UUID | None = None, **wanted: Any
) -> list[Told]:
    """What was noticed in a project, newest first, with its evidence and what was said to it."""
    with db.read() as reader:
        salt = accounts.salt(reader, project.workspace_id)
    with db.work() as connection:
        rows = findings.page(connection, [project.id], limit=limit, account=annotator, **wanted)
    about = {row["account_id"] for row in rows if row["account_id"]}
    with db.read() as reader:
        known = accounts.names(reader, project.workspace_id, about) if names and about else {}
    return [
        {
            **{name: row[name] for name in (*_OF_ONESELF, "evidence")},
            "replies": row["replies"] or [],
            "annotator": pseudonym(row["account_id"], salt) if row["account_id"] else None,
            "name": known.get(row["account_id"]),
        }
        for row in rows
    ]


def tell_own_findings(db: Database, actor: Actor, projects: Sequence[UUID], limit: int) -> list[Told]:
    """What was noticed about one's own work, newest first: in words; the evidence speaks of others, too."""
    with db.work() as connection:
        rows = findings.page(connection, projects, limit=limit, account=actor.account)
    return [{**{name: row[name] for name in _OF_ONESELF}, "replies": row["replies"] or []} for row in rows]


def answer_finding(db: Database, actor: Actor, projects: Sequence[UUID], finding: UUID, text: str) -> None:
    """Say something to what was noticed about one's own work. Raises `NotFound`, and `Conflict` when it is judged."""
    with db.work() as connection:
        found = findings.get(connection, finding, projects)
        if found is None or found["account_id"] != actor.account:
            raise NotFound("Nothing like that was noticed about your work.", where="finding")
        if found["state"] in ("upheld", "dismissed"):
            raise Conflict(f"It has been {found['state']}.", where="finding", mend="Write to the project's manager.")
        if len(found["replies"] or []) >= MOST:
            raise Conflict("You have answered it often enough.", where="finding", mend="Wait for the manager's word.")
        _reply(connection, actor, found, "answered", text)


def judge_finding(db: Database, actor: Actor, project: Project, finding: UUID, verdict: Verdict, reason: str) -> None:
    """Uphold or dismiss what was noticed; the annotator is told, and a pause that it brought ends when dismissed.

    Raises `NotFound`, and `InvalidInput` without a reason. The last word holds.
    """
    with db.work() as connection:
        found = findings.get(connection, finding, [project.id])
        if found is None:
            raise NotFound("Nothing like that was noticed here.", where="finding")
        _reply(connection, actor, found, verdict, reason)
        account = found["account_id"]
        if account is None:
            return
        barred, why, _ = seats.standing(connection, project.id, account)
        if verdict == "dismissed" and barred == "paused" and why == found["message"]:
            resume_within(connection, actor, project, account, reason)
        else:
            message_within(connection, actor, project, account, f"{found['message']} ({verdict}) {reason}")


def _reply(connection: Driver, actor: Actor, found: Told, kind: str, text: str) -> None:
    if not text.strip():
        raise InvalidInput("Words are wanted.", where="text", mend="Say it in a sentence; it is kept and read.")
    row = {
        "id": new_id(), "project_id": found["project_id"], "finding_id": found["id"], "account_id": actor.account,
        "kind": kind, "text": text, "created_at": clock.now(),
    }  # fmt: skip
    findings.reply(connection, row)
    told = Event(
        actor=actor.account, verb=f"finding.{kind}", object_id=found["id"], content=row,
        workspace_id=actor.workspace, project_id=found["project_id"], at=row["created_at"],
    )  # fmt: skip
    ledger.tell(connection, [told])
