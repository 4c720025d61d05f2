"""Bodies, read strictly: what JSON does not have (NaN, lone surrogates) or PostgreSQL cannot keep (NUL) is refused."""

from __future__ import annotations

import json
from collections.abc import Callable, Coroutine
from typing import Any

import orjson
from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.routing import APIRoute

from quorate.formats.rows import nul

LARGEST = 32 * 2**20
"""Bytes of a body that is read as a whole."""
DEEPEST = 200
"""Brackets within brackets; what is deeper than 254 could be read and not be written again."""


class _Strict(Request):
    async def body(self) -> bytes:
        """The whole body. Raises `HTTPException` as soon as it is too large."""
        if not hasattr(self, "_body"):
            read = bytearray()
            async for chunk in self.stream():
                read += chunk
                if len(read) > LARGEST:
                    raise HTTPException(413, f"A body of more than {LARGEST // 2**20} MiB is not taken here.")
            self._body = bytes(read)
        return self._body

    async def json(self) -> Any:
        """The body as JSON. Raises `JSONDecodeError`, which is answered as a problem."""
        return strictly(await self.body())


def strictly(body: bytes) -> Any:
    """A body as JSON. Raises `JSONDecodeError`."""
    value = orjson.loads(body)
    if b"\\u0000" in body and (path := nul(value)) is not None:
        raise json.JSONDecodeError(f"the character NUL, which cannot be kept, in {path or 'a name'}", "", 0)
    if body.count(b"[") + body.count(b"{") > DEEPEST and _depth(value) > DEEPEST:
        raise json.JSONDecodeError(f"nested more than {DEEPEST} deep", "", 0)
    return value


def _depth(value: Any) -> int:
    deep, level = 0, [value]
    while level := [inner for outer in level if isinstance(outer, dict | list) for inner in _inside(outer)]:
        deep += 1
    return deep


def _inside(value: dict[str, Any] | list[Any]) -> Any:
    return value.values() if isinstance(value, dict) else value


class _Route(APIRoute):
    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def read_strictly(request: Request) -> Response:
            return await handle(_Strict(request.scope, request.receive))

        return read_strictly


class Router(APIRouter):
    """A router whose routes read bodies strictly."""

    def __init__(self, *, prefix: str = "", tags: list[Any] | None = None) -> None:
        super().__init__(prefix=prefix, tags=tags, route_class=_Route)
