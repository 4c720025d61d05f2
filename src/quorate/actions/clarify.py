"""Ask the guideline's steward what it should say; they answer with a clause, which makes a new version of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from quorate import clock
from quorate.actions.actor import Actor
from quorate.actions.naming import naming
from quorate.actions.publish_spec import publish_spec
from quorate.actions.rules import Rules, Step, rules_now
from quorate.errors import InvalidInput, NotFound
from quorate.flow.excerpt import excerpt
from quorate.ids import new_id
from quorate.labels.guideline import Guideline
from quorate.store import clarifications, ledger
from quorate.store.database import Database, Driver
from quorate.store.ledger import Event
from quorate.store.projects import Project

AGAIN = timedelta(days=14)
MOST = 50
"""So many items at most are told with a request."""
_NUMBER = re.compile(r"^\d+(\.\d+)*$")
Told = dict[str, Any]


def ask_clarification(
    db: Database, actor: Actor, project: Project, step: str, labels: Sequence[str], question: str
) -> UUID:
    """Ask as a person. Raises `NotFound` for a step that there is not, and `InvalidInput` without words."""
    if not question.strip():
        raise InvalidInput("Words are wanted.", where="question", mend="Say what the guideline leaves open.")
    rules = rules_now(db, project.id)
    with db.work() as connection:
        return ask_within(connection, actor, rules, rules.named(step), labels, question)


def ask_within(
    connection: Driver, actor: Actor, rules: Rules, step: Step, labels: Sequence[str], question: str,
    tasks: Sequence[UUID] = (), finding: UUID | None = None,
) -> UUID:  # fmt: skip
    """The same within a transaction."""
    id = new_id()
    row = {
        "id": id, "project_id": rules.project.id, "step_id": step.id, "finding_id": finding,
        "account_id": actor.account, "labels": list(labels), "question": question, "tasks": list(tasks[:MOST]),
        "created_at": clock.now(),
    }  # fmt: skip
    clarifications.add(connection, row)
    content = {"step": step.name, "labels": list(labels), "question": question, "finding": finding and str(finding)}
    _tell(connection, actor, rules.project, "clarification.asked", id, content)
    return id


def asked_lately(connection: Driver, step: Step, labels: Sequence[str]) -> bool:
    """Whether the same is open or was asked in the last two weeks."""
    return clarifications.since(connection, step.id, labels, clock.now() - AGAIN)


def is_asked(connection: Driver, step: Step, labels: Sequence[str]) -> bool:
    """Whether the same is open."""
    return clarifications.since(connection, step.id, labels, clock.now())


def tell_clarifications(
    db: Database, project: Project, *, state: str | None, limit: int, names: bool, cleared: list[str] | None = None
) -> list[Told]:
    """What was asked, open requests first, with some of the items and what came of it."""
    with db.work() as connection:
        rows = clarifications.page(connection, project.id, state, limit, cleared)
    called = naming(db, project.workspace_id, names=names)(
        {row[who] for row in rows for who in ("account_id", "author_id") if row[who]}
    )
    return [
        {
            **{name: value for name, value in row.items() if name not in ("account_id", "author_id")},
            "asker": called.get(row["account_id"]),
            "author": called.get(row["author_id"]),
            "examples": [
                {"item": one["item"], "excerpt": excerpt(one["body"]), "shares": _shares(one["soft"])}
                for one in row["examples"]
            ],
        }
        for row in rows
    ]


def _shares(soft: Told | None) -> list[Told]:
    """What share of informed people would say each label, the most first."""
    rows = [{"label": label, "value": told[0], "low": told[1], "high": told[2]} for label, told in (soft or {}).items()]
    return sorted(rows, key=lambda row: -row["value"])


def answer_clarification(
    db: Database, actor: Actor, project: Project, id: UUID, clause: str, title: str, text: str
) -> int:
    """Write the clause into the guideline, publish it, and close the request; the new version's number.

    A clause with this number is replaced, a new one is added at the end. Raises `NotFound`, also when it is closed.
    """
    if not _NUMBER.match(clause):
        raise InvalidInput("A clause has a number.", where="clause", mend="Such as 2.1.")
    if not title.strip() or not text.strip():
        raise InvalidInput("A clause has a title and a text.", where="text", mend="Say what holds from now on.")
    with db.work() as connection:
        asked = clarifications.get(connection, id, project.id)
    if asked is None or asked["state"] != "open":
        raise NotFound("There is no such open request.", where="clarification")
    rules = rules_now(db, project.id)
    before = rules.guideline["text"] if rules.guideline else "# Guideline\n"
    body = {"text": with_clause(before, clause, title.strip(), text.strip())}
    publish_spec(
        db, actor, project.name, "guideline", rules.guideline_name, body, reason=f"§{clause}: {asked['question']}"[:500]
    )
    rules = rules_now(db, project.id)
    with db.work() as connection:
        done = clarifications.close(
            connection, id, project.id, "answered", clock.now(), author=actor.account, answer=text.strip(),
            clause=clause, guideline=rules.guideline_id,
        )  # fmt: skip
        if done:
            content = {"clause": clause, "version": rules.guideline_version, "guideline": str(rules.guideline_id)}
            _tell(connection, actor, project, "clarification.answered", id, content)
    return rules.guideline_version or 1


def decline_clarification(db: Database, actor: Actor, project: Project, id: UUID, reason: str) -> None:
    """Leave the guideline as it is, and say why. Raises `NotFound`, also when it is closed."""
    if not reason.strip():
        raise InvalidInput("A reason is wanted.", where="reason", mend="Say why nothing need be said.")
    with db.work() as connection:
        if not clarifications.close(
            connection, id, project.id, "declined", clock.now(), author=actor.account, answer=reason
        ):
            raise NotFound("There is no such open request.", where="clarification")
        _tell(connection, actor, project, "clarification.declined", id, {"reason": reason})


def with_clause(guideline: str, number: str, title: str, text: str) -> str:
    """A guideline in which the clause says this; what else it says stays as it is written."""
    depth = "#" * min(6, number.count(".") + 1 if "." in number else 2)
    clause = f"{depth} {number} {title}\n\n{text}"
    there = next((one for one in Guideline.model_construct(text=guideline).sections if one.id == number), None)
    if there is None:
        return f"{guideline.rstrip()}\n\n{clause}\n"
    return guideline.replace(there.text, clause, 1)


def _tell(connection: Driver, actor: Actor, project: Project, verb: str, id: UUID, content: Told) -> None:
    ledger.tell(connection, [Event(
        actor=actor.account, verb=verb, object_id=id, content=content, workspace_id=project.workspace_id,
        project_id=project.id,
    )])  # fmt: skip
