"""Say that something is wrong with an item; the lease goes on."""

from typing import Any
from uuid import UUID

from quorate import clock
from quorate.actions.actor import Actor
from quorate.actions.rules import rules_of
from quorate.errors import Conflict
from quorate.ids import new_id
from quorate.labels.question import words
from quorate.store import flags, ledger
from quorate.store import tables as t
from quorate.store.database import Database
from quorate.store.ledger import Event
from quorate.store.statement import Statement

KIND = "flagged"


def flag_item(db: Database, actor: Actor, assignment: UUID, reason: str) -> None:
    """Note what is wrong: one of the policy's reasons by its id, or words of one's own. A repeat changes nothing.

    Raises `Conflict` when the task is not held (any more).
    """
    assert actor.account is not None
    with db.work() as connection:
        held = flags.held(connection, assignment, actor.account)
        if held is None:
            raise Conflict("You do not hold this task any more.", where="assignment", mend="Claim another one.")
        titles = {one.id: one.title or one.id for one in rules_of(db, held.project_id).policy.reasons.flag}
        said = titles.get(reason, reason)
        message = words(said)
        if flags.there(connection, held.task_id, actor.account, KIND, message):
            return
        now = clock.now()
        row: dict[str, Any] = {
            "id": new_id(),
            "project_id": held.project_id,
            "task_id": held.task_id,
            "account_id": actor.account,
            "annotation_id": None,
            "kind": KIND,
            "message": message,
            "evidence": {"assignment": str(assignment), "say": said} | ({"reason": reason} if reason in titles else {}),
            "action": "noted",
            "created_at": now,
        }
        statement = Statement()
        statement.append(t.findings, [row])
        statement.run(connection)
        told = Event(
            actor=actor.account, verb="finding.noted", object_id=row["id"], content=row,
            workspace_id=held.workspace_id, project_id=held.project_id, at=now,
        )  # fmt: skip
        ledger.tell(connection, [told])
