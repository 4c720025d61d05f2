"""The experts' queue: claim a case, see it (blind, if it is an audit), adjudicate."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from quorate.actions.adjudicate_task import Verdict, adjudicate_task, claim_cases
from quorate.actions.show_case import show_case
from quorate.errors import NotFound
from quorate.server.bodies import Router
from quorate.server.guard import Caller, Db, InProject, may
from quorate.server.json import Json
from quorate.server.shapes import cases as shapes
from quorate.store import cases

router = Router(tags=["cases"])


@router.post("/cases/claim", response_model=shapes.ClaimedCases)
def claim(body: shapes.ClaimCases, db: Db, caller: Caller = may("case.judge")) -> Any:
    """Lease the most urgent cases: never one whose task you have answered."""
    mine = caller.where("case.judge")
    if body.projects is not None:
        named = [caller.projects[name].id for name in body.projects if name in caller.projects]
        if len(named) < len(body.projects) or not set(named) <= set(mine):
            raise NotFound("You judge in none or only some of these projects.", where="projects")
        mine = named
    found = claim_cases(db, caller.actor, mine, body.count)
    return Json({"cases": [show_case(db, caller.actor, lease) for lease, _ in found]})


@router.get("/cases/{assignment}", response_model=shapes.Case)
def show(assignment: UUID, db: Db, caller: Caller = may("case.judge")) -> Any:
    """A case that you hold."""
    return Json(show_case(db, caller.actor, assignment))


@router.post("/cases/adjudicate", response_model=shapes.Adjudicated)
def adjudicate(body: shapes.Adjudication, db: Db, caller: Caller = may("case.judge")) -> Any:
    """Your answer to a case, with its reasons."""
    verdict = Verdict(**body.model_dump())
    done = adjudicate_task(db, caller.actor, verdict)
    return Json({"annotation": done.annotation, "task": done.task, "state": done.state, "agrees": done.agrees})


@router.get("/projects/{project}/cases", response_model=list[shapes.Queued])
def queue(db: Db, within: InProject, caller: Caller = may("case.read"), limit: shapes.Limit = 100) -> Any:
    """What waits for experts, most urgent first; what is to be judged blind, only to those who oversee."""
    with db.work() as connection:
        return Json(cases.queue(connection, within.id, limit, blind=caller.may("case.oversee", within.id)))
