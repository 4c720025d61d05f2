"""How much somebody was given of late: what the limits of an hour and a day count, on the seat's own row.

A claim may look at no other row for it, so what was given is kept by stretches, a twenty-fourth of the span each. A
stretch counts until all of it lies as far back as the span is long: in no hour is more given than the policy says, and
what was given counts for a stretch longer at most.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from psycopg import Connection

from quorate.store.tables import NO_CASE

STRETCHES = 24
SECONDS = {"hour": 3600 // STRETCHES, "day": 86_400 // STRETCHES}
"""How long a stretch is, by the span that the limit is of."""

_OF_LATE = f"""FROM jsonb_each_text(lately -> '{{span}}') AS stretch (number, given)
        WHERE number::bigint >= %({{span}}_now)s::bigint - {STRETCHES}"""
_ROOM = f"%({{span}})s::int - coalesce((SELECT sum(given::int) {_OF_LATE}), 0)::int, "
"""How many more a limit allows."""
_COUNTED = f"""'{{span}}', coalesce((SELECT jsonb_object_agg(number, given::int) {_OF_LATE}), '{{{{}}}}')
            || jsonb_build_object(%({{span}}_now)s::text, (SELECT count(*) FROM leased)
                                  + coalesce((lately -> '{{span}}' ->> %({{span}}_now)s::text)::int, 0))"""
_GIVEN_BACK = f"""(
            SELECT count(*) FROM ended x
            WHERE x.project_id = s.project_id AND x.account_id = s.account_id AND x.case_id = '{NO_CASE}'
              AND floor(extract(epoch FROM x.claimed_at) / ('{{seconds}}'::jsonb ->> span)::int)::text = number)"""
RETURNED = f"""CASE WHEN %(state)s = 'skipped' OR lately = '{{{{}}}}' THEN lately ELSE (
        SELECT jsonb_object_agg(span, coalesce((
            SELECT jsonb_object_agg(number, greatest(0, given::int - {_GIVEN_BACK}))
            FROM jsonb_each_text(stretches) AS stretch (number, given)), '{{{{}}}}'))
        FROM jsonb_each(lately) AS spans (span, stretches)) END""".format(seconds=str(SECONDS).replace("'", '"'))
"""What was `lately` given to the seat `s` less what of it `ended` unanswered; what was looked at and skipped counts."""


def values(limits: Mapping[str, int | None], now: datetime) -> dict[str, int]:
    """The parameters of `room` and `counted`: of each span that has a limit, the limit and the stretch that is now."""
    found = {span: most for span, most in limits.items() if most}
    return found | {f"{span}_now": _stretch(span, now) for span in found}


def room(limits: Mapping[str, int | None]) -> str:
    """How many more each limit allows the seat, for `least`; empty where there is none."""
    return "".join(_ROOM.format(span=span) for span, most in limits.items() if most)


def counted(limits: Mapping[str, int | None]) -> str:
    """What the seat's row is told of what was `leased`."""
    parts = [_COUNTED.format(span=span) for span, most in limits.items() if most]
    return f", lately = lately || jsonb_build_object({', '.join(parts)})" if parts else ""


def rested(
    connection: Connection[Any], project: UUID, account: UUID, now: datetime, limits: Mapping[str, int | None]
) -> datetime:
    """From when on this annotator is within the limits again; `now` when they are already."""
    sql = "SELECT lately FROM seats WHERE project_id = %s AND account_id = %s"
    row = connection.execute(sql, (project, account)).fetchone()
    lately: dict[str, dict[str, int]] = row[0] if row else {}
    return max([now, *(_within(span, most, lately.get(span, {}), now) for span, most in limits.items() if most)])


def _within(span: str, most: int, lately: Mapping[str, int], now: datetime) -> datetime:
    given = sorted((int(number), count) for number, count in lately.items())
    left, at = sum(count for number, count in given if number >= _stretch(span, now) - STRETCHES), now
    for number, count in given:
        if left < most:
            break
        if number >= _stretch(span, now) - STRETCHES:
            left -= count
            at = datetime.fromtimestamp((number + STRETCHES + 1) * SECONDS[span], UTC)
    return at


def _stretch(span: str, at: datetime) -> int:
    return int(at.timestamp() // SECONDS[span])
