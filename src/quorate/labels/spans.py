"""Stretches of a text, each with a class."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar, Literal

from pydantic import Field

from quorate.errors import InvalidInput
from quorate.labels.fields import path
from quorate.labels.marks import Mark, Marks
from quorate.labels.question import Aggregate, Value


class Spans(Marks):
    """Stretches of the item's text, each with a class.

    The answer is a list such as `[{"start": 4, "end": 9, "label": "PER"}]`, sorted by `start`, `end` and the order of
    the classes, without repeats; `[]` says that there is none. Positions count the Unicode code points of the text
    from 0, and `end` is the first one no longer in the span. (A browser's strings count UTF-16 units: an emoji is two
    there and one here.) White space at the ends of a span is left out of it when the answer is taken.
    """

    aggregate: ClassVar[Aggregate] = "spans"

    kind: Literal["spans"] = "spans"
    field: str = Field(default="text", description="The field of the item whose text is marked.")
    overlap: bool = Field(default=False, description="Whether two spans may share characters.")
    match: float = Field(
        default=1.0,
        gt=0,
        le=1,
        description="Two spans of one class say the same from this overlap on (characters in both / in either).",
    )

    @property
    def place(self) -> dict[str, Any]:
        return {"start": {"type": "integer", "minimum": 0}, "end": {"type": "integer", "minimum": 1}}

    @property
    def example_mark(self) -> Mark:
        return {"start": 0, "end": 4, "label": self.ids[0]}

    @property
    def example(self) -> Value:
        count = max(self.min, 1)
        return [{"start": 5 * i, "end": 5 * i + 4, "label": self.ids[0]} for i in range(count)]

    def read(self, mark: Mapping[str, Any], at: str) -> Mark:
        start, end = _whole(mark.get("start"), path(at, "start")), _whole(mark.get("end"), path(at, "end"))
        if start < 0:
            raise InvalidInput("A span starts before the text.", where=path(at, "start"), mend="Count from 0.")
        if end <= start:
            raise InvalidInput(
                "A span ends before it has begun.",
                where=path(at, "end"),
                mend="Let `end` be more than {start}.",
                start=start,
            )
        return {"start": start, "end": end}

    def check_on(self, value: Value, body: object) -> Value:
        """The spans without white space at their ends; raises where one reaches past the text or holds only space."""
        text = body.get(self.field) if isinstance(body, Mapping) else body
        if not isinstance(text, str):
            raise InvalidInput(
                "The item has no text in its field `{field}`.",
                where="value",
                mend="Skip the task; the schema names another field than the item has.",
                field=self.field,
            )
        return self.check([self._on(mark, text, path("value", i)) for i, mark in enumerate(value)])

    def _on(self, mark: Mark, text: str, at: str) -> Mark:
        start, end = mark["start"], mark["end"]
        if end > len(text):
            raise InvalidInput(
                "A span ends at {end}, and the text has {count} characters.",
                where=path(at, "end"),
                mend="Count Unicode code points, not bytes or UTF-16 units.",
                end=end,
                count=len(text),
            )
        inside = text[start:end]
        if not inside.strip():
            raise InvalidInput("A span holds only space.", where=at, mend="Remove it.")
        start, end = start + len(inside) - len(inside.lstrip()), end - len(inside) + len(inside.rstrip())
        return {**mark, "start": start, "end": end}

    @staticmethod
    def corners(mark: Mark) -> tuple[float, ...]:
        return mark["start"], mark["end"]

    @staticmethod
    def iou(a: Mark, b: Mark) -> float:
        shared = min(a["end"], b["end"]) - max(a["start"], b["start"])
        return shared / (max(a["end"], b["end"]) - min(a["start"], b["start"])) if shared > 0 else 0.0

    def _crossed(self, marks: Sequence[Mark]) -> tuple[int, int] | None:
        last = 0
        for j, mark in enumerate(marks):
            if j and mark["start"] < marks[last]["end"]:
                return last, j
            last = j if mark["end"] > marks[last]["end"] else last
        return None

    def distance(self, a: Value, b: Value) -> float:
        """One minus the F1 of the characters: those marked alike in both against those marked in each."""
        mine, theirs = list(covered(a)), list(covered(b))
        either = sum(end - start for _, start, end in (*mine, *theirs))
        return 1 - 2 * _shared(mine, theirs) / either if either else 0.0


def covered(value: Value) -> Iterator[tuple[str, int, int]]:
    """What is marked as each class, (class, start, end), sorted; spans of one class that touch are joined."""
    label, start, end = "", -1, -1
    for mark in sorted(value, key=lambda one: (one["label"], one["start"])):
        if mark["label"] == label and mark["start"] <= end:
            end = max(end, mark["end"])
            continue
        if end > start:
            yield label, start, end
        label, start, end = mark["label"], mark["start"], mark["end"]
    if end > start:
        yield label, start, end


def _shared(mine: Sequence[tuple[str, int, int]], theirs: Sequence[tuple[str, int, int]]) -> int:
    total = i = j = 0
    while i < len(mine) and j < len(theirs):
        (label, start, end), (other, first, last) = mine[i], theirs[j]
        if label == other:
            total += max(0, min(end, last) - max(start, first))
        if (label, end) <= (other, last):
            i += 1
        else:
            j += 1
    return total


def _whole(value: object, at: str) -> int:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**53:
        return value
    raise InvalidInput("A whole number is wanted.", where=at, mend="Count the characters from 0.")
