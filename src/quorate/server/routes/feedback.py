"""One's own work: how much it was, what it earned, and how right it was where somebody knows."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query

from quorate.actions.tell_feedback import Wanted, place_of, tell_feedback
from quorate.actions.tell_today import tell_today
from quorate.errors import InvalidInput
from quorate.server.bodies import Router
from quorate.server.guard import Caller, Db, may
from quorate.server.json import Json
from quorate.server.shapes import feedback as shapes
from quorate.server.shapes import today as today_shapes

router = Router(prefix="/work", tags=["work"])
Cursor = Annotated[str | None, Query(pattern=r"^[0-9]{1,16}-[0-9a-f]{32}$", description="From an earlier answer.")]


@router.get("/feedback", response_model=shapes.Feedback)
def feedback(
    db: Db,
    caller: Caller = may("feedback.read"),
    after: Cursor = None,
    before: Cursor = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> Any:
    """What was expected where your answers were compared, as far as each project tells; of the last 60 days."""
    if after and before:
        raise InvalidInput("Ask for what comes after a place, or before one.", where="before", mend="Leave one out.")
    wanted = Wanted(limit, place_of(after) if after else None, place_of(before) if before else None)
    return Json(tell_feedback(db, caller.actor, caller.where("feedback.read"), wanted))


@router.get("/today", response_model=today_shapes.Today)
def today(
    db: Db,
    caller: Caller = may("feedback.read"),
    zone: Annotated[str, Query(pattern=r"^[A-Za-z0-9_+/-]{1,64}$", description="An IANA time zone.")] = "UTC",
) -> Any:
    """How much you have answered and earned today and in all, and your accuracy where the project tells it."""
    return Json(tell_today(db, caller.actor, caller.where("feedback.read"), zone))
