"""Take a training: read its lessons, answer its practices and be told at once."""

from __future__ import annotations

from typing import Any, NamedTuple
from uuid import UUID

from quorate import clock
from quorate.actions.actor import Actor
from quorate.actions.qualify import admit_if_qualified
from quorate.actions.rules import Rules, rules_of
from quorate.errors import InvalidInput, NotFound
from quorate.flow.training import Practice, Training
from quorate.ids import new_id
from quorate.labels.question import Question
from quorate.store import ledger, lessons, practices, qualifications, seats
from quorate.store.database import Database, Driver
from quorate.store.ledger import Event
from quorate.store.projects import Project

Told = dict[str, Any]
READ = -1


def tell_training(db: Database, actor: Actor, project: Project, name: str) -> Told:
    """A training's lessons, and what this person has done of them. The answers are told when one has answered."""
    assert actor.account is not None
    rules = rules_of(db, project.id, project.epoch)
    with db.work() as connection:
        training = _named(connection, actor, rules, name).training
        done = practices.done(connection, project.id, actor.account).get(name, set())
    return {
        "training": name,
        "title": training.title,
        "done": training.wanted <= done,
        "lessons": [_lesson(rules, lesson, done) for lesson in training.lessons],
    }


def read_lesson(db: Database, actor: Actor, project: Project, name: str, lesson: str) -> Told:
    """Say that a lesson was read. Raises `NotFound`."""
    rules = rules_of(db, project.id, project.epoch)
    with db.work() as connection:
        which = _named(connection, actor, rules, name)
        if which.training.lesson(lesson) is None:
            raise NotFound("There is no such lesson.", where="lesson")
        return {"done": _keep(connection, actor, rules, which, lesson, READ, None, True)}


def practise(db: Database, actor: Actor, project: Project, name: str, lesson: str, place: int, value: Any) -> Told:
    """Answer a practice: whether it is right, what is, why, and the clause; one may try again as often as one likes.

    Raises `NotFound`, and `InvalidInput` for what is no answer to the question.
    """
    rules = rules_of(db, project.id, project.epoch)
    with db.work() as connection:
        which = _named(connection, actor, rules, name)
    found = which.training.lesson(lesson)
    if found is None or not 0 <= place < len(found.practice):
        raise NotFound("There is no such practice.", where="practice")
    practice = found.practice[place]
    question = _question(rules, practice)
    body = practice.item if isinstance(practice.item, dict) else {"text": practice.item}
    answer = question.check_on(question.check(value), body)
    expected = question.check(practice.answer)
    right = question.same(answer, expected)
    with db.work() as connection:
        done = _keep(connection, actor, rules, which, lesson, place, answer, right)
    told = {"right": right, "expected": expected, "why": practice.why, "clause": practice.clause or found.clause}
    return {**told, "done": done}


class _Which(NamedTuple):
    """A training of the project under its name, or a lesson that was made for one person under its id (`made`)."""

    spec: UUID
    training: Training
    name: str
    made: UUID | None = None


def _named(connection: Driver, actor: Actor, rules: Rules, name: str) -> _Which:
    if name in rules.trainings:
        return _Which(*rules.trainings[name], name)
    try:
        id = UUID(name)
    except ValueError:
        id = None
    found = id and actor.account and lessons.get(connection, id, rules.project.id, actor.account)
    if not found or found["step_id"] not in rules.steps:
        raise NotFound("There is no training '{name}' in this project.", where="training", name=name)
    schema = rules.steps[found["step_id"]].schema_id
    return _Which(schema, Training.model_validate(found["body"]), name, found["id"])


def _question(rules: Rules, practice: Practice) -> Question:
    if practice.step:
        return rules.named(practice.step).question
    if len(rules.steps) != 1:
        raise InvalidInput("It is not known which question this practice asks.", where="practice")
    return next(iter(rules.steps.values())).question


def _lesson(rules: Rules, lesson: Any, done: set[tuple[str, int]]) -> Told:
    return {
        "id": lesson.id,
        "title": lesson.title,
        "text": lesson.text,
        "media": [medium.model_dump() for medium in lesson.media],
        "clause": lesson.clause,
        "read": (lesson.id, READ) in done,
        "practice": [
            {
                "step": practice.step or next(iter(rules.names), ""),
                "body": practice.item if isinstance(practice.item, dict) else {"text": practice.item},
                "media": [{**medium.model_dump(), "sha256": medium.sha256} for medium in practice.media],
                "done": (lesson.id, place) in done,
            }
            for place, practice in enumerate(lesson.practice)
        ],
    }


def _keep(
    connection: Driver,
    actor: Actor,
    rules: Rules,
    which: _Which,
    lesson: str,
    place: int,
    value: Any,
    right: bool,
) -> bool:
    """Keep it; whether the training is finished."""
    assert actor.account is not None
    name, training = which.name, which.training
    now, project, account = clock.now(), rules.project.id, actor.account
    seats.take(connection, project, account)
    before = practices.done(connection, project, account).get(name, set())
    row = {
        "id": new_id(), "project_id": project, "account_id": account, "spec_id": which.spec, "training": name,
        "lesson": lesson, "place": place, "value": value, "is_right": right, "created_at": now,
    }  # fmt: skip
    practices.add(connection, row)
    events = [_event(actor, rules, "training.practised", row["id"], row)]
    done = training.wanted <= before | ({(lesson, place)} if right else set())
    if done and which.made:
        if lessons.finish(connection, which.made, now):
            events.append(_event(actor, rules, "lesson.finished", which.made, {"annotator": str(account)}))
    elif done and not training.wanted <= before:
        qualifications.keep(connection, project, account, ("training", name), [""], now)
        told = {"kind": "training", "name": name, "tests": [""]}
        events.append(_event(actor, rules, "qualification.earned", account, told))
    ledger.tell(connection, events)
    if len(events) > 1 and not which.made:
        admit_if_qualified(connection, actor, rules, now)
    return done


def _event(actor: Actor, rules: Rules, verb: str, about: UUID, content: Told) -> Event:
    return Event(
        actor=actor.account, verb=verb, object_id=about, content=content, workspace_id=actor.workspace,
        project_id=rules.project.id,
    )  # fmt: skip
