"""What was noticed, told to those who may know; what they say to it; and the judgement of a person."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal
from uuid import UUID

from quorate import clock
from quorate.actions.actor import Actor
from quorate.actions.bar_annotator import message_within
from quorate.actions.draw_consequences import Cause, Kind, draw_within, recounted, undo_within
from quorate.actions.rules import rules_now
from quorate.errors import Conflict, InvalidInput, NotFound
from quorate.ids import new_id
from quorate.people.pseudonyms import pseudonym
from quorate.store import accounts, clarifications, findings, ledger, lessons
from quorate.store.database import Database, Driver
from quorate.store.ledger import Event
from quorate.store.projects import Project

Verdict = Literal["upheld", "dismissed"]
Told = dict[str, Any]
MOST = 10
"""So often may the one it is about answer a finding."""
_OF_ONESELF = ("id", "project", "kind", "message", "item", "action", "at", "state", "consequences", "lesson")
_TOLD = {
    "after", "agreed", "answers", "at", "before", "chance", "copied", "expected", "fast", "gain", "hits",
    "inside", "label", "labels", "last", "longest", "marked", "met", "missing", "place", "probability", "repeats",
    "right", "same_errors", "say", "seconds", "share", "shared", "similarity", "source", "texts", "usual", "words",
}  # fmt: skip
"""Of the evidence, what its message says."""


def tell_findings(
    db: Database, project: Project, *, limit: int, names: bool, annotator: UUID | None = None, **wanted: Any
) -> list[Told]:
    """What was noticed in a project, newest first, with its evidence and what was said to it."""
    with db.read() as reader:
        salt = accounts.salt(reader, project.workspace_id)
    with db.work() as connection:
        rows = findings.page(connection, [project.id], limit=limit, account=annotator, **wanted)
    others = {row["id"]: [UUID(id) for id in row["evidence"].get("with", ())] for row in rows}
    about = {row["account_id"] for row in rows if row["account_id"]}.union(*others.values())
    with db.read() as reader:
        known = accounts.names(reader, project.workspace_id, about) if names and about else {}

    def person(account: UUID) -> Told:
        return {"annotator": pseudonym(account, salt), "name": known.get(account)}

    return [
        {
            **{name: row[name] for name in _OF_ONESELF},
            "evidence": {name: value for name, value in row["evidence"].items() if name not in ("annotations", "with")},
            "answers": len(_answers(row)),
            "items": row["items"] or [],
            "partners": [person(account) for account in others[row["id"]]],
            "replies": row["replies"] or [],
            **(person(row["account_id"]) if row["account_id"] else {"annotator": None, "name": None}),
        }
        for row in rows
    ]


def tell_own_findings(db: Database, actor: Actor, *, limit: int, **wanted: Any) -> list[Told]:
    """What was noticed about one's own work, newest first: in words, and with the facts that the words tell.

    Also where one has no role any more: what follows from it follows from work that was done. The rest of the evidence
    may speak of others, or say what to hide next time.
    """
    with db.work() as connection:
        rows = findings.page(connection, None, limit=limit, account=actor.account, **wanted)
    return [
        {
            **{name: row[name] for name in _OF_ONESELF},
            "replies": row["replies"] or [],
            "facts": {name: value for name, value in row["evidence"].items() if name in _TOLD},
        }
        for row in rows
    ]


def answer_finding(db: Database, actor: Actor, finding: UUID, text: str) -> None:
    """Say something to what was noticed about one's own work; to say it again changes nothing.

    Raises `NotFound`, and `Conflict` when it is judged.
    """
    with db.work() as connection:
        found = findings.get(connection, finding)
        if found is None or found["account_id"] is None or found["account_id"] != actor.account:
            raise NotFound("Nothing like that was noticed about your work.", where="finding")
        if any(said["kind"] == "answered" and said["text"] == text for said in found["replies"] or ()):
            return
        if found["state"] in ("upheld", "dismissed"):
            raise Conflict(
                "It has been {state}.", where="finding", mend="Write to the project's manager.", state=found["state"]
            )
        if len(found["replies"] or []) >= MOST:
            raise Conflict("You have answered it often enough.", where="finding", mend="Wait for the manager's word.")
        _reply(connection, actor, found, "answered", text)


def judge_finding(
    db: Database,
    actor: Actor,
    project: Project,
    finding: UUID,
    verdict: Verdict,
    reason: str,
    then: Iterable[Kind] = (),
) -> list[Kind]:
    """Uphold what was noticed, and let things follow (`then`); or dismiss it, which takes back all that followed.

    What followed, or was taken back. The annotator is told. Raises `NotFound`, `InvalidInput` without a reason, and
    `NotAllowed` of one's own work. The last word holds.
    """
    rules = rules_now(db, project.id)
    with db.work() as connection:
        found = findings.get(connection, finding)
        if found is None or found["project_id"] != project.id:
            raise NotFound("Nothing like that was noticed here.", where="finding")
        actor.refuse_own(found["account_id"])
        _reply(connection, actor, found, verdict, reason)
        if verdict == "dismissed":
            clarifications.withdraw(connection, finding, clock.now(), reason)
            lessons.withdraw(connection, finding)
        if found["account_id"] is None:
            return []
        cause = Cause(actor, rules, finding, found["account_id"], found["message"], _answers(found))
        done = draw_within(connection, cause, then) if verdict == "upheld" else undo_within(connection, cause, reason)
        if "paused" not in done:  # of a pause, and of its end, one is told anyhow
            text = f"{found['message']} ({verdict}) {reason}"
            message_within(connection, actor, project, found["account_id"], text, verdict, {"reason": reason})
    if "asked_again" in done:
        recounted(db, cause)
    return done


def _answers(found: Told) -> list[UUID]:
    """The answers that it is about."""
    one = [found["annotation_id"]] if found["annotation_id"] else []
    return one or [UUID(id) for id in found["evidence"].get("annotations", ())]


def _reply(connection: Driver, actor: Actor, found: Told, kind: str, text: str) -> None:
    if not text.strip():
        raise InvalidInput("Words are wanted.", where="text", mend="Say it in a sentence; it is kept and read.")
    row = {
        "id": new_id(), "project_id": found["project_id"], "finding_id": found["id"], "account_id": actor.account,
        "kind": kind, "text": text, "created_at": clock.now(),
    }  # fmt: skip
    findings.reply(connection, row)
    content = {"reply": str(row["id"]), "kind": kind, "text": text}
    told = Event(
        actor=actor.account, verb=f"finding.{kind}", object_id=found["id"], content=content,
        workspace_id=actor.workspace, project_id=found["project_id"], at=row["created_at"],
    )  # fmt: skip
    ledger.tell(connection, [told])
