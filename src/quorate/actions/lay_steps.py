"""Make the steps in the database those that the project spec tells."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from quorate.flow.project import ProjectSpec
from quorate.store import specs
from quorate.store.specs import Connection


class Steps:
    """Makes the steps in the database those of the project spec."""

    def __init__(self, connection: Connection, project: UUID, places: int, now: datetime) -> None:
        self.connection, self.project, self.places, self.now = connection, project, places, now
        self.ids: dict[str, UUID] = {}
        self.added = 0

    def lay(self, before: ProjectSpec | None, after: ProjectSpec) -> list[UUID]:
        """Give the steps whose tasks must be looked at again, because their condition is new."""
        there = specs.steps(self.connection, self.project)
        conditions = {step.id: step.when for step in before.steps} if before else {}
        again = []
        for position, step in enumerate(after.steps):
            row = there.pop(step.id, None)
            id = row.id if row else specs.add_step(self.connection, self.project, step.id, position)
            self.ids[step.id] = id
            if row:
                specs.place_step(self.connection, id, position)
            self.added += specs.add_tasks(
                self.connection, self.project, id, "waiting" if step.when else "open", self.places
            )
            if row and (row.retired_at or conditions.get(step.id) != step.when) and not step.when:
                specs.unbind(self.connection, self.project, id, self.places)
            elif step.when and (row is None or row.retired_at or conditions.get(step.id) != step.when):
                again.append(id)
        for row in there.values():
            if row.retired_at is None:
                specs.retire_step(self.connection, row.id, self.now)
        return again
