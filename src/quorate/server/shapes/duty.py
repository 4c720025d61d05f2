"""What travels about when people work."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from quorate.server.shapes.shape import Shape, example

Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
TimeOfDay = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$", examples=["09:00"])]


class Span(Shape):
    """Working hours of a day, in local time; an end of 00:00 is midnight."""

    from_: TimeOfDay = Field(alias="from")
    to: TimeOfDay


class Away(Shape):
    """Days on which one does not work, both included."""

    from_: date = Field(alias="from")
    to: date


class HoursSaid(Shape):
    """When somebody works."""

    model_config = example(
        zone="Europe/Berlin",
        week={"mon": [{"from": "09:00", "to": "12:30"}, {"from": "13:30", "to": "17:00"}]},
        away=[{"from": "2026-12-24", "to": "2026-12-31"}],
    )

    zone: str = Field(max_length=100, description="A time zone by its name in the IANA database.")
    week: dict[Day, list[Span]] = Field(description="In order within a day; a day that is not there is free.")
    away: list[Away] = Field(default=[], max_length=200)


class KeptHours(BaseModel):
    """When you work; null: you said nothing, and count as always there."""

    hours: HoursSaid | None


class OnDuty(BaseModel):
    """Somebody who works in a project."""

    person: str = Field(description="A name or a pseudonym.")
    you: bool
    roles: list[str]
    barred: str | None = Field(description="Why nothing is leased to them: paused, blocked or retrain.")
    hours: HoursSaid | None = Field(description="Null: they said nothing, and count as always there.")
    working: bool
    until: datetime | None = Field(description="Of who is at work and said their hours, when they stop.")
    next: datetime | None = Field(description="Of who is not, when they are again; null: not within 90 days.")
    cases: int = Field(description="Open cases that are their turn.")
    overdue: int


class Duty(BaseModel):
    """Who works when, and who is on duty now."""

    at: datetime
    assigning: bool = Field(description="Whether each case is one expert's turn.")
    on_duty: dict[str, int] = Field(description="How many are at work now, by role.")
    people: list[OnDuty]
