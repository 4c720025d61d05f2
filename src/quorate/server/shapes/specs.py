"""What travels about specs."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from quorate.server.shapes.shape import Shape, example

Kind = Literal["project", "schema", "guideline", "policy", "rubric", "template", "training", "exam"]


class Written(Shape):
    """One spec to publish."""

    kind: Kind
    name: str = Field(max_length=100, examples=["topic"])
    body: JsonValue


class Apply(Shape):
    """All the specs of a project."""

    model_config = example(
        specs=[
            {"kind": "project", "name": "project", "body": {"name": "reviews", "steps": [{"id": "topic"}]}},
            {"kind": "schema", "name": "topic", "body": {"kind": "choice", "classes": ["delivery", "product"]}},
        ],
        reason="first version",
    )

    specs: list[Written] = Field(max_length=1000)
    reason: str = Field(min_length=1, max_length=1000, examples=["first version"])
    dry_run: bool = False


class Publish(Shape):
    """A new version of one spec."""

    model_config = example(
        body={"kind": "choice", "classes": ["delivery", "product", "neither"]}, reason="some are neither"
    )

    body: JsonValue
    reason: str = Field(min_length=1, max_length=1000)
    dry_run: bool = False


class Spec(BaseModel):
    """A version of a spec."""

    id: UUID
    kind: Kind
    name: str
    version: int
    body: JsonValue
    reason: str
    author_id: UUID | None
    reverts: int | None
    created_at: datetime


class Published(BaseModel):
    """What was published, and what followed."""

    model_config = ConfigDict(extra="allow")

    project: str
    changes: list[dict[str, Any]]


def spec(row: dict[str, Any]) -> dict[str, Any]:
    """A row in the shape of `Spec`."""
    return {name: row[name] for name in Spec.model_fields}
