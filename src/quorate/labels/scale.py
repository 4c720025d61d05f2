"""A point on an ordered scale."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import Field, field_validator

from quorate.labels.question import Aggregate, Class, Question, Value, class_id, settled


class Scale(Question):
    """One of several points in order; the answer is the point's id. `points: 5` stands for the points 1 to 5."""

    aggregate: ClassVar[Aggregate] = "ordinal"

    kind: Literal["scale"] = "scale"
    points: tuple[Class, ...] = Field(min_length=2, max_length=101)

    _settled = field_validator("points")(settled)

    @field_validator("points", mode="before")
    @classmethod
    def _counted(cls, written: object) -> object:
        if isinstance(written, int) and not isinstance(written, bool):
            return [str(n + 1) for n in range(written)]
        if isinstance(written, dict):
            return [{"id": id_, "title": title} for id_, title in written.items()]
        return written

    @property
    def classes(self) -> tuple[Class, ...]:
        return self.points

    @property
    def example(self) -> Value:
        return self.ids[0]

    def shape(self) -> dict[str, Any]:
        return {"type": "string", "enum": list(self.ids)}

    def check(self, value: Value) -> str:
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        return class_id(value, self.ids)

    def distance(self, a: Value, b: Value) -> float:
        """Steps between the two, as a share of the whole scale."""
        return abs(self.ids.index(a) - self.ids.index(b)) / (len(self.ids) - 1)
