"""What travels about exports."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field


class Export(BaseModel):
    """An export that was made."""

    id: UUID
    name: str
    sha256: str
    records: int
    settings: dict[str, Any] = Field(description="`root` of the records, `annotations`, `at`, `only`.")
    who: str | None = Field(description="A name or a pseudonym; null for the operator at the command line.")
    created_at: datetime
