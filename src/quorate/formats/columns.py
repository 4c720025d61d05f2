"""The columns of a flat file: what type each has, and how a value becomes a cell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import orjson

Type = Literal["text", "number", "integer", "flag", "time", "json"]


@dataclass(frozen=True, slots=True)
class Column:
    """A column by name and type. Lists and objects are columns of type `json`: they are written as JSON texts."""

    name: str
    type: Type = "text"

    def cell(self, value: Any) -> Any:
        """The value as this column holds it; None stays None."""
        if value is None:
            return None
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode() if self.type == "json" else value


def type_of(kinds: set[str]) -> Type:
    """The type of a column whose values have these JSON types (`jsonb_typeof`)."""
    match sorted(kinds - {"null"}):
        case ["number"]:
            return "number"
        case ["boolean"]:
            return "flag"
        case ["string"] | []:
            return "text"
        case _:
            return "json"
