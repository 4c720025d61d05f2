"""Write a project's specs to a folder."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

from quorate.actions.publish_spec import bodies_in_force
from quorate.formats.project_folder import Document, write
from quorate.store.database import Database


def pull_project(db: Database, project: UUID, folder: Path) -> list[str]:
    """Make the folder say what is in force; gives the files that changed. Files that say so already are not touched."""
    with db.read() as connection:
        bodies = bodies_in_force(connection, project)
    folder.mkdir(parents=True, exist_ok=True)
    return write(folder, [Document(kind, name, body, "") for (kind, name), body in bodies.items()])
