"""What becomes of old answers when a question changes: another class, another question to a person, or nothing.

A new version of a schema says it under `migrate`: old class → new class, or `ask again`; `"*"` stands for every other
answer that the new version does not allow. Pure: `Change` translates decisions, whoever publishes stores them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from quorate.errors import InvalidInput
from quorate.labels.fields import path
from quorate.labels.question import ASK_AGAIN, Question, Value

REST = "*"
_FORM = ("kind", "ids", "min", "max", "whole", "pattern", "min_length", "max_length", "overlap", "min_size")
"""What of a question decides which answers are allowed."""


@dataclass(frozen=True)
class Moved:
    """A decision under the new version."""

    value: Value
    confidence: float
    probabilities: dict[str, float]


@dataclass(frozen=True)
class Change:
    """From one version of a question to another."""

    old: Question
    new: Question

    @cached_property
    def moves(self) -> dict[str, str]:
        """The moves that this change asks for: those that the old version did not have, or could not make.

        A move stays in the schema after it was made; it is not made again by the next version.
        """
        known = self.old.migrate
        gone = set(self.old.ids) - set(self.new.ids)
        return {a: b for a, b in self.new.migrate.items() if a in gone or a == REST or known.get(a) != b}

    @property
    def matters(self) -> bool:
        """Whether some old answer may have to change."""
        return bool(self.moves.keys() - {REST}) or any(
            getattr(self.old, name, None) != getattr(self.new, name, None)
            for name in (
                "kind",
                "ids",
                "min",
                "max",
                "whole",
                "pattern",
                "min_length",
                "max_length",
                "overlap",
                "min_size",
            )
        )

    @property
    def reshapes(self) -> bool:
        """Whether what was learnt of annotators' skills no longer fits: other classes, another order, another kind."""
        return (self.old.kind, self.old.ids) != (self.new.kind, self.new.ids)

    def check(self, at: str = "") -> None:
        """Raise `InvalidInput` when a move comes from or leads nowhere, or a class that is gone has none."""
        for a, b in self.moves.items():
            if b != ASK_AGAIN and b not in self.new.ids:
                raise InvalidInput(
                    "`{old}` moves to `{new}`, which is not a class.",
                    where=path(at, "migrate", a),
                    mend="Move it to one of {known}, or `{ask_again}`.",
                    old=a,
                    new=b,
                    known=self.new.ids,
                    ask_again=ASK_AGAIN,
                )
            if a != REST and a not in self.old.ids:
                raise InvalidInput(
                    "The version in force has no class `{old}`.",
                    where=path(at, "migrate", a),
                    mend="It has: {known}.",
                    old=a,
                    known=self.old.ids,
                )
        gone = [a for a in self.old.ids if a not in self.new.ids and a not in self.moves]
        if gone and REST not in self.moves:
            raise InvalidInput(
                "The class `{name}` is gone, and nothing says what becomes of its answers.",
                where=path(at, "migrate"),
                mend="Add migrate: {{name}: <new class>} or {{name}: {ask_again}}.",
                name=gone[0],
                ask_again=ASK_AGAIN,
            )

    def check_values(self, values: Iterable[Value], at: str = "") -> None:
        """Raise `InvalidInput` when one of these answers in force has no place in the new version and no move."""
        for value in values:
            if self.value(value) is None and REST not in self.moves and not self._asked_again(value):
                raise InvalidInput(
                    "The answer {value} is in force and would not be allowed.",
                    where=path(at, "migrate"),
                    mend='Add migrate: {"{rest}": {ask_again}} to have such answers asked for again.',
                    value=repr(value),
                    rest=REST,
                    ask_again=ASK_AGAIN,
                )

    def value(self, value: Value) -> Value | None:
        """The answer in the new version; None when it must be asked for again."""
        if self._asked_again(value):
            return None
        for candidate in (self.old.renamed(value, self.moves), *self._rest()):
            try:
                return self.new.check(candidate)
            except InvalidInput:
                continue
        return None

    def decision(self, value: Value, confidence: float, probabilities: Mapping[str, float]) -> Moved | None:
        """The decision in the new version, or None when it must be asked for again.

        Classes that become one add their probabilities (for `choices`, where several may apply, the larger counts).
        """
        moved = self.value(value)
        if moved is None:
            return None
        several = self.old.aggregate == "per_class"
        sums: dict[str, float] = {}
        for old, p in probabilities.items():
            target = self.moves.get(old, old)
            if target in self.new.ids:
                sums[target] = max(sums.get(target, 0.0), p) if several else sums.get(target, 0.0) + p
        sure = sums.get(moved, confidence) if isinstance(moved, str) and not several else confidence
        return Moved(moved, min(1.0, max(sure, confidence)), sums)

    def _asked_again(self, value: Value) -> bool:
        return any(self.moves.get(one) == ASK_AGAIN for one in self.old.mentioned(value))

    def _rest(self) -> tuple[Any, ...]:
        rest = self.moves.get(REST, ASK_AGAIN)
        return () if rest == ASK_AGAIN else (rest,)


@dataclass(frozen=True)
class Version:
    """A version of a question; `reverts` is the number of the version that it published again."""

    number: int
    question: Question
    reverts: int | None = None


def heard(versions: Sequence[Version], made: int, value: Value) -> Value | None:
    """What an answer given under version `made` says under the last; None when it says nothing any more.

    An answer is carried from version to version by what each asks for. A version that reverts to one at or after
    `made` undoes what lay between.
    """
    last = versions[-1]
    if last.number <= made:
        return value
    before = versions[:-1]
    if last.reverts is not None:
        if made <= last.reverts:
            return heard([one for one in before if one.number <= last.reverts], made, value)
        return Change(last.question, last.question).value(value)
    carried = heard(before, made, value)
    return None if carried is None else Change(before[-1].question, last.question).value(carried)
