"""Accounts as a reader may know them: by name, or under the workspace's pseudonyms."""

from __future__ import annotations

from collections.abc import Callable, Collection
from uuid import UUID

from quorate.people.pseudonyms import pseudonym
from quorate.store import accounts
from quorate.store.database import Database

Naming = Callable[[Collection[UUID]], dict[UUID, str]]


def naming(db: Database, workspace: UUID, *, names: bool) -> Naming:
    """A function from accounts to what each is called; one whose name was erased keeps its pseudonym."""

    def named(wanted: Collection[UUID]) -> dict[UUID, str]:
        if not wanted:
            return {}
        with db.read() as connection:
            salt = accounts.salt(connection, workspace)
            known = accounts.names(connection, workspace, wanted) if names else {}
        return {id: known.get(id) or pseudonym(id, salt) for id in wanted}

    return named
