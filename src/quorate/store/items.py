"""Items as they come in: a batch straight into its tables by COPY, and what is there already left alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from operator import itemgetter
from typing import Any
from uuid import UUID

import orjson
from psycopg import Connection

from quorate.errors import InvalidInput
from quorate.ids import new_id
from quorate.store import fitness, openings

_JSONB = b"\x01"  # the version byte that binary jsonb begins with


@dataclass(slots=True)
class Entry:
    """One item that wants in. `body`, `media` and `attributes` are JSON; `gold` is step id → known answer, `why` → its
    explanation. Of a batch, tasks of greater `weight` are asked first.
    """

    line: int
    key: str
    body: bytes
    media: bytes | None
    attributes: bytes
    hash: bytes
    gold: dict[UUID, Any]
    weight: float = 0.0
    why: dict[UUID, str] = field(default_factory=dict)
    guarded: bool = False
    """It says who may see it, or whose it is."""
    id: UUID = field(default_factory=new_id)

    @property
    def size(self) -> int:
        """Bytes, about: what it takes in memory."""
        return len(self.body) + len(self.media or b"") + len(self.attributes) + 400


@dataclass(frozen=True, slots=True)
class Plan:
    """What a batch of entries becomes: `steps` maps each step to the state that its tasks begin in."""

    project: UUID
    steps: dict[UUID, str]
    judgements: int
    share: bool = False
    stopped: frozenset[UUID] = frozenset()
    """Steps about which nothing is asked, since there is no money."""


@dataclass(frozen=True, slots=True)
class Known:
    """A task whose answer is known."""

    task: UUID
    item: UUID
    step: UUID
    value: Any
    why: str | None = None


@dataclass(slots=True)
class Added:
    """What became of a batch: the entries that came in, those that were there, and those at odds with what is there."""

    fresh: list[Entry] = field(default_factory=list)
    skipped: int = 0
    at_odds: list[tuple[Entry, InvalidInput]] = field(default_factory=list)
    twins: dict[UUID, UUID] = field(default_factory=dict)
    gold: list[Known] = field(default_factory=list)

    def digest(self) -> str:
        """SHA-256 over id and content hash of each item that came in, in order of id."""
        running = sha256()
        for entry in sorted(self.fresh, key=lambda entry: entry.id):
            running.update(entry.id.bytes + entry.hash)
        return running.hexdigest()


def lock(connection: Connection[Any], project: UUID) -> int:
    """Let nobody else add items to this project, or steps for them, until the transaction ends; gives its epoch."""
    connection.execute("SELECT pg_advisory_xact_lock(hashtextextended('items ' || %s::text, 0))", (project,))
    row = connection.execute("SELECT epoch FROM projects WHERE id = %s", (project,)).fetchone()
    assert row is not None
    return int(row[0])


def add(connection: Connection[Any], plan: Plan, entries: Sequence[Entry], now: datetime) -> Added:
    """Add a batch with its tasks and openings, in a transaction that holds `lock`.

    An entry whose key is there with the same content is skipped, with other content it is at odds. The queue gets
    the first judgement of every entry, by weight and order, then the second of every entry, and so on.
    """
    added = _sift(entries, _there(connection, plan.project, entries))
    if added.fresh:
        added.twins = _twins(added.fresh, _originals(connection, plan.project, added.fresh))
        _copy_items(connection, plan.project, added, now)
        if any(entry.guarded for entry in added.fresh):
            fitness.match(connection, plan.project)
        _copy_tasks(connection, plan, added)
    return added


def _there(connection: Connection[Any], project: UUID, entries: Sequence[Entry]) -> dict[str, tuple[bytes, Any]]:
    rows = connection.execute(
        "SELECT key, hash, attributes FROM items WHERE project_id = %s AND key = ANY(%b)",
        (project, [entry.key for entry in entries]),
    )
    return {key: (bytes(hash), attributes) for key, hash, attributes in rows}


def _sift(entries: Iterable[Entry], there: dict[str, tuple[bytes, Any]]) -> Added:
    added = Added()
    for entry in entries:
        known = there.get(entry.key)
        if known is None:
            there[entry.key] = (entry.hash, entry.attributes)
            added.fresh.append(entry)
        elif known[0] != entry.hash:
            other = InvalidInput("An item with this key and other content is there already.")
            added.at_odds.append((entry, other))
        elif _parsed(known[1]) != _parsed(entry.attributes):
            other = InvalidInput("An item with this key and other attributes is there already.")
            added.at_odds.append((entry, other))
        else:
            added.skipped += 1
    return added


def _parsed(attributes: Any) -> Any:
    return orjson.loads(attributes) if isinstance(attributes, bytes) else attributes


def _originals(connection: Connection[Any], project: UUID, fresh: Sequence[Entry]) -> dict[bytes, UUID]:
    """hash → the first item of the project with that content."""
    rows = connection.execute(
        "SELECT hash, id FROM items WHERE project_id = %s AND hash = ANY(%b) AND twin_of IS NULL",
        (project, [entry.hash for entry in fresh]),
        binary=True,
    )
    return {bytes(hash): id for hash, id in rows}


def _twins(fresh: Sequence[Entry], originals: dict[bytes, UUID]) -> dict[UUID, UUID]:
    """item → the first one with the same content, for those that are not the first."""
    return {entry.id: first for entry in fresh if (first := originals.setdefault(entry.hash, entry.id)) != entry.id}


def _copy_items(connection: Connection[Any], project: UUID, added: Added, now: datetime) -> None:
    columns = "id, project_id, key, body, media, attributes, hash, twin_of, created_at"
    owner, twins = project.bytes, added.twins
    with connection.cursor().copy(f"COPY items ({columns}) FROM STDIN (FORMAT binary)") as copy:
        copy.set_types(["bytea", "bytea", "text", "bytea", "bytea", "bytea", "bytea", "bytea", "timestamptz"])
        for entry in added.fresh:
            media = None if entry.media is None else _JSONB + entry.media
            twin = twins.get(entry.id)
            copy.write_row(
                (
                    entry.id.bytes,
                    owner,
                    entry.key,
                    _JSONB + entry.body,
                    media,
                    _JSONB + entry.attributes,
                    entry.hash,
                    twin and twin.bytes,
                    now,
                )
            )


def _copy_tasks(connection: Connection[Any], plan: Plan, added: Added) -> None:
    """Tasks of every step, and the openings of those that begin open."""
    queue: list[tuple[float, UUID]] = []
    order = _last_gold(connection, plan.project) if any(entry.gold for entry in added.fresh) else 0
    columns = "id, project_id, step_id, item_id, state, gold, gold_order"
    owner = plan.project.bytes
    with connection.cursor().copy(f"COPY tasks ({columns}) FROM STDIN (FORMAT binary)") as copy:
        copy.set_types(["bytea", "bytea", "bytea", "bytea", "text", "bytea", "int4"])
        for entry in added.fresh:
            if plan.share and entry.id in added.twins and not entry.gold:
                continue  # labelled once: it has no tasks of its own
            for step, state in plan.steps.items():
                task = new_id()
                gold = place = None
                if step in entry.gold:
                    order += 1
                    gold, place = _JSONB + orjson.dumps(entry.gold[step]), order
                    added.gold.append(Known(task, entry.id, step, entry.gold[step], entry.why.get(step)))
                elif state == "open" and step not in plan.stopped:
                    queue.append((-entry.weight, task))
                copy.write_row((task.bytes, owner, step.bytes, entry.id.bytes, state, gold, place))
    queue.sort(key=itemgetter(0))
    _copy_openings(connection, plan, [task for _, task in queue])


def _last_gold(connection: Connection[Any], project: UUID) -> int:
    row = connection.execute("SELECT max(gold_order) FROM tasks WHERE project_id = %s", (project,)).fetchone()
    return int(row[0] or 0) if row else 0


def _copy_openings(connection: Connection[Any], plan: Plan, queue: Sequence[UUID]) -> None:
    """Positions are given in the order of the rows; so a round of all tasks comes before the next round."""
    if not queue:
        return
    round_of_all = "".join(f"{plan.project}\t{openings.FRESH}\t{task.hex}\n" for task in queue)
    with connection.cursor().copy("COPY openings (project_id, band, task_id) FROM STDIN") as copy:
        for _ in range(plan.judgements):
            copy.write(round_of_all)
