"""Media in, and out to those who may see them: what is kept here, and what lies elsewhere."""

from __future__ import annotations

from dataclasses import replace
from tempfile import SpooledTemporaryFile
from typing import Annotated, Any
from uuid import UUID

from fastapi import Header, Query, Request
from fastapi.concurrency import run_in_threadpool
from starlette.responses import FileResponse, Response, StreamingResponse

from quorate.actions.import_items import media_folder
from quorate.actions.keep_medium import keep_medium
from quorate.actions.tell_feedback import viewer_of
from quorate.errors import InvalidInput, NotFound
from quorate.formats import elsewhere
from quorate.formats.media import local
from quorate.server.bodies import Router
from quorate.server.guard import Caller, Cleared, Db, InProject, may
from quorate.server.routes.items import CHUNK, IN_MEMORY, receive
from quorate.server.shapes import items as shapes
from quorate.settings import settings
from quorate.store import listing
from quorate.store.database import Database

router = Router(prefix="/projects/{project}/media", tags=["items"])
LARGEST_MEDIUM = 256 * 2**20
KEPT = {
    "audio/aac", "audio/flac", "audio/mp4", "audio/mpeg", "audio/ogg", "audio/wav", "audio/webm", "audio/x-wav",
    "image/avif", "image/bmp", "image/gif", "image/jpeg", "image/png", "image/webp",
    "text/plain", "video/mp4", "video/ogg", "video/quicktime", "video/webm",
}  # fmt: skip
"""What is taken, and what a browser may show as what it is, also by itself."""
DRAWN = {"image/svg+xml"}
"""What a page may show as an image, where it runs nothing; by itself it is only ever downloaded."""
SANDBOX = "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'"
BYTES: dict[int | str, dict[str, Any]] = {200: {"content": {"*/*": {"schema": {"type": "string", "format": "binary"}}}}}
Part = Annotated[str | None, Header(alias="Range", max_length=100, description="A part of it, such as `bytes=0-99`.")]
Address = Annotated[
    str, Query(max_length=4000, description="As the item has it.", examples=["https://a.example/1.png"])
]


@router.post(
    "",
    status_code=201,
    response_model=shapes.Medium,
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"*/*": {"schema": {"type": "string", "format": "binary"}, "example": "Tea."}},
        }
    },
)
async def upload(request: Request, within: InProject, caller: Caller = may("item.import")) -> Any:
    """Keep an image, a sound, a film or a text; items point to it by the URL that comes back."""
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind not in KEPT:
        raise InvalidInput(
            "Media of type '{kind}' are not taken.",
            where="Content-Type",
            mend="There are: {known}.",
            kind=kind,
            known=sorted(KEPT),
        )
    with SpooledTemporaryFile(IN_MEMORY) as body:
        await receive(request, body, LARGEST_MEDIUM)
        digest = await run_in_threadpool(keep_medium, iter(lambda: body.read(CHUNK), b""), media_folder())
    return {"url": f"media:{digest}", "type": kind}


@router.get("/elsewhere", response_class=Response, responses=BYTES)
def far_medium(
    url: Address, db: Db, within: InProject, cleared: Cleared, caller: Caller = may("media.read"), part: Part = None
) -> StreamingResponse:
    """A medium that lies on another server, fetched by this one, for who may see its item."""
    _, kind = _found(db, within.id, caller, cleared, {"url": url})
    found = elsewhere.fetch(url, part, trusted=settings().media_from.split(","), most=LARGEST_MEDIUM)
    # The item's own word comes first, as it was looked at; over there they may say something else tomorrow.
    plain = kind in {"", "application/octet-stream"}
    headers = _headers(found.type if plain else kind) | dict(found.headers)
    return StreamingResponse(found.chunks, found.status, headers)


@router.get("/{digest}", response_class=FileResponse, responses=BYTES)
def medium(
    digest: str, db: Db, within: InProject, cleared: Cleared, caller: Caller = may("media.read")
) -> FileResponse:
    """A medium, for who holds a lease on its item, is told how right they were on it, or may read the item."""
    url, kind = _found(db, within.id, caller, cleared, {"sha256": digest})
    path = local(url, media_folder())
    if path is None or not path.is_file():
        raise NotFound("The file of this medium is not there.", where="digest", mend="Import its item again.")
    return FileResponse(path, headers=_headers(kind))


def _found(
    db: Database, project: UUID, caller: Caller, cleared: list[str] | None, medium: dict[str, str]
) -> tuple[str, str]:  # fmt: skip
    """The URL and the type of a medium that the caller may see."""
    viewer = replace(viewer_of(db, caller.account.id, project), reads=caller.may("item.read", project))
    with db.work() as connection:
        found = listing.medium(connection, project, medium, viewer, cleared)
    if found is None:
        raise NotFound("There is no such medium, or you hold no task that shows it.", where=next(iter(medium)))
    return found


def _headers(kind: str) -> dict[str, str]:
    """What lets a page show it, and nothing run in it."""
    return {
        "Content-Type": kind if kind in KEPT | DRAWN else "application/octet-stream",
        "Content-Security-Policy": SANDBOX,
        "Cache-Control": "private, max-age=3600",
        "Content-Disposition": "inline" if kind in KEPT else "attachment",
    }
