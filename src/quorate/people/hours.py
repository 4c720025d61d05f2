"""When somebody works: hours of each day of the week in their own time zone, less the days they are away."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from quorate.errors import InvalidInput

MIDNIGHT = time(0)
DAY = timedelta(days=1)
FAR = timedelta(days=90)
"""How far ahead work is looked for."""


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
                raise InvalidInput(f"Away until {last}, before {first}.", where="away", mend="Swap the two days.")

    @cached_property
    def _place(self) -> ZoneInfo:
        try:
            return ZoneInfo(self.zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise InvalidInput(
                f"There is no time zone {self.zone!r}.", where="zone", mend="Use a name such as Europe/Paris."
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


def _refuse(weekday: int, spans: Sequence[tuple[time, time]]) -> None:
    where = f"week.{weekday}"
    if weekday not in range(7):
        raise InvalidInput("A week has the days 0 (Monday) to 6.", where=where, mend="Use 0 to 6.")
    reached = MIDNIGHT
    for place, (begin, end) in enumerate(spans):
        closed = place and reached == MIDNIGHT
        if closed or begin < reached or (end != MIDNIGHT and end <= begin):
            raise InvalidInput(
                f"{begin:%H:%M}–{end:%H:%M} ends before it begins or overlaps.", where=where, mend="Order the spans."
            )
        reached = end
