"""What differs between two versions of a spec, field by field; texts line by line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from difflib import unified_diff
from typing import Any, Literal

from quorate.labels.fields import path

ABSENT = None


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that was added, removed or changed. For a text of several lines, `lines` is a unified diff."""

    at: str
    what: Literal["added", "removed", "changed", "reordered"]
    old: Any = ABSENT
    new: Any = ABSENT
    lines: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The difference as plain data."""
        return {name: value for name, value in asdict(self).items() if value not in (None, ())}

    def __str__(self) -> str:
        if self.lines:
            return "\n".join((f"~ {self.at}", *(f"    {line}" for line in self.lines)))
        match self.what:
            case "added":
                return f"+ {self.at}: {_short(self.new)}"
            case "removed":
                return f"- {self.at}: {_short(self.old)}"
            case "reordered":
                return f"~ {self.at}: order {_short(self.old)} → {_short(self.new)}"
            case _:
                return f"~ {self.at}: {_short(self.old)} → {_short(self.new)}"


def diff(old: Any, new: Any, at: str = "") -> tuple[Difference, ...]:
    """The differences, in the order of the new version. Elements of lists that have an `id` are matched by it."""
    return tuple(_diff(old, new, at))


def _diff(old: Any, new: Any, at: str) -> Iterator[Difference]:
    if isinstance(old, dict) and isinstance(new, dict):
        yield from _mappings(old, new, at)
    elif isinstance(old, list) and isinstance(new, list):
        yield from _lists(old, new, at)
    elif isinstance(old, str) and isinstance(new, str) and old != new and "\n" in old + new:
        lines = list(unified_diff(old.splitlines(), new.splitlines(), lineterm="", n=1))[2:]
        yield Difference(at, "changed", lines=tuple(lines) or ("(only line ends differ)",))
    elif type(old) is not type(new) or old != new:
        yield Difference(at, "changed", old, new)


def _mappings(old: dict[str, Any], new: dict[str, Any], at: str) -> Iterator[Difference]:
    for key, value in old.items():
        if key not in new:
            yield Difference(path(at, key), "removed", value)
    for key, value in new.items():
        if key not in old:
            yield Difference(path(at, key), "added", new=value)
        else:
            yield from _diff(old[key], value, path(at, key))


def _lists(old: list[Any], new: list[Any], at: str) -> Iterator[Difference]:
    before, after = _by_id(old), _by_id(new)
    if before is not None and after is not None:
        yield from _mappings(before, after, at)
        kept = [id for id in before if id in after]
        if kept != [id for id in after if id in before]:
            yield Difference(at, "reordered", list(before), list(after))
        return
    for i in range(max(len(old), len(new))):
        if i >= len(new):
            yield Difference(path(at, i), "removed", old[i])
        elif i >= len(old):
            yield Difference(path(at, i), "added", new=new[i])
        else:
            yield from _diff(old[i], new[i], path(at, i))


def _by_id(elements: list[Any]) -> dict[str, Any] | None:
    ids = [str(e["id"]) if isinstance(e, dict) and "id" in e else e if isinstance(e, str) else None for e in elements]
    known = [id for id in ids if id is not None]
    if len(known) < len(ids) or len(set(known)) < len(ids):
        return None
    return dict(zip(known, elements, strict=True))


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= 100 else text[:99] + "…"
