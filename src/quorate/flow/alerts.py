"""Alert rules and quiet times, as a policy says them; `watch/alerts.py` has what becomes of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock_time
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import Field, PlainSerializer, PlainValidator, WithJsonSchema, model_validator

from quorate import plugins
from quorate.errors import InvalidInput
from quorate.labels import conditions
from quorate.labels.conditions import Condition
from quorate.labels.fields import Name, Written, fault, fault_of

METRICS: Mapping[str, Any] = plugins.load("metrics", "work")
FACTS: Mapping[str, Any] = {**dict.fromkeys(METRICS, 0.5), "n": dict.fromkeys(METRICS, 100)}
"""What a condition may speak of, with examples to try it on: each metric, and `n.<metric>`, how much is behind it."""
UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_COUNT = re.compile(r"\bn\.(\w+)")
_SPAN = re.compile(r"(\d+)\s*([smhd])")
Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
DAYS: tuple[Day, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def _span(written: object) -> timedelta:
    if isinstance(written, timedelta):
        return written
    match = _SPAN.fullmatch(str(written).strip()) if isinstance(written, str) else None
    if match is None:
        raise fault("A length of time is wanted.", "Write such as 90s, 10m, 1h, 2d.")
    return timedelta(seconds=int(match[1]) * UNITS[match[2]])


def shown(span: timedelta) -> str:
    """A length of time as people write it."""
    seconds = int(span.total_seconds())
    unit = next((one for one in "dhm" if seconds and seconds % UNITS[one] == 0), "s")
    return f"{seconds // UNITS[unit]}{unit}"


Span = Annotated[
    timedelta, PlainValidator(_span), PlainSerializer(shown, return_type=str),
    WithJsonSchema({"type": "string", "pattern": r"^\d+\s*[smhd]$"}),
]  # fmt: skip


def _compiled(source: object) -> Condition:
    if isinstance(source, Condition):
        return source
    if not isinstance(source, str):
        raise fault("A condition is wanted.", "Write such as: gold_accuracy < 0.8 && n.gold_accuracy >= 20")
    try:
        condition = conditions.compile(source, FACTS)
    except InvalidInput as error:
        raise fault_of(error) from None
    if strange := set(_COUNT.findall(source)) - set(METRICS):
        raise fault("There is no metric `{name}`.", "There are: {known}.", name=strange.pop(), known=list(METRICS))
    if not _metrics(condition):
        raise fault("The condition speaks of no metric.", "There are: {known}.", known=list(METRICS))
    return condition


def _metrics(condition: Condition) -> tuple[str, ...]:
    return tuple(sorted((condition.names - {"n"}) | set(_COUNT.findall(condition.source))))


Watched = Annotated[
    Condition, PlainValidator(_compiled), PlainSerializer(lambda c: c.source, return_type=str),
    WithJsonSchema({"type": "string", "description": "A condition on metrics, in CEL."}),
]  # fmt: skip


RuleName = Annotated[
    Name, Field(pattern=r"^\w[\w .\-]*$", max_length=64, description="Stable: the history goes by it.")
]
"""The name of an alert or a measure."""


def channels_of(to: tuple[str, ...], known: Iterable[str]) -> tuple[str, ...]:
    """Channels by name; `*` is all that are known."""
    return tuple(known) if "*" in to else to


class Alert(Written):
    """If `when` holds of the last stretch `over` for as long as `for`, people are told, and again when it is over."""

    name: RuleName
    when: Watched
    over: Span = Field(
        timedelta(hours=1),
        description="The stretch that the metrics are of: 10m, 1h, 7d.",
        json_schema_extra={"default": "1h"},
    )
    for_: Span = Field(
        timedelta(0),
        alias="for",
        description="How long it must hold before it is told.",
        json_schema_extra={"default": "0s"},
    )
    by: tuple[Literal["step", "class", "person"], ...] = Field((), description="Look at each of these by itself.")
    severity: Literal["info", "warning", "critical"] = Field("warning", description="`critical` is told at any hour.")
    to: tuple[Name, ...] = Field(
        (), description="Channels, by name, or `*` for all; without any it shows on the project's page only."
    )
    say: str = Field("", max_length=500, description="What the people who are told should know or do.")

    @property
    def metrics(self) -> tuple[str, ...]:
        """The metrics that the condition speaks of."""
        return _metrics(self.when)

    def channels(self, known: Iterable[str]) -> tuple[str, ...]:
        """The names of the channels that it is told to, of those that are known."""
        return channels_of(self.to, known)

    @model_validator(mode="after")
    def _known(self) -> Self:
        for name in self.metrics:
            known = METRICS[name].by
            if missing := [one for one in self.by if one not in known]:
                raise fault(
                    "`{name}` is not known by {missing}.",
                    "It is by: {known}.",
                    "by",
                    name=name,
                    missing=missing,
                    known=known,
                )
        if not timedelta(minutes=1) <= self.over <= timedelta(days=90):
            raise fault("Metrics are looked at over a minute to 90 days.", None, "over")
        return self


def _hour(written: object) -> clock_time:
    if isinstance(written, clock_time):
        return written
    if isinstance(written, int) and not isinstance(written, bool):  # YAML 1.1 reads 22:00 as a number of minutes
        written = f"{written // 60 % 24:02}:{written % 60:02}"
    try:
        return clock_time.fromisoformat(str(written))
    except ValueError:
        raise fault("A time of day is wanted.", 'Write such as "22:00", in quotes.') from None


def _zone(written: object) -> str:
    try:
        return ZoneInfo(str(written)).key
    except (KeyError, ValueError, OSError):
        raise fault(
            "There is no time zone '{written}'.", "Write such as Europe/Berlin.", written=str(written)
        ) from None


Hour = Annotated[
    clock_time, PlainValidator(_hour), PlainSerializer(lambda at: f"{at:%H:%M}", return_type=str),
    WithJsonSchema({"type": "string", "description": "A time of day."}),
]  # fmt: skip
Zone = Annotated[str, PlainValidator(_zone), WithJsonSchema({"type": "string"})]


class Quiet(Written):
    """Hours at which nobody is told anything but what is critical; it is told when they are over."""

    from_: Hour = Field(alias="from")
    to: Hour = Field(description="The end; before `from` it is that of the next day.")
    zone: Zone = "UTC"
    days: tuple[Day, ...] = Field(DAYS, min_length=1, description="The days on which it begins.")

    def end(self, at: datetime) -> datetime | None:
        """When the quiet that a moment lies in is over; None when it lies in none."""
        today = at.astimezone(ZoneInfo(self.zone)).date()
        for day in (today, today - timedelta(days=1)):
            begin = min(self._readings(day, self.from_))
            end = max(self._readings(day + timedelta(days=self.to <= self.from_), self.to))
            if DAYS[day.weekday()] in self.days and begin <= at < end:
                return end.astimezone(at.tzinfo)
        return None

    def _readings(self, day: date, hour: clock_time) -> list[datetime]:
        """When the clock on the wall shows this hour: twice where clocks go back, and where they go forward it is
        skipped. In UTC, since moments of one zone are compared by what their clocks show."""
        zone = ZoneInfo(self.zone)
        return [datetime.combine(day, hour.replace(fold=fold), zone).astimezone(UTC) for fold in (0, 1)]


class Messages(Written):
    """When people are told of alerts."""

    group: Span = Field(
        timedelta(seconds=30),
        description="Wait so long for more to tell at once.",
        json_schema_extra={"default": "30s"},
    )
    quiet: tuple[Quiet, ...] = ()

    def due(self, at: datetime, severity: str) -> datetime:
        """When something that happens at a moment is told, if nothing that is told earlier takes it along."""
        if severity == "critical":
            return at
        due = at + self.group
        while end := max((end for quiet in self.quiet if (end := quiet.end(due))), default=None):
            due = end
            if due > at + timedelta(days=7):  # quiet for ever is a fault of the policy, not a reason to hang
                break
        return due
