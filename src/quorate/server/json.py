"""Answers that need no further check, written by orjson."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import orjson
from starlette.responses import Response


def _other(value: Any) -> Any:
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if isinstance(value, bytes):
        return value.hex()
    raise TypeError(type(value).__name__)


class Json(Response):
    """A JSON response. Decimals become text, bytes hexadecimal."""

    media_type = "application/json"

    def render(self, content: Any) -> bytes:
        return orjson.dumps(content, default=_other, option=orjson.OPT_UTC_Z)
