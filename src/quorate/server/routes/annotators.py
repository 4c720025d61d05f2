"""Annotators: how they work, and what is done about it; the notices that they get."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import Path
from starlette.responses import Response

from quorate.actions.bar_annotator import (
    Bar,
    Barred,
    acknowledge_notice,
    bar_annotator,
    message_annotator,
    readmit_annotator,
)
from quorate.actions.grant_retake import grant_retake
from quorate.actions.tell_annotators import annotator_called, tell_annotator, tell_annotators
from quorate.server.bodies import Router
from quorate.server.guard import Caller, Db, InProject, may
from quorate.server.json import Json
from quorate.server.shapes import annotators as shapes
from quorate.store import notices
from quorate.store.projects import Project

router = Router(tags=["annotators"])
ALL = "/projects/{project}/annotators"
Called = Annotated[str, Path(max_length=100, description="Their pseudonym.")]


@router.get(ALL, response_model=list[shapes.Annotator])
def list_annotators(db: Db, within: InProject, caller: Caller = may("annotator.read")) -> Any:
    """Everyone who works or may work here: skill, speed, agreement, findings, share of the work, cost."""
    return Json(tell_annotators(db, within, names=caller.may("identity.read", within.id)))


@router.get(ALL + "/{annotator}", response_model=shapes.AnnotatorPage)
def show(annotator: Called, db: Db, within: InProject, caller: Caller = may("annotator.read")) -> Any:
    """One annotator: what they confuse, how it went over time, what was noticed, what they were told."""
    account = annotator_called(db, within, annotator)
    return Json(tell_annotator(db, within, account, names=caller.may("identity.read", within.id)))


def _bar(
    db: Db, caller: Caller, within: Project, called: str, bar: Bar, reason: str, *, discount: bool = False
) -> Json:
    account = annotator_called(db, within, called)
    return _stands(bar, bar_annotator(db, caller.actor, within, account, bar, reason, discount=discount))


def _stands(status: str, done: Barred) -> Json:
    return Json({"status": status, "tasks": done.tasks, "pending": done.pending})


@router.post(ALL + "/{annotator}/pause", response_model=shapes.Stands)
def pause(
    annotator: Called, body: shapes.Because, db: Db, within: InProject, caller: Caller = may("annotator.manage")
) -> Any:
    """Lease nothing to them until they are resumed."""
    return _bar(db, caller, within, annotator, "paused", body.reason)


@router.post(ALL + "/{annotator}/block", response_model=shapes.Stands)
def block(
    annotator: Called, body: shapes.Block, db: Db, within: InProject, caller: Caller = may("annotator.manage")
) -> Any:
    """Lease nothing to them any more; with `discount` ask again what their answers had a part in."""
    return _bar(db, caller, within, annotator, "blocked", body.reason, discount=body.discount)


@router.post(ALL + "/{annotator}/retrain", response_model=shapes.Stands)
def retrain(
    annotator: Called, body: shapes.Because, db: Db, within: InProject, caller: Caller = may("annotator.manage")
) -> Any:
    """Send them something to read; they get work again when they have acknowledged it."""
    return _bar(db, caller, within, annotator, "retrain", body.reason)


@router.post(ALL + "/{annotator}/resume", response_model=shapes.Stands)
def resume(
    annotator: Called, body: shapes.Because, db: Db, within: InProject, caller: Caller = may("annotator.manage")
) -> Any:
    """Let them work again, paused or blocked; answers that were discounted count again."""
    account = annotator_called(db, within, annotator)
    return _stands("active", readmit_annotator(db, caller.actor, within, account, body.reason))


@router.post(ALL + "/{annotator}/retakes", status_code=204, response_class=Response)
def retake(
    annotator: Called, body: shapes.Retake, db: Db, within: InProject, caller: Caller = may("annotator.manage")
) -> None:
    """Let them sit an exam once more than it allows, and at once."""
    account = annotator_called(db, within, annotator)
    grant_retake(db, caller.actor, within, account, body.exam, body.reason)


@router.post(ALL + "/{annotator}/messages", status_code=204, response_class=Response)
def message(
    annotator: Called, body: shapes.Message, db: Db, within: InProject, caller: Caller = may("annotator.manage")
) -> None:
    """Tell them something."""
    message_annotator(db, caller.actor, within, annotator_called(db, within, annotator), body.text)


@router.get("/notices", response_model=list[shapes.Notice])
def list_notices(db: Db, caller: Caller = may("self.read")) -> Any:
    """What you were told and have not acknowledged, oldest first."""
    with db.work() as connection:
        return Json(notices.unread(connection, caller.account.id))


@router.post("/notices/{notice}/acknowledge", status_code=204, response_class=Response)
def acknowledge(notice: UUID, db: Db, caller: Caller = may("self.read")) -> None:
    """Say that you have read a notice."""
    acknowledge_notice(db, caller.actor, notice)
