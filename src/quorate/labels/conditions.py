"""Conditions that people write in specs: CEL expressions, compiled once and true or false ever after.

CEL is Google's Common Expression Language (https://cel.dev): no loops, no side effects, always terminates.
Evaluating a condition takes a few microseconds.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from functools import lru_cache
from typing import Any

import cel

from quorate.errors import InvalidInput

LONGEST = 2000
ENDS = "mismatched input '<EOF>'"
"""What the parser says where it wants more than there is."""
FUNCTIONS = frozenset(
    {"bytes", "contains", "double", "duration", "endsWith", "int", "matches", "size", "startsWith", "string"}
    | {"timestamp", "uint", "getFullYear", "getMonth", "getDate", "getDayOfMonth", "getDayOfWeek"}
    | {"getDayOfYear", "getHours", "getMinutes", "getSeconds", "getMilliseconds"}
)
_OPERATOR = re.compile(r"^\W|^_.*_$|^-_$|^_\[_\]$")
_STRING = re.compile(r"""[rR]?("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')""")
_BOUND = re.compile(r"\.(?:map|filter|exists|exists_one|all)\(\s*([A-Za-z_]\w*)\s*,")


class Condition:
    """A compiled condition. Two of the same source are equal."""

    __slots__ = ("_program", "names", "source")

    def __init__(self, source: str, names: frozenset[str], program: cel.Program) -> None:
        self.source = source
        self.names = names
        self._program = program

    def true(self, context: Mapping[str, Any]) -> bool:
        """Whether it holds in this context.

        Something that is not there makes it false: `item.value == 'high'` on an item without a `value`,
        `value[0]` of an empty list. Operands that cannot be compared, and a result that is neither true nor
        false, are errors.
        """
        try:
            result = self._program.execute(context if isinstance(context, dict) else dict(context))
        except (KeyError, IndexError):
            return False
        except (TypeError, ValueError, RuntimeError, ArithmeticError) as error:
            raise InvalidInput(
                "The condition `{condition}` cannot be evaluated: {reason}.",
                mend="Compare like with like; `has(a.b)` tells whether something is there.",
                condition=self.source,
                reason=str(error).split(".")[0],
            ) from error
        if not isinstance(result, bool):
            raise InvalidInput(
                "The condition `{condition}` gives {result}, neither true nor false.",
                mend="End it in a comparison, such as `judgements >= 3`.",
                condition=self.source,
                result=repr(result),
            )
        return result

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Condition) and other.source == self.source

    def __hash__(self) -> int:
        return hash(self.source)

    def __repr__(self) -> str:
        return f"Condition({self.source!r})"


def compile(source: str, names: Collection[str] | Mapping[str, Any]) -> Condition:
    """Compile a condition that may use only these names.

    Given examples with the names (a mapping), the condition is tried on them, so that a comparison of unlike
    things or a result that is not a truth value is found now. Raises `InvalidInput` with what is wrong and the
    names there are.
    """
    condition = _compile(source)
    unknown = sorted(condition.names - set(names))
    if unknown:
        raise InvalidInput(
            "The condition `{condition}` speaks of {names}, which is not known here.",
            mend="Known here: {known}.",
            condition=source,
            names=_quoted(unknown),
            known=sorted(names),
        )
    if isinstance(names, Mapping):
        condition.true(names)
    return condition


@lru_cache(maxsize=4096)
def _compile(source: str) -> Condition:
    if not isinstance(source, str) or len(source) > LONGEST:
        raise InvalidInput("A condition is a text of at most {longest} characters.", longest=LONGEST)
    try:
        program = cel.compile(source)
    except ValueError as error:
        raise _uncompiled(source, str(error)) from error
    used = program.references()
    strange = sorted(n for n in used["functions"] if n not in FUNCTIONS and not _OPERATOR.match(n))
    if strange:
        raise InvalidInput(
            "The condition `{condition}` calls {names}, which does not exist.",
            mend="There are size, contains, startsWith, endsWith, matches, has, exists, all, filter, map.",
            condition=source,
            names=_quoted(strange),
        )
    # Names bound by `xs.exists(x, …)` count as references in the library's analysis.
    bound = set(_BOUND.findall(_STRING.sub("''", source)))
    return Condition(source, frozenset(used["variables"]) - bound, program)


def _quoted(names: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _uncompiled(source: str, listing: str) -> InvalidInput:
    """What the parser lists first, and at which character; that the text ends too early in our own words."""
    found = re.search(r"ERROR: <input>:\d+:(\d+): (?:Syntax error: )?([^\n]*)", listing)
    reason = re.sub(r" expecting \{.*", "", found[2]) if found else listing.split("\n", 1)[0]
    sentence = "The condition `{condition}` does not compile: {reason}."
    if found:
        sentence = "The condition `{condition}` does not compile at character {place}: {reason}."
    if reason == ENDS:
        sentence = "The condition `{condition}` ends too early."
    return InvalidInput(
        sentence,
        mend="Conditions are written in CEL, for example: value == 'spam' && confidence < 0.9",
        condition=source,
        place=int(found[1]) if found else 0,
        reason=reason,
    )
