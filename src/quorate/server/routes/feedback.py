"""One's own work: how much it was, what it earned, and how right it was where somebody knows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query

from quorate.actions.tell_feedback import Place, Wanted, tell_feedback
from quorate.actions.tell_today import tell_today
from quorate.errors import InvalidInput
from quorate.server.bodies import Router
from quorate.server.guard import Caller, Db, may
from quorate.server.json import Json
from quorate.server.shapes import feedback as shapes
from quorate.server.shapes import today as today_shapes

router = Router(prefix="/work", tags=["work"])
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
Cursor = Annotated[str | None, Query(pattern=r"^[0-9]{1,16}-[0-9a-f]{32}$", description="From an earlier answer.")]


def _place(cursor: str | None) -> Place | None:
    if cursor is None:
        return None
    time, _, id = cursor.partition("-")
    return EPOCH + timedelta(microseconds=int(time)), UUID(id)


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
    wanted = Wanted(limit, _place(after), _place(before))
    return Json(tell_feedback(db, caller.actor, caller.where("feedback.read"), wanted))


@router.get("/today", response_model=today_shapes.Today)
def today(
    db: Db,
    caller: Caller = may("feedback.read"),
    zone: Annotated[str, Query(pattern=r"^[A-Za-z0-9_+/-]{1,64}$", description="An IANA time zone.")] = "UTC",
) -> Any:
    """How much you have answered and earned today and in all, and your accuracy where the project tells it."""
    return Json(tell_today(db, caller.actor, caller.where("feedback.read"), zone))
