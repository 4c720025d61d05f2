"""What people are told of alerts, as a title and a text: those that came together in one message."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

Body = Mapping[str, Any]
Severity = Literal["info", "warning", "critical"]
SEVERITIES: tuple[Severity, ...] = ("info", "warning", "critical")


@dataclass(frozen=True, slots=True)
class Message:
    """Something to be sent. `id` stays the same when it is sent again, so that it can be taken once."""

    id: UUID
    title: str
    text: str
    severity: Severity
    recovered: bool
    data: Mapping[str, Any]


def compose(id: UUID, bodies: Sequence[Body]) -> Message:
    """One message of what happened, oldest first. Of an alert that changed more than once, the last state is told."""
    last = {body["alert"]: body for body in bodies}
    alerts = sorted(last.values(), key=lambda one: (one["state"] != "firing", -SEVERITIES.index(one["severity"])))
    firing = [one for one in alerts if one["state"] == "firing"]
    worst: Severity = max((one["severity"] for one in firing), key=SEVERITIES.index, default="info")
    project = bodies[-1]["project"]
    data = {"project": project, "alerts": alerts}
    return Message(id, _title(project, alerts, firing), "\n\n".join(map(_lines, alerts)), worst, not firing, data)


def _title(project: str, alerts: Sequence[Body], firing: Sequence[Body]) -> str:
    if len(alerts) == 1:
        (one,) = alerts
        return f"{project}: {_called(one)} {'fires' if firing else 'has recovered'}"
    recovered = len(alerts) - len(firing)
    parts = [f"{len(firing)} {'alert fires' if len(firing) == 1 else 'alerts fire'}"] if firing else []
    parts += [f"{recovered} recovered"] if recovered else []
    return f"{project}: {', '.join(parts)}"


def _called(one: Body) -> str:
    return f"{one['rule']} ({one['subject']})" if one["subject"] else str(one["rule"])


def _lines(one: Body) -> str:
    state = one["severity"].upper() if one["state"] == "firing" else "RECOVERED"
    facts = ", ".join(f"{name} = {value:.4g}" for name, value in one["facts"].items())
    lines = [f"{state}: {_called(one)}", one["say"], f"{one['when']}", facts, _when(one)]
    return "\n".join(line for line in lines if line)


def _when(one: Body) -> str:
    if one["state"] == "firing":
        return f"since {one['since']}"
    return f"from {one['fired_at']} to {one['since']}" if one["fired_at"] else f"since {one['since']}"
