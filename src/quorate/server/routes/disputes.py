"""Disagree: an annotator's word against what was held against their answer."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import Query
from starlette.responses import Response

from quorate.actions.open_dispute import open_dispute, withdraw_dispute
from quorate.actions.tell_disputes import tell_disputes
from quorate.server.bodies import Router
from quorate.server.guard import Caller, Db, may
from quorate.server.json import Json
from quorate.server.shapes import disputes as shapes

router = Router(prefix="/work/disputes", tags=["work"])
RIGHT = "dispute.open"


@router.post("", status_code=201, response_model=shapes.Dispute)
def new_dispute(body: shapes.NewDispute, db: Db, caller: Caller = may(RIGHT)) -> Any:
    """Say why your answer is right; an expert who has not seen the task will judge."""
    done = open_dispute(db, caller.actor, caller.where(RIGHT), body.annotation, body.reason)
    return Json(done, status_code=201)


@router.get("", response_model=shapes.Disputes)
def list_disputes(
    db: Db,
    caller: Caller = may(RIGHT),
    before: Annotated[UUID | None, Query(description="The `next` of the page before.")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Any:
    """Your disputes, newest first, with what came of them."""
    return Json(tell_disputes(db, caller.actor, caller.where(RIGHT), before=before, limit=limit))


@router.delete("/{dispute}", status_code=204, response_class=Response)
def end_dispute(dispute: UUID, db: Db, caller: Caller = may(RIGHT)) -> None:
    """Take a dispute back, as long as no expert looks at it."""
    withdraw_dispute(db, caller.actor, caller.where(RIGHT), dispute)
