"""Replace one's own answer while the task is not decided. The old one is kept and counts no more."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from quorate import clock
from quorate.actions.actor import Actor
from quorate.actions.repeat_reply import repeat_reply
from quorate.actions.rules import Rules, rules_of
from quorate.actions.submit_annotation import ATTEMPTS, CROWD_CASE, Submission, Submit, Submitted
from quorate.errors import Conflict, NotFound, Unavailable
from quorate.store import annotations
from quorate.store.annotations import Held
from quorate.store.database import Database

DISAGREE = "If you are told that it was wrong and think that it is right, say so in the feedback."


def revise_annotation(
    db: Database,
    actor: Actor,
    annotation: UUID,
    value: Any,
    *,
    seconds: float | None = None,
    confidence: float | None = None,
    comment: str | None = None,
    key: str | None = None,
    within: Collection[UUID] | None = None,
) -> Submitted:
    """Supersede an annotation by a new one, which costs nothing. `key` makes a repeat of the same request harmless.

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
            submission = Submission(assignment, value, seconds, confidence, comment, key or held.key, annotation)
            # asked after the look: what supersedes it from now on changes the task's version, and the write is not made
            if annotations.superseded(connection, held.task_id, annotation):
                held = annotations.look(connection, assignment, actor.account, CROWD_CASE) or held
                return _again(held, submission, key)
            state = held.task_state
            if held.is_gold:
                state = annotations.shown_since(connection, held.task_id, annotation)
            if state not in {"open", "contested"}:
                raise _too_late(state)
            rules = rules_of(db, held.project_id, held.epoch)
            if held.is_gold and _told(held, annotation, rules):
                raise Conflict("You have been told what was expected, so the answer stands.", mend=DISAGREE)
            held = replace(held, price=Decimal(0))
            submit = Submit(connection, actor, submission, held, rules)
            if submit.write(0) is not None:
                return submit.submitted(())
    raise Unavailable("Too many people answered this task at the same moment.", mend="Send the answer again.")


def _again(held: Held, submission: Submission, key: str | None) -> Submitted:
    """An answer that was replaced already, by this very request or by another one."""
    if key is None or key != held.key:
        raise NotFound("You have no such answer.", where="annotation", mend="Revise the newest one.")
    reply = repeat_reply(held, key, submission.digest(), mend="Revise the newest one.")
    return Submitted(UUID(reply["annotation"]), held.task_id, reply["state"], repeated=True)


def _too_late(state: str | None) -> Conflict:
    words = {
        "decided": "The task has been decided since, and your answer is part of that: it stands as it is.",
        "retired": "The question is not asked any more. The answer stands as it is.",
        "waiting": "The question waits for another one to be decided again. The answer stands as it is.",
    }
    detail = words.get(state or "", "The task takes no answers any more. The answer stands as it is.")
    return Conflict(detail, where="annotation", mend=DISAGREE)


def _told(held: Held, annotation: UUID, rules: Rules) -> bool:
    """Whether the annotator may know by now what was expected."""
    terms = rules.policy.feedback
    said = next((given["created_at"] for given in held.given if given["id"] == str(annotation)), None)
    if not terms.gold or said is None:
        return False
    return clock.now() >= datetime.fromisoformat(said) + timedelta(minutes=terms.minutes)


def _elsewhere(held: Held, within: Collection[UUID] | None) -> bool:
    return within is not None and held.project_id not in within
