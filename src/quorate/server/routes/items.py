"""Items in, and a list of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from tempfile import SpooledTemporaryFile
from typing import IO, Annotated, Any, BinaryIO

from fastapi import Query, Request
from fastapi.concurrency import run_in_threadpool
from pydantic import AwareDatetime

from quorate.actions.import_items import import_rows
from quorate.actions.tell_items import Sort, Wanted, tell_items
from quorate.errors import TooLarge
from quorate.formats import csv, jsonl
from quorate.formats.rows import Read
from quorate.server.bodies import Router
from quorate.server.guard import Caller, Cleared, Db, InProject, may
from quorate.server.json import Json
from quorate.server.shapes import items as shapes
from quorate.store.filters import NEWEST

router = Router(prefix="/projects/{project}", tags=["items"])
LINES = '{"key": "r1", "text": "It came late."}\n{"key": "r2", "text": "Fits well.", "gold": {"topic": "product"}}\n'
TABLE = "key,text,gold.topic\nr1,It came late.,\nr2,Fits well.,product\n"
IN_MEMORY = 8 * 2**20
CHUNK = 2**20
LARGEST_IMPORT = 16 * 2**30


def _body(kind: str, example: str, **schema: str) -> dict[str, Any]:
    content = {kind: {"schema": {"type": "string", **schema}, "example": example}}
    return {"requestBody": {"required": True, "content": content}}


def reader(request: Request) -> Callable[[BinaryIO], Iterator[Read]]:
    """What reads items of the type that a request says it sends."""
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    return csv.read if kind in {"text/csv", "application/csv", "text/tab-separated-values"} else jsonl.read


async def receive(request: Request, into: IO[bytes], most: int) -> None:
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > most:
            raise TooLarge(
                "More than {most} MiB are not taken at once.", mend="Send less at a time.", most=most // 2**20
            )
        into.write(chunk)
    into.seek(0)


@router.post(
    "/items",
    response_model=shapes.Imported,
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
async def import_(request: Request, db: Db, within: InProject, caller: Caller = may("item.import")) -> Any:
    """Bring in items, one JSON object a line: `key`, `media`, `attributes`, `gold`, and the body's own fields.

    Or a table: `text/csv` with a header, where `attributes.NAME` and `gold.STEP` are columns.
    """
    reads = reader(request)
    with SpooledTemporaryFile(IN_MEMORY) as body:
        await receive(request, body, LARGEST_IMPORT)

        def rows() -> Iterator[Read]:
            return reads(body)  # type: ignore[arg-type]

        report = await run_in_threadpool(import_rows, db, within.id, rows(), actor=caller.actor)
    return Json(report.to_json())


@router.get("/items", response_model=shapes.Page)
def list_items(
    db: Db,
    within: InProject,
    cleared: Cleared,
    caller: Caller = may("item.read"),
    state: Annotated[shapes.State | None, Query()] = None,
    step: Annotated[str | None, Query(max_length=100, description="Whose task is meant by the filters.")] = None,
    value: Annotated[str | None, Query(max_length=2000, description="The label in force; a text or JSON.")] = None,
    contains: Annotated[str | None, Query(alias="class", max_length=200, description="A class in the label.")] = None,
    min_confidence: Annotated[float | None, Query(ge=0, le=1)] = None,
    max_confidence: Annotated[float | None, Query(ge=0, le=1)] = None,
    kind: Annotated[shapes.Kind | None, Query(description="Who decided.")] = None,
    judgements: Annotated[int | None, Query(ge=0, lt=2**31, description="On how many answers the label rests.")] = None,
    decided_from: Annotated[AwareDatetime | None, Query(description="The label came then or later.")] = None,
    decided_to: Annotated[AwareDatetime | None, Query(description="The label came before.")] = None,
    finding: Annotated[str | None, Query(max_length=100, description="A kind of finding on the task.")] = None,
    case: Annotated[str | None, Query(max_length=100, description="Why it waits for experts; `any`: it waits.")] = None,
    annotator: Annotated[str | None, Query(max_length=100, description="Who answered, by pseudonym.")] = None,
    said: Annotated[
        str | None,
        Query(
            max_length=2000,
            description="What `annotator` answered; a text or JSON. Without one, what anybody but experts did, of the"
            f" newest {NEWEST:,} labels.",
        ),
    ] = None,
    attribute: Annotated[list[str], Query(max_length=10, description="Such as `language=de`; all must fit.")] = [],  # noqa: B006
    q: Annotated[str | None, Query(max_length=200, description="How the key begins, or a part of the body.")] = None,
    sort: Annotated[Sort, Query(description="`-`: from the other end. All but `key` list what has a label.")] = "key",
    after: Annotated[str | None, Query(max_length=1024, description="The `next` of the page before.")] = None,
    before: Annotated[str | None, Query(max_length=1024, description="The `previous` of the page after.")] = None,
    at: Annotated[float | None, Query(ge=0, le=1, description="Begin at about this share of the list.")] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
) -> Any:
    """Items that fit all filters and that you may read, with where their tasks stand; millions can be scrolled."""
    wanted = Wanted(
        state=state, step=step, value=value, contains=contains, low=min_confidence, high=max_confidence, kind=kind,
        judgements=judgements, since=decided_from, until=decided_to, finding=finding, case=case, annotator=annotator,
        said=said, attributes=attribute, words=q, sort=sort, after=after, before=before, at=at, limit=limit,
    )  # fmt: skip
    return Json(tell_items(db, within, wanted, reader=caller.account.id, cleared=cleared))
