"""What travels so that a task can be painted and answered."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field, JsonValue

Words = str | dict[str, str]
"""One text, or one for each language."""


class GuideClass(BaseModel):
    """One of the answers to choose from."""

    id: str
    title: Words
    description: Words
    examples: list[str]
    counterexamples: list[str]
    key: str = Field(description="The hotkey; empty when there are more classes than keys.")


class GuideQuestion(BaseModel):
    """What an editor needs."""

    kind: str = Field(description="The kind of label.", examples=["choice"])
    title: Words
    description: Words
    classes: list[GuideClass] = Field(description="In the order of the schema, by which they are coloured.")
    options: dict[str, JsonValue] = Field(description="The kind's own fields.", examples=[{"min": 0, "unit": "cm"}])
    answer: dict[str, Any] = Field(description="The JSON Schema of an answer.")


class GuideStep(BaseModel):
    """One labelling question about an item."""

    step: str
    ask: Words = Field(description="The question in words.")
    depends: bool = Field(description="Whether it is asked only after what earlier steps decided.")
    schema_version: int = Field(description="A task that names another was claimed before this was published.")
    question: GuideQuestion


class GuideClause(BaseModel):
    """A part of the guideline, in its order."""

    id: str | None = Field(description="The clause's number; null for text between numbered clauses.", examples=["2.1"])
    title: str
    level: int = Field(description="How deep it lies; 1 is the outermost.")
    text: str = Field(description="Markdown, with its first line.")


class GuidelineAt(BaseModel):
    """The guideline at a version."""

    version: int
    clauses: list[GuideClause]


class FeedbackTerms(BaseModel):
    """What annotators are told of their own answers."""

    gold: bool
    adjudicated: bool
    minutes: float = Field(description="Not before so many minutes.")
    disputes_per_day: int


class Terms(BaseModel):
    """What of the policy concerns those who work."""

    price: str = Field(description="What a judgement is paid.", examples=["0.04"])
    currency: str
    lease_minutes: float = Field(description="How long a task is held.")
    feedback: FeedbackTerms


class GuideReason(BaseModel):
    """A reason to choose. Send its id, or words of your own."""

    id: str
    title: Words
    key: str = ""


class Accessibility(BaseModel):
    """How to work here with assistive technology."""

    text: str | None = Field(description="Markdown: the guideline named `accessibility`; null: the project has none.")


class Guide(BaseModel):
    """All that is needed to paint and to answer a project's tasks."""

    project: str
    objective: Words
    steps: list[GuideStep]
    guideline: GuidelineAt | None
    terms: Terms
    skip_reasons: list[GuideReason]
    flag_reasons: list[GuideReason]
    accessibility: Accessibility
