"""What travels when annotators disagree."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field, JsonValue

from quorate.server.shapes.shape import ID, Shape, example


class NewDispute(Shape):
    """Why one's own answer is right."""

    model_config = example(annotation=ID, reason="§2.1: it is the parcel that is crushed, not the kettle.")

    annotation: UUID = Field(description="Your answer that was told to be wrong.")
    reason: str = Field(min_length=1, max_length=5000, examples=["§2.1: it is the parcel that is crushed."])


class Dispute(BaseModel):
    """A dispute and where it stands."""

    id: UUID
    annotation: UUID
    project: str
    step: str | None
    item: str = Field(description="The item's key.")
    excerpt: str
    value: JsonValue = Field(description="Your answer.")
    against: JsonValue = Field(description="What was told to be right.")
    reason: str = Field(description="Your words.")
    opened_at: datetime
    state: Literal["open", "closed", "withdrawn", "dropped"] = Field(
        description="Dropped: the question is not asked any more."
    )
    outcome: Literal["upheld", "rejected", "changed"] | None = Field(
        description="Upheld: your answer is the label. Changed: it is neither yours nor the one before."
    )
    decided: JsonValue = Field(None, description="What is right by now.")
    why: str | None = Field(description="The expert's words.")
    clauses: list[str]
    closed_at: datetime | None


class Disputes(BaseModel):
    """A page of disputes, newest first; `next` is the `before` of the page after it."""

    disputes: list[Dispute]
    next: UUID | None
