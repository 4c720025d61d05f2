"""Let the policy's consequences follow from what validators flagged, every minute, whether a step is due or not."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from quorate import clock
from quorate.actions.actor import Actor
from quorate.actions.draw_consequences import Cause, draw_within, recounted
from quorate.actions.notice_work import follows
from quorate.actions.rules import rules_now
from quorate.store import findings, watches
from quorate.store.database import Database

AGAIN = timedelta(minutes=5)
"""Flags so much older than the last time are read once more: an answer's transaction may have ended after it."""


def follow_flags(db: Database) -> None:
    """Follow the flags since the last time, however long ago that was."""
    with db.work() as connection:
        behind = watches.flagged(connection, AGAIN)
    for step, project, since in behind:
        _follow(db, step, project, since - AGAIN)


def _follow(db: Database, step: UUID, project: UUID, since: datetime) -> None:
    rules = rules_now(db, project)
    watch, actor, causes = rules.policy.watch, Actor(rules.project.workspace_id), {}
    with db.work() as connection:
        watches.followed(connection, step, clock.now())  # whoever follows is alone until the transaction ends
        for row in findings.flagged(connection, step, project, watch.followed, since):
            cause = Cause(actor, rules, row["id"], row["account_id"], row["message"], [row["annotation_id"]])
            if "asked_again" in draw_within(connection, cause, follows(watch, row["kind"])):
                causes[cause.account] = cause
    for cause in causes.values():
        recounted(db, cause)
