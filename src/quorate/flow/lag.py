"""What a policy says of work that runs late: what is looked at of each step, and what is then done."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Annotated, Any, Literal, Self

from pydantic import Field, PlainSerializer, PlainValidator, WithJsonSchema, model_validator

from quorate.errors import InvalidInput
from quorate.flow.alerts import RuleName, Span, channels_of
from quorate.flow.trust import Term
from quorate.labels import conditions
from quorate.labels.conditions import Condition
from quorate.labels.fields import Name, Written, fault, fault_of

FACTS: Mapping[str, float] = {
    "late_hours": -1.0, "due_hours": 24.0, "left": 100.0, "pace": 10.0, "needed": 4.0, "people": 3.0, "on_duty": 2.0,
    "experts": 2.0, "experts_on_duty": 1.0, "cases": 4.0, "overdue": 0.0, "arriving": 1.0, "judged": 1.0,
    "wait_hours": 2.0,
}  # fmt: skip
"""What a condition may speak of, each of one step, with examples to try it on; `ABOUT` says what they are."""
ABOUT: Mapping[str, str] = {
    "late_hours": "hours from the due date to when the step will be done; negative: in time",
    "due_hours": "hours until the due date",
    "left": "labels that the crowd has still to give",
    "pace": "labels an hour, of the last week",
    "needed": "labels an hour that would be in time",
    "people": "annotators who answered in the last week",
    "on_duty": "those of them who are at work now",
    "experts": "experts who may judge",
    "experts_on_duty": "those of them who are at work now",
    "cases": "cases of the step that wait",
    "overdue": "those of them that are past due",
    "arriving": "cases of the project that come in an hour, of the last week",
    "judged": "cases of the project that are judged in an hour",
    "wait_hours": "hours that a new case will wait for an expert",
}
NEVER = 8760.0
"""Hours that stand for a date that is not in sight."""
Do = Literal["reallocate", "raise", "open", "call"]


def _compiled(source: object) -> Condition:
    if isinstance(source, Condition):
        return source
    if not isinstance(source, str):
        raise fault("A condition is wanted.", "Write such as: late_hours > 0")
    try:
        return conditions.compile(source, FACTS)
    except InvalidInput as error:
        raise fault_of(error) from None


Late = Annotated[
    Condition, PlainValidator(_compiled), PlainSerializer(lambda c: c.source, return_type=str),
    WithJsonSchema({"type": "string", "description": "A condition in CEL on how a step stands."}),
]  # fmt: skip


class Measure(Written):
    """If `when` holds of a step for as long as `for`, something is done about it, and undone when it holds no more."""

    name: RuleName
    when: Late
    for_: Span = Field(
        timedelta(minutes=10),
        alias="for",
        description="How long it must hold first.",
        json_schema_extra={"default": "10m"},
    )
    do: Do = Field(
        description="`reallocate`: cases go to experts who can be in time; `raise`: the step's tasks before those of"
        " other steps; `open`: to annotators who lack only what `waive` names; `call`: the experts are told.",
    )
    waive: tuple[Name, ...] = Field((), max_length=50, description="Exams and trainings that are not asked for.")
    severity: Literal["info", "warning", "critical"] = Field("warning", description="`critical` is told at any hour.")
    to: tuple[Name, ...] = Field((), description="Channels that are told of it, by name.")
    say: str = Field("", max_length=500, description="What those who are told should know or do.")

    def channels(self, known: Iterable[str]) -> tuple[str, ...]:
        """The names of the channels that it is told to, of those that are known."""
        return channels_of(self.to, known)

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if (self.do == "open") != bool(self.waive):
            raise fault("`open` waives something, and nothing else does.", "Write such as waive: [basics].", "waive")
        return self


def waived(terms: tuple[Term, ...], names: Mapping[str, frozenset[str]], steps: tuple[str, ...]) -> tuple[Term, ...]:
    """The terms without those that are waived; `names` are of exams and trainings, by step."""
    kept = []
    for term in terms:
        asked = term.steps or steps
        still = tuple(step for step in asked if term.source[1] not in names.get(step, frozenset()))
        if still == asked:
            kept.append(term)
        elif still:
            kept.append(term.model_copy(update={"steps": still}))
    return tuple(kept)


def facts(step: Mapping[str, Any], queue: Mapping[str, Any]) -> dict[str, float]:
    """How a step stands, as conditions see it; what is not known is not there, which makes them false."""
    told = {**{name: step.get(name) for name in FACTS}, **{name: queue[name] for name in QUEUE}}
    return {name: float(value) for name, value in told.items() if value is not None}


QUEUE = ("experts", "experts_on_duty", "arriving", "judged", "wait_hours")
"""The facts that are of the experts' queue, and the same for each step."""
