"""What travels when annotators are told how right they were."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field, JsonValue

from quorate.server.shapes.disputes import Dispute


class Told(BaseModel):
    """One of your answers, and what was expected."""

    annotation: UUID
    task: UUID
    project: str
    step: str
    ask: JsonValue
    kind: str
    item: str = Field(description="The item's key.")
    excerpt: str = Field(description="The item in a line.")
    body: JsonValue
    media: JsonValue = None
    language: str | None
    value: JsonValue = Field(description="Your answer.")
    comment: str | None
    expected: JsonValue
    right: bool | None = Field(description="Null when the two cannot be compared (the question changed).")
    distance: float | None = Field(description="How far the two are apart, from 0 to 1.")
    known_by: Literal["gold", "expert"] = Field(description="It was known beforehand, or an expert decided it since.")
    why: str | None
    clauses: list[str] = Field(description="Of the guideline, by number.", examples=[["2.1"]])
    guideline_version: int | None
    answered_at: datetime
    told_at: datetime
    may_dispute: bool
    dispute: Dispute | None


class Feedback(BaseModel):
    """Feedback, newest first."""

    feedback: list[Told]
    next: str | None = Field(description="The `after` that asks for what is told later than all of this.")
    earlier: str | None = Field(description="The `before` that asks for what was told earlier; null at the end.")
