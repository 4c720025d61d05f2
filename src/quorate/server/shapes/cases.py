"""What travels when experts judge."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query
from pydantic import BaseModel, Field, JsonValue

from quorate.server.shapes.shape import ID, Shape, example
from quorate.server.shapes.work import Task

Limit = Annotated[int, Query(ge=1, le=1000, description="How many at most.")]


class ClaimCases(Shape):
    """What to lease."""

    model_config = example(count=1, projects=["reviews"])

    count: int = Field(1, ge=1, le=10)
    projects: list[str] | None = Field(None, max_length=100)


class Given(BaseModel):
    """One annotator's answer, as an expert sees it."""

    annotator: str = Field(description="A pseudonym.")
    role: str
    value: JsonValue
    comment: str | None
    seconds: float | None
    skill: JsonValue = Field(description="What is believed of the annotator on this step.")


class Case(Task):
    """A leased case. In a blind one, all that others said is left out until you have answered."""

    why: str = Field(description="Why it is here: undecided, risky, dispute, second opinion; or audit, for every blind one.")
    blind: bool
    rule: str | None = None
    value: JsonValue = Field(None, description="The likeliest value so far.")
    probabilities: dict[str, float] | None = None
    answers: list[Given] = Field(default=[])
    findings: list[dict[str, Any]] = Field(default=[])
    guideline: JsonValue = None
    template: JsonValue = None


class ClaimedCases(BaseModel):
    """The leased cases."""

    cases: list[Case]


class Adjudication(Shape):
    """An expert's word on a case."""

    model_config = example(
        assignment=ID,
        value="delivery",
        rationale="§2.1: the parcel is not the kettle.",
        clauses=["2.1"],
        error="misread",
        seconds=40,
    )

    assignment: UUID
    value: JsonValue
    rationale: str = Field(min_length=1, max_length=20_000, examples=["§2.1: the parcel is not the kettle."])
    clauses: list[str] = Field(default=[], max_length=50, examples=[["2.1"]])
    error: str | None = Field(None, max_length=200, description="Kind of error that was made, by the template.")
    change_guideline: bool = False
    extra: dict[str, Any] | None = None
    seconds: float | None = Field(None, ge=0, le=86_400)


class Adjudicated(BaseModel):
    """What came of it."""

    annotation: UUID
    task: UUID
    state: str
    agrees: bool | None = Field(description="Whether you said what had been decided; null when nothing had been.")


class Queued(BaseModel):
    """A case that waits."""

    id: UUID
    task_id: UUID
    kind: str
    rule: str
    reason: str
    risk: float
    ambiguity: float
    value: float
    priority: float
    blind: bool
    held: bool
    opened_at: datetime
