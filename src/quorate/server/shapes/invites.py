"""What travels about invites."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

from quorate.server.shapes.shape import Shape, example

Invited = Literal["manager", "steward", "expert", "annotator", "auditor"]


class NewInvite(Shape):
    """Whom to invite."""

    model_config = example(role="annotator", uses=20, days=14)

    role: Invited
    uses: int = Field(1, ge=1, le=10_000, description="How many may accept it.")
    days: int = Field(14, ge=1, le=365, description="Until it ends.")


class Made(BaseModel):
    """An invite with the secret that its link ends with, shown this once."""

    id: UUID
    secret: str
    role: Invited
    uses: int
    expires_at: datetime


class Invite(BaseModel):
    """An invite."""

    id: UUID
    role: Invited
    uses: int
    used: int
    author: str | None
    expires_at: datetime
    revoked_at: datetime | None
    created_at: datetime


class Invitation(BaseModel):
    """What one is invited to."""

    workspace: str
    project: str
    objective: str | None
    role: Invited
    expires_at: datetime


class Acceptance(Shape):
    """Who one will be; nothing for who has signed in."""

    model_config = example(name="ada", password="correct horse battery")

    name: str | None = Field(None, min_length=1, max_length=200)
    password: str | None = Field(None, max_length=1000)


class Accepted(BaseModel):
    """What one is now, and where."""

    project: str
    role: Invited
