"""The OpenAPI document: what FastAPI derives, with who may call what and every type of problem."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute

from quorate import __version__
from quorate.people.roles import RIGHTS, Anyone
from quorate.server import problems
from quorate.server.guard import COOKIE, Guard
from quorate.server.routes import every

SCHEMES = {
    "token": {"type": "http", "scheme": "bearer", "description": "A token of an account, limited to its scopes."},
    "session": {"type": "apiKey", "in": "cookie", "name": COOKIE, "description": "What `POST /session` sets."},
}
DESCRIPTION = """Label data with crowd, experts and models.

Times are UTC, ids are UUIDv7. Lists go on from their `next`. What is refused is answered as
`application/problem+json`; its `type` is one of:

| type | status | meaning |
|---|---|---|
"""


def operation(route: APIRoute) -> str:
    """The unique id of an operation: its noun and its verb."""
    return f"{route.tags[0]}_{route.name}".rstrip("_").replace(" ", "_")


def rights(dependant: Dependant) -> list[str]:
    """The rights that guard a route."""
    own = [dependant.call.right] if isinstance(dependant.call, Guard) else []
    return own + [right for inner in dependant.dependencies for right in rights(inner)]


def install(app: FastAPI) -> None:
    """Have the application answer with this document."""
    app.openapi = cache(lambda: _document(app))  # type: ignore[method-assign]


def _document(app: FastAPI) -> dict[str, Any]:
    rows = "\n".join(f"| `{type}` | {status} | {meaning} |" for type, status, meaning in problems.TYPES)
    document = get_openapi(
        title=app.title, version=__version__, summary=app.summary, description=DESCRIPTION + rows, routes=app.routes
    )
    document["components"]["securitySchemes"] = SCHEMES
    guards = {operation(route): rights(route.dependant) for router in every() for route in _routes(router)}
    for path, methods in document["paths"].items():
        for told in methods.values():
            told["parameters"] = _places(path, told.get("parameters", []))
            right = guards[told["operationId"]][0]
            told["x-right"] = right
            for status in problems.RESPONSES:
                told["responses"][status]["content"].pop("application/json", None)
            told["security"] = [] if RIGHTS[right] is Anyone.PUBLIC else [{name: []} for name in SCHEMES]
    return document


def _places(path: str, told: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The parameters with those of the path that only the guard reads."""
    known = {one["name"] for one in told if one["in"] == "path"}
    missing = [name for name in re.findall(r"{(\w+)}", path) if name not in known]
    return [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in missing] + told


def _routes(router: Any) -> list[APIRoute]:
    return [route for route in router.routes if isinstance(route, APIRoute)]
