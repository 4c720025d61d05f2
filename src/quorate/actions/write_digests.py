"""Write the weekly digests, tell them, and let everybody say how they want theirs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from quorate import clock
from quorate.actions.actor import Actor
from quorate.actions.rules import rules_of
from quorate.actions.tell_feedback import Wanted, told
from quorate.flow.digest import Compared, digest, in_words, parts
from quorate.ids import new_id
from quorate.labels.question import Question
from quorate.store import digests, ledger, notices
from quorate.store.database import Database, Driver
from quorate.store.ledger import Event

WEEK = timedelta(days=7)
MOST = 1000
"""So many of the newest compared answers are looked at."""
How = Literal["show", "notice", "off"]


def write_digests(db: Database) -> int:
    """Write the digests of the last full week (Monday to Monday, UTC) that are missing; how many said something."""
    until = _monday(clock.now())
    with db.work() as connection:
        due = digests.due(connection, until - WEEK, until)
    return sum(_write(db, one, until) for one in due)


def _monday(now: datetime) -> datetime:
    return now.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=now.weekday())


def _write(db: Database, due: dict[str, Any], until: datetime) -> bool:
    project, account, now = due["project_id"], due["account_id"], clock.now()
    rules = rules_of(db, project)
    actor = Actor(due["workspace_id"], account)
    with db.work() as connection:
        entries = told(connection, actor, rules, Wanted(MOST))
        since = until - WEEK
        asked = {step.name: step.question for step in rules.steps.values()}
        body = digest(_compared(entries, asked, since - WEEK, since), _compared(entries, asked, since, until))
        row = {"id": new_id(), "project_id": project, "account_id": account, "since": since, "body": body,
               "created_at": now}  # fmt: skip
        if not digests.add(connection, row) or body is None:
            return False
        if due["digest"] == "notice":
            _notify(connection, row, in_words(due["project"], body), body["accuracy"])
        ledger.tell(connection, [Event(
            actor=None, verb="digest.written", object_id=row["id"], content={"since": since.isoformat(), "body": body},
            workspace_id=due["workspace_id"], project_id=project,
        )])  # fmt: skip
    return True


def _compared(
    entries: Sequence[dict[str, Any]], asked: Mapping[str, Question], since: datetime, until: datetime
) -> list[Compared]:
    return [
        Compared(
            step=one["step"],
            parts=parts(asked[one["step"]], one["expected"], one["value"], right=one["right"]),
            right=one["right"],
            item=one["item"],
            excerpt=one["excerpt"],
            why=one["why"],
            clauses=tuple(one["clauses"] or ()),
        )
        for one in entries
        if one["right"] is not None and since <= one["told_at"] < until
    ]


def _notify(connection: Driver, row: dict[str, Any], text: str, facts: dict[str, Any]) -> None:
    notices.add(connection, {
        "id": new_id(), "project_id": row["project_id"], "account_id": row["account_id"], "author_id": None,
        "kind": "digest", "text": text, "facts": facts, "created_at": row["created_at"],
    })  # fmt: skip


def tell_digests(db: Database, actor: Actor, projects: Sequence[UUID]) -> dict[str, Any]:
    """One's own digests, newest first, and how one wants them."""
    assert actor.account is not None
    with db.work() as connection:
        rows = digests.of_account(connection, actor.account, projects)
        how = digests.choice(connection, actor.account)
    return {"choice": how, "digests": [{"project": r["project"], "since": r["since"], **r["body"]} for r in rows]}


def choose_digests(db: Database, actor: Actor, how: How) -> None:
    """Have one's digests shown, told as a notice too, or not made."""
    assert actor.account is not None
    with db.work() as connection:
        digests.choose(connection, actor.account, how)
        ledger.tell(connection, [Event(
            actor=actor.account, verb="digest.chosen", object_id=actor.account, content={"how": how},
            workspace_id=actor.workspace,
        )])  # fmt: skip
