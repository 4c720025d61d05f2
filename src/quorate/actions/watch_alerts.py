"""Look at the alert rules of every project, and tell those whom it concerns what began and what is over."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from quorate import clock
from quorate.actions.naming import naming
from quorate.actions.rules import Rules, rules_of
from quorate.actions.settle_alerts import Seen, Settle
from quorate.actions.tell_metrics import tell_window
from quorate.errors import InvalidInput
from quorate.flow.alerts import Alert
from quorate.store import alerts, measures
from quorate.store.database import Database
from quorate.watch.metrics import METRICS

BEHIND = 20_000
"""While the roll-ups are so many events behind, as after a long sleep, nothing is judged by them."""
COUNTED = frozenset({"count", "sum", "pace", "level"})
"""How metrics are made that are 0 when nothing happened, and not unknown."""


def watch_alerts(db: Database, now: datetime | None = None) -> int:
    """Look at every project's rules once; how many alerts changed their state."""
    now = now or clock.now()
    with db.work() as connection:
        if measures.lag(connection) > BEHIND:
            return 0
        watched = alerts.projects(connection)
    return sum(_watch(db, project, now) for project in watched)


def _watch(db: Database, project: UUID, now: datetime) -> int:
    rules = rules_of(db, project)
    seen = [one for alert in rules.policy.watched for one in _look(db, rules, alert, now)]
    with db.work() as connection:
        if not alerts.lock(connection, project):
            return 0
        before = alerts.of_project(connection, project)
        return Settle(connection, rules, now, rules.policy.watched, before).settle(seen)


def _look(db: Database, rules: Rules, alert: Alert, now: datetime) -> Iterator[Seen]:
    found = tell_window(db, rules.project.id, alert.metrics, by=alert.by, over=alert.over, now=now)
    for key in _subjects(rules, alert):
        found.setdefault(key, {})
    accounts = {key[2] for key in found if key[2] is not None and key[2].int}
    people = naming(db, rules.project.workspace_id, names=False)(accounts)
    for (step, label, account), values in found.items():
        name = rules.steps[step].name if step in rules.steps else None
        if (step is not None and name is None) or (account is not None and account not in people):
            continue  # a question that is not asked any more; what nobody did
        subject = " · ".join(one for one in (name, label, people.get(account)) if one)
        yield _judged(alert, subject, _facts(alert, values))


def _subjects(rules: Rules, alert: Alert) -> list[tuple[Any, ...]]:
    """What is looked at although nothing was measured of it."""
    if alert.by == ("step",):
        return [(step, None, None) for step in rules.steps]
    return [] if alert.by else [(None, None, None)]


def _facts(alert: Alert, values: Mapping[str, tuple[float, int]]) -> dict[str, Any]:
    """The context of the condition. A mean of nothing is not there, which makes what speaks of it false."""
    facts: dict[str, Any] = {"n": {}}
    for name in alert.metrics:
        value, n = values.get(name, (0.0 if METRICS[name].how in COUNTED else None, 0))
        facts["n"][name] = n
        if value is not None:
            facts[name] = float(value)
    return facts


def _judged(alert: Alert, subject: str, facts: dict[str, Any]) -> Seen:
    plain = {name: value for name, value in facts.items() if name != "n"}
    try:
        return alert, subject, alert.when.true(facts), plain, None
    except InvalidInput as error:
        return alert, subject, False, plain, error
