"""The guide: what an annotator needs to paint a project's tasks and to answer them well."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Header, Query
from starlette.responses import Response

from quorate import __version__
from quorate.actions.tell_guide import guide_mark, tell_guide
from quorate.server.bodies import Router
from quorate.server.guard import Caller, Db, InProject, may
from quorate.server.json import Json
from quorate.server.shapes import guide as shapes

router = Router(tags=["guide"])
Version = Annotated[
    int | None, Query(ge=1, le=2**31 - 1, description="The guideline at this version; in force when left out.")
]
Mark = Annotated[str | None, Header(alias="If-None-Match", max_length=200)]


@router.get(
    "/projects/{project}/guide",
    response_model=shapes.Guide,
    responses={304: {"description": "What you have is the newest."}},
)
def guide(
    db: Db,
    within: InProject,
    caller: Caller = may("project.read"),
    guideline: Version = None,
    known: Mark = None,
) -> Any:
    """Questions, guideline and terms. A task names its versions; ask again when they differ from what you have."""
    mark = f'"{__version__}-{guide_mark(db, within, guideline)}"'
    headers = {"ETag": mark, "Cache-Control": "private, no-cache"}
    if known is not None and mark in {part.strip().removeprefix("W/") for part in known.split(",")}:
        return Response(status_code=304, headers=headers)
    return Json(tell_guide(db, within, guideline=guideline), headers=headers)
