"""Specs: publish, read, compare, go back."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Path, Query, Request

from quorate.actions.publish_spec import publish, publish_spec
from quorate.actions.revert_spec import revert_spec
from quorate.errors import InvalidInput, NotFound
from quorate.server.bodies import Router
from quorate.server.guard import Caller, Db, InProject, may
from quorate.server.json import Json
from quorate.server.shapes import specs as shapes
from quorate.store import projects, specs

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
        raise InvalidInput("The project spec must carry the project's name.", where="specs", mend=f"name: {project}")
    done = publish(db, caller.actor, project, lambda _: wanted, reason=body.reason, dry_run=body.dry_run)
    request.app.state.callers.forget()
    return Json(done.to_json())


@router.get("/{project}/specs", response_model=list[shapes.Spec])
def in_force(db: Db, within: InProject, caller: Caller = may("spec.read")) -> Any:
    """The newest version of each spec."""
    with db.read() as connection:
        rows = [row._asdict() for row in projects.specs_in_force(connection, within.id)]
    return Json([shapes.spec(row) for row in rows if row["body"] is not None])


@router.get("/{project}/specs/{kind}/{name}", response_model=list[shapes.Spec])
def versions(kind: Kind, name: Name, db: Db, within: InProject, caller: Caller = may("spec.read")) -> Any:
    """Every version of a spec, oldest first."""
    with db.read() as connection:
        rows = [row._asdict() for row in specs.versions(connection, within.id, kind, name)]
    if not rows:
        raise NotFound(f"There is no {kind} {name!r}.", where="name")
    return Json([shapes.spec(row) for row in rows])


@router.put("/{project}/specs/{kind}/{name}", response_model=shapes.Published)
def publish_one(
    kind: Kind, name: Name, body: shapes.Publish, db: Db, within: InProject, caller: Caller = may("spec.publish")
) -> Any:
    """Publish a new version of one spec."""
    done = publish_spec(db, caller.actor, within.name, kind, name, body.body, reason=body.reason, dry_run=body.dry_run)
    return Json(done.to_json())


@router.post("/{project}/specs/{kind}/{name}/revert", response_model=shapes.Published)
def revert(
    kind: Kind,
    name: Name,
    db: Db,
    within: InProject,
    version: Annotated[int, Query(ge=1, le=2**31 - 1)],
    caller: Caller = may("spec.publish"),
) -> Any:
    """Publish the body of an earlier version again."""
    return Json(revert_spec(db, caller.actor, within, kind, name, version).to_json())
