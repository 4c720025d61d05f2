"""The short way for the requests that annotators live on: same address, same rights, same refusals, less machinery.

The framework's general way (middleware, nested routers, dependencies, a hop through its pool of threads) costs more
than taking the answer itself. A route marked `express` is an ordinary route, documented and guarded like any other;
when a request for it is plainly in order (a caller known from a moment ago and allowed, a body that fits) its
function is called directly. Whatever is not goes the general way from the start, which says what is wrong.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar, get_type_hints

from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute
from pydantic import BaseModel, ValidationError
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from quorate.errors import QuorateError
from quorate.server import problems
from quorate.server.bodies import strictly
from quorate.server.guard import Callers, Guard, secret_of

Endpoint = TypeVar("Endpoint", bound=Callable[..., Response])
PARAMETERS = {"body", "db", "caller", "key"}
LONGEST_KEY = 200
THREADS = 4
"""How many short requests a process works on at a time. They wait for the database more than they compute, but threads
that all want the one interpreter lock, and transactions that all want two cores, only slow one another: with four the
slowest hundredth takes about half as long as with sixteen, and more are answered (`bench/loop.py`)."""
_marked: set[Callable[..., Any]] = set()


def express(endpoint: Endpoint) -> Endpoint:
    """Mark the function of a POST route that takes `body`, `db`, `caller` and perhaps `key`, and gives a response."""
    assert inspect.signature(endpoint).parameters.keys() <= PARAMETERS
    _marked.add(endpoint)
    return endpoint


@dataclass(frozen=True, slots=True)
class _Way:
    """A marked route: its function, the shape of its body, its guard, whether it takes an idempotency key."""

    endpoint: Callable[..., Response]
    shape: type[BaseModel]
    guard: Guard
    keyed: bool

    @classmethod
    def of(cls, route: APIRoute) -> _Way:
        parameters = inspect.signature(route.endpoint).parameters
        guard = parameters["caller"].default.dependency
        return cls(route.endpoint, get_type_hints(route.endpoint)["body"], guard, "key" in parameters)

    def call(self, request: Request, body: bytes) -> Callable[[], Response] | None:
        """The function with all that it takes, or None when something is not plainly in order."""
        headers = request.headers
        key = {"key": headers.get("idempotency-key")} if self.keyed else {}
        if headers.get("content-type") != "application/json" or len(key.get("key") or "") > LONGEST_KEY:
            return None
        try:
            secret = secret_of(request)
            callers: Callers = request.app.state.callers
            caller = callers.remembered(secret) if secret else None
            if caller is None or not self.guard.somewhere(caller):
                return None
            shaped = self.shape.model_validate(strictly(body))
        except (QuorateError, ValidationError, ValueError):
            return None
        return partial(self.endpoint, body=shaped, db=request.app.state.db, caller=caller, **key)


class Express:
    """The layer that looks whether a request can go the short way."""

    def __init__(self, app: ASGIApp, ways: Mapping[str, _Way], threads: int) -> None:
        self._app, self._ways = app, ways
        self._pool = ThreadPoolExecutor(threads, "express")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or pass the request on as it came."""
        way = self._ways.get(scope["path"]) if scope["type"] == "http" and scope["method"] == "POST" else None
        if way is None:
            await self._app(scope, receive, send)
            return
        first = await receive()
        whole = first["type"] == "http.request" and not first.get("more_body")
        call = way.call(Request(scope), first.get("body", b"")) if whole else None
        if call is None:
            await self._app(scope, _again(first, receive), send)
            return
        response = await asyncio.get_running_loop().run_in_executor(self._pool, _answer, call, scope["path"])
        await response(scope, receive, send)


def _answer(call: Callable[[], Response], path: str) -> Response:
    try:
        return call()
    except QuorateError as error:
        return problems.refusal(error)
    except Exception as error:
        return problems.failure("POST", path, error)


def _again(first: Message, receive: Receive) -> Receive:
    """What was received, with the first message once more."""
    waiting = [first]

    async def receiving() -> Message:
        return waiting.pop() if waiting else await receive()

    return receiving


def ways(prefix: str, routers: Iterable[APIRouter]) -> dict[str, _Way]:
    """The marked routes by path."""
    routes = (route for router in routers for route in router.routes)
    return {
        prefix + route.path: _Way.of(route)
        for route in routes
        if isinstance(route, APIRoute) and route.endpoint in _marked
    }


def layer(app: FastAPI, inner: ASGIApp) -> Express:
    """The layer for an application that says in its state which ways there are and how many may run at a time."""
    return Express(inner, app.state.ways, min(THREADS, app.state.threads))
