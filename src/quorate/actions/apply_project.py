"""Make a project what its folder says."""

from __future__ import annotations

from pathlib import Path

from quorate.actions.actor import Actor
from quorate.actions.publish_spec import Bodies, Published, publish
from quorate.errors import InvalidInput
from quorate.flow.specs import Key
from quorate.formats.project_folder import read
from quorate.store.database import Database


def apply_project(
    db: Database, actor: Actor, folder: Path, *, reason: str | None = None, dry_run: bool = False
) -> Published:
    """Check everything in the folder, then publish what differs from the specs in force, in one transaction.

    A spec that the folder no longer has is withdrawn. Raises `InvalidSpec` whose faults name file, line and field.
    """
    documents = {(document.kind, document.name): document for document in read(folder)}
    project = documents["project", "project"]
    name = project.body.get("name")
    if not isinstance(name, str) or not name:
        raise InvalidInput("The project has no name.", where=project.where("name"), mend="Write `name: …`.")

    def wanted(_: Bodies) -> Bodies:
        return {key: document.body for key, document in documents.items()}

    def where(key: Key, at: str | None) -> str:
        document = documents.get(key, project)
        return document.where(at)

    return publish(db, actor, name, wanted, reason=reason or f"apply {folder.name}", dry_run=dry_run, where=where)
