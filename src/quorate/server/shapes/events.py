"""What travels about the ledger."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field, JsonValue


class About(BaseModel):
    """What an event is about, by a name."""

    kind: str = Field(description="`item`, `annotator`, `export`, or the kind of a spec.")
    name: str | None
    step: str | None = Field(description="The step of an item; the version of a spec.")


class Event(BaseModel):
    """Who did what, when, on what."""

    seq: int
    at: datetime
    who: str | None = Field(description="A pseudonym, or a name to those who may know it; null: the system.")
    verb: str
    object: UUID
    about: About | None
    detail: JsonValue = Field(description="What is told; null where the object itself is.")
    content: str = Field(description="SHA-256 of what is told.")
    block: int | None = Field(description="The block that seals it; null: not yet.")


class Events(BaseModel):
    """A page of events, newest first."""

    events: list[Event]
    next: int | None = Field(description="`before` of the next page, which may be there when this one is empty.")


class Hashed(BaseModel):
    """An event in the form in which it is hashed."""

    seq: int
    at: str
    workspace_id: UUID | None
    project_id: UUID | None
    actor: UUID | None
    verb: str
    object_id: UUID
    content: str


class Step(BaseModel):
    """One step up a Merkle tree (RFC 6962): the hash beside, and on which side it stands."""

    side: Literal["left", "right"]
    hash: str


class Block(BaseModel):
    """A sealed block; `hash` is that of the others but `sealed_at`."""

    number: int
    first_seq: int
    last_seq: int
    events: int
    root: str
    previous: str
    hash: str
    sealed_at: datetime


class Proven(BaseModel):
    """An event's place in the ledger: hashing `leaf` along `path` gives the root of its block."""

    event: Hashed
    leaf: str
    block: Block | None = Field(description="Null: not sealed yet.")
    path: list[Step]
