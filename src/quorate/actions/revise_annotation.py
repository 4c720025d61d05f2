"""Replace one's own answer while the task is not decided. The old one is kept and counts no more."""

from collections.abc import Collection
from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from quorate.actions.actor import Actor
from quorate.actions.rules import rules_of
from quorate.actions.submit_annotation import ATTEMPTS, CROWD_CASE, Submission, Submit, Submitted
from quorate.errors import Conflict, NotFound, Unavailable
from quorate.store import annotations
from quorate.store.annotations import Held
from quorate.store.database import Database


def revise_annotation(
    db: Database,
    actor: Actor,
    annotation: UUID,
    value: Any,
    *,
    seconds: float | None = None,
    confidence: float | None = None,
    comment: str | None = None,
    within: Collection[UUID] | None = None,
) -> Submitted:
    """Supersede an annotation by a new one, which costs nothing.

    Raises `NotFound` when this annotator has no such answer that counts (in the projects `within` which they work
    now), `Conflict` once the task is decided.
    """
    assert actor.account is not None
    for _ in range(ATTEMPTS):
        with db.hot() as connection:
            assignment = annotations.lease_of(connection, annotation, actor.account)
            held = annotations.look(connection, assignment, actor.account, CROWD_CASE) if assignment else None
            if held is None or assignment is None or held.case_id != CROWD_CASE or _elsewhere(held, within):
                raise NotFound("You have no such answer.", where="annotation")
            state = held.task_state
            if held.is_gold:
                state = annotations.shown_since(connection, held.task_id, annotation)
            if state not in {"open", "contested"}:
                raise Conflict(f"The task is {state}.", mend="Open a dispute if you think it is wrong.")
            held = replace(held, price=Decimal(0))
            submission = Submission(assignment, value, seconds, confidence, comment, held.key)
            submit = Submit(
                connection, actor, submission, held, rules_of(db, held.project_id, held.epoch), supersedes=annotation
            )
            if submit.write(0) is not None:
                return submit.submitted(())
    raise Unavailable("Too many people answered this task at the same moment.", mend="Send the answer again.")


def _elsewhere(held: Held, within: Collection[UUID] | None) -> bool:
    return within is not None and held.project_id not in within
