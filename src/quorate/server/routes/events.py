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
Number = Annotated[int | None, Query(ge=0, le=2**53)]


@router.get("", response_model=shapes.Page)
def list_events(
    db: Db,
    within: InProject,
    caller: Caller = may("ledger.read"),
    verb: Annotated[str | None, Query(max_length=50, description="Such as `task.decided`, or `task` for all.")] = None,
    object_id: Annotated[UUID | None, Query(alias="object", description="What happened to this alone.")] = None,
    before: Number = None,
    after: Number = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
) -> Any:
    """What happened, newest first. A page may have fewer than `limit` and still a `next`: verbs are looked for."""
    return Json(
        tell_events(
            db, within, verb=verb, object_id=object_id, before=before, after=after, limit=limit,
            names=caller.may("identity.read", within.id),
        )
    )  # fmt: skip


@router.get("/{seq}", response_model=shapes.Place)
def place(
    seq: Annotated[int, Path(ge=1, le=2**53)], db: Db, within: InProject, caller: Caller = may("ledger.read")
) -> Any:
    """An event's place in the ledger, with the Merkle path to its block's root."""
    return Json(tell_place(db, within, seq))
