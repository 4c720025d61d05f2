"""What travels when experts judge."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query
from pydantic import BaseModel, Field, JsonValue

from quorate.server.shapes.guide import GuidelineAt, GuideQuestion, GuideReason, Words
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

    annotation: UUID
    annotator: str = Field(description="A pseudonym.")
    role: str
    value: JsonValue
    comment: str | None
    seconds: float | None
    at: datetime
    skill: JsonValue = Field(description="What is believed of the annotator on this step.")
    accuracy: float | None = Field(description="The same as one number, where answers are classes.")


class CaseFinding(BaseModel):
    """A finding."""

    kind: str
    message: str
    evidence: JsonValue
    action: str
    annotation_id: UUID | None
    at: datetime


class Word(BaseModel):
    """What an expert has said about the task before."""

    expert: str = Field(description="A pseudonym.")
    value: JsonValue
    rationale: str
    clauses: list[str]
    error: str | None
    at: datetime
    kind: str = Field(description="Of the case in which it was said.")


class Against(BaseModel):
    """What an annotator says against what was decided."""

    annotator: str = Field(description="A pseudonym.")
    annotation: UUID
    value: JsonValue = Field(description="Their answer.")
    against: JsonValue = Field(description="What they were told to be right.")
    reason: str
    at: datetime


class TemplateShown(BaseModel):
    """What is asked of an expert besides the value."""

    rationale_min: int = Field(description="Characters that a rationale must have.")
    clauses: bool = Field(description="Whether a clause must be cited.")
    errors: list[GuideReason] = Field(description="Kinds of error to choose from.")
    help: Words
    fields: dict[str, GuideQuestion]


class Case(Task):
    """A leased case. In a blind one, all that others said is left out until you have answered."""

    why: str = Field(
        description="Why it is here: undecided, risky, dispute, second opinion; or audit, for every blind one."
    )
    words: str = Field(description="The same in a sentence.")
    blind: bool
    question: GuideQuestion
    guideline: GuidelineAt | None = None
    template: TemplateShown
    due_at: datetime | None = None
    rule: str | None = None
    opened_at: datetime | None = None
    risk: float | None = None
    worth: float | None = Field(None, description="What the item is worth beside others.")
    attributes: dict[str, JsonValue] | None = None
    state: str | None = None
    decided: JsonValue = Field(None, description="The label in force; of a disputed known item, the known answer.")
    decided_by: str | None = None
    value: JsonValue = Field(None, description="The likeliest value so far.")
    confidence: float | None = None
    probabilities: dict[str, float] | None = None
    answers: list[Given] = Field(default=[])
    findings: list[CaseFinding] = Field(default=[])
    said: list[Word] = Field(default=[], description="By experts before, and by you.")
    disputes: list[Against] = Field(default=[])


class Precedent(BaseModel):
    """An earlier case that is like this one."""

    item: str
    excerpt: str
    body: JsonValue
    value: JsonValue = Field(description="The label in force.")
    expert: str = Field(description="A pseudonym.")
    said: JsonValue = Field(description="The expert's answer.")
    rationale: str
    clauses: list[str]
    error: str | None
    guideline_version: int | None
    at: datetime
    likeness: float = Field(description="From 0 to 1.")
    words: list[str] = Field(description="That both have, the most telling first.")
    attributes: list[str] = Field(description="That are the same in both.")


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
    repeated: bool = Field(description="The answer had arrived before; it counts once.")


class Queued(BaseModel):
    """A case that waits."""

    id: UUID
    task_id: UUID
    item: str = Field(description="The item's key.")
    excerpt: str = Field(description="The item in a line.")
    step: str
    kind: str
    words: str = Field(description="Why it is here, in a sentence.")
    rule: str
    reason: str
    risk: float
    ambiguity: float
    value: float = Field(description="What the item is worth beside others.")
    priority: float
    blind: bool
    held: bool
    opened_at: datetime
    age_seconds: float
    due_at: datetime | None = Field(description="When it is to be judged by.")
    overdue: bool
    yours: bool = Field(description="Whether it is your turn.")
    expert: str | None = Field(description="Whose turn it is; null: anybody's.")
    backup: str | None = Field(description="Who is next if they do not come.")
