"""What travels about specs."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from quorate.server.problems import Sentences
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
    author: str | None = Field(description="Their name, or a pseudonym; null for the operator at the command line.")
    reverts: int | None
    created_at: datetime


class Draft(Shape):
    """A body that is not published yet, or the version to go back to."""

    model_config = example(body={"kind": "choice", "classes": ["delivery", "product", "neither"]})

    body: JsonValue = None
    version: int | None = Field(None, ge=1, le=2**31 - 1, description="Instead of a body.")


class Difference(BaseModel):
    """One field that differs. For a text of several lines, `lines` is a unified diff."""

    at: str
    what: Literal["added", "removed", "changed", "reordered"]
    old: JsonValue = None
    new: JsonValue = None
    lines: list[str] = []


class Compared(BaseModel):
    """What differs between two versions."""

    old: int
    new: int
    differences: list[Difference]


class Fault(BaseModel):
    """Why a body cannot be published."""

    detail: str
    where: str | None
    mend: str | None
    said: Sentences


class Change(BaseModel):
    """One spec that would be published."""

    kind: Kind
    name: str
    version: int
    what: Literal["added", "changed", "withdrawn"]
    differences: list[Difference]


class Moved(BaseModel):
    """So many labels that say `label` would be kept, mapped `to` another, or asked again."""

    label: str
    what: Literal["kept", "mapped", "asked_again"]
    to: str | None
    labels: int


class Previewed(BaseModel):
    """What publishing would do; `faults` when it would be refused."""

    publishable: bool
    faults: list[Fault]
    changes: list[Change]
    labels: list[Moved] = Field(description="Empty when no question changes in a way that labels depend on.")
    mapped: int = 0
    restored: int = 0
    asked_again: int = 0
    tasks_added: int = 0
    cost: str = Field("0", description="Of the first judgements of all that would be asked.")
    currency: str | None = None


class Published(BaseModel):
    """What was published, and what followed."""

    model_config = ConfigDict(extra="allow")

    project: str
    changes: list[dict[str, Any]]


def spec(row: dict[str, Any]) -> dict[str, Any]:
    """A row in the shape of `Spec`."""
    return {name: row[name] for name in Spec.model_fields}
