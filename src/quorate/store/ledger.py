"""The ledger: every event, appended in the transaction that it tells of, and sealed later in blocks.

An event carries the SHA-256 of what it tells. Where the telling is an append-only row (an annotation, a decision), that
is the row's `content`; where it is a change of something held (a role, a lease), it is the event's own `detail`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg
from sqlalchemy import Connection, Row, Select, Table, and_, func, insert, select

from quorate import clock
from quorate.flow import merkle
from quorate.store import tables as t
from quorate.store.statement import Statement

#: The append-only table that holds what an event with this verb tells of. Other verbs tell their own `detail`.
TOLD_BY: Mapping[str, Table] = {
    "spec.published": t.specs,
    "annotation.submitted": t.annotations,
    "task.decided": t.decisions,
    "task.adjudicated": t.adjudications,
    "dispute.opened": t.disputes,
    "decision.audited": t.audits,
    "finding.noted": t.findings,
    "consequence.drawn": t.consequences,
    "labels.exported": t.exports,
    "training.practised": t.practices,
    "money.moved": t.transfers,
    "payout.run": t.payouts,
    "access.granted": t.clearances,
}


HASHED = ("seq", "at", "workspace_id", "project_id", "actor", "verb", "object_id", "content")
"""What of an event is hashed into its leaf."""

SEALING = 0x51756F72
"""The key of the sealers' advisory lock."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Who did what, when, on what. `content` is what is told: the row of a `TOLD_BY` table, or else the detail."""

    actor: UUID | None
    verb: str
    object_id: UUID
    content: Mapping[str, Any]
    workspace_id: UUID | None = None
    project_id: UUID | None = None
    at: datetime = field(default_factory=clock.now)

    def row(self) -> dict[str, Any]:
        """The event as a row of `events`."""
        return {
            "at": self.at,
            "workspace_id": self.workspace_id,
            "project_id": self.project_id,
            "actor": self.actor,
            "verb": self.verb,
            "object_id": self.object_id,
            "detail": None if self.verb in TOLD_BY else dict(self.content),
            "content": merkle.digest(self.content),
        }


def append(connection: Connection, *told: Event) -> None:
    """Append events. The transaction must already have written or locked a row (see `horizon.py`), so that the sealer
    can know when every event up to some number has either been committed or will never be.
    """
    connection.execute(insert(t.events), [event.row() for event in told])


def leaf(event: Row[Any] | Mapping[str, Any]) -> bytes:
    """The Merkle leaf of an event: everything it says, in its place in the order."""
    row = event if isinstance(event, Mapping) else event._mapping
    return merkle.leaf({name: row[name] for name in HASHED})


def block_hash(block: Mapping[str, Any]) -> bytes:
    """The hash that the next block carries on: the block's header without its own hash."""
    return merkle.digest(
        {name: block[name] for name in ("number", "first_seq", "last_seq", "events", "root", "previous")}
    )


def last_block(connection: Connection) -> Row[Any] | None:
    """The newest sealed block."""
    return connection.execute(select(t.blocks).order_by(t.blocks.c.number.desc()).limit(1)).first()


def events_between(connection: Connection, first: int, last: int, limit: int | None = None) -> Sequence[Row[Any]]:
    """Events `first` to `last`, in order, at most `limit`."""
    return connection.execute(
        select(t.events)
        .where(and_(t.events.c.seq >= first, t.events.c.seq <= last))
        .order_by(t.events.c.seq)
        .limit(limit)
    ).fetchall()


def place(connection: Connection, seq: int) -> tuple[Row[Any] | None, merkle.Path]:
    """The block that seals an event (None: not yet), and the path from the event's leaf to the block's root."""
    block = connection.execute(
        select(t.blocks).where(t.blocks.c.last_seq >= seq).order_by(t.blocks.c.last_seq).limit(1)
    ).first()
    if block is None:
        return None, []
    events = events_between(connection, block.first_seq, block.last_seq)
    index = [event.seq for event in events].index(seq)
    return block, merkle.path([leaf(event) for event in events], index)


def lock(connection: Connection) -> None:
    """Let one sealer in at a time, until the transaction ends."""
    connection.execute(select(func.pg_advisory_xact_lock(SEALING)))


def newest_seq(connection: Connection) -> int:
    """The number of the newest event that this transaction can see."""
    return int(connection.execute(select(func.coalesce(func.max(t.events.c.seq), 0))).scalar_one())


def seal(connection: Connection, block: Mapping[str, Any]) -> None:
    """Append a block."""
    connection.execute(insert(t.blocks).values(**block))


def told_rows(connection: Connection, verb: str, ids: Iterable[UUID]) -> Iterator[tuple[UUID, dict[str, Any]]]:
    """The append-only rows that events with this verb tell of: (id, content)."""
    table = TOLD_BY[verb]
    for row in connection.execute(select(table).where(table.c.id.in_(list(ids)))):
        yield row.id, {str(name): value for name, value in row._mapping.items()}  # orjson wants plain keys


def tell(connection: psycopg.Connection[Any], told: Sequence[Event]) -> None:
    """`append` on the bare driver, under the same condition."""
    statement = Statement()
    statement.append(t.events, [event.row() for event in told])
    statement.run(connection)


def blocks(connection: Connection) -> Sequence[Row[Any]]:
    """Every block, oldest first."""
    return connection.execute(select(t.blocks).order_by(t.blocks.c.number)).fetchall()


def untold(connection: Connection, verb: str, workspace: UUID | None) -> UUID | None:
    """A row of the verb's table (in one workspace, or in any) that no event tells of."""
    table = TOLD_BY[verb]
    told = select(t.events.c.seq).where(t.events.c.object_id == table.c.id, t.events.c.verb == verb)
    asked = select(table.c.id).where(~told.exists())
    if workspace is not None:
        asked = asked.where(table.c.project_id.in_(_projects(workspace)))
    row = connection.execute(asked.limit(1)).first()
    return row.id if row else None


def items(connection: Connection, workspace: UUID | None = None) -> Iterator[Any]:
    """Every item (of one workspace, or of all) that was not erased: id, key, body, media, hash, salt."""
    asked = (
        select(t.items.c.id, t.items.c.key, t.items.c.body, t.items.c.media, t.items.c.hash, t.workspaces.c.salt)
        .join_from(t.items, t.projects, t.projects.c.id == t.items.c.project_id)
        .join(t.workspaces, t.workspaces.c.id == t.projects.c.workspace_id)
        .where(t.items.c.erased_at.is_(None))
    )
    if workspace is not None:
        asked = asked.where(t.projects.c.workspace_id == workspace)
    yield from connection.execution_options(yield_per=2000).execute(asked)


def _projects(workspace: UUID) -> Select[Any]:
    return select(t.projects.c.id).where(t.projects.c.workspace_id == workspace)
