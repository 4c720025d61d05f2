"""Publish an old version of a spec again."""

from __future__ import annotations

from uuid import UUID

from quorate.actions.actor import Actor
from quorate.actions.publish_spec import Bodies, Published, publish
from quorate.errors import NotFound
from quorate.store import specs
from quorate.store.database import Database
from quorate.store.projects import Project


def revert_spec(
    db: Database,
    actor: Actor,
    project: Project,
    kind: str,
    name: str,
    version: int,
    *,
    reason: str | None = None,
    dry_run: bool = False,
) -> Published:
    """Publish the body of this version as a new one; for a schema, restore the decisions that later ones had moved."""
    body = body_of(db, project.id, kind, name, version)

    def reverted(bodies: Bodies) -> Bodies:
        return {**bodies, (kind, name): body}

    return publish(
        db,
        actor,
        project.name,
        reverted,
        reason=reason or f"revert to version {version}",
        dry_run=dry_run,
        reverts={(kind, name): version},
    )


def body_of(db: Database, project: UUID, kind: str, name: str, version: int | None = None) -> object:
    """The body of a version (the newest without one). Raises `NotFound`."""
    with db.read() as connection:
        versions = {row.version: row for row in specs.versions(connection, project, kind, name)}
    wanted = version if version is not None else max(versions, default=0)
    if not versions:
        raise NotFound(
            "There is no {kind} '{name}'.",
            where="name",
            mend="`quorate spec list` shows what there is.",
            kind=kind,
            name=name,
        )
    if wanted not in versions or versions[wanted].body is None:
        raise NotFound(
            "There is no version {wanted} of {kind} '{name}'.",
            where="version",
            mend="There are: {known}.",
            wanted=wanted,
            kind=kind,
            name=name,
            known=[str(number) for number, row in versions.items() if row.body is not None],
        )
    return versions[wanted].body
