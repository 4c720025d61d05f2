"""The exports that were made."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query

from quorate.actions.naming import naming
from quorate.server.bodies import Router
from quorate.server.guard import Caller, Db, InProject, may
from quorate.server.json import Json
from quorate.server.shapes import exports as shapes
from quorate.store import export

router = Router(prefix="/projects/{project}/exports", tags=["exports"])


@router.get("", response_model=list[shapes.Export])
def list_exports(
    db: Db,
    within: InProject,
    caller: Caller = may("label.export"),
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> Any:
    """Who took which labels out, when, with what settings; the hash tells whether a file is that one."""
    with db.read() as connection:
        rows = export.past(connection, within.id, limit)
    who = naming(db, within.workspace_id, names=caller.may("identity.read", within.id))(
        {row["account_id"] for row in rows if row["account_id"]}
    )
    return Json([{**row, "sha256": bytes(row["sha256"]).hex(), "who": who.get(row.pop("account_id"))} for row in rows])
