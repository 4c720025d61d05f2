"""What is measured, and how much of it one event is. Pure: rows in, facts out.

A *measure* is a count, a sum and a maximum, which add up over time, steps, classes and people; every metric
(`watch/metrics.py`) follows from one of them. The class of a fact is an answer of a closed list, never a free text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

NOBODY = UUID(int=0)
HOUR = 3_600_000
Row = Mapping[str, Any]

MEASURES: Mapping[str, str] = {
    "answers": "answers of crowd and models; of them the sum is how many were revised",
    "answer_seconds": "seconds spent on an answer, as the annotator's program timed them",
    "latency_seconds": "seconds from the lease to the answer",
    "wage": "milliseconds of work of the crowd; the sum is what they brought, times the milliseconds of an hour",
    "cost": "money for an answer or an adjudication, in the project's currency",
    "gold": "answers to known items; the sum is how many were right (the class is the known one)",
    "pairs": "pairs of answers to a task when it was first decided; the sum is how many said the same",
    "agreeing": "answers to a task when it was first decided; the sum is how many said what was decided",
    "agreeing_cost": "money for answers to a task when it was first decided; the count is of those that said what was"
    " decided",
    "contested": "answers to a task when it was first decided; the sum is how many were to one that went to an expert",
    "labels": "tasks decided for the first time; the sum is how many decisions were later overturned",
    "confidence": "confidence of the first decision",
    "judgements": "judgements that a first decision rests on",
    "item_cost": "what a task had cost when it was first decided",
    "quality_seconds": "seconds from the import of an item to the first decision on it",
    "escalated": "tasks that left the crowd's hands; the sum is how many went to an expert",
    "case_seconds": "seconds from the opening of a case to the expert's word",
    "audits": "blind audits; the sum is how many found the decision right",
    "wanted": "judgements that are wanted and that nobody holds at the end of a minute; sum and maximum are of the"
    " seconds since their items came in (the class is that which their task stands at)",
    "queue": "cases that wait for an expert at the end of a minute; sum and maximum are of their age in seconds (the"
    " class is that which their task stands at, the person whose turn it is)",
    "coverage": "labels that the policy's quotas want at the end of a minute; the sum is how many are there (the class"
    " is the kind, such as language=de)",
    "missing": "labels that the policy's quotas want and that are not there",
}


@dataclass(frozen=True, slots=True)
class Fact:
    """So much of a measure at a moment, by one person on one class of one step."""

    measure: str
    at: datetime
    step: UUID
    label: str = ""
    account: UUID = NOBODY
    n: int = 1
    total: float = 0.0

    @property
    def most(self) -> float:
        """The greatest single amount; of a share, whether there was any."""
        return self.total


@dataclass(frozen=True, slots=True)
class Reading:
    """How the answers to a step are read: what one says today, whether two say the same, which class one is."""

    heard: Callable[[Any, Any], Any] = lambda value, schema: value
    same: Callable[[Any, Any], bool] = lambda a, b: bool(a == b)
    classes: frozenset[str] = frozenset()

    def label(self, value: Any) -> str:
        """The class that an answer is; empty when it is none of a closed list."""
        text = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
        return text if text in self.classes else ""


def answered(row: Row, reading: Reading) -> Iterator[Fact]:
    """From an annotation: at, step, account, role, value, schema, seconds, leased, cost, supersedes, gold."""

    def fact(measure: str, total: float, label: str, n: int = 1) -> Fact:
        return Fact(measure, row["at"], row["step"], label, row["account"], n, total)

    said = reading.heard(row["value"], row["schema"])
    label, revised = reading.label(said), row["supersedes"] is not None
    if row["cost"]:
        yield fact("cost", float(row["cost"]), label)
    if row["role"] == "expert":
        return
    yield fact("answers", float(revised), label, 0 if revised else 1)
    if revised:
        return
    if row["seconds"] is not None:
        yield fact("answer_seconds", row["seconds"], label)
        if row["role"] == "crowd" and row["seconds"] > 0:  # for nothing, too: that is what the hour brought
            yield fact("wage", float(row["cost"]) * HOUR, label, max(round(row["seconds"] * 1000), 1))
    if row["leased"] is not None:
        yield fact("latency_seconds", max((row["at"] - row["leased"]).total_seconds(), 0.0), label)
    if row["gold"] is not None and said is not None:
        yield fact("gold", float(reading.same(said, row["gold"])), reading.label(row["gold"]))


def decided(row: Row, reading: Reading) -> Iterator[Fact]:
    """From a decision: at, step, kind, value, schema, first, before (what it overturns), confidence, judgements,
    cost, imported, escalated (before it), answers (account, value, schema, cost)."""
    if row["kind"] in {"gold", "mapped"}:
        return
    value = reading.heard(row["value"], row["schema"])
    label = reading.label(value)

    def fact(measure: str, total: float = 0.0, n: int = 1) -> Fact:
        return Fact(measure, row["at"], row["step"], label, n=n, total=total)

    if not row["first"]:
        before = reading.heard(row["before"], row["before_schema"])
        if before is not None and value is not None and not reading.same(before, value):
            yield fact("labels", 1.0, 0)
        return
    yield fact("labels")
    yield fact("confidence", row["confidence"])
    yield fact("judgements", float(row["judgements"]))
    yield fact("item_cost", float(row["cost"]))
    yield fact("quality_seconds", max((row["at"] - row["imported"]).total_seconds(), 0.0))
    if not row["escalated"]:
        yield fact("escalated")
    yield from _agreement(row, value, label, reading)


def _agreement(row: Row, value: Any, label: str, reading: Reading) -> Iterator[Fact]:
    """Each answer against each other one (both ways, so that everybody has their own pairs), and against the label."""
    heard = [(one["account"], reading.heard(one["value"], one["schema"]), one["cost"]) for one in row["answers"]]
    answers = [(account, said, cost) for account, said, cost in heard if said is not None]
    for place, (account, said, cost) in enumerate(answers):
        yield Fact("contested", row["at"], row["step"], label, account, 1, float(row["escalated"]))
        if value is not None:
            same = reading.same(said, value)
            yield Fact("agreeing", row["at"], row["step"], label, account, 1, float(same))
            if cost:
                yield Fact("agreeing_cost", row["at"], row["step"], label, account, int(same), float(cost))
        others = [other for at, (_, other, _) in enumerate(answers) if at != place]
        if others:
            alike = sum(reading.same(said, other) for other in others)
            yield Fact("pairs", row["at"], row["step"], reading.label(said), account, len(others), float(alike))


def escalated(row: Row, _: Reading) -> Iterator[Fact]:
    """From a case: at, step, first (the task's first escalation, before any decision)."""
    if row["first"]:
        yield Fact("escalated", row["at"], row["step"], total=1.0)


def adjudicated(row: Row, _: Reading) -> Iterator[Fact]:
    """From an adjudication: at, step, account, opened."""
    waited = max((row["at"] - row["opened"]).total_seconds(), 0.0)
    yield Fact("case_seconds", row["at"], row["step"], account=row["account"], total=waited)


def audited(row: Row, reading: Reading) -> Iterator[Fact]:
    """From an audit: at, step, agrees, value, schema (of the decision)."""
    label = reading.label(reading.heard(row["value"], row["schema"]))
    yield Fact("audits", row["at"], row["step"], label, total=float(row["agrees"]))


FACTS: Mapping[str, Callable[[Row, Reading], Iterator[Fact]]] = {
    "annotation.submitted": answered,
    "task.decided": decided,
    "case.opened": escalated,
    "task.adjudicated": adjudicated,
    "decision.audited": audited,
}
"""The verbs of the ledger that are measured, and what each is worth."""

GRAINS: Mapping[str, timedelta | None] = {
    "minute": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
    "ever": None,
}
EVER = datetime.fromisoformat("1970-01-01T00:00:00+00:00")
Key = tuple[str, str, datetime, UUID, str, UUID]


def begin(at: datetime, grain: str) -> datetime:
    """When the minute, hour or UTC day of a moment began; the epoch, of ever."""
    size = GRAINS[grain]
    return EVER if size is None else at - (at - EVER) % size


def tally(facts: Iterable[Fact], kept: Mapping[str, datetime]) -> dict[Key, list[float]]:
    """(grain, measure, at, step, class, account) → [count, sum, maximum].

    `kept`: how far back a grain is kept; what is older does not go there, for it has been pruned.
    """
    found: dict[Key, list[float]] = {}
    for fact in facts:
        for grain in GRAINS:
            at = begin(fact.at, grain)
            if grain in kept and at < kept[grain]:
                continue
            row = found.setdefault((grain, fact.measure, at, fact.step, fact.label, fact.account), [0, 0.0, 0.0])
            row[0] += fact.n
            row[1] += fact.total
            row[2] = max(row[2], fact.most / fact.n if fact.n > 1 else fact.most)
    return found
