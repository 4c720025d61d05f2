"""Every refusal as `application/problem+json` (RFC 9457): a stable type, the field at fault, how to mend it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from quorate import logs
from quorate.errors import QuorateError
from quorate.labels.fields import fault_in

MEDIA_TYPE = "application/problem+json"
log = structlog.get_logger()


class Sentences(BaseModel):
    """What `detail` and `mend` say before the facts are put in: these never vary, so they are what is translated."""

    detail: str = Field(examples=["There is no step '{name}'."])
    mend: str | None = Field(None, examples=["There are: {known}."])
    facts: dict[str, str | int | float | list[str] | dict[str, str]] = Field(
        default={}, examples=[{"name": "topik", "known": ["topic", "severity"]}]
    )


class Problem(BaseModel):
    """Why a request was refused."""

    type: str = Field(description="Stable; what programs decide by.", examples=["lease-ended"])
    title: str = Field(examples=["The task had run out of time"])
    status: int = Field(examples=[409])
    detail: str = Field(examples=["The time for this task was over and it was given to somebody else."])
    where: str | None = Field(None, description="The field at fault.", examples=["assignment"])
    mend: str | None = Field(None, description="What to do about it.", examples=["Claim the next task."])
    said: Sentences | None = Field(None, description="For whoever translates it.")


def _response(type: str, title: str, status: int, detail: str, **more: object) -> JSONResponse:
    body: dict[str, Any] = {"type": type, "title": title, "status": status, "detail": detail}
    body |= {name: value for name, value in more.items() if value}
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else None
    return JSONResponse(body, status_code=status, media_type=MEDIA_TYPE, headers=headers)


def refuse_nul() -> JSONResponse:
    """The answer to an address with the character NUL in it, which PostgreSQL cannot keep."""
    return _response("invalid-input", "The input is not valid", 422, "The address has the character NUL.", where="path")


def _known(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, QuorateError)
    return refusal(error)


def refusal(error: QuorateError) -> JSONResponse:
    """The answer that says why a request was refused."""
    return _response(error.type, error.title, error.status, **error.to_json())


def _malformed(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    fault = fault_in(first, "")
    fault.where = ".".join(str(part) for part in first["loc"][1:]) or str(first["loc"][0])
    return refusal(fault)


def _http(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    kinds = {400: "invalid-input", 404: "not-found", 405: "method-not-allowed", 413: "too-large"}
    kind = kinds.get(error.status_code, "error")
    response = _response(kind, str(error.detail), error.status_code, str(error.detail))
    response.headers.update(error.headers or {})
    return response


def _unknown(request: Request, error: Exception) -> JSONResponse:
    return failure(request.method, request.url.path, error)


def failure(method: str, path: str, error: Exception) -> JSONResponse:
    """The answer to a request that failed for no reason of its own; the log has the reason."""
    log.error("request failed", method=method, path=path, exc_info=error)
    return _response("error", "Something went wrong", 500, "The server could not do this; its log says why.")


def install(app: FastAPI) -> None:
    """Answer every error as a problem."""
    logs.configure()
    app.add_exception_handler(QuorateError, _known)
    app.add_exception_handler(RequestValidationError, _malformed)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _unknown)


def _types(root: type[QuorateError]) -> Iterator[tuple[str, int, str]]:
    yield root.type, root.status, (root.__doc__ or root.title).splitlines()[0]
    for kind in root.__subclasses__():
        if "type" in vars(kind):
            yield from _types(kind)


TYPES = (
    *_types(QuorateError),
    ("method-not-allowed", 405, "There is such an address, and this method does not apply to it."),
)
"""Every type of problem: its name, its status, what it means."""

_SHOWN = {"schema": {"$ref": "#/components/schemas/Problem"}}
RESPONSES: dict[int | str, dict[str, Any]] = {
    status: {"model": Problem, "content": {MEDIA_TYPE: _SHOWN}, "description": description}
    for status, description in (
        ("4XX", "Refused; the problem says why."),
        ("5XX", "Not able to; the problem says why."),
    )
}
