"""Tell what the ledger says of a project, and prove one event's place in it. Reads only."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from quorate.actions.naming import naming
from quorate.errors import NotFound
from quorate.flow import merkle
from quorate.store import events, ledger
from quorate.store.database import Database
from quorate.store.projects import Project

Told = dict[str, Any]


def tell_events(
    db: Database,
    project: Project,
    *,
    verb: str | None = None,
    object_id: UUID | None = None,
    before: int | None = None,
    after: int | None = None,
    limit: int = 50,
    names: bool = False,
) -> Told:
    """A page of events, newest first, each with who (a pseudonym, or with `names` their name) and its block."""
    reached = None
    with db.work() as connection:
        if object_id is not None:
            rows = events.of_object(connection, project.id, object_id, limit)
        else:
            rows, reached = events.page(connection, project.id, verb=verb, before=before, after=after, limit=limit)
    who = naming(db, project.workspace_id, names=names)({row["actor"] for row in rows if row["actor"]})
    told = [
        {
            "seq": row["seq"], "at": row["at"], "who": who.get(row["actor"]), "verb": row["verb"],
            "object": row["object_id"], "detail": row["detail"], "block": row["block"],
        }
        for row in rows
    ]  # fmt: skip
    full = len(rows) == limit and object_id is None
    following = rows[-1]["seq"] if full and after is None else reached if after is None else None
    return {"events": told, "next": following, "newest": rows[0]["seq"] if rows else after}


def tell_place(db: Database, project: Project, seq: int) -> Told:
    """An event's leaf, the path from it to the root of its block, and the block; what `quorate verify` recomputes.

    `block` is null while the event is not sealed. Raises `NotFound`.
    """
    with db.read() as connection:
        found = ledger.events_between(connection, seq, seq)
        if not found or found[0].project_id != project.id:
            raise NotFound("There is no such event in this project.", where="seq")
        event, block = found[0], ledger.block_of(connection, seq)
        told: Told = {"seq": seq, "verb": event.verb, "leaf": ledger.leaf(event).hex(), "path": [], "block": None}
        if block is None:
            return told
        around = ledger.events_between(connection, block.first_seq, block.last_seq)
    leaves = [ledger.leaf(one) for one in around]
    path = merkle.path(leaves, [one.seq for one in around].index(seq))
    holds = merkle.follow(ledger.leaf(event), path) == bytes(block.root)
    sealed = {name: getattr(block, name) for name in ("number", "first_seq", "last_seq", "events", "sealed_at")}
    hashes = {name: bytes(getattr(block, name)).hex() for name in ("root", "previous", "hash")}
    steps = [{"side": side, "hash": partner.hex()} for side, partner in path]
    return {**told, "path": steps, "block": {**sealed, **hashes}, "holds": holds}
