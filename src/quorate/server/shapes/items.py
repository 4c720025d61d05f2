"""What travels about items."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from quorate.server.problems import Sentences

Kind = Literal["crowd", "expert", "model", "gold", "mapped"]
State = Literal["waiting", "open", "contested", "decided", "retired"]


class Refused(BaseModel):
    """Why a row would not come in; `field` is empty for the whole row."""

    line: int
    field: str
    reason: str
    said: Sentences


class Imported(BaseModel):
    """What came of an import."""

    model_config = ConfigDict(extra="allow")

    read: int
    imported: int
    skipped: int
    rejected: int
    first_rejects: list[Refused]


class FirstRow(BaseModel):
    """A row as it would come in."""

    line: int
    key: str | None
    body: dict[str, Any]
    media: list[Any]
    attributes: dict[str, Any]
    gold: dict[str, Any]


class Seen(BaseModel):
    """What is in a file: how many rows, the first of them, the fields that they have, and what is wrong."""

    rows: int
    rejected: int
    fields: dict[str, int] = Field(description="Field of the body → in how many rows it is filled.")
    first: list[FirstRow]
    first_rejects: list[Refused]


class Stand(BaseModel):
    """Where one task of an item stands; the label in force, if there is one that you may see."""

    task: UUID
    state: State
    value: JsonValue
    confidence: float | None
    kind: Kind | None
    judgements: int | None = Field(description="That the label rests on.")
    cost: str | None = Field(description="Of the label, in the project's currency.")
    decided_at: datetime | None
    gold: bool = Field(description="Whether the answer was known.")


class Item(BaseModel):
    """An item with where its tasks stand, by step."""

    id: UUID
    key: str
    body: JsonValue
    media: JsonValue
    attributes: JsonValue
    created_at: datetime
    findings: int = Field(description="How many things were noticed about it.")
    steps: dict[str, Stand] | None


class Page(BaseModel):
    """A page of items; `next` and `previous` are cursors for `after` and `before`."""

    items: list[Item]
    next: str | None
    previous: str | None
    total: int = Field(description="How many items fit (in all but the order by key: tasks with a label).")
    exact: bool = Field(description="Whether `total` was counted; else it is estimated.")
    position: int | None = Field(description="How many rows are before the first one; null on pages by cursor.")


class Medium(BaseModel):
    """A medium that was kept."""

    url: str
    type: str
