"""Upright boxes in an image, each with a class."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from pydantic import Field

from quorate.errors import InvalidInput
from quorate.labels.fields import path
from quorate.labels.marks import Mark, Marks
from quorate.labels.question import Aggregate, Value

DIGITS = 6
"""Decimals that are kept: a millionth of a side is less than a hundredth of a pixel in any image in use."""
_SLACK = 1e-3
"""How far over the edge a box may reach, as rounding in a browser makes it, and be cut at the edge."""


class Boxes(Marks):
    """Upright boxes in the item's image, each with a class.

    The answer is a list such as `[{"x": 0.1, "y": 0.25, "width": 0.2, "height": 0.5, "label": "car"}]`, sorted by
    `x`, `y`, `width`, `height` and the order of the classes, without repeats; `[]` says that there is none. `x` and
    `y` are the left upper corner. All four are shares of the image's own width (`x`, `width`) and height (`y`,
    `height`), from 0 to 1, to six decimals: pixel × 1/natural size, whatever size it is shown at. The overlap of two
    boxes is the same in shares as in pixels.
    """

    aggregate: ClassVar[Aggregate] = "boxes"

    kind: Literal["boxes"] = "boxes"
    medium: int = Field(default=0, ge=0, description="Which of the item's media is marked; 0 is the first.")
    min_size: float = Field(
        default=0.0, ge=0, lt=1, description="Least width and height of a box, as shares of the image's."
    )

    @property
    def place(self) -> dict[str, Any]:
        corner, side = {"type": "number", "minimum": 0, "maximum": 1}, {"type": "number", "maximum": 1}
        side = side | ({"minimum": self.min_size} if self.min_size else {"exclusiveMinimum": 0})
        return {"x": corner, "y": corner, "width": side, "height": side}

    @property
    def example_mark(self) -> Mark:
        side = max(self.min_size, 0.25)
        return {"x": 0.0, "y": 0.0, "width": side, "height": side, "label": self.ids[0]}

    @property
    def example(self) -> Value:
        count = max(self.min, 1)
        side = max(self.min_size, round(0.9 / count, DIGITS))
        step = (1 - side) / count
        place = {"y": 0.0, "width": side, "height": side, "label": self.ids[0]}
        return self.check([{"x": step * i if self.overlap else side * i, **place} for i in range(count)])

    def read(self, mark: Mapping[str, Any], at: str) -> Mark:
        x, width = self._side(mark, "x", "width", at)
        y, height = self._side(mark, "y", "height", at)
        return {"x": x, "y": y, "width": width, "height": height}

    def _side(self, mark: Mapping[str, Any], start: str, size: str, at: str) -> tuple[float, float]:
        low, length = _number(mark.get(start), path(at, start)), _number(mark.get(size), path(at, size))
        if not -_SLACK <= low <= 1 + _SLACK:
            raise InvalidInput("A box begins outside the image.", where=path(at, start), mend=_SHARES)
        if length <= 0 or low + length > 1 + _SLACK:
            detail = "A box has no size." if length <= 0 else "A box reaches outside the image."
            raise InvalidInput(detail, where=path(at, size), mend=_SHARES)
        first, last = (round(min(max(end, 0.0), 1.0), DIGITS) + 0.0 for end in (low, low + length))
        length = round(last - first, DIGITS)
        if length <= 0 or length < self.min_size:
            raise InvalidInput(
                "A box is too small.",
                where=path(at, size),
                mend="Let it be at least {least}.",
                least=self.min_size or 1e-06,
            )
        return first, length

    @staticmethod
    def corners(mark: Mark) -> tuple[float, ...]:
        return mark["x"], mark["y"], mark["x"] + mark["width"], mark["y"] + mark["height"]

    @staticmethod
    def iou(a: Mark, b: Mark) -> float:
        across = min(a["x"] + a["width"], b["x"] + b["width"]) - max(a["x"], b["x"])
        down = min(a["y"] + a["height"], b["y"] + b["height"]) - max(a["y"], b["y"])
        if across <= 1e-9 or down <= 1e-9:
            return 0.0
        shared = across * down
        return min(1.0, float(shared / (a["width"] * a["height"] + b["width"] * b["height"] - shared)))


_SHARES = "Give shares of the image's width and height, from 0 to 1: pixels divided by its natural size."


def _number(value: object, at: str) -> float:
    try:
        if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
            return float(value)
    except OverflowError:
        pass
    raise InvalidInput("A number is wanted.", where=at, mend=_SHARES)
