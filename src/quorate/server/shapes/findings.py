"""What travels of findings, and of what is said to them."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field, JsonValue

from quorate.server.shapes.shape import Shape, example

State = Literal["open", "answered", "upheld", "dismissed"]
Wanted = Literal["open", "answered", "upheld", "dismissed", "unjudged"]


class Reply(BaseModel):
    """A word on a finding."""

    kind: Literal["answered", "upheld", "dismissed"]
    text: str
    at: datetime


class Consequence(BaseModel):
    """Something that followed from a finding."""

    kind: Literal["paused", "pay_held", "asked_again"]
    detail: JsonValue = Field(description="Of held pay the amount, of tasks asked again their number.")
    at: datetime
    undone: datetime | None = Field(description="When it was taken back.")


class FindingLesson(BaseModel):
    """A lesson that was made because of a finding."""

    id: UUID
    labels: list[str]
    title: JsonValue
    done_at: datetime | None


class _Noticed(BaseModel):
    id: UUID
    project: str
    kind: str = Field(examples=["speed"])
    message: str = Field(description="In English.")
    item: str | None = Field(description="The item's key, where it is about one.")
    action: str = Field(description="`noted`, or `paused` when new work was held back.")
    at: datetime
    state: State
    replies: list[Reply]
    consequences: list[Consequence]
    lesson: FindingLesson | None


class OwnFinding(_Noticed):
    """Something that was noticed about your work."""

    facts: dict[str, JsonValue] = Field(description="What the message tells, for who writes it in another language.")


class Partner(BaseModel):
    """Somebody else who has a part in what was noticed."""

    annotator: str
    name: str | None = Field(description="For those who may know it.")


class ProjectFinding(_Noticed):
    """Something that was noticed in a project, with its evidence."""

    annotator: str | None = Field(description="Whose work it is about, by pseudonym.")
    name: str | None = Field(description="Their name, for those who may know it.")
    evidence: JsonValue
    answers: int = Field(description="How many answers it is about.")
    items: list[str] = Field(description="Keys of the first items that it is about, where it is about more than one.")
    partners: list[Partner] = Field(description="Who answers like them; they are not told of each other.")


class FindingAnswer(Shape):
    """What you say to it."""

    model_config = example(text="The reviews were short; I have read them all.")

    text: str = Field(min_length=1, max_length=4000)


class FindingVerdict(Shape):
    """What a person makes of it."""

    model_config = example(verdict="dismissed", reason="The items were short; the pace is fine.")

    verdict: Literal["upheld", "dismissed"]
    reason: str = Field(min_length=1, max_length=4000)
    then: list[Literal["paused", "pay_held", "asked_again"]] = Field(
        [], max_length=3, description="What follows when it is upheld; all of it is taken back when it is dismissed."
    )


class FindingJudged(BaseModel):
    """What followed from it now, or was taken back."""

    done: list[Literal["paused", "pay_held", "asked_again"]]


class GapShown(BaseModel):
    """One class taken for another."""

    truth: str
    said: str
    probability: float
    share: float = Field(description="How often items of the one were called the other.")
    answers: float = Field(description="On about how many such items.")


class Diagnosis(BaseModel):
    """Why somebody's newest answers to a step are wrong, as far as they tell."""

    step: str
    answers: int
    reason: Literal["fine", "slips", "fatigue", "systematic", "guideline", "bad_faith"]
    remedy: Literal["none", "break", "lesson", "clarification", "pause"]
    probabilities: dict[str, float] = Field(description="Of each reason; they sum to one.")
    gaps: list[GapShown]
    classes: dict[str, dict[str, float]] = Field(description="The same for the errors on each class.")
    made_at: datetime


class ProjectDiagnosis(Diagnosis):
    """The same, with whose they are."""

    annotator: str
    name: str | None = Field(description="Null for who may not know it.")


class OwnDiagnosis(BaseModel):
    """What would help you with a step."""

    project: str
    step: str
    remedy: Literal["none", "break", "lesson", "clarification"]
    labels: list[str] = Field(description="The two classes that are confused most, if any.")
    answers: int
    made_at: datetime


class LessonShown(BaseModel):
    """A lesson that was made for you; it is taken like a training of this name."""

    id: UUID
    project: str
    step: str
    labels: list[str]
    title: JsonValue
    created_at: datetime
    done_at: datetime | None


class LessonWanted(Shape):
    """A lesson to send."""

    model_config = example(step="topic", labels=["delivery", "product"])

    step: str = Field(max_length=200)
    labels: list[str] = Field(min_length=1, max_length=2)


class LessonSent(BaseModel):
    """The lesson that was made."""

    id: UUID
