"""What travels about metrics."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class MetricPoint(BaseModel):
    """A metric in one stretch of time; `step`, `class`, `person` are there when asked for."""

    model_config = ConfigDict(populate_by_name=True)

    metric: str
    at: datetime = Field(description="When the stretch began.")
    step: str | None = None
    class_: str | None = Field(None, alias="class", description="Null: no class of a closed list.")
    person: str | None = Field(None, description="A pseudonym, or the name for those who may know it; null: nobody.")
    value: float
    n: int = Field(description="How many there were to measure.")


class MetricPoints(BaseModel):
    """A page of points in the order of time; `next` is the `after` of the page that follows."""

    model_config = ConfigDict(populate_by_name=True)

    every: Literal["minute", "hour", "day"]
    from_: datetime = Field(alias="from")
    to: datetime
    points: list[MetricPoint]
    next: str | None
    untold: dict[str, str] = Field(
        description="Where none was asked for by name: the metrics that mean nothing told apart like this, and why."
    )
