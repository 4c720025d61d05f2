"""Metrics: of a project as points over time, and of everything for Prometheus."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import Query
from starlette.responses import Response

from quorate.actions.tell_metrics import tell_metrics
from quorate.server.bodies import Router
from quorate.server.guard import Caller, Db, InProject, may
from quorate.server.json import Json
from quorate.server.scrape import CONTENT_TYPE, scrape
from quorate.server.shapes import metrics as shapes
from quorate.watch.metrics import By, Every

router = Router(tags=["metrics"])


@router.get("/projects/{project}/metrics", response_model=shapes.MetricPoints)
def list_points(
    db: Db,
    within: InProject,
    caller: Caller = may("metric.read"),
    name: Annotated[list[str], Query(description="Metrics; all when left out.")] = [],  # noqa: B006
    by: Annotated[list[By], Query(description="What to tell apart.")] = [],  # noqa: B006
    since: Annotated[datetime | None, Query(alias="from", description="The first moment.")] = None,
    to: Annotated[datetime | None, Query(description="The moment before which it ends; now when left out.")] = None,
    every: Annotated[Every, Query(description="How long the stretches are.")] = "hour",
    after: Annotated[str | None, Query(max_length=1000, description="The `next` of the page before.")] = None,
    limit: Annotated[int, Query(ge=1, le=5000)] = 500,
) -> Any:
    """Metrics over time, by step, class and person; a stretch in which nothing was measured has no point.

    `limit` is of the sums that are read, and several metrics may follow from one.
    """
    told = tell_metrics(
        db, within, name, by=by, since=since, until=to, every=every, after=after, limit=limit,
        people=caller.may("identity.read", within.id),
    )  # fmt: skip
    return Json(told)


@router.get("/metrics", response_class=Response, responses={200: {"content": {"text/plain": {}}}})
def prometheus(db: Db, caller: Caller = may("metrics.read")) -> Response:
    """All projects of your workspace for Prometheus, which finds it at `/metrics`, too."""
    return Response(scrape(db, caller.account.workspace_id), media_type=CONTENT_TYPE)
