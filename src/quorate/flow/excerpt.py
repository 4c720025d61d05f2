"""An item in a line: what it says, cut to a length, for lists in which one looks for it."""

from __future__ import annotations

from typing import Any

import orjson

LONGEST = 200


def excerpt(body: Any, longest: int = LONGEST) -> str:
    """The item's text, or the first text in it, or its JSON, in one line of at most `longest` characters.

    >>> excerpt({"id": 7, "text": "The box\\n arrived crushed."}, 12)
    'The box arr…'
    """
    line = " ".join(_text(body).split())
    return line if len(line) <= longest else line[: longest - 1] + "…"


def _text(body: Any) -> str:
    if isinstance(body, str):
        return body
    if not isinstance(body, dict) or not body:
        return "" if not body else orjson.dumps(body).decode()
    texts = [value for value in (body.get("text"), *body.values()) if isinstance(value, str) and value.strip()]
    return texts[0] if texts else orjson.dumps(body).decode()
