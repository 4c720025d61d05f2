"""What travels before a project is there."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field, JsonValue

from quorate.flow.estimate import ANNOTATORS
from quorate.server.shapes.shape import Shape, example
from quorate.server.shapes.specs import Kind


class TemplateSpec(BaseModel):
    """One spec to start from, in the form in which it is published."""

    kind: Kind
    name: str
    body: JsonValue


class Template(BaseModel):
    """A project to start from. `item` is an example of what it labels."""

    id: str
    title: str
    about: str
    item: dict[str, Any]
    specs: list[TemplateSpec]


class Assumptions(Shape):
    """What is to be labelled, at what prices, and how good the annotators are taken to be."""

    model_config = example(classes=3, accuracy=0.8, items=10_000, price=0.04, expert_price=1.2, target=0.95)

    classes: int = Field(ge=2, le=1000)
    accuracy: float = Field(0.8, ge=0.3, le=0.995, description="Mean share of right answers of the annotators.")
    spread: float = Field(0.08, ge=0, le=0.3, description="How far they differ (standard deviation).")
    items: int = Field(ge=1, le=10**9)
    price: float = Field(ge=0, le=10**6, description="Of a judgement.")
    expert_price: float = Field(ge=0, le=10**6, description="Of an adjudication.")
    expert_accuracy: float = Field(0.97, ge=0.5, le=1)
    target: float = Field(0.95, gt=0, lt=1, description="Wanted share of right labels.")
    max: int = Field(7, ge=1, le=ANNOTATORS, description="Most judgements of an item.")


class Point(BaseModel):
    """What comes of letting the crowd decide at this confidence; accuracy with a 95 % interval of the simulation."""

    confidence: float
    judgements: float = Field(description="An item.")
    escalated: float = Field(description="Share of items that go to experts.")
    accuracy: float
    low: float
    high: float
    cost: float = Field(description="Of all items.")


class Estimate(BaseModel):
    """The expected curve of cost against accuracy, and its cheapest point that reaches the target."""

    points: list[Point]
    enough: Point | None
    simulated: int = Field(description="How many items were simulated for each point.")
