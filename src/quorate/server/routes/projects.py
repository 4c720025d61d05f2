"""Projects and who is what in them."""

from __future__ import annotations

from typing import Any

from fastapi import Request
from starlette.responses import Response

from quorate.actions.add_account import grant_role, withdraw_role
from quorate.people.roles import Role
from quorate.server.bodies import Router
from quorate.server.guard import Caller, Db, InProject, may
from quorate.server.shapes import accounts as shapes
from quorate.server.shapes import projects as project_shapes
from quorate.store import accounts

router = Router(prefix="/projects", tags=["projects"])


@router.get("", response_model=list[project_shapes.Project])
def list_projects(caller: Caller = may("project.list")) -> Any:
    """The projects that you can see, with your roles in them."""
    return [
        {"name": p.name, "currency": p.currency, "roles": sorted(caller.roles.get(p.id, ()))}
        for p in caller.projects.values()
    ]


@router.get("/{project}/members", response_model=list[shapes.Member])
def list_members(db: Db, within: InProject, caller: Caller = may("member.read")) -> Any:
    """Who is what."""
    with db.read() as connection:
        return [row._asdict() for row in accounts.members(connection, within.id)]


@router.put("/{project}/members/{account:path}/{role}", status_code=204, response_class=Response)
def add_member(
    account: str, role: Role, request: Request, db: Db, within: InProject, caller: Caller = may("member.manage")
) -> None:
    """Give somebody a role."""
    grant_role(db, caller.actor, within.name, account, role)
    request.app.state.callers.forget()


@router.delete("/{project}/members/{account:path}/{role}", status_code=204, response_class=Response)
def end_member(
    account: str, role: Role, request: Request, db: Db, within: InProject, caller: Caller = may("member.manage")
) -> None:
    """Take a role away."""
    withdraw_role(db, caller.actor, within.name, account, role)
    request.app.state.callers.forget()
