"""What travels when people work."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field, JsonValue

from quorate.server.shapes.shape import ID, Shape, example


class ClaimRequest(Shape):
    """What to lease."""

    model_config = example(count=2, projects=["reviews"])

    count: int = Field(1, ge=1, le=50, description="How many tasks at most.", examples=[2])
    projects: list[str] | None = Field(
        None, max_length=100, description="By name; all that you work in when left out.", examples=[["reviews"]]
    )


class Task(BaseModel):
    """A leased task: the item, the question, the rules it is to be answered under."""

    assignment: UUID = Field(description="The lease; to be named when answering.")
    task: UUID
    project: str
    step: str
    ask: str = Field(description="The question in words.")
    kind: str = Field(description="The kind of label.", examples=["choice"])
    item: str = Field(description="The item's key.")
    body: JsonValue
    media: JsonValue = None
    language: str | None = None
    schema_version: int
    guideline_version: int | None
    expires_at: datetime
    reason: Literal["queue", "skill", "explore"] = Field(
        description="Why you were given it: it was the next in the queue; it suits you; it tells how you do."
    )
    price: Decimal = Field(description="What the answer brings, whatever becomes of prices meanwhile.")
    currency: str


class ClaimResponse(BaseModel):
    """The leased tasks; none when there is nothing for you now."""

    tasks: list[Task]


class SubmitRequest(Shape):
    """An answer to a leased task."""

    model_config = example(assignment=ID, value="delivery", seconds=4.2, claim=1)

    assignment: UUID
    value: JsonValue = Field(description="As the schema's kind has it.", examples=["delivery"])
    seconds: float | None = Field(
        None,
        ge=0,
        le=86_400,
        description="Spent on the task; if you do not say: since you got it, or since your last answer.",
        examples=[4.2],
    )
    confidence: float | None = Field(None, ge=0, le=1, description="How sure you are; never required by default.")
    comment: str | None = Field(None, max_length=10_000)
    claim: int = Field(0, ge=0, le=10, description="Lease so many next tasks with the same request.", examples=[1])


class SubmitResponse(BaseModel):
    """What came of it."""

    annotation: UUID
    task: UUID
    state: str = Field(description="The task's state now.", examples=["decided"])
    repeated: bool = Field(description="The answer had arrived before; it counts once.")
    tasks: list[Task] = Field(description="The next tasks, as asked for by `claim`.")


class SkipRequest(Shape):
    """A task that one passes on."""

    model_config = example(assignment=ID, reason="cannot read it")

    assignment: UUID
    reason: str = Field(min_length=1, max_length=1000, examples=["cannot read it"])


class FlagRequest(Shape):
    """What is wrong with a task."""

    model_config = example(assignment=ID, reason="broken")

    assignment: UUID
    reason: str = Field(min_length=1, max_length=1000, description="One of the guide's `flag_reasons`, or own words.")


class ReleaseRequest(Shape):
    """A task to give back."""

    model_config = example(assignment=ID)

    assignment: UUID


class ExtendRequest(Shape):
    """Tasks to hold longer."""

    model_config = example(project="reviews", assignments=[ID])

    project: str
    assignments: list[UUID] = Field(max_length=100)


class ExtendResponse(BaseModel):
    """Until when each is held now; those that are no longer held are absent."""

    expires_at: dict[UUID, datetime]


class ReviseRequest(Shape):
    """A new answer in the place of one's own earlier one."""

    model_config = example(annotation=ID, value="product")

    annotation: UUID
    value: JsonValue
    seconds: float | None = Field(None, ge=0, le=86_400)
    confidence: float | None = Field(None, ge=0, le=1)
    comment: str | None = Field(None, max_length=10_000)


def task(claimed: Any) -> dict[str, Any]:
    """A claimed lease in the shape of `Task`."""
    lease, step, rules = claimed.lease, claimed.step, claimed.rules
    return {
        "assignment": lease.id,
        "task": lease.task_id,
        "project": rules.project.name,
        "step": step.name,
        "ask": step.ask,
        "kind": step.question.kind,
        "item": lease.key,
        "body": lease.body,
        "media": lease.media,
        "language": (lease.attributes or {}).get("language"),
        "schema_version": rules.schema_versions[step.schema_id],
        "guideline_version": rules.guideline_version,
        "expires_at": lease.expires_at,
        "reason": lease.chosen or "queue",
        "price": lease.price,
        "currency": rules.project.currency,
    }
