"""The experts' queue: claim a case, see it (blind, if it is an audit), adjudicate."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query

from quorate import clock
from quorate.actions.adjudicate_task import Verdict, adjudicate_task, claim_cases
from quorate.actions.naming import naming
from quorate.actions.show_case import WORDS, held_cases, precedents, reveal_case, show_case
from quorate.errors import NotFound
from quorate.flow.excerpt import excerpt
from quorate.server.bodies import Router
from quorate.server.guard import Caller, Cleared, Db, InProject, Key, may
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


@router.get("/cases/held", response_model=shapes.ClaimedCases)
def held(db: Db, caller: Caller = may("case.judge")) -> Any:
    """The cases that you hold now, oldest first. `POST /work/release` gives one back, `/work/skip` passes it on."""
    return Json({"cases": held_cases(db, caller.actor, caller.where("case.judge"))})


@router.get("/cases/{assignment}", response_model=shapes.Case)
def show(assignment: UUID, db: Db, caller: Caller = may("case.judge")) -> Any:
    """A case that you hold."""
    return Json(show_case(db, caller.actor, assignment))


@router.get("/cases/{assignment}/reveal", response_model=shapes.Case)
def reveal(assignment: UUID, db: Db, caller: Caller = may("case.judge")) -> Any:
    """All that is known of a case that you have answered, the blind ones too."""
    return Json(reveal_case(db, caller.actor, assignment))


@router.get("/cases/{assignment}/precedents", response_model=list[shapes.Precedent])
def list_precedents(
    assignment: UUID,
    db: Db,
    caller: Caller = may("case.judge"),
    limit: Annotated[int, Query(ge=1, le=20)] = 5,
) -> Any:
    """Earlier cases that are like this one, by words and attributes; not while you are to judge it blind."""
    return Json(precedents(db, caller.actor, assignment, limit))


@router.post("/cases/adjudicate", response_model=shapes.Adjudicated)
def adjudicate(body: shapes.Adjudication, db: Db, caller: Caller = may("case.judge"), key: Key = None) -> Any:
    """Your answer to a case, with its reasons. With an `Idempotency-Key`, a repeat gets the first answer."""
    return Json(asdict(adjudicate_task(db, caller.actor, Verdict(**body.model_dump(), key=key))))


@router.get("/projects/{project}/cases", response_model=list[shapes.Queued])
def queue(
    db: Db, within: InProject, cleared: Cleared, caller: Caller = may("case.read"), limit: shapes.Limit = 100
) -> Any:
    """What waits for experts, yours first, then most urgent first; what is to be judged blind, only to who oversees."""
    now, me = clock.now(), caller.account.id
    with db.work() as connection:
        oversees = caller.may("case.oversee", within.id)
        rows = cases.queue(connection, within.id, limit, reader=me, blind=oversees, cleared=cleared)
    people = {row[who] for row in rows for who in ("assigned_to", "backup") if row[who]}
    called = naming(db, within.workspace_id, names=caller.may("identity.read", within.id))(people)
    for row in rows:
        row["yours"] = row["assigned_to"] == me
        row["expert"], row["backup"] = called.get(row.pop("assigned_to")), called.get(row["backup"])
        row["overdue"] = row["due_at"] is not None and row["due_at"] < now
        row["excerpt"] = excerpt(row.pop("body"))
        row["words"] = WORDS[row["kind"]]
        row["age_seconds"] = max((now - row["opened_at"]).total_seconds(), 0.0)
    return Json(rows)
