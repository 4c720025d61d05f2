"""What came of the work: status, labels, their stories, exports, the ledger."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path
from tempfile import mkdtemp
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Query
from starlette.background import BackgroundTask
from starlette.responses import FileResponse

from quorate.actions.export_labels import Only, export_labels
from quorate.actions.refit_skills import enqueue_refit
from quorate.actions.rules import rules_of
from quorate.actions.seal_ledger import seal_ledger
from quorate.actions.tell_skills import tell_skills
from quorate.actions.tell_status import tell_status
from quorate.actions.tell_story import tell_story
from quorate.actions.verify_ledger import verify_ledger
from quorate.errors import Conflict
from quorate.server.bodies import Router
from quorate.server.guard import Caller, Cleared, Db, InProject, may
from quorate.server.json import Json
from quorate.server.shapes import labels as shapes
from quorate.server.shapes.items import State
from quorate.store import labels, listing, progress

router = Router(tags=["labels"])
Format = Literal["jsonl", "csv", "parquet", "conll", "coco.json"]


@router.get("/projects/{project}/status", response_model=shapes.Status)
def status(db: Db, within: InProject, caller: Caller = may("status.read")) -> Any:
    """Progress, judgements per item, agreement, estimated accuracy, certificate, cost, queues."""
    return Json(tell_status(db, within))


@router.get("/projects/{project}/progress", response_model=shapes.Progress)
def progress_(db: Db, within: InProject, caller: Caller = may("status.read")) -> Any:
    """Where the work stands at this moment: cheap enough to ask every second."""
    with db.work() as connection:
        now = progress.of_project(connection, within.id)
    return Json({**now, "price": rules_of(db, within.id).policy.pay.most})


@router.get("/projects/{project}/labels", response_model=shapes.Labels)
def list_labels(
    db: Db,
    within: InProject,
    caller: Caller = may("label.read"),
    since: Annotated[UUID | None, Query(description="The `next` of the page before.")] = None,
    limit: Annotated[int, Query(ge=1, le=5000)] = 1000,
) -> Any:
    """Decisions in force, in the order in which they were made; ask again with `since` for the new ones."""
    with db.work() as connection:
        return Json(labels.in_force(connection, within.id, since=since, limit=limit))


@router.get("/projects/{project}/items/{item:path}/why", response_model=shapes.Story)
def why(
    item: str, db: Db, within: InProject, cleared: Cleared, caller: Caller = may("label.explain")
) -> Any:  # fmt: skip
    """The whole story of an item's labels; to an expert who is to judge it blind, not before they have."""
    with db.work() as connection:
        if listing.judged_blind(connection, within.id, item, caller.account.id):
            raise Conflict("You are to judge this item without knowing what was said.", mend="Adjudicate it first.")
    return Json(tell_story(db, within, item, names=caller.may("identity.read", within.id), cleared=cleared))


@router.get("/projects/{project}/skills", response_model=list[shapes.Skilled])
def list_skills(db: Db, within: InProject, caller: Caller = may("status.read")) -> Any:
    """What is believed about each annotator on each step."""
    return Json(tell_skills(db, within, names=caller.may("identity.read", within.id)))


@router.post("/projects/{project}/refit", status_code=202, response_model=shapes.Enqueued)
def refit(db: Db, within: InProject, caller: Caller = may("skill.refit")) -> Any:
    """Have all skills re-estimated, by the worker, soon."""
    with db.work() as connection:
        steps = rules_of(db, within.id).steps
        return {"enqueued": sum(enqueue_refit(connection, step) for step in steps)}


@router.get(
    "/projects/{project}/export",
    response_class=FileResponse,
    responses={200: {"content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}}}},
)
def export(
    db: Db,
    within: InProject,
    cleared: Cleared,
    caller: Caller = may("label.export"),
    to: Annotated[Format, Query(alias="format")] = "jsonl",
    annotations: bool = False,
    at: datetime | None = None,
    step: Annotated[str | None, Query(max_length=100, description="Of this step alone.")] = None,
    state: Annotated[State | None, Query()] = None,
    min_confidence: Annotated[float | None, Query(ge=0, le=1)] = None,
) -> Any:
    """The labels as a file, with its datasheet and proof, in one ZIP archive; all, or only those that fit."""
    only = Only(step, state, min_confidence)
    folder = Path(mkdtemp(prefix="quorate-export-"))
    inside = folder / within.name
    inside.mkdir()
    try:
        export_labels(
            db, within, inside / f"{within.name}.{to}", actor=caller.actor, annotations=annotations, at=at, only=only,
            cleared=cleared,
        )  # fmt: skip
        archive = shutil.make_archive(str(folder / "export"), "zip", inside)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return FileResponse(
        archive,
        media_type="application/zip",
        filename=f"{within.name}.zip",
        background=BackgroundTask(shutil.rmtree, folder, ignore_errors=True),
    )


@router.post("/projects/{project}/ledger/verify", response_model=shapes.Verified)
def verify(db: Db, within: InProject, caller: Caller = may("ledger.read")) -> Any:
    """Seal what can be sealed, recompute every hash, and name the first thing that does not fit."""
    seal_ledger(db)
    return Json(verify_ledger(db, within.workspace_id).to_json())
