"""Alerts: the rules with how each stands, what happened, and the channels that they are told by."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Path, Query
from starlette.responses import Response

from quorate.actions.keep_channel import keep_channel, remove_channel, tell_channels, try_channel
from quorate.actions.tell_alerts import tell_alert_history, tell_alerts
from quorate.server.bodies import Router
from quorate.server.guard import Caller, Db, InProject, may
from quorate.server.json import Json
from quorate.server.shapes import alerts as shapes

router = Router(tags=["alerts"])
Name = Annotated[str, Path(max_length=64)]


@router.get("/projects/{project}/alerts", response_model=shapes.Alerts)
def list_alerts(db: Db, within: InProject, caller: Caller = may("alert.read")) -> Any:
    """The alert rules of the policy in force with how each stands, the newest messages, the channels."""
    return Json(tell_alerts(db, within))


@router.get("/projects/{project}/alerts/events", response_model=shapes.AlertHistory)
def list_events(
    db: Db,
    within: InProject,
    caller: Caller = may("alert.read"),
    before: Annotated[int | None, Query(ge=1, le=2**62, description="The `next` of the page before.")] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
) -> Any:
    """What fired and recovered, newest first."""
    return Json(tell_alert_history(db, within, before=before, limit=limit))


@router.put("/projects/{project}/channels/{name}", response_model=shapes.KeptChannel)
def keep(name: Name, body: shapes.Address, db: Db, within: InProject, caller: Caller = may("channel.manage")) -> Any:
    """Write a channel of the project. Its address is not shown again, nor is a webhook's secret."""
    return Json(keep_channel(db, caller.actor, within, name, body.url))


@router.post("/projects/{project}/channels/{name}/try", status_code=204, response_class=Response)
def attempt(name: Name, db: Db, within: InProject, caller: Caller = may("channel.manage")) -> None:
    """Send a message that says that it is a try; fails with the reason when it is not taken."""
    try_channel(db, caller.actor, within, name)


@router.delete("/projects/{project}/channels/{name}", status_code=204, response_class=Response)
def remove(name: Name, db: Db, within: InProject, caller: Caller = may("channel.manage")) -> None:
    """Forget a channel of the project; what waits for it is dropped."""
    remove_channel(db, caller.actor, within, name)


@router.get("/channels", response_model=list[shapes.Channel])
def list_shared(db: Db, caller: Caller = may("account.manage")) -> Any:
    """The channels that every project of the workspace can name."""
    return Json(tell_channels(db, caller.account.workspace_id, None))


@router.put("/channels/{name}", response_model=shapes.KeptChannel)
def keep_shared(name: Name, body: shapes.Address, db: Db, caller: Caller = may("account.manage")) -> Any:
    """Write a channel of the workspace."""
    return Json(keep_channel(db, caller.actor, None, name, body.url))


@router.delete("/channels/{name}", status_code=204, response_class=Response)
def remove_shared(name: Name, db: Db, caller: Caller = may("account.manage")) -> None:
    """Forget a channel of the workspace."""
    remove_channel(db, caller.actor, None, name)
