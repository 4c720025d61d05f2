"""What becomes of alerts when it was looked whether their conditions hold: kept, told in the ledger, and sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from quorate.actions.rules import Rules
from quorate.errors import InvalidInput
from quorate.flow.alerts import Alert
from quorate.flow.lag import Measure
from quorate.ids import new_id
from quorate.store import alerts, channels, ledger, messages
from quorate.store.database import Driver
from quorate.store.ledger import Event
from quorate.watch.alerts import TOLD, VERBS, Standing, advance

Watched = Alert | Measure
Seen = tuple[Watched, str, bool, dict[str, float], InvalidInput | None]
"""A rule, what it is about, whether it holds, the facts, and why it could not be judged."""


class Settle:
    """One look at one project, by the only one who looks: how its alerts stand, and who is told."""

    def __init__(
        self, connection: Driver, rules: Rules, now: datetime, watched: Sequence[Watched], before: alerts.Rows
    ) -> None:
        self.connection, self.rules, self.now = connection, rules, now
        self.watched = {one.name: one for one in watched}
        self.before = {(row["rule"], row["subject"]): row for row in before}
        known = channels.of_project(connection, rules.project.workspace_id, rules.project.id)
        self.channels = {row["name"]: row["id"] for row in known}
        self.rows: list[dict[str, Any]] = []
        self.events: list[Event] = []
        self.messages: list[dict[str, Any]] = []

    def settle(self, seen: Sequence[Seen]) -> int:
        """Write how each stands; how many changed their state."""
        for alert, subject, holds, facts, fault in seen:
            self._settle(alert, subject, holds, facts, fault)
        looked = {(alert.name, subject) for alert, subject, *_ in seen}
        for (rule, subject), row in self.before.items():
            if (rule, subject) not in looked and row["state"] in {"pending", "firing"}:
                # not measured, or not asked, any more
                self._settle(self.watched.get(rule), subject, False, {}, None, rule)
        alerts.put(self.connection, self.rows)
        if self.events:
            ledger.tell(self.connection, self.events)
        messages.add(self.connection, self.messages)
        return len(self.events)

    def _settle(
        self,
        alert: Watched | None,
        subject: str,
        holds: bool,
        facts: dict[str, float],
        fault: InvalidInput | None,
        rule: str = "",
    ) -> None:
        rule = alert.name if alert else rule
        row = self.before.get((rule, subject))
        before = Standing(row["state"], row["since"], row["fired_at"]) if row else None
        after = (
            advance(before, holds, alert.for_, self.now) if alert else advance(before, False, timedelta(0), self.now)
        )
        if after is None and fault is None:
            return
        after = after or Standing("calm", self.now)  # nothing has happened, and still it is told why nothing can
        severity = alert.severity if alert else row["severity"] if row else "info"
        does = alert.do if isinstance(alert, Measure) else row["does"] if row else None
        id = row["id"] if row else new_id()
        kept = {
            "id": id, "project_id": self.rules.project.id, "rule": rule, "subject": subject, "state": after.state,
            "severity": severity, "does": does, "facts": facts, "fault": fault and fault.said(), "since": after.since,
            "fired_at": after.fired_at, "looked_at": self.now,
        }  # fmt: skip
        self.rows.append(kept)
        if (before.state if before else "calm") != after.state:
            self.changed(kept, alert)

    def changed(self, kept: dict[str, Any], alert: Watched | None) -> None:
        """An alert has come into another state: the ledger says so, and those who are to be told are."""
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
        if kept["state"] not in TOLD:
            return
        if alert is not None:
            self.messages += [self._message(kept, self.channels[name], _said(alert)) for name in to
                              if name in self.channels]  # fmt: skip
        elif kept["fired_at"]:  # its rule was withdrawn: who was told that it fires is told that it is over
            told = messages.told(self.connection, self.rules.project.id, kept["id"], kept["fired_at"])
            self.messages += [self._message(kept, channel, body) for channel, body in told]

    def _message(self, kept: dict[str, Any], channel: UUID, said: Mapping[str, Any]) -> dict[str, Any]:
        body = {
            **said, "alert": str(kept["id"]), "project": self.rules.project.name, "rule": kept["rule"],
            "subject": kept["subject"], "severity": kept["severity"], "state": kept["state"], "facts": kept["facts"],
            "since": kept["since"].isoformat(timespec="seconds"),
            "fired_at": kept["fired_at"] and kept["fired_at"].isoformat(timespec="seconds"),
        }  # fmt: skip
        at = self.rules.policy.messages
        due = at.due(self.now, kept["severity"])
        return {
            "id": new_id(), "project_id": self.rules.project.id, "channel_id": channel, "alert_id": kept["id"],
            "body": body, "not_before": due, "created_at": self.now, "quiet": due > self.now + at.group,
        }  # fmt: skip


def _said(alert: Watched) -> dict[str, str]:
    return {"say": alert.say, "when": alert.when.source}


def _exact(detail: dict[str, Any]) -> dict[str, Any]:
    """Numbers as text: what is told is hashed, and comes back from the database as it went in."""
    return {**detail, "facts": {name: f"{value:.6g}" for name, value in detail["facts"].items()}}
