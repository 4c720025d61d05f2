"""A number in a range."""

from __future__ import annotations

import math
from typing import Any, ClassVar, Literal

from pydantic import Field, FiniteFloat, model_validator

from quorate.errors import InvalidInput
from quorate.labels.fields import fault
from quorate.labels.question import Aggregate, Question, Value


class Number(Question):
    """A number between `min` and `max`, in `unit`; two within `tolerance` of each other say the same.

    Without a `tolerance`: whole numbers that are equal, others within 5 % of the range, or else of the larger one.
    """

    aggregate: ClassVar[Aggregate] = "numeric"

    kind: Literal["number"] = "number"
    min: FiniteFloat | None = None
    max: FiniteFloat | None = None
    unit: str = ""
    tolerance: FiniteFloat = Field(default=0.0, ge=0)
    whole: bool = False

    @model_validator(mode="after")
    def _possible(self) -> Number:
        if self.min is not None and self.max is not None and self.min >= self.max:
            raise fault("The smallest number is not below the largest.", "Let `min` be less than `max`.", "min")
        return self

    @property
    def example(self) -> Value:
        middle = max(self.min if self.min is not None else -math.inf, min(self.max or 0.0, 0.0))
        return math.ceil(middle) if self.whole else float(middle)

    def shape(self) -> dict[str, Any]:
        limits = {"minimum": self.min, "maximum": self.max}
        kind = "integer" if self.whole else "number"
        return {"type": kind} | {name: limit for name, limit in limits.items() if limit is not None}

    def check(self, value: Value) -> float | int:
        number = self._finite(value)
        if self.whole and not number.is_integer():
            raise InvalidInput(
                "{value} is not a whole number.", where="value", mend="Leave out the fraction.", value=value
            )
        low, high = self.min, self.max
        if (low is not None and number < low) or (high is not None and number > high):
            raise self._out_of_range(number)
        return int(number) if self.whole else number + 0.0  # + 0.0 makes −0 the same as 0

    @property
    def span(self) -> float | None:
        """The length of the range, if it has two ends."""
        return self.max - self.min if self.min is not None and self.max is not None else None

    @property
    def scale(self) -> float:
        """A typical error: a tenth of the range, or else twice the tolerance, or else one unit."""
        return self.span / 10 if self.span else 2 * (self.tolerance or 0.5)

    def tolerated(self, value: float) -> float:
        """How far off this value still counts as right."""
        if self.tolerance or self.whole:
            return self.tolerance or 0.5
        return self.span * 0.05 if self.span else max(abs(value) * 0.05, 1e-9)

    def same(self, a: Value, b: Value) -> bool:
        gap: float = abs(a - b)
        return gap <= self.tolerated(max(abs(a), abs(b)))

    def distance(self, a: Value, b: Value) -> float:
        """The difference as a share of the range; without a range, of the larger of the two (at most 1)."""
        gap = abs(a - b)
        if gap <= self.tolerance:
            return 0.0
        return float(min(1.0, gap / (self.span or max(abs(a), abs(b)))))

    @staticmethod
    def _finite(value: Value) -> float:
        try:
            if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
                return float(value)
        except OverflowError:
            pass
        raise InvalidInput(
            "{value} is not a number.", where="value", mend="Answer a number, unquoted.", value=f"{value!r:.40}"
        )

    def _out_of_range(self, value: float) -> InvalidInput:
        unit = f" {self.unit}" if self.unit else ""
        low, high = (None if limit is None else f"{limit:g}" for limit in (self.min, self.max))
        if low is None:
            mend = "Answer at most {max}."
        elif high is None:
            mend = "Answer at least {min}."
            low += unit
        else:
            mend = "Answer at least {min} and at most {max}."
        limits = {"min": low or "", "max": f"{high}{unit}"}
        return InvalidInput("{value} is out of range.", where="value", mend=mend, value=value, **limits)
