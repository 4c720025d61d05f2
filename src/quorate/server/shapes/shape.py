"""What every shape that comes in has in common."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Shape(BaseModel):
    """A body that comes in: a field that we do not know is refused, so that a misspelt one is not lost."""

    model_config = ConfigDict(extra="forbid")
