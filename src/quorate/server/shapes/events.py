"""What travels about the ledger."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field, JsonValue


class Event(BaseModel):
    """Who did what, when, on what."""

    seq: int
    at: datetime
    who: str | None = Field(description="A name or a pseudonym; null for the system and the operator.")
    verb: str
    object: UUID
    detail: JsonValue = Field(description="What it tells, where no row of its own does.")
    block: int | None = Field(description="The block that seals it; null while it is not sealed.")


class Page(BaseModel):
    """Events, newest first."""

    events: list[Event]
    next: int | None = Field(description="For `before`, to go on to older ones; null at the beginning of the ledger.")
    newest: int | None = Field(description="For `after`, to ask for what is new.")


class Sibling(BaseModel):
    """A hash on the way from a leaf to the root, and the side on which it stands."""

    side: Literal["left", "right"]
    hash: str


class Block(BaseModel):
    """A sealed block."""

    number: int
    first_seq: int
    last_seq: int
    events: int
    sealed_at: datetime
    root: str
    previous: str
    hash: str


class Place(BaseModel):
    """An event's place in the ledger: hashing `leaf` along `path` gives the root of its block (RFC 6962)."""

    seq: int
    verb: str
    leaf: str
    path: list[Sibling]
    block: Block | None
    holds: bool | None = Field(None, description="Whether it does; null while the event is not sealed.")
