"""When people work: one's own hours; of a project, who is on duty."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from quorate.actions.keep_hours import keep_hours, remove_hours, tell_hours
from quorate.actions.tell_duty import tell_duty
from quorate.people.hours import Hours
from quorate.server.bodies import Router
from quorate.server.guard import Caller, Db, InProject, may
from quorate.server.json import Json
from quorate.server.shapes import duty as shapes

router = Router(tags=["duty"])


@router.get("/me/hours", response_model=shapes.KeptHours)
def my_hours(db: Db, caller: Caller = may("self.read")) -> Any:
    """When you work."""
    return Json({"hours": tell_hours(db, caller.account.id)})


@router.put("/me/hours", status_code=204, response_class=Response)
def say_hours(body: shapes.HoursSaid, db: Db, caller: Caller = may("self.manage")) -> None:
    """Say when you work; the cases that are your turn follow within a minute."""
    said = Hours.read(body.model_dump(mode="json", by_alias=True))
    keep_hours(db, caller.actor, caller.account.id, said)


@router.delete("/me/hours", status_code=204, response_class=Response)
def forget_hours(db: Db, caller: Caller = may("self.manage")) -> None:
    """Say nothing of it any more; you count as always there."""
    remove_hours(db, caller.actor, caller.account.id)


@router.get("/projects/{project}/duty", response_model=shapes.Duty)
def show(db: Db, within: InProject, caller: Caller = may("duty.read")) -> Any:
    """Who works when, who is on duty now, and whose turn how many cases are."""
    names = caller.may("identity.read", within.id)
    return Json(tell_duty(db, within, names=names, reader=caller.account.id))
