"""A project as a whole: its first page, its plots, its certificate."""

from __future__ import annotations

from typing import Any, Literal

from quorate.actions.tell_forecast import tell_forecast
from quorate.actions.tell_home import tell_certificate, tell_home, tell_series
from quorate.server.bodies import Router
from quorate.server.guard import Caller, Db, InProject, may
from quorate.server.json import Json
from quorate.server.shapes import home as shapes

router = Router(prefix="/projects/{project}", tags=["home"])
Name = Literal["progress", "judgements", "gold_accuracy", "agreement", "confusion", "queue_age", "expert_time", "cost"]


@router.get("/home", response_model=shapes.Home)
def show(db: Db, within: InProject, caller: Caller = may("status.read")) -> Any:
    """Decided, right, spent, done, each with the list that it is made of; and what needs a person now."""
    return Json(tell_home(db, within))


@router.get("/forecast", response_model=shapes.Outlook)
def forecast(db: Db, within: InProject, caller: Caller = may("status.read")) -> Any:
    """When each step will be done and how that stands to the due date; how long cases wait; what is done about it."""
    return Json(tell_forecast(db, within))


@router.get("/series", response_model=shapes.Series)
def series(of: Name, db: Db, within: InProject, by: shapes.By = "day", caller: Caller = may("status.read")) -> Any:
    """The points of a plot."""
    return Json(tell_series(db, within, of, by))


@router.get("/certificate", response_model=shapes.Certificate)
def certificate(db: Db, within: InProject, caller: Caller = may("status.read")) -> Any:
    """How wrong the labels can be, from the blind audits so far, and what would reach the target."""
    return Json(tell_certificate(db, within))
