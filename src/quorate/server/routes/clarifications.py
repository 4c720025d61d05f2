"""What the guideline should say: asked by the watch or by people, answered by its steward."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import Query
from starlette.responses import Response

from quorate.actions.clarify import answer_clarification, ask_clarification, decline_clarification, tell_clarifications
from quorate.server.bodies import Router
from quorate.server.guard import Caller, Cleared, Db, InProject, may
from quorate.server.json import Json
from quorate.server.shapes import clarifications as shapes

router = Router(tags=["specs"])
ALL = "/projects/{project}/clarifications"


@router.get(ALL, response_model=list[shapes.Clarification])
def list_clarifications(
    db: Db,
    within: InProject,
    cleared: Cleared,
    caller: Caller = may("clarification.read"),
    state: shapes.ClarificationState | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Any:
    """What the steward is asked to say more clearly, open requests first, with items on which people split."""
    names = caller.may("identity.read", within.id)
    return Json(tell_clarifications(db, within, state=state, limit=limit, names=names, cleared=cleared))


@router.post(ALL, response_model=shapes.ClarificationAsked, status_code=201)
def ask(body: shapes.ClarificationWanted, db: Db, within: InProject, caller: Caller = may("clarification.ask")) -> Any:
    """Ask what the guideline should say."""
    id = ask_clarification(db, caller.actor, within, body.step, body.labels, body.question)
    return Json({"id": id}, status_code=201)


@router.post(ALL + "/{clarification}/answer", response_model=shapes.ClarificationAnswered)
def answer(
    clarification: UUID,
    body: shapes.ClarificationAnswer,
    db: Db,
    within: InProject,
    caller: Caller = may("clarification.answer"),
) -> Any:
    """Answer with a clause: the guideline gets it, in a new version, and the request is closed."""
    version = answer_clarification(db, caller.actor, within, clarification, body.clause, body.title, body.text)
    return Json({"version": version})


@router.post(ALL + "/{clarification}/decline", status_code=204, response_class=Response)
def decline(
    clarification: UUID,
    body: shapes.ClarificationDeclined,
    db: Db,
    within: InProject,
    caller: Caller = may("clarification.answer"),
) -> None:
    """Leave the guideline as it is, and say why."""
    decline_clarification(db, caller.actor, within, clarification, body.reason)
