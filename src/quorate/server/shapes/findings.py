"""What travels of findings, and of what is said to them."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field, JsonValue

from quorate.server.shapes.shape import Shape, example

State = Literal["open", "answered", "upheld", "dismissed"]


class Reply(BaseModel):
    """A word on a finding."""

    kind: Literal["answered", "upheld", "dismissed"]
    text: str
    at: datetime


class OwnFinding(BaseModel):
    """Something that was noticed about your work."""

    id: UUID
    project: str
    kind: str = Field(examples=["speed"])
    message: str
    item: str | None = Field(description="The item's key, where it is about one.")
    action: str = Field(description="`noted`, or `paused` when new work was held back.")
    at: datetime
    state: State
    replies: list[Reply]


class ProjectFinding(OwnFinding):
    """Something that was noticed in a project, with its evidence."""

    annotator: str | None = Field(description="Whose work it is about, by pseudonym.")
    name: str | None = Field(description="Their name, for those who may know it.")
    evidence: JsonValue


class FindingAnswer(Shape):
    """What you say to it."""

    model_config = example(text="The reviews were short; I have read them all.")

    text: str = Field(min_length=1, max_length=4000)


class FindingVerdict(Shape):
    """What a person makes of it."""

    model_config = example(verdict="dismissed", reason="The items were short; the pace is fine.")

    verdict: Literal["upheld", "dismissed"]
    reason: str = Field(min_length=1, max_length=4000)
