"""What a schema asks of answers beyond their form, listed under `validate:`; and what is found when one fails.

Two tiers. *Refuse*: the annotator is told and mends the answer. *Flag*: the answer is taken and a finding is kept.
Each validator is a class with its parameters; adding one means adding a class and its line in `quorate.plugins`.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, ClassVar, Literal

from pydantic import Field

from quorate import plugins
from quorate.errors import InvalidInput
from quorate.labels import conditions
from quorate.labels.fields import Words, Written, gather, path, read
from quorate.labels.question import Question, Value, words

Need = Literal["own", "duplicates", "others", "share"]
Then = Literal["refuse", "flag", "ignore"]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that a validator noticed: its name, a sentence for people, the numbers behind it."""

    kind: str
    message: str
    evidence: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Earlier:
    """An answer given before: its value and the annotation (or task) it stands for."""

    value: Value
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer in its normal form with what is known around it; what no validator `needs` may stay empty."""

    value: Value
    item: Mapping[str, Any] = field(default_factory=dict)
    comment: str = ""
    seconds: float | None = None
    confidence: float | None = None
    machine: bool = False
    own: Sequence[Earlier] = ()
    """This annotator's answers to other tasks of the step, newest first."""
    duplicates: Sequence[Earlier] = ()
    """This annotator's answers to other items of the same content."""
    others: Sequence[Earlier] = ()
    """Other annotators' answers to this task."""
    share: float | None = None
    """The share of this value among the step's decisions, if known."""


class Validator(Written, ABC):
    """Looks at one answer. `needs` says which of `own`, `duplicates`, `others`, `share` it wants to see."""

    needs: ClassVar[frozenset[Need]] = frozenset()
    default: ClassVar[bool] = False
    """Whether it is on when a schema does not list it."""

    use: str
    then: Then = "flag"
    say: Words = ""

    def suits(self, question: Question) -> bool:
        """Whether it makes sense for this kind of question; where not, it may not be listed."""
        return True

    @abstractmethod
    def look(self, question: Question, answer: Answer) -> Finding | None:
        """What is noticed, or nothing."""


class FlagOnly(Validator):
    """A suspicion is no reason to refuse honest work."""

    then: Literal["flag", "ignore"] = "flag"


class When(Validator):
    """A rule of the step in CEL over `value`, `comment`, `seconds`, `confidence` and `item`."""

    use: Literal["when"] = "when"
    when: str
    then: Then = "refuse"

    def look(self, question: Question, answer: Answer) -> Finding | None:
        context = {
            "value": answer.value,
            "comment": answer.comment,
            "seconds": answer.seconds or 0.0,
            "confidence": 1.0 if answer.confidence is None else answer.confidence,
            "item": dict(answer.item),
        }
        if not self.condition.true(context):
            return None
        return Finding("when", words(self.say) or f"The rule `{self.when}` holds.", {"when": self.when})

    @cached_property
    def condition(self) -> conditions.Condition:
        """The condition, compiled once."""
        return conditions.compile(self.when, {"value", "comment", "seconds", "confidence", "item"})

    def compiled(self, question: Question) -> conditions.Condition:
        """The condition; raises `InvalidInput` when it does not compile or makes no sense on an example answer."""
        example = {"value": question.example, "comment": "", "seconds": 1.0, "confidence": 1.0, "item": {}}
        return conditions.compile(self.when, example)


class Required(Validator):
    """A comment, or a self-reported confidence, must be there."""

    use: Literal["required"] = "required"
    fields: tuple[Literal["comment", "confidence"], ...] = Field(min_length=1)
    then: Then = "refuse"

    def look(self, question: Question, answer: Answer) -> Finding | None:
        missing = [name for name in self.fields if getattr(answer, name) in {"", None}]
        if not missing:
            return None
        return Finding("required", words(self.say) or f"Please add a {missing[0]}.", {"missing": missing})


