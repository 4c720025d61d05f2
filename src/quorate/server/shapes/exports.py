"""What travels about exports."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field


class Only(BaseModel):
    """Which labels went out; null is no condition."""

    step: str | None
    state: str | None
    min_confidence: float | None


class Export(BaseModel):
    """Something that was exported."""

    id: UUID
    at: datetime
    who: str | None = Field(description="Null: the operator at the command line.")
    name: str
    records: int
    sha256: str = Field(description="Of the file of labels.")
    root: str = Field(description="The Merkle root of the records.")
    annotations: bool = Field(description="With every answer.")
    as_of: datetime | None = Field(description="The labels as they stood then; null: as they were.")
    only: Only | None = Field(description="Null: all labels.")


class Exports(BaseModel):
    """A page of exports, newest first."""

    exports: list[Export]
    next: UUID | None = Field(description="`before` of the next page.")
