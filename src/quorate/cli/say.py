"""What a command says at its end: a text for people, or JSON."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import typer


def say(value: Any, text: str, *, as_json: bool) -> None:
    """Print `value` as JSON, amounts exactly, or else `text`."""
    import orjson

    typer.echo(orjson.dumps(value, default=_exact) if as_json else text)


def _exact(value: Any) -> str:
    if isinstance(value, Decimal):
        return format(value, "f")
    raise TypeError(type(value).__name__)
