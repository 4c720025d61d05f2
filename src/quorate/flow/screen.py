"""Is there something odd about this answer? Rules that refuse it, and looks at what the annotator said before.

Pure: whoever calls brings what the validators `need`, and stores the findings.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar, Literal

from pydantic import Field
from rapidfuzz import fuzz

from quorate.errors import InvalidInput
from quorate.labels.question import Question, words
from quorate.labels.text import folded
from quorate.labels.validators import Answer, Earlier, Finding, FlagOnly, Need, Validator, texts


def screen(question: Question, answer: Answer) -> tuple[Finding, ...]:
    """The findings about an answer whose value is in its normal form.

    Raises `InvalidInput` when a rule of the schema refuses the answer; its text is the rule's `say`.
    """
    findings = []
    for validator in question.validators:
        found = validator.look(question, answer)
        if found and validator.then == "refuse":
            raise _refusal(validator, found)
        if found:
            own = {"say": validator.say} if validator.say else {}
            findings.append(replace(found, evidence={**found.evidence, **own}))
    return tuple(findings)


def _refusal(validator: Validator, found: Finding) -> InvalidInput:
    missing = found.evidence.get("missing")
    words = {"required": "Something is missing: {missing}.", "when": "A rule of the question refuses this: `{when}`."}
    detail = "{say}" if validator.say else words.get(found.kind, "{say}")
    facts = {"say": validator.say or found.message, "missing": missing or (), "when": found.evidence.get("when", "")}
    return InvalidInput(detail, where=missing[0] if missing else "value", mend="Change the answer.", **facts)


def needs(question: Question) -> frozenset[Need]:
    """What the validators of a question want to see, so that nothing else has to be looked up."""
    return frozenset[Need]().union(*(validator.needs for validator in question.validators))


def recent(question: Question) -> int:
    """How many of the annotator's own earlier answers the validators may want to see."""
    return max((v.longest(question) for v in question.validators if isinstance(v, Repeats)), default=0)


class Repeats(FlagOnly):
    """The same answer as the last ones, more often in a row than chance explains.

    Where a class is common, long runs are honest: if its share of the decisions is known, a run counts only when
    `share ** run < chance`.
    """

    needs: ClassVar[frozenset[Need]] = frozenset({"own", "share"})
    default: ClassVar[bool] = True

    use: Literal["repeats"] = "repeats"
    answers: int | None = Field(default=None, ge=2, le=1000)
    chance: float = Field(default=1e-4, gt=0, lt=1)

    def look(self, question: Question, answer: Answer) -> Finding | None:
        if answer.machine:
            return None
        wanted = self._wanted(question, answer.share)
        key = question.key(answer.value)
        if len(answer.own) < wanted - 1 or any(question.key(e.value) != key for e in answer.own[: wanted - 1]):
            return None
        return Finding(
            "repeats",
            words(self.say) or f"The same answer {wanted} times in a row.",
            {"answers": wanted, "value": answer.value, "share": answer.share},
        )

    def longest(self, question: Question) -> int:
        """Own answers that may be looked at: enough for a class that makes up nine decisions in ten."""
        return self._wanted(question, 0.9)

    def _wanted(self, question: Question, share: float | None) -> int:
        least = self.answers or _IN_A_ROW.get(question.aggregate, 20)
        if share is None or share <= 0 or question.aggregate in {"numeric", "text"}:
            return least
        return max(least, math.ceil(math.log(self.chance) / math.log(min(share, 0.999))))


_IN_A_ROW = {"text": 3, "numeric": 8, "per_class": 20, "ordinal": 20, "categorical": 20}


class Inconsistent(FlagOnly):
    """Another answer than one's own to an item of the same content."""

    needs: ClassVar[frozenset[Need]] = frozenset({"duplicates"})
    default: ClassVar[bool] = True

    use: Literal["inconsistent"] = "inconsistent"
    tolerance: float | None = Field(default=None, ge=0, le=1, description="Largest distance that is not flagged.")

    def look(self, question: Question, answer: Answer) -> Finding | None:
        if not answer.duplicates:
            return None
        furthest = max(answer.duplicates, key=lambda earlier: question.distance(answer.value, earlier.value))
        distance = question.distance(answer.value, furthest.value)
        tolerated = self.tolerance if self.tolerance is not None else _TOLERATED.get(question.aggregate, 0.0)
        if distance <= tolerated:
            return None
        return Finding(
            "inconsistent",
            words(self.say) or "Answered differently to an item of the same content before.",
            {"value": answer.value, "earlier": furthest.value, "reference": furthest.reference, "distance": distance},
        )


_TOLERATED = {"ordinal": 0.25, "numeric": 0.1, "text": 0.5, "per_class": 0.5, "spans": 0.5, "boxes": 0.5}


class Copied(FlagOnly):
    """A text taken over from the item or from another annotator.

    Off where copying is the task, as in transcription: `{use: copied, then: ignore}`. Similarity is the share of
    characters in common in order, 0 to 100 (normalised indel similarity).
    """

    needs: ClassVar[frozenset[Need]] = frozenset({"others"})
    default: ClassVar[bool] = True

    use: Literal["copied"] = "copied"
    similarity: float = Field(default=90, gt=0, le=100)
    characters: int = Field(default=25, ge=1, description="Texts shorter than this are alike by chance.")
    sources: tuple[Literal["item", "others"], ...] = Field(default=("item", "others"), min_length=1)

    def suits(self, question: Question) -> bool:
        return question.aggregate == "text"

    def look(self, question: Question, answer: Answer) -> Finding | None:
        mine = folded(answer.value)
        if answer.machine or len(mine) < self.characters:
            return None
        if "item" in self.sources and (found := self._from_item(mine, answer)):
            return found
        return self._from_others(mine, answer.others) if "others" in self.sources else None

    def _from_item(self, mine: str, answer: Answer) -> Finding | None:
        for text in texts(answer.item):
            theirs = folded(text)
            alike = fuzz.partial_ratio(mine, theirs) if len(theirs) >= len(mine) else fuzz.ratio(mine, theirs)
            if alike >= self.similarity:
                return self._found("the item", alike)
        return None

    def _from_others(self, mine: str, others: Sequence[Earlier]) -> Finding | None:
        for other in others:
            alike = fuzz.ratio(mine, folded(other.value))
            if alike >= self.similarity:
                return self._found("another annotator's answer", alike, other.reference)
        return None

    def _found(self, source: str, alike: float, reference: str = "") -> Finding:
        message = words(self.say) or f"The text is taken from {source} ({alike:.0f} % alike)."
        return Finding("copied", message, {"source": source, "similarity": alike, "reference": reference})
