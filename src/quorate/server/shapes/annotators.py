"""What travels about annotators."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field, JsonValue

from quorate.server.shapes.shape import Shape, example

Status = Literal["active", "paused", "blocked", "retrain"]


class Rate(BaseModel):
    """A share of so many answers, with a 95 % interval."""

    value: float
    low: float
    high: float
    answers: int


class SkillOn(BaseModel):
    """How good somebody is at a step, with a 95 % interval; and in a word (null where there are no classes)."""

    step: str
    answers: int
    accuracy: float | None
    low: float | None
    high: float | None
    verdict: str | None


class Term(BaseModel):
    """How somebody stands to one term of the qualification."""

    kind: Literal["exam", "training"]
    name: str
    steps: list[str] = Field(description="That it opens; empty: all.")
    state: Literal["met", "lapsed", "missing"]
    until: datetime | None = Field(description="When what is held first runs out.")
    held: list[str] = Field(description="The tests passed and not run out; one of an empty name is the whole.")
    tests: list[str] = Field(description="The tests there are.")


class Annotator(BaseModel):
    """Somebody who works or may work in a project."""

    annotator: str = Field(description="A pseudonym; what the address of this annotator has.", examples=["a-3f9c2d"])
    name: str | None = Field(description="Null for who may not know it.")
    kind: Literal["person", "machine"]
    roles: list[str]
    status: Status
    reason: str | None = Field(description="Why they are paused or blocked, as they were told.")
    discounted: bool = Field(description="Whether their answers do not count.")
    answers: int
    share: float = Field(description="Of all answers.")
    cost: str
    seconds: float | None = Field(description="An answer, in the median of the newest.")
    agreement: Rate | None = Field(description="With the labels in force, of the newest answers.")
    findings: int
    last_seen: datetime | None
    skills: list[SkillOn]
    qualification: list[Term]


class ConfusionOn(BaseModel):
    """How probably each class (column) is said of items of each class (row)."""

    step: str
    labels: list[str]
    rows: list[list[float]]
    verdict: str | None


class Day(BaseModel):
    """One day's work: `right` of `known` answers to known items, `agreeing` of `compared` with the label in force."""

    at: datetime
    answers: int
    seconds: float | None
    known: int
    right: int
    compared: int
    agreeing: int


class Noticed(BaseModel):
    """Something that was noticed."""

    kind: str
    message: str
    at: datetime
    item: str | None


class Sent(BaseModel):
    """Something that they were told."""

    id: UUID
    kind: str
    text: str
    facts: dict[str, Any] | None
    author: str | None
    created_at: datetime
    acknowledged_at: datetime | None


class ExamSat(BaseModel):
    """How somebody stands to an exam."""

    name: str
    title: JsonValue
    state: Literal["new", "open", "passed", "partly", "failed", "undecided"]
    may_start: bool = Field(description="Whether they may sit it now, or go on.")
    left: int = Field(description="How often they may still sit it.")
    not_before: datetime | None


class AnnotatorPage(Annotator):
    """What somebody is good at, what they confuse, and what was done about it."""

    exams: list[ExamSat]
    confusions: list[ConfusionOn]
    history: list[Day]
    noticed: list[Noticed]
    notices: list[Sent]


class Because(Shape):
    """Why; they will read it."""

    model_config = example(reason="Many answers in under a second.")

    reason: str = Field(min_length=1, max_length=2000)


class Retake(Because):
    """Which exam, and why."""

    model_config = example(exam="basics", reason="The connection broke down.")

    exam: str = Field(min_length=1, max_length=200)


class Block(Shape):
    """Why; and whether what they answered is to be asked again."""

    model_config = example(reason="Every answer is the same.", discount=True)

    reason: str = Field(min_length=1, max_length=2000)
    discount: bool = Field(False, description="Their answers count no more, and their tasks are decided anew.")


class Message(Shape):
    """What to tell them."""

    model_config = example(text="Clause 2.1 has changed; please read it again.")

    text: str = Field(min_length=1, max_length=2000)


class Stands(BaseModel):
    """What came of it: `tasks` whose label was looked at again, `pending` of them by the worker, soon."""

    status: Status
    tasks: int
    pending: int


class Notice(BaseModel):
    """Something that you were told."""

    id: UUID
    project: str
    kind: Literal[
        "message",
        "paused",
        "blocked",
        "retrain",
        "resumed",
        "rest",
        "held",
        "released",
        "reversed",
        "upheld",
        "dismissed",
        "slips",
        "digest",
        "wanted",
    ] = Field(
        description="`rest`: a break is proposed; one may go on. `held`, `released`, `reversed`: of pay. `upheld`,"
        " `dismissed`: of what was noticed. `slips`: a break may help. `digest`: the week's. `wanted`: experts are."
    )
    text: str = Field(description="Of `rest`: `long` (at work for long) or `tired` (slower or less right than before).")
    facts: dict[str, Any] | None = Field(
        description="What the text says, where it is the program's own: the `reason` that somebody gave, or `noticed`"
        " where it follows from what was noticed; of pay `amount` and `currency`; of a digest `value`, `low`, `high`,"
        " `answers`; of `wanted` the `subject` that will be late."
    )
    created_at: datetime
