"""Any of several classes."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import Field, field_validator, model_validator

from quorate.errors import InvalidInput
from quorate.labels.fields import fault
from quorate.labels.question import Aggregate, Class, Question, Value, class_id, settled


class Choices(Question):
    """Any number of the classes between `min` and `max`; the answer is the list of their ids, in schema order."""

    aggregate: ClassVar[Aggregate] = "per_class"

    kind: Literal["choices"] = "choices"
    options: tuple[Class, ...] = Field(alias="classes", min_length=1, max_length=1000)
    min: int = Field(default=0, ge=0)
    max: int | None = Field(default=None, ge=1)

    _settled = field_validator("options")(settled)

    @model_validator(mode="after")
    def _possible(self) -> Choices:
        if self.min > min(self.max or len(self.options), len(self.options)):
            raise fault("More classes are demanded than can be chosen.", "Lower `min` or raise `max`.", "min")
        return self

    @property
    def classes(self) -> tuple[Class, ...]:
        return self.options

    @property
    def example(self) -> Value:
        return list(self.ids[: max(self.min, 1)])

    def shape(self) -> dict[str, Any]:
        shape = {"type": "array", "items": {"type": "string", "enum": list(self.ids)}, "uniqueItems": True}
        return shape | {"minItems": self.min, "maxItems": self.max or len(self.options)}

    def check(self, value: Value) -> list[str]:
        if not isinstance(value, list | tuple):
            raise InvalidInput("A list is wanted.", where="value", mend="Answer such as ['a', 'b'], or [].")
        chosen = {class_id(one, self.ids, f"value[{i}]") for i, one in enumerate(value)}
        if not self.min <= len(chosen) <= (self.max or len(self.options)):
            raise InvalidInput(
                "{count} classes are chosen.",
                where="value",
                mend="Choose at least {min} and at most {max}.",
                count=len(chosen),
                min=self.min,
                max=self.max or len(self.options),
            )
        return [one for one in self.ids if one in chosen]

    def distance(self, a: Value, b: Value) -> float:
        """One minus the share of classes in both among those in either (Jaccard 1901)."""
        either = set(a) | set(b)
        return 1 - len(set(a) & set(b)) / len(either) if either else 0.0
