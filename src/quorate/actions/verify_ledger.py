"""Recompute everything that the ledger says and name the first thing that does not fit."""

from __future__ import annotations

import hmac
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson

from quorate.errors import Altered
from quorate.flow import merkle
from quorate.store import ledger
from quorate.store.database import Connection, Database, Row

CHUNK = 5_000


@dataclass(frozen=True, slots=True)
class Verification:
    """What was looked at, and the first fault (None: everything fits). `root` is the newest block's hash."""

    blocks: int
    events: int
    unsealed: int
    root: str | None
    fault: Altered | None

    @property
    def ok(self) -> bool:
        """Whether everything fits."""
        return self.fault is None

    def to_json(self) -> dict[str, Any]:
        """The same for programs; `said` is the fault for whoever translates it."""
        told = {name: getattr(self, name) for name in ("ok", "blocks", "events", "unsealed", "root")}
        return told | {"fault": self.fault and self.fault.detail, "said": self.fault and self.fault.said()}


def verify_ledger(
    db: Database, workspace: UUID | None = None, *, progress: Callable[[int], None] = lambda events: None
) -> Verification:
    """Check the chain of blocks, their roots, what each event tells, and that nothing was said without an event.

    With a workspace, the chain and the roots are checked whole, as they must be, but events are counted, and what they
    tell is looked at, in that workspace only: nobody learns of another.
    """
    counted = _Counted(workspace, progress)
    with db.read() as connection:
        connection.execution_options(isolation_level="REPEATABLE READ")
        blocks = ledger.blocks(connection)
        try:
            for number, block in enumerate(blocks):
                _chained(block, blocks[number - 1] if number else None)
                _sealed(connection, block, counted)
            last = blocks[-1].last_seq if blocks else 0
            unsealed = _unsealed(connection, last, counted)
            _nothing_untold(connection, workspace)
            _items_as_imported(connection, workspace)
        except Altered as fault:
            return Verification(len(blocks), counted.events, 0, _root(blocks), fault)
    return Verification(len(blocks), counted.events, unsealed, _root(blocks), None)


@dataclass(slots=True)
class _Counted:
    workspace: UUID | None
    progress: Callable[[int], None]
    events: int = 0

    def ours(self, events: Sequence[Row[Any]]) -> Sequence[Row[Any]]:
        """Those of the workspace, counted."""
        ours = [one for one in events if self.workspace is None or one.workspace_id == self.workspace]
        self.events += len(ours)
        self.progress(self.events)
        return ours


def _root(blocks: Sequence[Row[Any]]) -> str | None:
    return bytes(blocks[-1].hash).hex() if blocks else None


def _chained(block: Row[Any], before: Row[Any] | None) -> None:
    row: dict[str, Any] = dict(block._mapping)
    number: int = row["number"]
    if number != (before.number + 1 if before else 1):
        raise Altered("Block {number} does not follow its predecessor: a block is missing.", number=number)
    if row["previous"] != (bytes(before.hash) if before else b""):
        raise Altered("Block {number} does not carry the hash of the block before it.", number=number)
    if row["first_seq"] != (before.last_seq + 1 if before else 1):
        raise Altered("Block {number} does not begin where the block before it ends.", number=number)
    if row["hash"] != ledger.block_hash(row):
        raise Altered("The header of block {number} was changed after it was sealed.", number=number)


def _sealed(connection: Connection, block: Row[Any], counted: _Counted) -> None:
    leaves: list[bytes] = []
    for events in _pages(connection, block.first_seq, block.last_seq):
        _told(connection, counted.ours(events))
        leaves += [ledger.leaf(event) for event in events]
    place = {"number": block.number, "first": block.first_seq, "last": block.last_seq}
    if len(leaves) != block.events:
        raise Altered(
            "Block {number} was sealed over {sealed} events and there are {found} now (events {first} to {last}).",
            sealed=block.events,
            found=len(leaves),
            **place,
        )
    if merkle.root(leaves) != bytes(block.root):
        raise Altered(
            "The events {first} to {last} do not give the root of block {number}: who, what, when or on what was"
            " changed in one of them.",
            **place,
        )


def _unsealed(connection: Connection, last: int, counted: _Counted) -> int:
    total = 0
    for events in _pages(connection, last + 1, 2**62):
        ours = counted.ours(events)
        _told(connection, ours)
        total += len(ours)
    return total


def _pages(connection: Connection, first: int, last: int) -> Iterator[Sequence[Row[Any]]]:
    while events := ledger.events_between(connection, first, last, limit=CHUNK):
        yield events
        first = events[-1].seq + 1


def _told(connection: Connection, events: Sequence[Row[Any]]) -> None:
    """Each event's content hash is that of what it tells of, as it is now."""
    wanted: dict[str, list[UUID]] = defaultdict(list)
    for event in events:
        if event.verb in ledger.TOLD_BY:
            wanted[event.verb].append(event.object_id)
    rows = {
        (verb, id): content for verb, ids in wanted.items() for id, content in ledger.told_rows(connection, verb, ids)
    }
    for event in events:
        if event.verb not in ledger.TOLD_BY:
            content = event.detail
        elif (event.verb, event.object_id) in rows:
            content = rows[event.verb, event.object_id]
        else:
            raise Altered("Event {seq} ({verb} {object}, {at}): what it tells of is gone.", **_named(event))
        if merkle.digest(content) != bytes(event.content):
            raise Altered("Event {seq} ({verb} {object}, {at}): what it tells of is not what it was.", **_named(event))


def _named(event: Row[Any]) -> dict[str, Any]:
    return {"seq": event.seq, "verb": event.verb, "object": str(event.object_id), "at": event.at}


def _nothing_untold(connection: Connection, workspace: UUID | None) -> None:
    for verb, table in ledger.TOLD_BY.items():
        if (id := ledger.untold(connection, verb, workspace)) is not None:
            raise Altered(
                "{table} has a row {row} that no event tells of: it was added behind the application.",
                table=table.name,
                row=str(id),
            )


def _items_as_imported(connection: Connection, workspace: UUID | None) -> None:
    """Each item's content is what its keyed hash says, unless it was erased."""
    for item in ledger.items(connection, workspace):
        content = orjson.dumps(item.body, option=orjson.OPT_SORT_KEYS)
        content += b"".join(b"\n" + (m.get("sha256") or m["url"]).encode() for m in item.media or ())
        if hmac.digest(bytes(item.salt), content, "sha256") != bytes(item.hash):
            raise Altered("Item '{key}' ({id}) is not what was imported.", key=item.key, id=str(item.id))
