"""Specs: publish, read, compare, go back."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Path, Query, Request

from quorate.actions.naming import naming
from quorate.actions.preview_spec import preview_spec
from quorate.actions.publish_spec import publish, publish_spec
from quorate.actions.revert_spec import body_of, revert_spec
from quorate.errors import InvalidInput, NotFound
from quorate.flow.differences import diff
from quorate.server.bodies import Router
from quorate.server.guard import Caller, Db, InProject, may
from quorate.server.json import Json
from quorate.server.shapes import specs as shapes
from quorate.store import projects, specs
from quorate.store.database import Database
from quorate.store.projects import Project

router = Router(prefix="/projects", tags=["specs"])
Kind = Annotated[shapes.Kind, Path()]
Name = Annotated[str, Path(max_length=100)]


@router.put("/{project}", response_model=shapes.Published)
def apply(
    project: Name,
    body: shapes.Apply,
    request: Request,
    db: Db,
    caller: Caller = may("spec.publish", new="project.create"),
) -> Any:
    """Make a project what these specs say: the same as `quorate apply` with a folder. New projects need an admin."""
    wanted: dict[tuple[str, str], Any] = {(spec.kind, spec.name): spec.body for spec in body.specs}
    plan = wanted.get(("project", "project"))
    if not isinstance(plan, dict) or plan.get("name") != project:
        raise InvalidInput(
            "The project spec must carry the project's name.", where="specs", mend="name: {project}", project=project
        )
    done = publish(db, caller.actor, project, lambda _: wanted, reason=body.reason, dry_run=body.dry_run)
    request.app.state.callers.forget()
    return Json(done.to_json())


@router.get("/{project}/specs", response_model=list[shapes.Spec])
def in_force(db: Db, within: InProject, caller: Caller = may("spec.read")) -> Any:
    """The newest version of each spec."""
    with db.read() as connection:
        rows = [row._asdict() for row in projects.specs_in_force(connection, within.id)]
    return Json(_authored(db, within, caller, [row for row in rows if row["body"] is not None]))


@router.get("/{project}/specs/{kind}/{name}", response_model=list[shapes.Spec])
def versions(kind: Kind, name: Name, db: Db, within: InProject, caller: Caller = may("spec.read")) -> Any:
    """Every version of a spec, oldest first."""
    with db.read() as connection:
        rows = [row._asdict() for row in specs.versions(connection, within.id, kind, name)]
    if not rows:
        raise NotFound("There is no {kind} '{name}'.", where="name", kind=kind, name=name)
    return Json(_authored(db, within, caller, rows))


def _authored(db: Database, within: Project, caller: Caller, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each version with its author: by name for who may know, else under a pseudonym."""
    named = naming(db, within.workspace_id, names=caller.may("identity.read", within.id))
    authors = named({row["author_id"] for row in rows if row["author_id"]})
    return [shapes.spec({**row, "author": authors.get(row["author_id"])}) for row in rows]


@router.put("/{project}/specs/{kind}/{name}", response_model=shapes.Published)
def publish_one(
    kind: Kind, name: Name, body: shapes.Publish, db: Db, within: InProject, caller: Caller = may("spec.publish")
) -> Any:
    """Publish a new version of one spec."""
    done = publish_spec(db, caller.actor, within.name, kind, name, body.body, reason=body.reason, dry_run=body.dry_run)
    return Json(done.to_json())


@router.get("/{project}/specs/{kind}/{name}/differences", response_model=shapes.Compared)
def compare(
    kind: Kind,
    name: Name,
    db: Db,
    within: InProject,
    old: Annotated[int, Query(ge=1, le=2**31 - 1)],
    new: Annotated[int, Query(ge=1, le=2**31 - 1)],
    caller: Caller = may("spec.read"),
) -> Any:
    """What differs between two versions, field by field; texts line by line."""
    before, after = (body_of(db, within.id, kind, name, version) for version in (old, new))
    told = [one.to_json() for one in diff(before, after)]
    return Json({"old": old, "new": new, "differences": told})


@router.post("/{project}/specs/{kind}/{name}/preview", response_model=shapes.Previewed)
def preview(
    kind: Kind, name: Name, body: shapes.Draft, db: Db, within: InProject, caller: Caller = may("spec.publish")
) -> Any:
    """What publishing this body, or going back to a version, would do to the labels in force; nothing is kept."""
    return Json(preview_spec(db, caller.actor, within, kind, name, body.body, version=body.version))


@router.post("/{project}/specs/{kind}/{name}/revert", response_model=shapes.Published)
def revert(
    kind: Kind,
    name: Name,
    db: Db,
    within: InProject,
    version: Annotated[int, Query(ge=1, le=2**31 - 1)],
    caller: Caller = may("spec.publish"),
    reason: Annotated[str | None, Query(max_length=1000, description="Why; kept in the history.")] = None,
) -> Any:
    """Publish the body of an earlier version again."""
    return Json(revert_spec(db, caller.actor, within, kind, name, version, reason=reason).to_json())
