"""A small project to work in, made without the doors."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Insert, insert

from quorate import clock
from quorate.actions.actor import Actor
from quorate.ids import new_id
from quorate.store import projects
from quorate.store import tables as t
from quorate.store.database import Database
from quorate.store.projects import Project

TOPIC = {"kind": "choice", "classes": ["a", "b", "c"]}


def _spec(project: UUID, kind: str, name: str, body: Any, version: int = 1) -> Insert:
    return insert(t.specs).values(
        id=new_id(), project_id=project, kind=kind, name=name, version=version, body=body, reason="test",
        created_at=clock.now(),
    )  # fmt: skip


@dataclass
class World:
    """A database with one workspace; projects and people on demand."""

    db: Database
    workspace: UUID

    def person(self, kind: str = "person") -> Actor:
        """A new account, as an actor."""
        id = new_id()
        with self.db.write() as connection:
            connection.execute(
                insert(t.accounts).values(
                    id=id, workspace_id=self.workspace, kind=kind, name=str(id), created_at=clock.now()
                )
            )
        return Actor(self.workspace, id, kind == "machine")

    def spec(self, project: UUID, kind: str, name: str, body: Any, version: int = 1) -> Project:
        """Another spec of a project, or another version of it; the project as it then is."""
        with self.db.write() as connection:
            connection.execute(_spec(project, kind, name, body, version))
            found = projects.get(connection, project)
        assert found is not None
        return found

    def project(
        self,
        items: int = 5,
        *,
        policy: dict[str, Any] | None = None,
        schema: dict[str, Any] | None = None,
        gold: int = 0,
        budget: Any = None,
        places: int | None = None,
        plan: dict[str, Any] | None = None,
        steps: tuple[dict[str, Any], ...] = ({"id": "topic", "schema": "topic"},),
    ) -> UUID:
        """A project whose items are open; the first `gold` of them have the known answer `a`."""
        project = new_id()
        policy = {"gold": {"rate": 0}, "audit": {"rate": 0}, "experts": {"repeat": 0}, **(policy or {})}
        places = places or policy.get("judgements", {}).get("min", 1)
        now = clock.now()
        with self.db.write() as connection:
            connection.execute(
                insert(t.projects).values(
                    id=project, workspace_id=self.workspace, name=str(project), budget=budget, pool=budget or 0,
                    created_at=now,
                )
            )  # fmt: skip
            ids = [new_id() for _ in steps]
            for position, (id, step) in enumerate(zip(ids, steps, strict=True)):
                connection.execute(
                    insert(t.steps).values(
                        id=id, project_id=project, name=step["id"], position=position, budget=step.get("budget"),
                        pool=step.get("budget", 0),
                    )
                )  # fmt: skip
            specs = [
                ("project", "project", {"name": str(project), "steps": list(steps), **(plan or {})}),
                ("policy", "policy", policy),
            ]
            specs += [("schema", step["schema"], schema or TOPIC) for step in steps]
            for kind, name, body in specs:
                connection.execute(_spec(project, kind, name, body))
            opened: list[UUID] = []
            for number in range(items):
                item, known = new_id(), number < gold
                connection.execute(
                    insert(t.items).values(
                        id=item, project_id=project, key=f"i{number}", body={"text": f"item {number}"},
                        hash=f"item {number}".encode(), created_at=now,
                    )
                )  # fmt: skip
                for place, (id, step) in enumerate(zip(ids, steps, strict=True), start=1):
                    task = new_id()
                    state = "waiting" if step.get("when") else "decided" if known else "open"
                    connection.execute(
                        insert(t.tasks).values(
                            id=task, project_id=project, step_id=id, item_id=item, state=state,
                            gold="a" if known else None, gold_order=number * len(steps) + place if known else None,
                        )
                    )  # fmt: skip
                    opened += [task] if state == "open" else []
            for task in opened * places:
                connection.execute(insert(t.openings).values(project_id=project, band=1, task_id=task))
        return project


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    """A fresh database with a workspace in it."""
    yield from _world(database_url)


@pytest.fixture(scope="module")
def shared_world(module_database_url: str) -> Iterator[World]:
    """One for all the tests of a file, which must not look beyond their own project."""
    yield from _world(module_database_url)


def _world(url: str) -> Iterator[World]:
    db = Database(url)
    workspace = new_id()
    with db.write() as connection:
        connection.execute(
            insert(t.workspaces).values(id=workspace, name="default", salt=b"salt", created_at=clock.now())
        )
    yield World(db, workspace)
    db.close()


class Time:
    """A clock that stands until it is moved; at first it is ten o'clock on a Monday, UTC."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 2, 10, tzinfo=UTC)

    def pass_(self, **span: float) -> datetime:
        self.now += timedelta(**span)
        return self.now


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Time:
    """The clock of everything that asks `clock`."""
    time = Time()
    monkeypatch.setattr(clock, "now", lambda: time.now)
    return time


@pytest.fixture
def one(world: World) -> Callable[[str], list[Any]]:
    """Rows of a plain query."""

    def rows(sql: str, *values: Any) -> list[Any]:
        with world.db.work() as connection:
            return connection.execute(sql, values).fetchall()

    return rows
