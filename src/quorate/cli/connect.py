"""What most commands begin with: the database that the settings name, as the operator of this machine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from quorate.actions.actor import Actor
    from quorate.store.database import Database
    from quorate.store.projects import Project


@contextmanager
def to_database() -> Iterator[tuple[Database, Actor]]:
    """The database with its tables up to date, and the operator as who acts."""
    from quorate.actions.actor import Actor
    from quorate.actions.add_account import ensure_workspace
    from quorate.settings import settings
    from quorate.store.database import Database
    from quorate.store.locate import ready

    with ready(settings()) as url:
        db = Database(url)
        try:
            yield db, Actor(ensure_workspace(db))
        finally:
            db.close()


@contextmanager
def to_project(name: str) -> Iterator[tuple[Database, Project, Actor]]:
    """The same, with the project of this name."""
    from quorate.store import projects

    with to_database() as (db, actor):
        with db.read() as connection:
            project = projects.find(connection, actor.workspace, name)
        yield db, project, actor
