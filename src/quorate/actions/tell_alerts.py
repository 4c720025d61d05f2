"""Tell the alert rules of a project with how each stands, what was sent, and what happened. Reads only."""

from __future__ import annotations

from typing import Any

from quorate.actions.keep_channel import tell_channels
from quorate.actions.rules import rules_of
from quorate.errors import put_in
from quorate.flow.alerts import Alert, shown
from quorate.store import alerts, messages
from quorate.store.database import Database
from quorate.store.projects import Project

Told = dict[str, Any]
KEPT = ("subject", "state", "severity", "since", "fired_at", "looked_at", "facts")


def tell_alerts(db: Database, project: Project) -> Told:
    """The rules in force, each with the alerts of it; the newest messages; the channels that a rule can name."""
    rules = rules_of(db, project.id)
    channels = tell_channels(db, project.workspace_id, project)
    with db.work() as connection:
        standing = alerts.of_project(connection, project.id)
        sent = messages.recent(connection, project.id)
    known = {channel["name"] for channel in channels}
    return {
        "rules": [_rule(alert, known, [row for row in standing if row["rule"] == alert.name])
                  for alert in rules.policy.watched],
        "messages": sent,
        "channels": channels,
    }  # fmt: skip


def _rule(alert: Alert, known: set[str], standing: list[Told]) -> Told:
    return {
        "name": alert.name, "when": alert.when.source, "over": shown(alert.over), "for": shown(alert.for_),
        "by": alert.by, "severity": alert.severity, "to": alert.to, "say": alert.say,
        "unreached": [name for name in alert.channels(known) if name not in known],
        "alerts": [{name: row[name] for name in KEPT} | _fault(row["fault"]) for row in standing],
    }  # fmt: skip


def _fault(said: Told | None) -> Told:
    return {"fault": said and put_in(said["detail"], said["facts"]), "said": said}


def tell_alert_history(db: Database, project: Project, *, before: int | None, limit: int) -> Told:
    """What happened to alerts, newest first, as the ledger has it."""
    with db.work() as connection:
        rows = alerts.history(connection, project.id, before, limit)
    told = [
        {"seq": row["seq"], "at": row["at"], "state": row["verb"].partition(".")[2], **row["detail"]} for row in rows
    ]
    return {"events": told, "next": rows[-1]["seq"] if len(rows) == limit else None}
