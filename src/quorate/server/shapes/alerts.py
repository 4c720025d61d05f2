"""What travels about alerts and the channels that they are told by."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from quorate.server.problems import Sentences
from quorate.server.shapes.shape import Shape, example

Severity = Literal["info", "warning", "critical"]


class AlertStanding(BaseModel):
    """An alert of a rule: about the project, or about one step, class or person."""

    subject: str = Field(description="Empty: the project.")
    state: Literal["pending", "firing", "recovered", "calm"]
    severity: Severity
    since: datetime
    fired_at: datetime | None = Field(description="When it fired last.")
    looked_at: datetime
    facts: dict[str, float] = Field(description="The metrics that the condition speaks of, when last looked at.")
    fault: str | None = Field(description="Why the condition cannot be evaluated.")
    said: Sentences | None = Field(description="The fault, for whoever translates it.")


class AlertRule(BaseModel):
    """An alert rule of the policy in force, with the alerts of it."""

    model_config = ConfigDict(populate_by_name=True)

    name: str
    when: str
    over: str
    for_: str = Field(alias="for")
    by: list[str]
    severity: Severity
    to: list[str]
    say: str
    unreached: list[str] = Field(description="Channels that it names and that there are not.")
    alerts: list[AlertStanding]


class Channel(BaseModel):
    """Where messages go. Its address is a secret, of which only the beginning is shown."""

    name: str
    kind: str = Field(description="`webhook`, `email`, or the name of a service.")
    shown: str
    of: Literal["project", "workspace"]
    created_at: datetime


class KeptChannel(Channel):
    """A channel that was just written."""

    secret: str | None = Field(description="What a webhook's messages are signed with; it is not shown again.")


class Address(Shape):
    """Where messages of a channel go."""

    model_config = example(url="slack://TokenA/TokenB/TokenC/#labels")

    url: str = Field(
        min_length=5, max_length=2000, description="https://… of a webhook, or an address as Apprise writes it."
    )


class AlertMessage(BaseModel):
    """What was sent to a channel, or waits to be."""

    id: UUID
    channel: str | None = Field(description="Null: it was removed.")
    state: Literal["waiting", "sent", "dropped", "failed"]
    rule: str
    subject: str
    alert: Literal["firing", "recovered"]
    attempts: int
    error: str | None
    not_before: datetime
    sent_at: datetime | None
    created_at: datetime


class Alerts(BaseModel):
    """The rules, the newest fifty messages, and the channels that a rule can name."""

    rules: list[AlertRule]
    messages: list[AlertMessage]
    channels: list[Channel]


class AlertEvent(BaseModel):
    """An alert came into a state."""

    seq: int
    at: datetime
    state: Literal["pending", "fired", "recovered", "calmed"]
    rule: str
    subject: str
    severity: Severity
    facts: dict[str, str]
    unreached: list[str] = Field([], description="Channels that the rule named and that there were not.")


class AlertHistory(BaseModel):
    """A page of what happened, newest first; `next` is the `before` of the page after it."""

    events: list[AlertEvent]
    next: int | None
