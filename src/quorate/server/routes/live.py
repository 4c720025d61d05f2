"""Live hints as server-sent events: what to ask for again."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Annotated, Any
from uuid import UUID

from fastapi import Header, Request
from fastapi.concurrency import run_in_threadpool
from starlette.responses import Response, StreamingResponse

from quorate.server.bodies import Router
from quorate.server.guard import Caller, Callers, InProject, may, secret_of
from quorate.server.json import Json
from quorate.server.live import TOPICS, Listener, Live
from quorate.server.shapes import live as shapes

router = Router(tags=["live"])
STREAM = "text/event-stream"
LAST = Annotated[str | None, Header(alias="Last-Event-ID", max_length=30, description="Tell what came after this one.")]
SHOWN = 'id: 17\nevent: feedback\ndata: {"project": "reviews", "times": 1}\n\n'
ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {"content": {STREAM: {"schema": {"type": "string"}, "example": SHOWN}}}
}

Topic = Callable[[UUID, str], str | None]
Where = Callable[[Caller], dict[UUID, str]]


@router.get("/work/live", response_model=shapes.LivePlace, responses=ANSWERS)
async def work(request: Request, caller: Caller = may("work.watch"), last: LAST = None) -> Any:
    """When to ask again for tasks, guide, feedback or cases. Without `Accept: text/event-stream`: where it is now."""
    judging = frozenset(caller.where("case.judge"))

    def topic(project: UUID, verb: str) -> str | None:
        told = TOPICS.get(verb)
        return None if told == "cases" and project not in judging else told

    return await _answer(request, caller, last, topic, lambda now: _named(now, now.where("work.watch")))


@router.get("/projects/{project}/live", response_model=shapes.LivePlace, responses=ANSWERS)
async def watch(request: Request, within: InProject, caller: Caller = may("project.watch"), last: LAST = None) -> Any:
    """What happens in a project, by the ledger's verbs. Without `Accept: text/event-stream`: where it is now."""

    def where(now: Caller) -> dict[UUID, str]:
        return {within.id: within.name} if now.may("project.watch", within.id) else {}

    return await _answer(request, caller, last, lambda _, verb: verb, where)


async def _answer(request: Request, caller: Caller, last: str | None, topic: Topic, where: Where) -> Response:
    live: Live = request.app.state.live
    place = await live.newest()
    if STREAM not in request.headers.get("accept", ""):
        return Json({"id": place})
    live.room(caller.account.id)
    listener = Listener(caller.account.id, where(caller), topic, place)
    after = int(last) if last is not None and last.isascii() and last.isdigit() else None
    stream = live.stream(listener, after, lambda: _still(request, listener, where))
    return StreamingResponse(stream, media_type=STREAM, headers={"X-Accel-Buffering": "no"})


async def _still(request: Request, listener: Listener, where: Where) -> AsyncIterator[bool]:
    """Whether they may still listen, asked anew each time; their projects may be others by then."""
    callers: Callers = request.app.state.callers
    secret = secret_of(request)
    assert secret is not None
    while True:
        caller = callers.remembered(secret) or await run_in_threadpool(callers.look_up, secret)
        listener.projects = where(caller) if caller else {}
        yield bool(listener.projects)


def _named(caller: Caller, projects: list[UUID]) -> dict[UUID, str]:
    return {project.id: project.name for project in caller.projects.values() if project.id in set(projects)}
