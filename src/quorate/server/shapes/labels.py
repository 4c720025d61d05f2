"""What travels about labels."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from quorate.server.problems import Sentences


class _Open(BaseModel):
    model_config = ConfigDict(extra="allow")


class Status(_Open):
    """Where a project stands."""

    project: str
    items: int
    tasks: int
    decided: int
    steps: dict[str, dict[str, Any]]
    certificate: dict[str, Any]
    cost: dict[str, Any]


class Progress(_Open):
    """Where the work stands at this moment."""

    states: dict[str, int]
    judgements: int
    adjudicated: int
    refits: int = Field(description="Refits of skills that are wanted or running; they may reopen tasks.")
    work: dict[str, int]
    queues: list[dict[str, Any]]
    price: str


class Label(BaseModel):
    """A decision in force."""

    decision: UUID
    item: str
    step: str
    value: JsonValue
    confidence: float
    probabilities: dict[str, float]
    kind: str
    judgements: int
    decided_at: datetime


class Labels(BaseModel):
    """A page of labels; `next` asks for the ones after it (the same again when there is none yet)."""

    labels: list[Label]
    next: UUID | None


class Story(_Open):
    """Why an item has its labels."""

    item: str
    body: JsonValue
    shared_with: str | None = Field(description="The item of the same content that was labelled for both.")
    tasks: list[dict[str, Any]]


class Skilled(BaseModel):
    """What is believed about an annotator on a step: rows are true classes, columns what they say, as counts."""

    step: str
    annotator: str
    name: str | None
    kind: str
    answers: int
    labels: list[str]
    skill: JsonValue
    accuracy: float | None = None
    low: float | None = None
    high: float | None = None
    verdict: str | None = None


class Enqueued(BaseModel):
    """How many jobs were enqueued."""

    enqueued: int


class Verified(BaseModel):
    """What a check of the ledger found."""

    ok: bool
    blocks: int
    events: int
    unsealed: int
    root: str | None
    fault: str | None
    said: Sentences | None = Field(description="The fault, for whoever translates it.")
