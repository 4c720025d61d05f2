"""Specs, version by version, and what a new version moves: the steps, the decisions in force, what was learnt."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg
from sqlalchemy import Connection as Connection  # noqa: PLC0414  (for actions, which have no SQL of their own)
from sqlalchemy import Row, Select, and_, bindparam, case, delete, func, insert, or_, select, update

from quorate.ids import new_id
from quorate.store import tables as t
from quorate.store.items import lock as lock_items

CHUNK = 2000


def add(connection: Connection, row: Mapping[str, Any]) -> None:
    """Append a version."""
    connection.execute(insert(t.specs).values(**row))


def versions(connection: Connection, project: UUID, kind: str, name: str) -> list[Row[Any]]:
    """Every version of a spec, oldest first, with the name of its author."""
    return list(
        connection.execute(
            select(t.specs, t.accounts.c.name.label("author"))
            .join_from(t.specs, t.accounts, t.specs.c.author_id == t.accounts.c.id, isouter=True)
            .where(t.specs.c.project_id == project, t.specs.c.kind == kind, t.specs.c.name == name)
            .order_by(t.specs.c.version)
        )
    )


def newest(connection: Connection, project: UUID) -> dict[tuple[str, str], Row[Any]]:
    """(kind, name) → the newest version, also of specs that were withdrawn (whose body is null)."""
    rows = connection.execute(
        select(t.specs)
        .where(t.specs.c.project_id == project)
        .order_by(t.specs.c.kind, t.specs.c.name, t.specs.c.version)
    )
    return {(row.kind, row.name): row for row in rows}


def lock(connection: Connection, project: UUID) -> int:
    """Let nobody else publish in this project, or add items to it, until the transaction ends; gives its epoch."""
    lock_items(driver(connection), project)
    statement = select(t.projects.c.epoch).where(t.projects.c.id == project).with_for_update(key_share=True)
    return int(connection.execute(statement).scalar_one())


def driver(connection: Connection) -> psycopg.Connection[Any]:
    """The psycopg connection below, in the same transaction."""
    below = connection.connection.driver_connection
    assert isinstance(below, psycopg.Connection)
    return below


# --- steps ---


def steps(connection: Connection, project: UUID) -> dict[str, Row[Any]]:
    """Every step by name, also those that are retired."""
    rows = connection.execute(select(t.steps).where(t.steps.c.project_id == project).order_by(t.steps.c.position))
    return {row.name: row for row in rows}


def add_step(connection: Connection, project: UUID, name: str, position: int) -> UUID:
    """Append a step."""
    id = new_id()
    connection.execute(insert(t.steps).values(id=id, project_id=project, name=name, position=position))
    return id


def place_step(connection: Connection, step: UUID, position: int) -> None:
    """Put a step at a position, and back in use."""
    connection.execute(update(t.steps).where(t.steps.c.id == step).values(position=position, retired_at=None))


def retire_step(connection: Connection, step: UUID, now: datetime) -> None:
    """Take a step out of use: nothing is asked any more; what was decided stays."""
    connection.execute(update(t.steps).where(t.steps.c.id == step).values(retired_at=now))
    undecided = and_(t.tasks.c.step_id == step, t.tasks.c.state.in_(("waiting", "open", "contested")))
    connection.execute(delete(t.openings).where(t.openings.c.task_id.in_(select(t.tasks.c.id).where(undecided))))
    connection.execute(update(t.tasks).where(undecided).values(state="retired", version=t.tasks.c.version + 1))


def add_tasks(connection: Connection, project: UUID, step: UUID, state: str, places: int) -> int:
    """A task of this step for every item that has other tasks or none yet; open ones are queued in item order."""
    has = select(t.tasks.c.id).where(t.tasks.c.item_id == t.items.c.id, t.tasks.c.step_id == step)
    shared = and_(
        t.items.c.twin_of.is_not(None), ~select(t.tasks.c.id).where(t.tasks.c.item_id == t.items.c.id).exists()
    )
    lacking = select(t.items.c.id).where(t.items.c.project_id == project, ~has.exists(), ~shared).order_by(t.items.c.id)
    count = 0
    for items in _chunks(connection, lacking):
        tasks = [
            {"id": new_id(), "project_id": project, "step_id": step, "item_id": row.id, "state": state} for row in items
        ]
        connection.execute(insert(t.tasks), tasks)
        if state == "open":
            open_tasks(connection, project, [task["id"] for task in tasks], places, band=1)
        count += len(tasks)
    return count


def unbind(connection: Connection, project: UUID, step: UUID, places: int) -> None:
    """The step has no condition any more: what waited for it, or was ruled out by it, is open, or decided as it was."""
    idle = and_(t.tasks.c.step_id == step, t.tasks.c.state.in_(("waiting", "retired")))
    fresh = list(connection.execute(select(t.tasks.c.id).where(idle, t.tasks.c.decision_id.is_(None))).scalars())
    connection.execute(
        update(t.tasks)
        .where(idle)
        .values(state=case((t.tasks.c.decision_id.is_(None), "open"), else_="decided"), version=t.tasks.c.version + 1)
    )
    open_tasks(connection, project, fresh, places, band=1)


def open_tasks(connection: Connection, project: UUID, tasks: Sequence[UUID], places: int, band: int) -> None:
    """Want `places` judgements of each, the first of every task before the second of any."""
    rows = [{"project_id": project, "band": band, "task_id": task} for _ in range(places) for task in tasks]
    if rows:
        connection.execute(insert(t.openings), rows)


def items_of_step(connection: Connection, step: UUID) -> Iterator[UUID]:
    """The items that have a task of this step."""
    for rows in _chunks(connection, select(t.tasks.c.item_id).where(t.tasks.c.step_id == step)):
        yield from (row.item_id for row in rows)


# --- what a schema change moves ---

_IN_FORCE = (
    "id", "task_id", "value", "confidence", "probabilities", "kind", "method", "rule", "reason", "judgements", "cost",
    "evidence", "schema_id", "supersedes",
)  # fmt: skip


def values_in_force(connection: Connection, step: UUID) -> list[Any]:
    """The different values that are decided or known in a step."""
    decided = (
        select(t.decisions.c.value)
        .join_from(t.tasks, t.decisions, t.tasks.c.decision_id == t.decisions.c.id)
        .where(t.tasks.c.step_id == step, t.tasks.c.state == "decided")
    )
    known = select(t.tasks.c.gold).where(t.tasks.c.step_id == step, t.tasks.c.gold.is_not(None))
    return list(connection.execute(decided.union(known)).scalars())


def decided(connection: Connection, step: UUID) -> Iterator[list[Row[Any]]]:
    """The step's tasks that were ever decided, with the newest decision of each, some thousands at a time.

    Columns: those of the decision; `state`, `gold` and `item_id` of the task.
    """
    columns = [t.decisions.c[name] for name in _IN_FORCE]
    statement = (
        select(*columns, t.tasks.c.state, t.tasks.c.gold, t.tasks.c.item_id)
        .join_from(t.tasks, t.decisions, t.tasks.c.decision_id == t.decisions.c.id)
        .where(t.tasks.c.step_id == step, t.tasks.c.state.in_(("decided", "open", "contested")))
    )
    return _chunks(connection, statement)


def history(connection: Connection, tasks: Sequence[UUID]) -> dict[UUID, list[Row[Any]]]:
    """All decisions of these tasks, newest first."""
    found: dict[UUID, list[Row[Any]]] = {}
    rows = connection.execute(
        select(t.decisions)
        .where(t.decisions.c.task_id.in_(list(tasks)))
        .order_by(t.decisions.c.created_at.desc(), t.decisions.c.id.desc())
    )
    for row in rows:
        found.setdefault(row.task_id, []).append(row)
    return found


def put_in_force(connection: Connection, decisions: Sequence[Mapping[str, Any]]) -> None:
    """Append decisions, make each the one in force of its task, and stop asking."""
    if not decisions:
        return
    connection.execute(insert(t.decisions), decisions)
    connection.execute(
        update(t.tasks)
        .where(t.tasks.c.id == bindparam("task"))
        .values(state="decided", decision_id=bindparam("decision"), version=t.tasks.c.version + 1),
        [{"task": row["task_id"], "decision": row["id"]} for row in decisions],
    )
    connection.execute(delete(t.openings).where(t.openings.c.task_id.in_([row["task_id"] for row in decisions])))


def reopen(connection: Connection, project: UUID, tasks: Sequence[UUID], places: int) -> None:
    """Ask again: the tasks are open, ahead of fresh ones, and wait for `places` judgements. Not gold any more."""
    if not tasks:
        return
    connection.execute(
        update(t.tasks)
        .where(t.tasks.c.id.in_(list(tasks)))
        .values(state="open", gold=None, gold_order=None, version=t.tasks.c.version + 1)
    )
    connection.execute(delete(t.openings).where(t.openings.c.task_id.in_(list(tasks))))
    open_tasks(connection, project, tasks, places, band=0)


def set_gold(connection: Connection, project: UUID, known: Mapping[UUID, Any]) -> None:
    """Give tasks a known answer; one that had none joins the end of the gold walk."""
    if not known:
        return
    last = select(func.max(t.tasks.c.gold_order)).where(t.tasks.c.project_id == project)
    place = bindparam("place", type_=t.tasks.c.gold_order.type) + (connection.execute(last).scalar_one() or 0)
    connection.execute(
        update(t.tasks)
        .where(t.tasks.c.id == bindparam("task"))
        .values(
            gold=bindparam("answer", type_=t.tasks.c.gold.type),
            gold_order=func.coalesce(t.tasks.c.gold_order, place),
        ),
        [{"task": task, "answer": answer, "place": i} for i, (task, answer) in enumerate(known.items(), start=1)],
    )


def forget_skills(connection: Connection, step: UUID) -> None:
    """Drop what was learnt about annotators and classes of a step; a refit learns it again from the annotations.

    Whoever is just submitting under the old classes must read again, so the tasks move on first.
    """
    worked_on = or_(t.tasks.c.state.in_(("open", "contested")), t.tasks.c.gold.is_not(None))
    connection.execute(
        update(t.tasks).where(t.tasks.c.step_id == step, worked_on).values(version=t.tasks.c.version + 1)
    )
    connection.execute(delete(t.skills).where(t.skills.c.step_id == step))
    connection.execute(
        update(t.steps).where(t.steps.c.id == step).values(prior=None, refitted_at=None, refitted_answers=0)
    )


def _chunks(connection: Connection, statement: Select[Any]) -> Iterator[list[Row[Any]]]:
    """The rows, read to the end before anything is written (the writes change what the statement would find)."""
    rows = connection.execute(statement).fetchall()
    for i in range(0, len(rows), CHUNK):
        yield list(rows[i : i + CHUNK])
