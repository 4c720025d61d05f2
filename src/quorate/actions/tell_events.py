"""Tell what the ledger says of a project, prove one event's place in it, and tell what was exported. Reads only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import orjson

from quorate.actions.naming import naming
from quorate.errors import NotFound
from quorate.flow import export_proof, merkle
from quorate.store import happened, ledger
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
    limit: int = 50,
    names: bool = False,
) -> Told:
    """A page of events, newest first: who (a pseudonym, or with `names` their name), what, on what, in which block."""
    with db.read() as connection:
        rows, following = happened.page(
            connection, project.id, before=before, verb=verb, object_id=object_id, limit=limit
        )
        about = happened.about(connection, project.id, {row.object_id for row in rows})
    people = {row.actor for row in rows if row.actor} | {one.account_id for one in about.values() if one.account_id}
    who = naming(db, project.workspace_id, names=names)(people)
    told = [
        {
            "seq": row.seq,
            "at": row.at,
            "who": who.get(row.actor),
            "verb": row.verb,
            "object": row.object_id,
            "about": _about(about.get(row.object_id), who),
            "detail": row.detail,
            "content": bytes(row.content).hex(),
            "block": row.block,
        }
        for row in rows
    ]
    return {"events": told, "next": following}


def _about(row: Any, who: Mapping[UUID, str]) -> Told | None:
    return row and {"kind": row.kind, "name": who.get(row.account_id) or row.name, "step": row.step}


def tell_place(db: Database, project: Project, seq: int) -> Told:
    """An event as it is hashed, its leaf, the path from there to the root of its block, and the block.

    `block` is null while the event is not sealed. Raises `NotFound`.
    """
    with db.read() as connection:
        found = ledger.events_between(connection, seq, seq)
        if not found or found[0].project_id != project.id:
            raise NotFound("There is no such event in this project.", where="seq")
        (event,) = found
        block, path = ledger.place(connection, seq)
    hashed = {name: event._mapping[name] for name in ledger.HASHED}
    return {
        "event": orjson.loads(merkle.canonical(hashed)),
        "leaf": ledger.leaf(event),
        "block": block and {name: block._mapping[name] for name in (*export_proof.BLOCK, "hash", "sealed_at")},
        "path": [{"side": side, "hash": partner} for side, partner in path],
    }


def tell_exports(db: Database, project: Project, *, before: UUID | None, limit: int, names: bool) -> Told:
    """What was exported, newest first: with what settings, by whom, and the hash that tells whether a file is it."""
    with db.read() as connection:
        rows = happened.exports(connection, project.id, before=before, limit=limit)
    who = naming(db, project.workspace_id, names=names)({row.account_id for row in rows if row.account_id})
    told = [
        {
            "id": row.id,
            "at": row.at,
            "who": who.get(row.account_id),
            "name": row.name,
            "records": row.records,
            "sha256": bytes(row.sha256).hex(),
            "root": row.settings["root"],
            "annotations": row.settings["annotations"],
            "as_of": row.settings["at"],
            "only": row.settings.get("only"),
        }
        for row in rows
    ]
    return {"exports": told, "next": rows[-1].id if len(rows) == limit else None}
