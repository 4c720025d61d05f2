"""Annotators who are proposed for promotion."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import Request
from starlette.responses import Response

from quorate.actions.propose_leads import accept_lead, decline_lead, tell_leads
from quorate.server.bodies import Router
from quorate.server.guard import Caller, Db, InProject, may
from quorate.server.json import Json
from quorate.server.shapes import training as shapes

router = Router(prefix="/projects/{project}/leads", tags=["annotators"])


@router.get("", response_model=list[shapes.Lead])
def list_leads(db: Db, within: InProject, caller: Caller = may("annotator.read")) -> Any:
    """Whom the evidence proposes as experts, and what was decided; open ones first."""
    return Json(tell_leads(db, within, names=caller.may("identity.read", within.id)))


@router.post("/{lead}/accept", status_code=204, response_class=Response)
def accept(
    lead: UUID, body: shapes.LeadReason, request: Request, db: Db, within: InProject,
    caller: Caller = may("member.manage"),
) -> None:  # fmt: skip
    """Make them an expert."""
    accept_lead(db, caller.actor, within, lead, body.reason)
    request.app.state.callers.forget()


@router.post("/{lead}/decline", status_code=204, response_class=Response)
def decline(
    lead: UUID, body: shapes.LeadReason, db: Db, within: InProject, caller: Caller = may("member.manage")
) -> None:
    """Do not; the reason is kept, and they are not proposed again for a while."""
    decline_lead(db, caller.actor, within, lead, body.reason)
