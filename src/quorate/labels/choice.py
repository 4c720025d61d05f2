"""One of several classes."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import Field, field_validator

from quorate.labels.question import Aggregate, Class, Question, Value, class_id, settled


class Choice(Question):
    """Exactly one of the classes; the answer is its id."""

    aggregate: ClassVar[Aggregate] = "categorical"

    kind: Literal["choice"] = "choice"
    options: tuple[Class, ...] = Field(alias="classes", min_length=2, max_length=1000)

    _settled = field_validator("options")(settled)

    @property
    def classes(self) -> tuple[Class, ...]:
        return self.options

    @property
    def example(self) -> Value:
        return self.ids[0]

    def shape(self) -> dict[str, Any]:
        return {"type": "string", "enum": list(self.ids)}

    def check(self, value: Value) -> str:
        return class_id(value, self.ids)

    def distance(self, a: Value, b: Value) -> float:
        return float(a != b)
