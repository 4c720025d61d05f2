"""What travels when people become trusted: trainings, exams, standing, digests, proposals."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field, JsonValue

from quorate.server.shapes.annotators import Rate, Term
from quorate.server.shapes.shape import ID, Shape, example


class TrainingStands(BaseModel):
    """A training and how far one is."""

    name: str
    title: JsonValue
    done: int
    of: int = Field(description="Lessons to read and practices to answer rightly.")
    finished: bool


class ExamStands(BaseModel):
    """An exam and how one stands to it."""

    name: str
    title: JsonValue
    text: JsonValue = Field(description="What one reads before it begins, in Markdown.")
    state: Literal["new", "open", "passed", "partly", "failed", "undecided"]
    passed: bool = Field(description="Whether anything of it was ever passed.")
    may_start: bool
    left: int = Field(description="How often it may still be sat.")
    not_before: datetime | None
    fewest: int = Field(description="The fewest questions that one can pass with.")
    most: int
    bar: float
    sure: float
    per: Literal["whole", "class", "language", "domain"]


class Standing(BaseModel):
    """How one stands in a project."""

    project: str
    qualified: bool = Field(description="Whether there may be work; always where nothing is asked for.")
    terms: list[Term]
    trainings: list[TrainingStands]
    exams: list[ExamStands]


class LessonMedium(BaseModel):
    """Something to look at or listen to."""

    url: str
    type: str
    alt: JsonValue


class PracticeTask(BaseModel):
    """A task to practise on."""

    step: str
    body: JsonValue
    media: JsonValue = Field(description="As those of an item.")
    done: bool


class LessonPage(BaseModel):
    """One lesson."""

    id: str
    title: JsonValue
    text: JsonValue
    media: list[LessonMedium]
    clause: str
    read: bool
    practice: list[PracticeTask]


class TrainingPage(BaseModel):
    """A training's lessons, and what one has done of them."""

    training: str
    title: JsonValue
    done: bool
    lessons: list[LessonPage]


class Practised(Shape):
    """An answer to a practice."""

    model_config = example(value="delivery")

    value: JsonValue


class Explained(BaseModel):
    """Whether it is right, what is, and why."""

    right: bool
    expected: JsonValue
    why: JsonValue
    clause: str
    done: bool = Field(description="Whether the training is finished.")


class LessonRead(BaseModel):
    """What came of reading."""

    done: bool = Field(description="Whether the training is finished.")


class ExamTest(BaseModel):
    """One test of an exam: the answers and what they show."""

    test: str = Field(description="The class (as `step.class`), language or domain; empty: the whole.")
    step: str | None = Field(description="Of a class its step.")
    title: JsonValue = Field(description="Of a class its title; else as `test`.")
    asked: int
    right: int
    belief: float = Field(description="How probable it is that the skill is at least the bar.")
    low: float = Field(description="The skill, in a 95 % interval.")
    high: float
    verdict: Literal["open", "passed", "failed", "undecided"]


class ExamQuestion(BaseModel):
    """A question that waits for an answer."""

    id: UUID
    step: str
    ask: JsonValue
    kind: str
    item: str
    body: JsonValue
    media: JsonValue = None
    language: str | None


class ExamRetake(BaseModel):
    """When the exam may be sat again."""

    left: int
    not_before: datetime | None
    after_days: float


class Sitting(BaseModel):
    """An exam that one sits or has sat."""

    exam: str
    title: JsonValue
    state: Literal["open", "passed", "partly", "failed", "undecided"]
    per: Literal["whole", "class", "language", "domain"]
    bar: float
    sure: float
    doubt: float
    most: int = Field(description="The most questions of a test.")
    tests: list[ExamTest]
    question: ExamQuestion | None
    withdrawn: bool = Field(
        description="Whether the question that waited was taken back just now, since the project no longer has it."
    )
    retake: ExamRetake


class ExamAnswer(Shape):
    """An answer to the question that waits."""

    model_config = example(question=ID, value="delivery")

    question: UUID
    value: JsonValue


class WeekMoved(BaseModel):
    """A confusion that became rarer."""

    step: str
    expected: str
    said: str
    before: float
    now: float


class WeekExample(BaseModel):
    """An item on which it happened."""

    item: str
    excerpt: str
    why: str | None


class WeekConfusion(BaseModel):
    """What was taken for what."""

    step: str
    expected: str
    said: str
    count: int
    clauses: list[str]
    examples: list[WeekExample]


class Week(BaseModel):
    """A week of yours in a project."""

    project: str
    since: datetime
    accuracy: Rate
    before: Rate | None
    improved: list[WeekMoved]
    confusions: list[WeekConfusion]


class Weeks(BaseModel):
    """Your weeks, newest first."""

    choice: Literal["show", "notice", "off"]
    digests: list[Week]


class DigestChoice(Shape):
    """How you want them: shown on your page, told as a notice too, or not made."""

    model_config = example(choice="notice")

    choice: Literal["show", "notice", "off"]


class LeadEvidence(BaseModel):
    """What known items have shown."""

    right: int
    answers: int
    low: float
    high: float
    bar: float
    belief: float = Field(description="How probable it is that the skill is at least the bar.")


class Lead(BaseModel):
    """Somebody who is proposed for promotion."""

    id: UUID
    annotator: str
    name: str | None
    role: str
    evidence: LeadEvidence
    state: Literal["open", "accepted", "declined"]
    reason: str | None
    author: str | None
    created_at: datetime
    decided_at: datetime | None


class LeadReason(Shape):
    """Why."""

    model_config = example(reason="Careful, and explains well.")

    reason: str = Field("", max_length=2000)
