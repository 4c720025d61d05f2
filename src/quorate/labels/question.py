"""A question: one entry of a schema. What every kind must say is here; what each says is in its module."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Hashable, Iterable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Literal, TypeAlias

from pydantic import Field, model_validator

from quorate.errors import InvalidInput
from quorate.labels.fields import Name, Words, Written, fault

if TYPE_CHECKING:
    from quorate.labels.validators import Validator

Value: TypeAlias = Any
"""An answer as JSON has it: a text, a number, a list of texts."""

Aggregate = Literal["categorical", "per_class", "ordinal", "numeric", "text", "spans", "boxes"]
KEYS = "1234567890qwertyuiopasdfghjklzxcvbnm"
ASK_AGAIN = "ask again"


class Class(Written):
    """One of the answers to choose from."""

    id: Name = Field(pattern=r"^[\w][\w.\-]*$", max_length=64, description="Stable: answers refer to it.")
    title: Words = ""
    description: Words = ""
    examples: tuple[str, ...] = ()
    counterexamples: tuple[str, ...] = ()
    key: Name = Field(default="", max_length=1, description="Hotkey; assigned when absent.")

    @model_validator(mode="before")
    @classmethod
    def _short(cls, written: object) -> object:
        """`spam` stands for `{id: spam}`."""
        return {"id": written} if isinstance(written, str | int) else written

    def titled(self, language: str = "en") -> str:
        """The title in a language, or in the one there is, or made from the id."""
        return words(self.title, language) or self.id.replace("_", " ").capitalize()


def words(written: str | dict[str, str], language: str = "en") -> str:
    """The text in this language; else in English; else in the first language there is."""
    if isinstance(written, str):
        return written
    return written.get(language) or written.get("en") or next(iter(written.values()), "")


class Question(Written, ABC):
    """What may be answered, how far two answers are apart, and how answers are brought together."""

    aggregate: ClassVar[Aggregate]

    kind: str
    title: Words = ""
    description: Words = ""
    rules: tuple[dict[str, Any], ...] = Field(default=(), alias="validate")
    ask_confidence: bool = Field(False, description="Also ask annotators how sure they are; they need not say.")
    migrate: dict[Name, Name] = Field(
        default={}, description=f"Old class → new class, or `{ASK_AGAIN}`, for answers of the version before."
    )

    @property
    def classes(self) -> tuple[Class, ...]:
        """The answers to choose from, in order; empty for kinds that have none."""
        return ()

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """The ids of the classes, in order."""
        return tuple(c.id for c in self.classes)

    @cached_property
    def validators(self) -> tuple[Validator, ...]:
        """What answers are screened for: the validators listed, then the defaults that are not."""
        from quorate.labels.validators import validators  # they know questions, and questions only that they exist

        return validators(self)

    @abstractmethod
    def shape(self) -> dict[str, Any]:
        """The JSON Schema of an answer."""

    @abstractmethod
    def check(self, value: Value) -> Value:
        """The answer in its normal form; raises `InvalidInput` with the path that is wrong and how to mend it."""

    @abstractmethod
    def distance(self, a: Value, b: Value) -> float:
        """How far two normal answers are apart: 0 the same, 1 as far as can be."""

    @property
    @abstractmethod
    def example(self) -> Value:
        """Some valid answer, to try conditions on and to show in documentation."""

    def check_on(self, value: Value, body: object) -> Value:
        """A normal answer as it holds of this item; raises `InvalidInput` where the item has no such place."""
        return value

    def key(self, value: Value) -> Hashable:
        """Two normal answers say the same when their keys are equal."""
        return tuple(value) if isinstance(value, list) else value

    def same(self, a: Value, b: Value) -> bool:
        """Whether two normal answers are so near that neither corrects the other."""
        return self.key(a) == self.key(b)

    def mentioned(self, value: Value) -> list[str]:
        """The classes that an answer speaks of."""
        return [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, str)]

    def echoes(self, truth: Value, said: Value) -> list[tuple[str, bool]]:
        """Each class that a label names, as often as it does, and whether an answer says the same there."""
        told = set(self.mentioned(said))
        return [(one, one in told) for one in self.mentioned(truth)]

    def renamed(self, value: Value, moves: Mapping[str, str]) -> Value:
        """An answer with other names for its classes."""
        if isinstance(value, list):
            return [moves.get(one, one) for one in value]
        return moves.get(value, value) if isinstance(value, str) and self.ids else value


def settled(classes: tuple[Class, ...]) -> tuple[Class, ...]:
    """The classes with every hotkey assigned; raises when an id or a key is there twice."""
    _unique([(c.id, (i, "id")) for i, c in enumerate(classes)], "The class id `{mark}` is there twice.")
    _unique([(c.key, (i, "key")) for i, c in enumerate(classes) if c.key], "The hotkey `{mark}` is there twice.")
    taken = {c.key for c in classes}
    result = []
    for c in classes:
        order = KEYS if not c.id.isdigit() else (c.id[-1], *KEYS)
        key = c.key or next((k for k in order if k not in taken), "")
        taken.add(key)
        result.append(c.model_copy(update={"key": key}))
    return tuple(result)


def _unique(marks: Iterable[tuple[str, tuple[str | int, ...]]], twice: str) -> None:
    seen: set[str] = set()
    for mark, at in marks:
        if mark in seen:
            raise fault(twice, "Give each its own.", *at, mark=mark)
        seen.add(mark)


def class_id(value: Value, classes: tuple[str, ...], at: str = "value") -> str:
    """A class id that is one of these; whole numbers stand for their digits."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if isinstance(value, str) and value in classes:
        return value
    raise InvalidInput(
        "{value} is not one of the answers.",
        where=at,
        mend="Answer one of: {known}.",
        value=repr(value),
        known=list(classes),
    )
