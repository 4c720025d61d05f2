"""Invites by link: made by those who manage members, accepted by anybody who has the link."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Path, Request
from fastapi.concurrency import run_in_threadpool
from starlette.responses import Response

from quorate.actions.invite import accept_invite, find_invite, invite, revoke_invite
from quorate.actions.naming import naming
from quorate.errors import NotSignedIn
from quorate.server.bodies import Router
from quorate.server.guard import Caller, Db, Guard, InProject, caller_of, may
from quorate.server.json import Json
from quorate.server.shapes import invites as shapes
from quorate.store import invites

router = Router(tags=["invites"])
Secret = Annotated[str, Path(max_length=200)]


@router.post("/projects/{project}/invites", status_code=201, response_model=shapes.Made)
def new_invite(body: shapes.NewInvite, db: Db, within: InProject, caller: Caller = may("member.manage")) -> Any:
    """Make a link that gives whoever has it a role. Its secret is shown this once."""
    return invite(db, caller.actor, within, body.role, uses=body.uses, days=body.days)


@router.get("/projects/{project}/invites", response_model=list[shapes.Invite])
def list_invites(db: Db, within: InProject, caller: Caller = may("member.manage")) -> Any:
    """The invites that were made, newest first."""
    with db.work() as connection:
        rows = invites.of_project(connection, within.id)
    authors = naming(db, within.workspace_id, names=caller.may("identity.read", within.id))(
        {row["author_id"] for row in rows if row["author_id"]}
    )
    return Json([{**row, "author": authors.get(row.pop("author_id"))} for row in rows])


@router.delete("/projects/{project}/invites/{invite}", status_code=204, response_class=Response)
def end_invite(invite: UUID, db: Db, within: InProject, caller: Caller = may("member.manage")) -> None:
    """End an invite; who has accepted it stays a member."""
    revoke_invite(db, caller.actor, within, invite)


@router.get("/invites/{secret}", dependencies=[Depends(Guard("invite.read"))], response_model=shapes.Invitation)
def show(secret: Secret, db: Db) -> Any:
    """What an invite is to."""
    return Json({name: value for name, value in find_invite(db, secret).items() if name in _SHOWN})


@router.post("/invites/{secret}/accept", dependencies=[Depends(Guard("invite.accept"))], response_model=shapes.Accepted)
async def accept(secret: Secret, body: shapes.Acceptance, request: Request, db: Db) -> Any:
    """Take the role: as a new account of this name and password, or as who has signed in."""
    address = request.client.host if request.client else "unknown"
    actor = None
    if body.name is None:
        try:
            actor = (await caller_of(request)).actor
        except NotSignedIn:
            actor = None
    done = await run_in_threadpool(
        accept_invite, db, secret, address, actor=actor, name=body.name or "", password=body.password
    )
    request.app.state.callers.forget()
    return done


_SHOWN = shapes.Invitation.model_fields
