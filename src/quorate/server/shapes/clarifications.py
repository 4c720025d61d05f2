"""What travels of requests to clarify the guideline."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

from quorate.server.shapes.shape import Shape, example

ClarificationState = Literal["open", "answered", "declined"]


class LabelShare(BaseModel):
    """The share of informed people who would say a label, with its interval."""

    label: str
    value: float
    low: float
    high: float


class SplitItem(BaseModel):
    """An item on which people split."""

    item: str
    excerpt: str
    shares: list[LabelShare]


class Clarification(BaseModel):
    """Something that the guideline should say more clearly."""

    id: UUID
    step: str
    labels: list[str] = Field(description="The classes between which people split.")
    question: str
    state: ClarificationState
    asker: str | None = Field(description="Null when the watch over the work asks.")
    tasks: int = Field(description="On how many tasks.")
    examples: list[SplitItem]
    author: str | None = Field(description="Who answered or declined it.")
    answer: str | None
    clause: str | None
    guideline: str | None
    version: int | None = Field(description="The guideline's version that says so.")
    at: datetime
    closed_at: datetime | None


class ClarificationWanted(Shape):
    """What is to be clarified."""

    model_config = example(step="topic", labels=["delivery", "product"], question="Is a crushed box delivery?")

    step: str = Field(max_length=200)
    labels: list[str] = Field([], max_length=20)
    question: str = Field(min_length=1, max_length=4000)


class ClarificationAsked(BaseModel):
    """The request."""

    id: UUID


class ClarificationAnswer(Shape):
    """The clause that answers it; one with the same number is replaced."""

    model_config = example(clause="1.2", title="Crushed boxes", text="The box belongs to the way: *delivery*.")

    clause: str = Field(min_length=1, max_length=20)
    title: str = Field(min_length=1, max_length=200)
    text: str = Field(min_length=1, max_length=20_000)


class ClarificationAnswered(BaseModel):
    """The guideline's new version."""

    version: int


class ClarificationDeclined(Shape):
    """Why nothing need be said."""

    model_config = example(reason="Clause 1.1 says so already.")

    reason: str = Field(min_length=1, max_length=4000)
