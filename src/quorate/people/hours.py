"""When somebody works: hours of each day of the week in their own time zone, less the days they are away."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from typing import Any, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from quorate.errors import InvalidInput

MIDNIGHT = time(0)
DAY = timedelta(days=1)
FAR = timedelta(days=90)
"""How far ahead work is looked for."""
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True)
class Hours:
    """Working hours. `week` maps a weekday (Monday 0) to spans of local time in order; an end of 00:00 is midnight.

    `away` holds first and last days, both included. Raises `InvalidInput` for an unknown zone, a weekday that is none
    and spans that end before they begin or overlap.
    """

    zone: str
    week: Mapping[int, Sequence[tuple[time, time]]]
    away: Sequence[tuple[date, date]] = field(default=())

    def __post_init__(self) -> None:
        self._place  # noqa: B018 - an unknown zone is refused here
        for weekday, spans in self.week.items():
            _refuse(weekday, spans)
        for first, last in self.away:
            if last < first:
                raise InvalidInput(
                    "Away until {last}, before {first}.",
                    where="away",
                    mend="Swap the two days.",
                    last=last,
                    first=first,
                )

    @cached_property
    def _place(self) -> ZoneInfo:
        try:
            return ZoneInfo(self.zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise InvalidInput(
                "There is no time zone '{name}'.", where="zone", mend="Use a name such as Europe/Paris.", name=self.zone
            ) from None

    def spans(self, since: datetime, until: datetime) -> Iterator[tuple[datetime, datetime]]:
        """The spans of work between two moments, in order, cut to them, UTC."""
        day = since.astimezone(self._place).date() - DAY
        last = until.astimezone(self._place).date()
        reached = since  # where clocks go forward, two spans of local time can be one hour
        while day <= last:
            for opens, closes in self._on(day):
                begin, end = max(opens, reached), min(closes, until)
                if begin < end:
                    yield begin, end
                    reached = end
            day += DAY

    def _on(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        if any(first <= day <= last for first, last in self.away):
            return
        for begin, end in self.week.get(day.weekday(), ()):
            yield self._utc(day, begin), self._utc(day + DAY if end == MIDNIGHT else day, end)

    def _utc(self, day: date, at: time) -> datetime:
        return datetime.combine(day, at, self._place).astimezone(UTC)

    @classmethod
    def read(cls, body: Mapping[str, Any]) -> Self:
        """From its JSON form: `zone`, `week` (spans `from`, `to` by the day's name), `away` (days `from`, `to`)."""
        week = {
            _weekday(day): [(time.fromisoformat(span["from"]), time.fromisoformat(span["to"])) for span in spans]
            for day, spans in body["week"].items()
        }
        away = [(date.fromisoformat(span["from"]), date.fromisoformat(span["to"])) for span in body.get("away", ())]
        return cls(body["zone"], week, away)

    def written(self) -> dict[str, Any]:
        """The JSON form."""
        week = {
            DAYS[day]: [{"from": f"{begin:%H:%M}", "to": f"{end:%H:%M}"} for begin, end in self.week[day]]
            for day in sorted(self.week)
            if self.week[day]
        }
        away = [{"from": first.isoformat(), "to": last.isoformat()} for first, last in sorted(self.away)]
        return {"zone": self.zone, "week": week, "away": away}

    def next(self, since: datetime) -> tuple[datetime, datetime] | None:
        """The first span of work from a moment on; it begins there for who is at work. None: not within 90 days."""
        begin, end = next(self.spans(since, since + FAR), (None, None))
        return None if begin is None or end is None else (begin, end)

    def within(self, since: datetime, until: datetime) -> timedelta:
        """How much they work between two moments."""
        return sum((end - begin for begin, end in self.spans(since, until)), timedelta(0))

    def working(self, at: datetime) -> bool:
        """Whether they work at this moment; a span's end is no part of it."""
        return next(self.spans(at, at + timedelta(microseconds=1)), None) is not None

    def finish(self, since: datetime, work: timedelta) -> datetime | None:
        """When this much work is done if it is begun at `since`, in working hours only; None: not within 90 days."""
        left = work
        for begin, end in self.spans(since, since + FAR):
            if end - begin >= left:
                return begin + left
            left -= end - begin
        return None


def _weekday(day: str) -> int:
    if day not in DAYS:
        raise InvalidInput("There is no day '{day}'.", where="week", mend="There are: {known}.", day=day, known=DAYS)
    return DAYS.index(day)


def _refuse(weekday: int, spans: Sequence[tuple[time, time]]) -> None:
    where = f"week.{weekday}"
    if weekday not in range(7):
        raise InvalidInput("A week has the days 0 (Monday) to 6.", where=where, mend="Use 0 to 6.")
    reached = MIDNIGHT
    for place, (begin, end) in enumerate(spans):
        closed = place and reached == MIDNIGHT
        if MIDNIGHT < end < begin:
            raise InvalidInput(
                "{begin}–{end} goes beyond midnight.",
                where=where,
                mend="Split it at midnight: {begin}–00:00, and 00:00–{end} on the next day.",
                begin=f"{begin:%H:%M}",
                end=f"{end:%H:%M}",
            )
        if closed or begin < reached or (end != MIDNIGHT and end <= begin):
            raise InvalidInput(
                "{begin}–{end} ends before it begins or overlaps.",
                where=where,
                mend="Order the spans.",
                begin=f"{begin:%H:%M}",
                end=f"{end:%H:%M}",
            )
        reached = end


ALWAYS = Hours("UTC", dict.fromkeys(range(7), ((MIDNIGHT, MIDNIGHT),)))
"""The hours of who has said none."""
