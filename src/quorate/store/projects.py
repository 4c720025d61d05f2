"""Projects, their steps, and the specs in force."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, insert, select, update
from sqlalchemy.dialects.postgresql import distinct_on

from quorate.errors import NotFound
from quorate.store import tables as t


@dataclass(frozen=True, slots=True)
class Project:
    """One labelling effort. `epoch` grows whenever a spec of it is published, and with `matched`: claims must look whom
    an item is for."""

    id: UUID
    workspace_id: UUID
    name: str
    epoch: int
    budget: Decimal | None
    pool: Decimal
    currency: str
    matched: bool = False


_PROJECT = tuple(t.projects.c[name] for name in Project.__slots__)


def _project(row: Any) -> Project:
    return Project(*row)


def find(connection: Connection, workspace_id: UUID, name: str) -> Project:
    """The project of this name in this workspace. Raises `NotFound`."""
    row = connection.execute(
        select(*_PROJECT).where(t.projects.c.workspace_id == workspace_id, t.projects.c.name == name)
    ).first()
    if row is None:
        raise NotFound(
            "There is no project '{name}'.",
            where="project",
            mend="`quorate status` lists the projects there are.",
            name=name,
        )
    return _project(row)


def get(connection: Connection, project_id: UUID) -> Project:
    """The project with this id. Raises `NotFound`."""
    row = connection.execute(select(*_PROJECT).where(t.projects.c.id == project_id)).first()
    if row is None:
        raise NotFound("There is no such project.", where="project")
    return _project(row)


def every(connection: Connection, workspace_id: UUID) -> list[Project]:
    """The workspace's projects, by name."""
    rows = connection.execute(
        select(*_PROJECT).where(t.projects.c.workspace_id == workspace_id).order_by(t.projects.c.name)
    )
    return [_project(row) for row in rows]


def everywhere(connection: Connection) -> list[UUID]:
    """The projects of every workspace, oldest first."""
    return list(connection.execute(select(t.projects.c.id).order_by(t.projects.c.id)).scalars())


def of_account(connection: Connection, account: UUID) -> list[tuple[Project, str]]:
    """The projects that an account has a role in: (project, role)."""
    rows = connection.execute(
        select(*_PROJECT, t.members.c.role)
        .join_from(t.members, t.projects)
        .where(t.members.c.account_id == account)
        .order_by(t.projects.c.name, t.members.c.role)
    )
    return [(Project(*row[:-1]), row[-1]) for row in rows]


def add(connection: Connection, row: dict[str, Any]) -> None:
    """Append a project."""
    connection.execute(insert(t.projects).values(**row))


def new_epoch(connection: Connection, project_id: UUID) -> None:
    """Say that a spec was published, so that every process reads the rules again."""
    connection.execute(update(t.projects).where(t.projects.c.id == project_id).values(epoch=t.projects.c.epoch + 1))


def set_currency(connection: Connection, project_id: UUID, currency: str) -> None:
    """Change the currency that amounts are in."""
    connection.execute(update(t.projects).where(t.projects.c.id == project_id).values(currency=currency))


def steps(connection: Connection, project_id: UUID) -> list[Row[Any]]:
    """The steps that are not retired, in order."""
    return list(
        connection.execute(
            select(t.steps)
            .where(t.steps.c.project_id == project_id, t.steps.c.retired_at.is_(None))
            .order_by(t.steps.c.position)
        )
    )


def specs_in_force(connection: Connection, project_id: UUID) -> list[Row[Any]]:
    """The newest version of each spec of a project, but for those that were withdrawn (whose body is null)."""
    rows = connection.execute(
        select(t.specs)
        .ext(distinct_on(t.specs.c.kind, t.specs.c.name))
        .where(t.specs.c.project_id == project_id)
        .order_by(t.specs.c.kind, t.specs.c.name, t.specs.c.version.desc())
    )
    return [row for row in rows if row.body is not None]
