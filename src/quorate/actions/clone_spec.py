"""Take a spec over from another project of the workspace."""

from __future__ import annotations

from quorate.actions.actor import Actor
from quorate.actions.publish_spec import Published, publish_spec
from quorate.actions.revert_spec import body_of
from quorate.store.database import Database
from quorate.store.projects import Project


def clone_spec(
    db: Database,
    actor: Actor,
    source: Project,
    target: Project,
    kind: str,
    name: str,
    *,
    version: int | None = None,
    as_name: str | None = None,
    dry_run: bool = False,
) -> Published:
    """Publish in `target` what `source` says, under the same name or another. The library is a project like others."""
    body = body_of(db, source.id, kind, name, version)
    reason = f"clone of {kind} {name} from {source.name}"
    return publish_spec(db, actor, target.name, kind, as_name or name, body, reason=reason, dry_run=dry_run)
