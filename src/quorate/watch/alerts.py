"""What becomes of an alert: pending → firing → recovered. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

State = Literal["pending", "firing", "recovered", "calm"]
VERBS = {"pending": "alert.pending", "firing": "alert.fired", "recovered": "alert.recovered", "calm": "alert.calmed"}
"""What the ledger says when an alert comes into a state."""
TOLD = frozenset({"firing", "recovered"})
"""The states that people are told of."""


@dataclass(frozen=True, slots=True)
class Standing:
    """The state of an alert, since when, and when it fired last."""

    state: State
    since: datetime
    fired_at: datetime | None = None


def advance(before: Standing | None, holds: bool, wait: timedelta, now: datetime) -> Standing | None:
    """Where an alert stands next, whose condition `holds` or not, and has to for `wait`. None: there is none.

    What held, but not for long enough, is calm again; what fired has recovered.
    """
    if before is None or before.state in {"calm", "recovered"}:
        if not holds:
            return before
        fired = None if before is None else before.fired_at
        return Standing("pending", now, fired) if wait else Standing("firing", now, now)
    if before.state == "pending":
        if not holds:
            return replace(before, state="calm", since=now)
        return Standing("firing", now, now) if now - before.since >= wait else before
    return before if holds else replace(before, state="recovered", since=now)
