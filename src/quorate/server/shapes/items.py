"""What travels about items."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, JsonValue

State = Literal["waiting", "open", "contested", "decided", "retired"]


class Imported(BaseModel):
    """What came of an import."""

    model_config = ConfigDict(extra="allow")

    read: int
    imported: int
    skipped: int
    rejected: int
    first_rejects: list[dict[str, Any]]


class Item(BaseModel):
    """An item with where its tasks stand."""

    key: str
    body: JsonValue
    media: JsonValue
    attributes: JsonValue
    created_at: str
    steps: dict[str, dict[str, JsonValue]] | None


class Page(BaseModel):
    """A page of items."""

    items: list[Item]
    next: str | None


class Medium(BaseModel):
    """A medium that was kept."""

    url: str
    type: str
