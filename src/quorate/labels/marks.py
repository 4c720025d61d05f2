"""Marks on an item: a list of places, each with its class. What kinds such as `spans` and `boxes` have in common."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any

from pydantic import Field, field_validator, model_validator

from quorate.errors import InvalidInput
from quorate.labels.fields import fault, path
from quorate.labels.matching import matched
from quorate.labels.question import Class, Question, Value, class_id, settled

Mark = dict[str, Any]
MOST = 10_000


class Marks(Question):
    """Any number of places between `min` and `max`, each with a class.

    The answer is a list of objects, sorted, without repeats; an empty list says that there is nothing to mark. Where
    there is one class, `label` may be left out of an answer.
    """

    options: tuple[Class, ...] = Field(alias="classes", min_length=1, max_length=1000)
    min: int = Field(default=0, ge=0, le=MOST, description="Fewest marks.")
    max: int | None = Field(default=None, ge=1, le=MOST, description="Most marks.")
    overlap: bool = Field(default=True, description="Whether two marks may share a part of the item.")
    match: float = Field(
        default=0.5, gt=0, le=1, description="Two marks of one class mean the same from this overlap on (IoU)."
    )

    _settled = field_validator("options")(settled)

    @model_validator(mode="after")
    def _possible(self) -> Marks:
        if self.min > (self.max or MOST):
            raise fault("More marks are demanded than are allowed.", "Lower `min` or raise `max`.", "min")
        return self

    @property
    def classes(self) -> tuple[Class, ...]:
        return self.options

    @property
    @abstractmethod
    def place(self) -> dict[str, Any]:
        """The JSON Schema of each field of a place, in the order by which marks are sorted."""

    @abstractmethod
    def read(self, mark: Mapping[str, Any], at: str) -> Mark:
        """The place of one mark in its normal form; raises `InvalidInput` with the path below `at`."""

    @staticmethod
    @abstractmethod
    def corners(mark: Mark) -> tuple[float, ...]:
        """Where a mark begins along each axis, then where it ends."""

    @staticmethod
    @abstractmethod
    def iou(a: Mark, b: Mark) -> float:
        """What two places share, as a share of what either covers."""

    def shape(self) -> dict[str, Any]:
        fields = self.place | {"label": {"type": "string", "enum": list(self.ids)}}
        mark = {"type": "object", "properties": fields, "required": list(fields), "additionalProperties": False}
        return {"type": "array", "items": mark, "minItems": self.min, "maxItems": self.max or MOST}

    def check(self, value: Value) -> list[Mark]:
        if not isinstance(value, list | tuple):
            raise InvalidInput(
                "A list of marks is wanted.", where="value", mend="Answer such as {example}.", example=str(self.example)
            )
        if len(value) > (self.max or MOST):
            raise self._too_many(len(value))
        read = {self._name(mark): (mark, i) for i, written in enumerate(value) if (mark := self._read(written, i))}
        order = sorted(read.values(), key=lambda one: self.rank(one[0]))
        if len(order) < self.min:
            raise self._too_many(len(order))
        marks = [mark for mark, _ in order]
        if not self.overlap and (crossed := self._crossed(marks)):
            raise InvalidInput(
                "This mark overlaps another one.",
                where=path("value", order[crossed[1]][1]),
                mend="Let it end where {other} begins, or remove one of them.",
                other=path("value", order[crossed[0]][1]),
            )
        return marks

    def _read(self, written: object, i: int) -> Mark:
        at = path("value", i)
        if not isinstance(written, Mapping):
            raise InvalidInput(
                "A mark is an object.", where=at, mend="Write such as {example}.", example=str(self.example_mark)
            )
        known = {*self.place, "label"}
        if strange := [str(name) for name in written if name not in known]:
            raise InvalidInput(
                "A mark has no field {name}.",
                where=at,
                mend="It has: {known}.",
                name=f"{strange[0]!r:.40}",
                known=sorted(known),
            )
        label = written.get("label", self.ids[0] if len(self.ids) == 1 else None)
        return {**self.read(written, at), "label": class_id(label, self.ids, path(at, "label"))}

    def rank(self, mark: Mark) -> tuple[Any, ...]:
        """What marks are sorted by."""
        return (*(mark[name] for name in self.place), self.ids.index(mark["label"]))

    def _name(self, mark: Mark) -> tuple[Any, ...]:
        return tuple(mark.values())

    def _crossed(self, marks: Sequence[Mark]) -> tuple[int, int] | None:
        """Two that share a part, the earlier first."""
        for j, mark in enumerate(marks):
            for i in range(j):
                if self.iou(marks[i], mark) > 0:
                    return i, j
        return None

    def _too_many(self, count: int) -> InvalidInput:
        mend = "Make at least {min} and at most {max}." if self.min else "Make at most {max}."
        return InvalidInput(
            "There are {count} marks.", where="value", mend=mend, count=count, min=self.min, max=self.max or MOST
        )

    @property
    @abstractmethod
    def example_mark(self) -> Mark:
        """Some valid mark."""

    def key(self, value: Value) -> Hashable:
        return tuple(self._name(mark) for mark in value)

    def same(self, a: Value, b: Value) -> bool:
        """Whether each mark of the one has its own counterpart in the other, of its class and near enough."""
        return len(a) == len(b) and len(matched(a, b, self._at_least())) == len(a)

    def distance(self, a: Value, b: Value) -> float:
        """One minus the overlap of the best one-to-one matching within classes, as a share of all marks.

        2 Σ IoU / (|a| + |b|): the panoptic quality of Kirillov et al. (CVPR 2019, eq. 1), every pair that overlaps
        counting.
        """
        if not a and not b:
            return 0.0
        shared = sum(iou for _, _, iou in matched(a, b, self._within))
        return max(0.0, round(1 - 2 * shared / (len(a) + len(b)), 12))

    def _within(self, a: Mark, b: Mark) -> float:
        return self.iou(a, b) if a["label"] == b["label"] else 0.0

    def _at_least(self) -> Callable[[Mark, Mark], float]:
        return lambda a, b: iou if (iou := self._within(a, b)) >= self.match - 1e-9 else 0.0

    def mentioned(self, value: Value) -> list[str]:
        return [mark["label"] for mark in value] if isinstance(value, list) else []

    def echoes(self, truth: Value, said: Value) -> list[tuple[str, bool]]:
        found = {place for place, _, _ in matched(truth, said, self._at_least())}
        return [(mark["label"], place in found) for place, mark in enumerate(truth)]

    def renamed(self, value: Value, moves: Mapping[str, str]) -> Value:
        return [{**mark, "label": moves.get(mark["label"], mark["label"])} for mark in value]

    def called(self, mark: Mark) -> str:
        """A mark as a key of `probabilities`: its numbers, then its class, as in `10-14 PER`."""
        return f"{'-'.join(f'{mark[name]:.6g}' for name in self.place)} {mark['label']}"