class MinSeconds(FlagOnly):
    """Answered in less time than anyone needs for such an item."""

    use: Literal["min_seconds"] = "min_seconds"
    seconds: float = Field(gt=0, le=3600)

    def look(self, question: Question, answer: Answer) -> Finding | None:
        if answer.machine or answer.seconds is None or answer.seconds >= self.seconds:
            return None
        return Finding(
            "min_seconds",
            words(self.say) or f"Answered in {answer.seconds:.1f} s; at least {self.seconds:g} s were expected.",
            {"seconds": answer.seconds, "expected": self.seconds},
        )


class ReadingSpeed(FlagOnly):
    """Answered faster than the item's text can be read.

    People read about 240 words a minute silently (Brysbaert 2019, J. Mem. Lang. 109, 104047), and few skim above 700;
    `fields` names the texts of the item that must be read (default: all).
    """

    default: ClassVar[bool] = True

    use: Literal["reading_speed"] = "reading_speed"
    words_per_minute: float = Field(default=900, gt=0)
    fields: tuple[str, ...] = ()

    def look(self, question: Question, answer: Answer) -> Finding | None:
        if answer.machine or answer.seconds is None:
            return None
        prose = texts(answer.item, self.fields)
        if answer.seconds >= sum(len(text) + 1 for text in prose) / 2 / self.words_per_minute * 60:
            return None  # long enough even if every other character were a word
        count = sum(map(count_words, prose))
        expected = count / self.words_per_minute * 60
        if answer.seconds >= expected:
            return None
        return Finding(
            "reading_speed",
            words(self.say) or f"Answered in {answer.seconds:.1f} s; reading {count:.0f} words takes {expected:.1f} s.",
            {"seconds": answer.seconds, "expected": round(expected, 2), "words": count},
        )


_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_DENSE = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\u0e00-\u0e7f]")


def count_words(text: str) -> float:
    """Words in a text; in scripts that do not put spaces between words, two characters count as one."""
    dense = len(_DENSE.findall(text))
    return dense / 2 + len(_WORD.findall(_DENSE.sub(" ", text)))


def texts(item: Mapping[str, Any], fields: Sequence[str] = ()) -> list[str]:
    """The texts of an item (of these fields, or of all) that look like prose: they have a space or a dense script."""
    chosen = [item.get(name) for name in fields] if fields else list(item.values())
    return [text for text in chosen if isinstance(text, str) and (" " in text.strip() or _DENSE.search(text))]


def validators(question: Question, at: str = "") -> tuple[Validator, ...]:
    """The validators of a question: those it lists, then the defaults that it does not list.

    Raises `InvalidSpec` with every fault: an unknown name, a wrong parameter, a rule that does not compile.
    """
    listed: list[Validator] = []

    def add(i: int, rule: dict[str, Any]) -> None:
        listed.append(_validator(question, rule, path(at, "validate", i)))

    gather([lambda i=i, rule=rule: add(i, rule) for i, rule in enumerate(question.rules)])  # type: ignore[misc]
    names = {one.use for one in listed}
    classes = {name: plugins.load("validators", name) for name in plugins.addresses("validators") if name not in names}
    defaults = [cls(use=name) for name, cls in classes.items() if cls.default]
    return tuple(one for one in [*listed, *defaults] if one.then != "ignore" and one.suits(question))


def _validator(question: Question, rule: dict[str, Any], at: str) -> Validator:
    if "when" in rule:
        condition = read(When, rule, at=at)
        try:
            condition.compiled(question)
        except InvalidInput as error:
            error.where = path(at, "when")
            raise
        return condition
    if not isinstance(rule.get("use"), str):
        raise InvalidInput("A rule needs `use` or `when`.", where=at, mend="Write such as {use: min_seconds, …}.")
    try:
        cls: type[Validator] = plugins.load("validators", rule["use"])
    except InvalidInput as error:
        error.where = path(at, "use")
        raise
    found = read(cls, rule, at=at)
    if not found.suits(question):
        raise InvalidInput(
            "`{name}` says nothing about a {kind}.", where=at, mend="Remove it.", name=found.use, kind=question.kind
        )
    return found
