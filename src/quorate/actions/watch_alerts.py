"""Look at the alert rules of every project, and tell those whom it concerns what began and what is over."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from quorate import clock
from quorate.actions.naming import naming
from quorate.actions.rules import Rules, rules_of
from quorate.actions.tell_metrics import tell_window
from quorate.errors import InvalidInput
from quorate.flow.alerts import Alert
from quorate.ids import new_id
from quorate.store import alerts, channels, ledger, measures, messages
from quorate.store.database import Database, Driver
from quorate.store.ledger import Event
from quorate.watch.alerts import TOLD, VERBS, Standing, advance
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
        return _Watch(connection, rules, now).settle(seen)


Seen = tuple[Alert, str, bool, dict[str, float], str | None]
"""A rule, what it is about, whether it holds, the facts, and why it could not be judged."""


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
        return alert, subject, False, plain, error.detail


class _Watch:
    """One look at one project, by the only one who looks."""

    def __init__(self, connection: Driver, rules: Rules, now: datetime) -> None:
        self.connection, self.rules, self.now = connection, rules, now
        self.before = {(row["rule"], row["subject"]): row for row in alerts.of_project(connection, rules.project.id)}
        known = channels.of_project(connection, rules.project.workspace_id, rules.project.id)
        self.channels = {row["name"]: row["id"] for row in known}
        self.rows: list[dict[str, Any]] = []
        self.events: list[Event] = []
        self.messages: list[dict[str, Any]] = []

    def settle(self, seen: list[Seen]) -> int:
        for alert, subject, holds, facts, fault in seen:
            self._settle(alert, subject, holds, facts, fault)
        looked = {(alert.name, subject) for alert, subject, *_ in seen}
        rules = {alert.name: alert for alert in self.rules.policy.watched}
        for (rule, subject), row in self.before.items():
            if (rule, subject) not in looked and row["state"] in {"pending", "firing"}:
                self._settle(rules.get(rule), subject, False, {}, None, rule)  # not measured, or not asked, any more
        alerts.put(self.connection, self.rows)
        if self.events:
            ledger.tell(self.connection, self.events)
        messages.add(self.connection, self.messages)
        return len(self.events)

    def _settle(
        self, alert: Alert | None, subject: str, holds: bool, facts: dict[str, float], fault: str | None, rule: str = ""
    ) -> None:
        rule = alert.name if alert else rule
        row = self.before.get((rule, subject))
        before = Standing(row["state"], row["since"], row["fired_at"]) if row else None
        after = (
            advance(before, holds, alert.for_, self.now) if alert else advance(before, False, timedelta(0), self.now)
        )
        if after is None:
            return
        severity = alert.severity if alert else row["severity"] if row else "info"
        id = row["id"] if row else new_id()
        kept = {
            "id": id, "project_id": self.rules.project.id, "rule": rule, "subject": subject, "state": after.state,
            "severity": severity, "facts": facts, "fault": fault, "since": after.since, "fired_at": after.fired_at,
            "looked_at": self.now,
        }  # fmt: skip
        self.rows.append(kept)
        if before is None or before.state != after.state:
            self._tell(kept, alert)

    def _tell(self, kept: dict[str, Any], alert: Alert | None) -> None:
        to = alert.channels(self.channels) if alert else ()
        unreached = [name for name in to if name not in self.channels]
        detail = {name: kept[name] for name in ("rule", "subject", "severity", "facts")}
        self.events.append(
            Event(
                actor=None, verb=VERBS[kept["state"]], object_id=kept["id"], at=self.now,
                content=_exact(detail) | ({"unreached": unreached} if unreached else {}),
                workspace_id=self.rules.project.workspace_id, project_id=self.rules.project.id,
            )
        )  # fmt: skip
        if alert is not None and kept["state"] in TOLD:
            reached = [self.channels[name] for name in to if name in self.channels]
            self.messages += [self._message(kept, alert, channel) for channel in reached]

    def _message(self, kept: dict[str, Any], alert: Alert, channel: UUID) -> dict[str, Any]:
        body = {
            "alert": str(kept["id"]), "project": self.rules.project.name, "rule": alert.name, "say": alert.say,
            "when": alert.when.source, "subject": kept["subject"], "severity": kept["severity"],
            "state": kept["state"], "facts": kept["facts"], "since": kept["since"].isoformat(timespec="seconds"),
            "fired_at": kept["fired_at"] and kept["fired_at"].isoformat(timespec="seconds"),
        }  # fmt: skip
        due = self.rules.policy.messages.due(self.now, alert.severity)
        return {
            "id": new_id(), "project_id": self.rules.project.id, "channel_id": channel, "alert_id": kept["id"],
            "body": body, "not_before": due, "created_at": self.now,
        }  # fmt: skip


def _exact(detail: dict[str, Any]) -> dict[str, Any]:
    """Numbers as text: what is told is hashed, and comes back from the database as it went in."""
    return {**detail, "facts": {name: f"{value:.6g}" for name, value in detail["facts"].items()}}
