"""What travels instead of a stream."""

from __future__ import annotations

from pydantic import BaseModel, Field


class LivePlace(BaseModel):
    """Where the ledger is."""

    id: int = Field(description="Of the newest event; as `Last-Event-ID` it asks for what came after.")
