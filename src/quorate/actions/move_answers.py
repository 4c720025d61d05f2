"""When a question changes: translate the decisions in force, or restore former ones, as new decisions.

Nothing that was decided is touched: a new decision points to the one it supersedes, and annotations keep the version
they were made under.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from quorate.errors import InvalidInput
from quorate.flow.mapping import Change
from quorate.ids import new_id
from quorate.labels.question import Question
from quorate.store import specs
from quorate.store.ledger import Event
from quorate.store.specs import Connection


@dataclass
class Moving:
    """What is to be written for some thousands of tasks of one step."""

    decisions: list[dict[str, Any]] = field(default_factory=list)
    reopened: list[UUID] = field(default_factory=list)
    gold: dict[UUID, Any] = field(default_factory=dict)


@dataclass
class Moved:
    """What has been written: counts, the items whose dependent steps must be looked at again, and the story."""

    mapped: int = 0
    asked_again: int = 0
    restored: int = 0
    items: set[UUID] = field(default_factory=set)
    events: list[Event] = field(default_factory=list)
    labels: Counter[tuple[str, str, str | None]] = field(default_factory=Counter)
    """How many labels were (what they said, what came of them, what they say now)."""


@dataclass(frozen=True)
class Mover:
    """Moves the answers of one step to a new version of its schema."""

    connection: Connection
    project: UUID
    workspace: UUID
    actor: UUID | None
    step: UUID
    schema_id: UUID
    label: str
    places: int
    now: datetime

    def translate(self, change: Change, moved: Moved) -> None:
        """Apply the moves that the new version asks for."""
        for rows in specs.decided(self.connection, self.step):
            batch = Moving()
            for row in (row for row in rows if row.state == "decided"):
                mapped = len(batch.decisions)
                if not self._translate(row, change, batch):
                    moved.labels[_told(row.value), "kept", None] += 1
                    continue
                moved.items.add(row.item_id)
                new = _told(batch.decisions[-1]["value"]) if len(batch.decisions) > mapped else None
                moved.labels[_told(row.value), "mapped" if new else "asked_again", new] += 1
            moved.mapped += len(batch.decisions)
            self._write(batch, moved)

    def restore(self, new: Question, versions: frozenset[UUID], moved: Moved) -> None:
        """Put back what was in force under these versions of the schema, where a later one had changed it."""
        for rows in specs.decided(self.connection, self.step):
            batch = Moving()
            changed = [row for row in rows if _was_changed(row, new, versions)]
            former = specs.history(self.connection, [row.task_id for row in changed])
            for row in changed:
                moved.items.add(row.item_id)
                self._restore(row, former.get(row.task_id, ()), new, versions, batch)
            moved.restored += len(batch.decisions)
            self._write(batch, moved)

    def _translate(self, row: Any, change: Change, batch: Moving) -> bool:
        found = change.decision(row.value, row.confidence, row.probabilities)
        if found is None:
            batch.reopened.append(row.task_id)
            return True
        if found.value == row.value:
            return False
        rule = f"migrate: {row.value} → {found.value}"
        own = {"value": found.value, "confidence": found.confidence, "probabilities": found.probabilities}
        batch.decisions.append(
            self._decision(row, **own, kind="mapped", method="schema mapping", rule=rule, reason=self.label)
        )
        if row.gold is not None:
            batch.gold[row.task_id] = found.value
        return True

    def _restore(
        self, row: Any, history: Sequence[Any], new: Question, versions: frozenset[UUID], batch: Moving
    ) -> None:
        former = next((one for one in history if one.schema_id in versions and _allowed(new, one.value)), None)
        if former is None:
            batch.reopened.append(row.task_id)
            return
        batch.decisions.append(self._decision(former, supersedes=row.id, reason=self.label))
        if former.kind == "gold":
            batch.gold[row.task_id] = former.value

    def _decision(self, row: Any, **changes: Any) -> dict[str, Any]:
        kept = ("task_id", "value", "confidence", "probabilities", "kind", "method", "rule", "judgements", "cost")
        return {
            "id": new_id(),
            "project_id": self.project,
            **{name: getattr(row, name) for name in (*kept, "evidence")},
            "policy_id": None,
            "schema_id": self.schema_id,
            "guideline_id": None,
            "supersedes": row.id,
            "created_at": self.now,
        } | changes

    def _write(self, batch: Moving, moved: Moved) -> None:
        specs.put_in_force(self.connection, batch.decisions)
        specs.set_gold(self.connection, self.project, batch.gold)
        specs.reopen(self.connection, self.project, batch.reopened, self.places)
        moved.asked_again += len(batch.reopened)
        moved.events += [self._event("task.decided", row["id"], row) for row in batch.decisions]
        moved.events += [self._event("task.open", task, {"why": self.label}) for task in batch.reopened]

    def _event(self, verb: str, object_id: UUID, content: Mapping[str, Any]) -> Event:
        return Event(
            actor=self.actor,
            verb=verb,
            object_id=object_id,
            content=content,
            workspace_id=self.workspace,
            project_id=self.project,
            at=self.now,
        )


def _told(value: Any) -> str:
    """A label in a report of what moved: a class by its name, several of them together."""
    if isinstance(value, list):
        return (
            " + ".join(sorted({str(one.get("label")) if isinstance(one, dict) else str(one) for one in value}))
            or "none"
        )
    return str(value)


def _was_changed(row: Any, new: Question, versions: frozenset[UUID]) -> bool:
    """Whether a later version of the schema moved this task's decision, reopened it, or decided what is no answer."""
    if row.state == "contested":
        return False
    return row.state == "open" or (
        row.schema_id not in versions and (row.kind == "mapped" or not _allowed(new, row.value))
    )


def _allowed(question: Question, value: Any) -> bool:
    try:
        return bool(question.check(value) == value)
    except InvalidInput:
        return False
