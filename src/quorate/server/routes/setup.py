"""Before a project is there: what to start from, what it would cost, what is in a file."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from tempfile import SpooledTemporaryFile
from typing import IO, Annotated, Any

from fastapi import Query, Request
from fastapi.concurrency import run_in_threadpool

from quorate.flow.estimate import SIMULATED, Assumed, enough, estimate
from quorate.flow.templates import templates
from quorate.formats.rows import Reject
from quorate.server.bodies import Router
from quorate.server.guard import Caller, may
from quorate.server.json import Json
from quorate.server.routes.items import IN_MEMORY, LINES, TABLE, reader, receive
from quorate.server.shapes import items as item_shapes
from quorate.server.shapes import setup as shapes

router = Router(tags=["setup"])
FIRST = 20
LARGEST_PREVIEW = 256 * 2**20


@router.get("/templates", response_model=list[shapes.Template])
def list_templates(
    caller: Caller = may("project.list"),
    language: Annotated[str, Query(max_length=35, description="Of their words, such as `de`.")] = "en",
) -> Any:
    """Projects to start from: whole sets of specs, to be changed and published."""
    return Json(templates(language))


@router.post("/estimates", response_model=shapes.Estimate)
def new_estimate(body: shapes.Assumptions, caller: Caller = may("project.list")) -> Any:
    """Expected cost against accuracy: a simulated crowd, whose answers the real policy decides."""
    told = body.model_dump(exclude={"target", "max"})
    points = estimate(Assumed(**told, most=body.max))
    best = enough(points, body.target)
    return Json(
        {"points": [asdict(p) for p in points], "enough": asdict(best) if best else None, "simulated": SIMULATED}
    )


@router.post(
    "/previews",
    response_model=item_shapes.Seen,
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "application/x-ndjson": {"schema": {"type": "string"}, "example": LINES},
                "text/csv": {"schema": {"type": "string"}, "example": TABLE},
            },
        }
    },
)
async def new_preview(request: Request, caller: Caller = may("project.list")) -> Any:
    """What is in a file of items: its first rows, its fields, what would be refused. Nothing is kept."""
    with SpooledTemporaryFile(IN_MEMORY) as body:
        await receive(request, body, LARGEST_PREVIEW)
        return Json(await run_in_threadpool(_seen, reader(request), body))


def _seen(read: Any, body: IO[bytes]) -> dict[str, Any]:
    first: list[dict[str, Any]] = []
    rejects: list[dict[str, Any]] = []
    fields = Counter[str]()
    rows = rejected = 0
    for one in read(body):
        rows += 1
        if isinstance(one, Reject):
            rejected += 1
            rejects += [one.to_json()] if len(rejects) < FIRST else []
            continue
        fields.update(name for name, value in one.body.items() if value not in ("", None))
        first += [asdict(one)] if len(first) < FIRST else []
    return {"rows": rows, "rejected": rejected, "fields": dict(fields), "first": first, "first_rejects": rejects}
