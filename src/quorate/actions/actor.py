"""Who acts: an account, or the operator at the command line of this machine."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Actor:
    """`account` is None for the operator and for the system's own jobs."""

    workspace: UUID
    account: UUID | None = None
    machine: bool = False
