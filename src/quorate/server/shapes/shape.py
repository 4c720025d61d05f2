"""What every shape that comes in has in common."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict

ID = "019a3f6e-7c1d-7b52-9d0e-4f1c2b3a4d5e"
"""An id to show in examples."""


class Shape(BaseModel):
    """A body that comes in: a field that we do not know is refused, so that a misspelt one is not lost."""

    model_config = ConfigDict(extra="forbid")


def example(**fields: Any) -> ConfigDict:
    """The configuration of a shape with an example of it, which a test checks."""
    return ConfigDict(json_schema_extra={"examples": [fields]})
