"""Publish specs: check them all together, append what changed, and carry the consequences, in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from quorate import clock
from quorate.actions.actor import Actor
from quorate.actions.keep_budgets import keep_budget, resize_queues
from quorate.actions.lay_steps import Steps
from quorate.actions.move_answers import Moved, Mover
from quorate.actions.open_dependents import open_dependents
from quorate.actions.refit_skills import enqueue_refit
from quorate.actions.rules import rules_within
from quorate.errors import InvalidInput, NotFound
from quorate.flow.differences import Difference, diff
from quorate.flow.exam import Exam
from quorate.flow.mapping import Change
from quorate.flow.policy import Policy
from quorate.flow.project import ProjectSpec
from quorate.flow.specs import Fault, Key, check, parse
from quorate.ids import new_id
from quorate.labels.fields import InvalidSpec, faults_of
from quorate.labels.question import Question
from quorate.store import accounts, exams, grants, ledger, money, projects, specs
from quorate.store.database import Database
from quorate.store.ledger import Event
from quorate.store.specs import Connection

MOST_TOLD = 500
PROJECT: Key = ("project", "project")
Bodies = Mapping[Key, Any]
Where = Callable[[Key, str | None], str]
TOGETHER = 5000
"""How many items are looked at again at a time."""


@dataclass(frozen=True, slots=True)
class SpecChange:
    """One spec that was, or would be, published."""

    kind: str
    name: str
    version: int
    what: str
    differences: tuple[Difference, ...]

    def to_json(self) -> dict[str, Any]:
        """The change as plain data."""
        told = {"kind": self.kind, "name": self.name, "version": self.version, "what": self.what}
        return {**told, "differences": [one.to_json() for one in self.differences]}


@dataclass
class Published:
    """What was published and what followed: decisions mapped or restored, tasks asked again, tasks of new steps."""

    project: str
    project_id: UUID
    created: bool = False
    dry_run: bool = False
    changes: list[SpecChange] = field(default_factory=list)
    mapped: int = 0
    restored: int = 0
    asked_again: int = 0
    tasks_added: int = 0
    labels: list[dict[str, Any]] = field(default_factory=list)
    """What became of the labels in force of the questions that changed: what they said, what came of it, how many."""

    def to_json(self) -> dict[str, Any]:
        """The report as plain data."""
        kept = ("project", "created", "dry_run", "mapped", "restored", "asked_again", "tasks_added", "labels")
        told = {name: getattr(self, name) for name in kept}
        return {**told, "project_id": str(self.project_id), "changes": [one.to_json() for one in self.changes]}


class _Undo(Exception):
    """Leaves a transaction without keeping it."""


def publish_spec(
    db: Database, actor: Actor, project: str, kind: str, name: str, body: Any, *, reason: str, dry_run: bool = False
) -> Published:
    """Publish one spec of a project; a body of None withdraws it. Raises `InvalidSpec` with paths in the body."""

    def changed(bodies: Bodies) -> Bodies:
        return (
            {**bodies, (kind, name): body}
            if body is not None
            else {k: b for k, b in bodies.items() if k != (kind, name)}
        )

    return publish(db, actor, project, changed, reason=reason, dry_run=dry_run)


def publish(
    db: Database,
    actor: Actor,
    project: str,
    change: Callable[[Bodies], Bodies],
    *,
    reason: str,
    dry_run: bool = False,
    where: Where | None = None,
    reverts: Mapping[Key, int] | None = None,
) -> Published:
    """Make the project's specs what `change` makes of those in force; `{}` of them means that the project is new.

    A dry run does everything and keeps nothing, so what it tells is exact. Raises `InvalidSpec`, every fault `where`.
    """
    publication: _Publication | None = None
    try:
        with db.write() as connection:
            publication = _Publication(connection, actor, project, reason, where or _plain, dict(reverts or {}))
            publication.run(change)
            publication.report.dry_run = dry_run
            if dry_run:
                raise _Undo
    except _Undo:
        pass
    assert publication is not None
    report = publication.report
    if report.changes and not dry_run:
        keep_budget(db, report.project_id)  # a larger budget takes effect at once
    return report


def bodies_in_force(connection: Connection, project: UUID) -> dict[Key, Any]:
    """(kind, name) → body of the specs in force."""
    return {(row.kind, row.name): row.body for row in projects.specs_in_force(connection, project)}


def _plain(key: Key, at: str | None) -> str:
    return at or f"{key[0]} {key[1]}"


class _Publication:
    def __init__(
        self, connection: Connection, actor: Actor, name: str, reason: str, where: Where, reverts: dict[Key, int]
    ) -> None:
        self.connection, self.actor, self.reason, self.where, self.reverts = connection, actor, reason, where, reverts
        self.now: datetime = clock.now()
        self.events: list[Event] = []
        self.moved = Moved()
        self.project_id, created = self._found_or_made(name)
        self.report = Published(name, self.project_id, created)

    def run(self, change: Callable[[Bodies], Bodies]) -> None:
        specs.lock(self.connection, self.project_id)
        newest = specs.newest(self.connection, self.project_id)
        old = {key: row.body for key, row in newest.items() if row.body is not None}
        new = dict(change(old))
        self._refuse(check(new))
        if new[PROJECT].get("name", self.report.project) != self.report.project:
            renamed = InvalidInput(
                "A project keeps its name.", where="name", mend="Write {name}.", name=self.report.project
            )
            self._refuse([Fault(PROJECT, renamed)])
        differ = [key for key in {**old, **new} if old.get(key) != new.get(key)]
        if not differ:
            return
        ids = {key: self._append(key, newest.get(key), new.get(key)) for key in differ}
        projects.new_epoch(self.connection, self.project_id)
        self._follow(old, new, {key: row.id for key, row in newest.items()} | ids)
        ledger.append(self.connection, *self.events)

    def _found_or_made(self, name: str) -> tuple[UUID, bool]:
        try:
            return projects.find(self.connection, self.actor.workspace, name).id, False
        except NotFound:
            pass
        id = new_id()
        row = {"id": id, "workspace_id": self.actor.workspace, "name": name, "created_at": self.now}
        projects.add(self.connection, row)
        if self.actor.account:
            accounts.grant(self.connection, id, self.actor.account, "manager", self.now)
        self.events.append(self._event("project.created", id, {"name": name}, id))
        return id, True

    def _append(self, key: Key, before: Any, body: Any) -> UUID:
        row = {
            "id": new_id(),
            "project_id": self.project_id,
            "kind": key[0],
            "name": key[1],
            "version": before.version + 1 if before else 1,
            "body": body,
            "author_id": self.actor.account,
            "reason": self.reason,
            "reverts": self.reverts.get(key),
            "created_at": self.now,
        }
        specs.add(self.connection, row)
        self.events.append(self._event("spec.published", row["id"], row, self.project_id))
        there = before is not None and before.body is not None
        what = "withdrawn" if body is None else "changed" if there else "added"
        differences = diff(before.body, body) if what == "changed" else ()
        self.report.changes.append(SpecChange(key[0], key[1], row["version"], what, differences))
        return UUID(str(row["id"]))

    def _follow(self, old: Bodies, new: Bodies, ids: Mapping[Key, UUID]) -> None:
        before = parse(PROJECT, old[PROJECT]) if PROJECT in old else None
        after: ProjectSpec = parse(PROJECT, new[PROJECT])
        below = specs.driver(self.connection)
        if before is None or before.budget != after.budget:
            self._refuse(list(self._other_money(before, after)))
            projects.set_currency(self.connection, self.project_id, after.budget.currency)
            grants.limit(below, grants.PROJECT, self.project_id, after.budget.total)
        places = Policy.parse(new.get(("policy", "policy"))).judgements.min
        steps = Steps(self.connection, self.project_id, places, self.now)
        again = steps.lay(before, after)
        self.report.tasks_added = steps.added
        planned = {step.id: step for step in before.steps} if before else {}
        for step in after.steps:
            if step.budget != (planned[step.id].budget if step.id in planned else None):
                grants.limit(below, grants.STEP, steps.ids[step.id], step.budget)
            if step.id in planned:
                asked = planned[step.id].asks, step.asks
                questions = _question(old, asked[0]), _question(new, asked[1])
                self._move(steps.ids[step.id], asked, questions, ids["schema", step.asks], places)
        self._look_again(again)
        self._resize(old, new)
        tested = [key for key in new if key[0] == "exam"]
        self._refuse([fault for key in tested for fault in self._too_small(key, new, after, steps.ids)])
        for name in ("mapped", "restored", "asked_again"):
            setattr(self.report, name, getattr(self.moved, name))
        self.report.labels = [
            {"label": label, "what": what, "to": to, "labels": count}
            for (label, what, to), count in self.moved.labels.most_common(MOST_TOLD)
        ]
        self.events += self.moved.events

    def _move(
        self,
        id: UUID,
        asked: tuple[str, str],
        questions: tuple[Question, Question],
        schema_id: UUID,
        places: int,
    ) -> None:
        """Bring a step's answers from one question to another."""
        key, change = ("schema", asked[1]), Change(*questions)
        if change.old == change.new:
            return
        version = next((c.version for c in self.report.changes if (c.kind, c.name) == key), None)
        label = f"schema {asked[1]}" + (f" version {version}" if version else "")
        actor = self.actor
        mover = Mover(
            self.connection, self.project_id, actor.workspace, actor.account, id, schema_id, label, places, self.now
        )
        if key in self.reverts:
            versions = specs.versions(self.connection, self.project_id, *key)
            upto = frozenset(row.id for row in versions if row.version <= self.reverts[key])
            mover.restore(change.new, upto, self.moved)
        elif change.matters:
            self._check(change, id, key)
            mover.translate(change, self.moved)
        if change.reshapes:
            specs.forget_skills(self.connection, id)
            enqueue_refit(specs.driver(self.connection), id)

    def _check(self, change: Change, step: UUID, key: Key) -> None:
        try:
            change.check(key[1])
            change.check_values(specs.values_in_force(self.connection, step), key[1])
        except InvalidInput as error:
            self._refuse([Fault(key, one) for one in faults_of(error)])

    def _look_again(self, steps: list[UUID]) -> None:
        """Open or close what depends on decisions that moved, or on conditions that changed."""
        rules = rules_within(self.connection, self.project_id)
        items = set(self.moved.items)
        for step in steps:
            items.update(specs.items_of_step(self.connection, step))
        below = specs.driver(self.connection)
        order = sorted(items)
        for first in range(0, len(order), TOGETHER):
            some = order[first : first + TOGETHER]
            self.events += open_dependents(below, rules, some, actor=self.actor.account, now=self.now)

    def _resize(self, old: Bodies, new: Bodies) -> None:
        """Under another policy open tasks may want more or fewer judgements, and what was said may be enough."""
        before, after = (Policy.parse(bodies.get(("policy", "policy"))) for bodies in (old, new))
        if before == after or PROJECT not in old:
            return
        below, rules = specs.driver(self.connection), rules_within(self.connection, self.project_id)
        if before.judgements != after.judgements or any(step.thrift for step in rules.steps.values()):
            resize_queues(below, rules)
        for step in projects.steps(self.connection, self.project_id):
            enqueue_refit(below, step.id)

    def _other_money(self, before: ProjectSpec | None, after: ProjectSpec) -> Iterator[Fault]:
        """What was earned, or promised, in one currency cannot be paid in another."""
        was, wanted = before.budget.currency if before else None, after.budget.currency
        if was is None or was == wanted:
            return
        below = specs.driver(self.connection)
        grants.hold(below, self.project_id)  # so that nobody is promised anything meanwhile
        if money.begun(below, self.project_id):
            detail = "Money was promised or earned in {was} here, so it stays the currency."
            mend = "Write {was}, or make a new project for {wanted}."
            yield Fault(PROJECT, InvalidInput(detail, where="budget.currency", mend=mend, was=was, wanted=wanted))

    def _too_small(self, key: Key, new: Bodies, project: ProjectSpec, ids: Mapping[str, UUID]) -> Iterator[Fault]:
        """What an exam that changed could not ask often enough; nothing while the project has no items yet."""
        below = specs.driver(self.connection)
        changed = any((one.kind, one.name) == key for one in self.report.changes)
        if not changed or not exams.has_items(below, self.project_id):
            return
        exam: Exam = parse(key, new[key])
        steps = [step for step in project.steps if step.id in (exam.steps or ids)]
        asked = {ids[step.id]: (step.id, _question(new, step.asks)) for step in steps}
        for test, size in exam.pool(asked, exams.sizes(below, self.project_id, list(asked))).items():
            if size < exam.fewest:
                of = "{size} known items of {test} are too few: nobody passes with less than {fewest}."
                detail = of if test else "{size} known items are too few: nobody passes with less than {fewest}."
                mend = "Bring more items with known answers, or lower the bar."
                fewest = exam.fewest
                yield Fault(
                    key, InvalidInput(detail, where="bar", mend=mend, size=size, test=test or "", fewest=fewest)
                )

    def _refuse(self, faults: list[Fault]) -> None:
        for fault in faults:
            fault.error.where = self.where(fault.key, fault.error.where)
        if faults:
            raise InvalidSpec([fault.error for fault in faults])

    def _event(self, verb: str, object_id: UUID, content: Mapping[str, Any], project: UUID) -> Event:
        return Event(
            actor=self.actor.account,
            verb=verb,
            object_id=object_id,
            content=content,
            workspace_id=self.actor.workspace,
            project_id=project,
            at=self.now,
        )


def _question(bodies: Bodies, name: str) -> Question:
    question: Question = parse(("schema", name), bodies["schema", name])
    return question
