"""Every refusal as `application/problem+json` (RFC 9457): a stable type, the field at fault, how to mend it."""

from __future__ import annotations

from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from quorate.errors import QuorateError

MEDIA_TYPE = "application/problem+json"
log = structlog.get_logger()


class Problem(BaseModel):
    """Why a request was refused."""

    type: str = Field(description="Stable; what programs decide by.", examples=["lease-ended"])
    title: str = Field(examples=["The task had run out of time"])
    status: int = Field(examples=[409])
    detail: str = Field(examples=["The time for this task was over and it was given to somebody else."])
    where: str | None = Field(None, description="The field at fault.", examples=["assignment"])
    mend: str | None = Field(None, description="What to do about it.", examples=["Claim the next task."])


def _response(type: str, title: str, status: int, detail: str, **more: str | None) -> JSONResponse:
    body: dict[str, Any] = {"type": type, "title": title, "status": status, "detail": detail}
    body |= {name: value for name, value in more.items() if value}
    return JSONResponse(body, status_code=status, media_type=MEDIA_TYPE)


def _known(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, QuorateError)
    return _response(error.type, error.title, error.status, error.detail, where=error.where, mend=error.mend)


def _malformed(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"])
    return _response("invalid-input", "The request is not valid", 422, first["msg"], where=where)


def _http(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    kind = {404: "not-found", 405: "method-not-allowed", 413: "too-large"}.get(error.status_code, "error")
    response = _response(kind, str(error.detail), error.status_code, str(error.detail))
    response.headers.update(error.headers or {})
    return response


def _unknown(request: Request, error: Exception) -> JSONResponse:
    log.error("request failed", method=request.method, path=request.url.path, exc_info=error)
    return _response("error", "Something went wrong", 500, "The server could not do this; its log says why.")


def install(app: FastAPI) -> None:
    """Answer every error as a problem."""
    app.add_exception_handler(QuorateError, _known)
    app.add_exception_handler(RequestValidationError, _malformed)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _unknown)


RESPONSES: dict[int | str, dict[str, Any]] = {
    "4XX": {"model": Problem, "content": {MEDIA_TYPE: {}}, "description": "Refused; the problem says why."}
}
