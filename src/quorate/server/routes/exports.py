"""The exports that were made."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import Query

from quorate.actions.tell_events import tell_exports
from quorate.server.bodies import Router
from quorate.server.guard import Caller, Db, InProject, may
from quorate.server.json import Json
from quorate.server.shapes import exports as shapes

router = Router(prefix="/projects/{project}/exports", tags=["exports"])


@router.get("", response_model=shapes.Exports)
def list_exports(
    db: Db,
    within: InProject,
    caller: Caller = may("label.export"),
    before: Annotated[UUID | None, Query(description="The `next` of the page before.")] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
) -> Any:
    """What was exported, by whom, with what settings; the hash tells whether a file is that one."""
    names = caller.may("identity.read", within.id)
    return Json(tell_exports(db, within, before=before, limit=limit, names=names))
