"""The log: what happened in a project, and each event's place in the ledger."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import Path, Query

from quorate.actions.tell_events import tell_events, tell_place
from quorate.server.bodies import Router
from quorate.server.guard import Caller, Db, InProject, may
from quorate.server.json import Json
from quorate.server.shapes import events as shapes

router = Router(prefix="/projects/{project}/events", tags=["events"])
LARGEST = 2**62


@router.get("", response_model=shapes.Events)
def list_events(
    db: Db,
    within: InProject,
    caller: Caller = may("ledger.read"),
    before: Annotated[int | None, Query(ge=1, le=LARGEST, description="The `next` of the page before.")] = None,
    verb: Annotated[str | None, Query(max_length=50)] = None,
    object_id: Annotated[UUID | None, Query(alias="object", description="Everything that was done to this.")] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
) -> Any:
    """Who did what, when; newest first."""
    names = caller.may("identity.read", within.id)
    return Json(tell_events(db, within, verb=verb, object_id=object_id, before=before, limit=limit, names=names))


@router.get("/{seq}", response_model=shapes.Proven)
def show_place(
    seq: Annotated[int, Path(ge=1, le=LARGEST)], db: Db, within: InProject, caller: Caller = may("ledger.read")
) -> Any:
    """An event's place in the ledger, with the Merkle path to the root of its block."""
    return Json(tell_place(db, within, seq))
