"""What travels about projects."""

from __future__ import annotations

from pydantic import BaseModel


class Project(BaseModel):
    """A project that the caller can see."""

    name: str
    currency: str
    roles: list[str]
