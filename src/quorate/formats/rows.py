"""What every reader of items gives: rows and rejects. A file's own names for things end here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from quorate.errors import InvalidInput

LONGEST_KEY = 512
LONGEST_ROW = 32 * 2**20
"""Bytes. A longer row is rejected without being held: memory stays flat on a file that has no line ends."""


@dataclass(slots=True)
class Row:
    """One item as its file tells it. `line` counts from 1; `key` is None where the file gives none."""

    line: int
    key: str | None
    body: dict[str, Any]
    media: list[Any] = field(default_factory=list)
    attributes: dict[str, Any] = field(default_factory=dict)
    gold: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reject:
    """Why a row did not come in: its line, the field at fault ("" for the whole row) and the reason."""

    line: int
    field: str
    error: InvalidInput

    @property
    def reason(self) -> str:
        """What is wrong and how to mend it."""
        return " ".join(filter(None, (self.error.detail, self.error.mend)))

    def to_json(self) -> dict[str, Any]:
        """Where, why, and the same for whoever translates it."""
        return {"line": self.line, "field": self.field, "reason": self.reason, "said": self.error.said()}


Read: TypeAlias = Row | Reject


@dataclass(frozen=True, slots=True)
class Source:
    """Rows to read once. `done(rows read)` is how far the reading is, from 0 to 1, or None where nobody knows."""

    name: str
    rows: Iterator[Read]
    done: Callable[[int], float | None] = lambda _: None


def row(record: object, line: int) -> Read:
    """A row from one record: the reserved fields `key`, `media`, `attributes` and `gold`; the rest is the body.

    >>> row({"key": 7, "text": "hello", "gold": {"topic": "spam"}}, 1)
    Row(line=1, key='7', body={'text': 'hello'}, media=[], attributes={}, gold={'topic': 'spam'})
    """
    if not isinstance(record, dict):
        return Reject(line, "", InvalidInput("A row is a JSON object, not of type {type}.", type=_type(record)))
    key = record.pop("key", None)
    if key is not None:
        fault = _fault_of_key(key)
        if fault:
            return Reject(line, "key", fault)
        key = str(key)
    media = record.pop("media", None) or []
    attributes = record.pop("attributes", None) or {}
    gold = record.pop("gold", None) or {}
    if not isinstance(attributes, dict):
        wrong = InvalidInput("Attributes are an object, not of type {type}.", type=_type(attributes))
        return Reject(line, "attributes", wrong)
    if not isinstance(gold, dict):
        wrong = InvalidInput("Known answers are an object of step to value, not of type {type}.", type=_type(gold))
        return Reject(line, "gold", wrong)
    if not record and not media:
        empty = InvalidInput("There is nothing to label: no field besides the reserved ones, and no media.")
        return Reject(line, "", empty)
    return Row(line, key, record, media if isinstance(media, list) else [media], attributes, gold)


def _fault_of_key(key: object) -> InvalidInput | None:
    if isinstance(key, int) and not isinstance(key, bool):
        return None
    if not isinstance(key, str):
        return InvalidInput("A key is a text or a whole number, not of type {type}.", type=_type(key))
    if not key:
        return InvalidInput("The key is empty.")
    if len(key) > LONGEST_KEY:
        return InvalidInput("The key has {count} characters; {most} is the most.", count=len(key), most=LONGEST_KEY)
    if "\0" in key:
        return InvalidInput("There is the character NUL, which PostgreSQL cannot keep.")
    return None


def _type(value: object) -> str:
    """As JSON calls it."""
    if value is None:
        return "null"
    names = {bool: "boolean", int: "number", float: "number", str: "string", list: "array", dict: "object"}
    return names.get(type(value), type(value).__name__)


class Columns:
    """How the columns of a table become records: `gold.<step>` and `attributes.<name>` go inside.

    An empty cell of a reserved column says nothing; an empty cell of the body is an empty value.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self._plain: list[tuple[int, str]] = []
        self._inner: list[tuple[int, str, str]] = []
        for index, name in enumerate(names):
            outer, dot, inner = name.partition(".")
            if dot and inner and outer in ("gold", "attributes"):
                self._inner.append((index, outer, inner))
            else:
                self._plain.append((index, name))

    def record(self, cells: list[Any]) -> dict[str, Any]:
        """The record that this line of cells tells."""
        record = {name: cells[index] for index, name in self._plain}
        for index, outer, inner in self._inner:
            if cells[index] not in (None, ""):
                record.setdefault(outer, {})[inner] = cells[index]
        return record


def nul(value: object, at: str = "") -> str | None:
    """The path of the first text in a JSON value that has the character NUL, which PostgreSQL cannot keep."""
    if isinstance(value, str):
        return at if "\0" in value else None
    if isinstance(value, Mapping):
        if any("\0" in name for name in value):
            return at
        inside = ((f"{at}.{name}" if at else name, inner) for name, inner in value.items())
    elif isinstance(value, (list, tuple)):
        inside = ((f"{at}[{index}]", inner) for index, inner in enumerate(value))
    else:
        return None
    return next((found for path, inner in inside if (found := nul(inner, path)) is not None), None)


def exact(value: Any) -> Any:
    """The same JSON value with every number as `jsonb` gives it back: 1e16 is a whole number, -0.0 is 0.0.

    Raises `ValueError` for one that would come back as a whole number of more than 64 bits.
    """
    if isinstance(value, float):
        if abs(value) < 1e16:
            return value + 0.0
        if not -(2**63) <= value < 2**64:
            raise ValueError(f"The number {value} is too large to be kept exactly; write it as a text.")
        return int(value)
    if isinstance(value, dict):
        return {name: exact(inner) for name, inner in value.items()}
    return [exact(inner) for inner in value] if isinstance(value, list) else value
