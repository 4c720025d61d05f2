"""What travels about one's own work."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, Field


class OwnAccuracy(BaseModel):
    """On items with known answers, with the ends of a 95 % interval (Clopper and Pearson)."""

    right: int
    answers: int
    value: float
    low: float
    high: float


class Earned(BaseModel):
    """Money, by currency."""

    currency: str
    today: str = Field(examples=["1.44"])
    total: str


class ProjectToday(BaseModel):
    """One's own work in a project."""

    project: str
    currency: str
    answers_today: int
    answers: int
    earned_today: str
    earned: str
    accuracy: OwnAccuracy | None = Field(description="Null when nothing is known of it, or the project does not tell.")


class Today(BaseModel):
    """One's own work, today and in all."""

    since: datetime = Field(description="Midnight in the zone.")
    zone: str
    answers_today: int
    answers: int
    earned: list[Earned]
    projects: list[ProjectToday]
