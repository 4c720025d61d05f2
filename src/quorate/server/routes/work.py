"""Claim, answer, skip, give back: the routes that annotators live on."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from starlette.responses import Response

from quorate.actions.claim_task import claim_tasks, held_tasks
from quorate.actions.end_lease import extend_lease, release_task, skip_task
from quorate.actions.flag_item import flag_item
from quorate.actions.revise_annotation import revise_annotation
from quorate.actions.submit_annotation import Submission, submit_annotation
from quorate.errors import NotFound
from quorate.server.bodies import Router
from quorate.server.express import express
from quorate.server.guard import Caller, Db, Key, may
from quorate.server.json import Json
from quorate.server.shapes import work as shapes

router = Router(prefix="/work", tags=["work"])
RIGHT = "work.do"


def _projects(caller: Caller, names: list[str] | None) -> list[UUID]:
    """The named projects in which the caller works; all of them when none is named."""
    mine = caller.where(RIGHT)
    if names is None:
        return mine
    known = {name: caller.projects[name].id for name in names if name in caller.projects}
    missing = [name for name in names if known.get(name) not in mine]
    if missing:
        raise NotFound(
            "You do not work in '{name}'.", where="projects", mend="Ask the project's manager.", name=missing[0]
        )
    return list(known.values())


@router.post("/claim", response_model=shapes.ClaimResponse)
@express
def claim(body: shapes.ClaimRequest, db: Db, caller: Caller = may(RIGHT)) -> Json:
    """Lease the next tasks: never one that you have answered or skipped."""
    found = claim_tasks(db, caller.actor, _projects(caller, body.projects), body.count)
    return Json({"tasks": [shapes.task(one) for one in found]})


@router.get("/held", response_model=shapes.ClaimResponse)
def held(db: Db, caller: Caller = may(RIGHT)) -> Any:
    """The tasks that you hold now."""
    found = held_tasks(db, caller.actor, caller.where(RIGHT))
    return Json({"tasks": [shapes.task(one) for one in found]})


@router.post("/submit", response_model=shapes.SubmitResponse)
@express
def submit(body: shapes.SubmitRequest, db: Db, caller: Caller = may(RIGHT), key: Key = None) -> Json:
    """Answer a task. With an `Idempotency-Key`, a repeat is harmless and gets the first answer."""
    submission = Submission(body.assignment, body.value, body.seconds, body.confidence, body.comment, key)
    done = submit_annotation(db, caller.actor, submission, then_claim=body.claim)
    return Json(
        {
            "annotation": done.annotation,
            "task": done.task,
            "state": done.state,
            "repeated": done.repeated,
            "tasks": [shapes.task(one) for one in done.next],
        }
    )


@router.post("/skip", status_code=204, response_class=Response)
def skip(body: shapes.SkipRequest, db: Db, caller: Caller = may(RIGHT)) -> None:
    """Pass on a task and say why; it is not offered to you again. A repeat changes nothing."""
    skip_task(db, caller.actor, body.assignment, body.reason)


@router.post("/flag", status_code=204, response_class=Response)
def flag(body: shapes.FlagRequest, db: Db, caller: Caller = may(RIGHT)) -> None:
    """Say that something is wrong with a task that you hold, and go on holding it."""
    flag_item(db, caller.actor, body.assignment, body.reason)


@router.post("/release", status_code=204, response_class=Response)
def release(body: shapes.ReleaseRequest, db: Db, caller: Caller = may(RIGHT)) -> None:
    """Give a task back unanswered. A repeat changes nothing."""
    release_task(db, caller.actor, body.assignment)


@router.post("/extend", response_model=shapes.ExtendResponse)
def extend(body: shapes.ExtendRequest, db: Db, caller: Caller = may(RIGHT)) -> Any:
    """Hold tasks for another full lease from now."""
    (project,) = _projects(caller, [body.project])
    return {"expires_at": extend_lease(db, caller.actor, body.assignments, project)}


@router.post("/revise", response_model=shapes.SubmitResponse)
def revise(body: shapes.ReviseRequest, db: Db, caller: Caller = may(RIGHT), key: Key = None) -> Any:
    """Replace your own answer while the task is not decided. The old one is kept, and counts no more.

    With an `Idempotency-Key`, a repeat is harmless and gets the first answer.
    """
    done = revise_annotation(
        db, caller.actor, body.annotation, body.value, seconds=body.seconds, confidence=body.confidence,
        comment=body.comment, key=key, within=caller.where(RIGHT),
    )  # fmt: skip
    return Json({"annotation": done.annotation, "task": done.task, "state": done.state, "repeated": done.repeated,
                 "tasks": []})  # fmt: skip
