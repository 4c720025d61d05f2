"""Help somebody whose errors have a reason: a lesson on two classes that they confuse, or the advice of a break."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from quorate import clock
from quorate.actions.actor import Actor
from quorate.actions.bar_annotator import message_within
from quorate.actions.gather_work import clause_of
from quorate.actions.rules import Rules, Step, rules_now
from quorate.actions.tell_feedback import Wanted, told
from quorate.errors import InvalidInput
from quorate.flow.lesson import Example, about, lesson
from quorate.flow.training import Lesson, Shown
from quorate.ids import new_id
from quorate.labels.guideline import Guideline
from quorate.store import ledger, lessons
from quorate.store.database import Database, Driver
from quorate.store.ledger import Event
from quorate.store.projects import Project

AGAIN = timedelta(days=14)
"""Nobody gets the same lesson, or the same advice, more often."""


def send_lesson(db: Database, actor: Actor, project: Project, account: UUID, step: str, labels: Sequence[str]) -> UUID:
    """Send somebody a lesson on two classes. Raises `NotFound`, and `InvalidInput` for what are no two classes."""
    rules = rules_now(db, project.id)
    found = rules.named(step)
    wrong = [label for label in labels if label not in found.question.ids]
    if wrong or not 1 <= len(set(labels)) <= 2:
        raise InvalidInput(
            "Two classes of the step are wanted.", where="labels", mend="There are: {known}.", known=found.question.ids
        )
    with db.work() as connection:
        return give_lesson(connection, actor, rules, found, account, labels)


def give_lesson(
    connection: Driver, actor: Actor, rules: Rules, step: Step, account: UUID, labels: Sequence[str],
    finding: UUID | None = None,
) -> UUID:  # fmt: skip
    """The same within a transaction."""
    pair = [one for label in dict.fromkeys(labels) for one in step.question.classes if one.id == label]
    clauses, taught = _clauses(rules, step, labels), _taught(rules, step, labels)
    examples = _examples(connection, actor, rules, step, account, labels)
    body = lesson(step.name, pair, clauses, examples, step.question.same, taught)
    id = new_id()
    row = {
        "id": id, "project_id": rules.project.id, "account_id": account, "step_id": step.id,
        "finding_id": finding, "author_id": actor.account, "labels": list(labels), "body": body,
        "created_at": clock.now(),
    }  # fmt: skip
    lessons.add(connection, row)
    content = {
        "annotator": str(account),
        "step": step.name,
        "labels": list(labels),
        "finding": finding and str(finding),
        "taught": [one.id for one in taught],
    }
    _tell(connection, actor, rules, "lesson.sent", id, content)
    return id


def advise_break(connection: Driver, actor: Actor, rules: Rules, account: UUID) -> None:
    """Say in kind words that a break may help."""
    text = (
        "Your latest answers slip more often than yours usually do. That happens to everybody who is tired:"
        " a break may help. Nothing else follows from this."
    )
    message_within(connection, actor, rules.project, account, text, "slips", {})


def _clauses(rules: Rules, step: Step, labels: Sequence[str]) -> list[tuple[str, str]]:
    if rules.guideline is None:
        return []
    numbers = dict.fromkeys(clause_of(rules, step, label) for label in labels)
    sections = {one.id: one.text for one in Guideline.model_construct(text=rules.guideline["text"]).sections}
    return [(number, sections[number]) for number in numbers if number is not None and number in sections]


def _taught(rules: Rules, step: Step, labels: Sequence[str]) -> list[Lesson]:
    """What the project's trainings teach of these classes already, with its pictures and practices."""
    clauses = [number for number, _ in _clauses(rules, step, labels)]
    alone = len(rules.steps) == 1
    return about(
        (training for _, training in rules.trainings.values()), list(dict.fromkeys(labels)), clauses,
        lambda practice: (
            step.question.mentioned(practice.answer)
            if practice.step == step.name or (alone and not practice.step) else ()
        ),
    )  # fmt: skip


def _examples(
    connection: Driver, actor: Actor, rules: Rules, step: Step, account: UUID, labels: Sequence[str]
) -> list[Example]:
    """What this person may know of these classes: what they were told already, and what experts have settled."""
    own = Actor(actor.workspace, account)
    found = [
        Example(one["body"], one["expected"], one["why"], tuple(one["clauses"] or ()), one["right"] is False,
                _shown(one["media"]))
        for one in told(connection, own, rules, Wanted(1000))
        if one["step"] == step.name and one["right"] is not None and _about(step, one["expected"], labels)
    ]  # fmt: skip
    known = [(one.body, one.media) for one in found]
    for row in lessons.settled(connection, rules.project.id, step.id, account):
        value = step.heard(row["value"], row["schema_id"])
        media = _shown(row["media"])
        if value is not None and _about(step, value, labels) and (row["body"], media) not in known:
            found.append(Example(row["body"], value, row["why"], tuple(row["clauses"] or ()), media=media))
    return found


def _shown(media: Any) -> tuple[Shown, ...]:
    """An item's media as a practice shows them: what was read when the item came in by its content."""
    return tuple(
        Shown(url=f"media:{one['sha256']}" if one.get("sha256") else one["url"], type=one.get("type") or "")
        for one in media or ()
    )


def _about(step: Step, value: Any, labels: Sequence[str]) -> bool:
    return not set(labels).isdisjoint(step.question.mentioned(value))


def _tell(connection: Driver, actor: Actor, rules: Rules, verb: str, about: UUID, content: dict[str, Any]) -> None:
    ledger.tell(connection, [Event(
        actor=actor.account, verb=verb, object_id=about, content=content, workspace_id=rules.project.workspace_id,
        project_id=rules.project.id,
    )])  # fmt: skip
