"""Who acts: an account, or the operator at the command line of this machine."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from quorate.errors import NotAllowed


@dataclass(frozen=True, slots=True)
class Actor:
    """`account` is None for the operator and for the system's own jobs."""

    workspace: UUID
    account: UUID | None = None
    machine: bool = False

    def refuse_own(self, account: UUID | None) -> None:
        """Raises `NotAllowed` where they would judge their own work."""
        if account is not None and account == self.account:
            raise NotAllowed("It is about your own work.", mend="Somebody else must judge it.")
