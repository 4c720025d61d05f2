"""The table of items: filtered, sorted, by cursor both ways, at any size.

Two plans, chosen by how many rows fit the filters. *Few* (up to `FEW`): find them all by the filters' own indexes, then
sort. *Many*: walk an index that is already in the wanted order and probe each row for the filters, which one in
`items / FEW` or more rows passes, so a page comes after some thousands of probes. Neither cost grows with the project.
The probes are `LATERAL … LIMIT 1`, which the planner cannot turn into a join of the whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal
from uuid import UUID

from psycopg import Connection
from psycopg.rows import dict_row

from quorate.store.filters import Filters

Order = Literal["key", "confidence", "decided", "judgements"]
FEW = 5_000
COUNTED = 200_000
"""Up to so many rows a whole project is counted exactly."""
TABLE = {"i": "items i", "t": "tasks t", "d": "decisions d"}
COLUMN = {"key": "i.key", "confidence": "d.confidence", "judgements": "d.judgements", "decided": "d.id"}
CAST = {"key": "text", "confidence": "float8", "judgements": "int", "decided": "uuid"}


@dataclass(frozen=True, slots=True)
class Place:
    """A row's place in an order: its value there, and the id of its decision where values are equal."""

    at: Any
    tie: UUID | None = None


@dataclass(frozen=True, slots=True)
class Count:
    """How many rows there are; `exact`: counted, not estimated."""

    rows: int
    exact: bool


@dataclass(frozen=True, slots=True)
class Found:
    """Rows of a page in the order asked for, as (item, place); and whether there are more beyond them."""

    rows: list[tuple[UUID, Place]]
    more: bool


class Catalogue:
    """A project's items, filtered and in an order, within a transaction."""

    def __init__(
        self, connection: Connection[Any], project: UUID, filters: Filters, order: Order, *, descending: bool = False
    ) -> None:
        # a plan that fits these very values: what is selective differs from filter to filter
        connection.execute("SET LOCAL plan_cache_mode = force_custom_plan")
        self.cursor = connection.cursor(row_factory=dict_row)
        self.filters, self.order, self.descending = filters, order, descending
        self.values: dict[str, Any] = {"project": project, **filters.parameters}
        if filters.values:
            rows = self._run("SELECT jsonb_hash_extended(v, 0) AS hash FROM unnest(%(values)s) v")
            self.values["hashes"] = [row["hash"] for row in rows]

    # --- how many ---

    def count(self) -> Count:
        """How many rows fit: counted up to a bound, beyond it (and for words, which have no index) as estimated."""
        bound = FEW if self._filtered or self.order != "key" else COUNTED
        if self.filters.words is not None:
            return Count(self._rows(self._matching()), exact=False)
        if bound == COUNTED and (about := self._rows(self._matching())) > 2 * COUNTED:
            return Count(about, exact=False)  # far beyond the bound: the counting would be for nothing, page after page
        (row,) = self._run(f"SELECT count(*) AS rows FROM ({self._matching()} LIMIT {bound + 1}) AS found")
        if row["rows"] > bound:
            return Count(max(self._rows(self._matching()), bound + 1), exact=False)
        if self.order == "key" and self._by_task and self.filters.step is None:
            (row,) = self._run(f"SELECT count(DISTINCT id) AS rows FROM ({self._matching()}) AS found")
        return Count(row["rows"], exact=True)

    def _rows(self, sql: str) -> int:
        """How many rows the planner expects."""
        (told,) = self._run(f"EXPLAIN (FORMAT JSON) {sql}")
        return int(told["QUERY PLAN"][0]["Plan"]["Plan Rows"])

    def few(self, count: Count) -> bool:
        """Whether to find all rows and sort them, rather than walk in order."""
        return count.exact and self.filters.words is None and (self._filtered or self.order != "key")

    @property
    def _filtered(self) -> bool:
        return bool(self.filters.of_label or self.filters.of_task or self.filters.of_item)

    @property
    def _by_label(self) -> bool:
        return self.order != "key" or bool(self.filters.of_label)

    @property
    def _by_task(self) -> bool:
        return self._by_label or bool(self.filters.of_task)

    def _matching(self) -> str:
        """Every row that fits, in no order: `id`, `at`, `tie`. An item may be there once a task.

        From the table whose own conditions leave fewest rows, as the planner estimates them one table at a time, to
        the others by probes: of conditions on several tables at once its estimates are off by orders of magnitude.
        """
        first = self._driver
        joins = [self._probes[first, other] for other in "dti" if other != first and other in self._needed]
        if first == "i":  # the task before its decision
            joins.sort(key=lambda sql: sql.endswith("d ON true"))
        id = "i.id" if first == "i" else "t.item_id"
        tie = "d.id" if self._by_label else "NULL::uuid"
        where = self._where(first)
        told = f"{id} AS id, {COLUMN[self.order]} AS at, {tie} AS tie"
        return f"SELECT {told} FROM {TABLE[first]} {' '.join(joins)} WHERE {where}"

    @property
    def _needed(self) -> str:
        items = "i" if self.filters.of_item or self.order == "key" else ""
        return items + ("t" if self._by_task else "") + ("d" if self._by_label else "")

    @cached_property
    def _driver(self) -> str:
        told = {"i": self.filters.of_item, "t": self.filters.of_task, "d": self._by_label}
        able = [name for name in "dti" if told[name]]
        if len(able) < 2:
            return able[0] if able else "i"
        return min(able, key=lambda name: self._rows(f"SELECT FROM {TABLE[name]} WHERE {self._where(name)}"))

    def _where(self, name: str) -> str:
        return " AND ".join(self._conditions[name])

    @cached_property
    def _conditions(self) -> dict[str, list[str]]:
        filters = self.filters
        return {
            "i": ["i.project_id = %(project)s", *filters.of_item],
            "t": ["t.project_id = %(project)s", *filters.of_task, *self._open],
            "d": ["d.project_id = %(project)s", *filters.of_label],
        }

    @property
    def _probes(self) -> dict[tuple[str, str], str]:
        def probe(name: str, link: str) -> str:
            # OFFSET 0: not to be turned into a join of the whole
            fits = f"SELECT * FROM {TABLE[name]} WHERE {link} AND {self._where(name)} OFFSET 0"
            return f"JOIN LATERAL ({fits}) {name} ON true"

        item = probe("i", "i.id = t.item_id")
        decision = probe("d", "d.id = t.decision_id")
        return {
            ("d", "t"): probe("t", "t.id = d.task_id AND t.decision_id = d.id"),
            ("d", "i"): item,
            ("t", "d"): decision,
            ("t", "i"): item,
            ("i", "t"): probe("t", "t.item_id = i.id"),
            ("i", "d"): decision,
        }

    @property
    def _open(self) -> list[str]:
        """No row tells, by being found, what its reader is just to judge without knowing it."""
        telling = self._by_label or self.filters.answerer is not None
        return ["t.id <> ALL(%(blind)s)"] if self.filters.blind and telling else []

    # --- a page ---

    def page(self, limit: int, *, few: bool, beyond: Place | None = None, backwards: bool = False) -> Found:
        """Up to `limit` rows from the beginning, or beyond a place, or before it (`backwards`)."""
        down = self.descending != backwards
        self.values |= {"at": beyond and beyond.at, "tie": beyond and beyond.tie, "limit": limit + 1}
        rows = self._run(self._sorted(down, beyond) if few else self._walk(down, beyond))
        found = [(row["id"], Place(row["at"], row["tie"])) for row in rows[:limit]]
        return Found(found[::-1] if backwards else found, len(rows) > limit)

    def _sorted(self, down: bool, beyond: Place | None) -> str:
        once = "DISTINCT ON (at) " if self.order == "key" else ""
        where = f"WHERE {self._after(down, 'at', 'tie')}" if beyond else ""
        return (
            f"WITH found AS MATERIALIZED ({self._matching()})"
            f" SELECT {once}id, at, tie FROM found {where} ORDER BY {self._by(down, 'at', 'tie')} LIMIT %(limit)s"
        )

    def _walk(self, down: bool, beyond: Place | None) -> str:
        filters, column = self.filters, COLUMN[self.order]
        if self.order == "key":
            table, where, tie = "items i", filters.of_item, "NULL::uuid"
            probe = self._probe_tasks() if self._by_task else ""
        else:
            table, where, tie = "decisions d", self._in_order, "d.id"
            probe = self._probe_item()
        conditions = [f"{table[-1]}.project_id = %(project)s", *where]
        conditions += [self._after(down, column, tie)] if beyond else []
        id = "i.id" if self.order == "key" else "task.item_id"
        return (
            f"SELECT {id} AS id, {column} AS at, {tie} AS tie FROM {table} {probe}"
            f" WHERE {' AND '.join(conditions)} ORDER BY {self._by(down, column, tie)} LIMIT %(limit)s"
        )

    @property
    def _in_order(self) -> list[str]:
        """Conditions on the label, in a form that tempts to no index but the one in the wanted order."""
        if self.order == "confidence":
            return self.filters.of_label
        hidden = {"jsonb_hash_extended(d.value, 0) = ANY(%(hashes)s) AND ": "", "d.confidence ": "d.confidence + 0 "}
        hidden["d.kind "] = "d.kind || '' "
        if self.order != "judgements":
            hidden["d.judgements "] = "d.judgements + 0 "
        return [_replaced(sql, hidden) for sql in self.filters.of_label]

    def _probe_tasks(self) -> str:
        label = "JOIN decisions d ON d.id = t.decision_id" if self._by_label else ""
        where = ["t.item_id = i.id", *self.filters.of_task, *self.filters.of_label]
        where += self._open
        return f"JOIN LATERAL (SELECT FROM tasks t {label} WHERE {' AND '.join(where)} LIMIT 1) AS task ON true"

    def _probe_item(self) -> str:
        where = ["t.id = d.task_id", "t.decision_id = d.id", *self.filters.of_task, *self._open]
        task = f"JOIN LATERAL (SELECT t.item_id FROM tasks t WHERE {' AND '.join(where)} LIMIT 1) AS task ON true"
        if not self.filters.of_item:
            return task
        item = " AND ".join(["i.id = task.item_id", *self.filters.of_item])
        return f"{task} JOIN LATERAL (SELECT FROM items i WHERE {item} LIMIT 1) AS item ON true"

    def _after(self, down: bool, column: str, tie: str) -> str:
        sign, cast = "<" if down else ">", CAST[self.order]
        if self.order in ("key", "decided"):
            return f"{column} {sign} %(at)s::{cast}"
        return f"({column}, {tie}) {sign} (%(at)s::{cast}, %(tie)s::uuid)"

    def _by(self, down: bool, column: str, tie: str) -> str:
        way = "DESC" if down else "ASC"
        return f"{column} {way}" if self.order in ("key", "decided") else f"{column} {way}, {tie} {way}"

    # --- a jump ---

    def at(self, share: float, count: Count, *, few: bool) -> tuple[Place | None, int]:
        """The place before the row that stands at this share of the list (None: at its beginning), and how many
        rows are before it.

        Of few rows exactly; else by an index alone, from its nearer end, as though what fits were evenly spread.
        """
        before = min(int(share * count.rows), max(count.rows - 1, 0))
        if before == 0:
            return None, 0
        if few:
            sql = self._sorted(self.descending, None).replace("LIMIT %(limit)s", "OFFSET %(skip)s LIMIT 1")
            rows = self._run(sql, skip=before - 1)
        else:
            rows = self._run(*self._nth(share, count))
        return (Place(rows[0]["at"], rows[0]["tie"]) if rows else None), before if rows else 0

    def _nth(self, share: float, count: Count) -> tuple[str, dict[str, Any]]:
        table, tie = ("items i", "NULL::uuid") if self.order == "key" else ("decisions d", "d.id")
        whole = count.rows
        if self._filtered or self.order != "key":
            whole = self._rows(f"SELECT FROM {table} WHERE project_id = %(project)s")
        near = share <= 0.5
        column = COLUMN[self.order]
        order = self._by(self.descending if near else not self.descending, column, tie)
        before = max(min(int(share * whole), whole - 1), 1)
        return (
            f"SELECT {column} AS at, {tie} AS tie FROM {table}"
            f" WHERE {table[-1]}.project_id = %(project)s ORDER BY {order} OFFSET %(skip)s LIMIT 1",
            {"skip": before - 1 if near else whole - before},
        )

    def _run(self, sql: str, more: dict[str, Any] | None = None, **named: Any) -> list[dict[str, Any]]:
        return self.cursor.execute(sql, {**self.values, **(more or {}), **named}, prepare=False).fetchall()


def _replaced(sql: str, parts: dict[str, str]) -> str:
    for old, new in parts.items():
        sql = sql.replace(old, new)
    return sql


_SHOWN = """
SELECT i.id, i.key, i.body, i.media, i.attributes, i.created_at,
       (SELECT count(*) FROM tasks t JOIN findings f ON f.task_id = t.id WHERE t.item_id = i.id) AS findings,
       (SELECT jsonb_object_agg(s.name, jsonb_build_object(
            'task', t.id, 'state', t.state, 'value', d.value, 'confidence', d.confidence, 'kind', d.kind,
            'judgements', d.judgements, 'cost', d.cost::text, 'decided_at', d.created_at, 'gold', t.gold IS NOT NULL))
        FROM tasks t JOIN steps s ON s.id = t.step_id
        LEFT JOIN decisions d ON d.id = t.decision_id AND t.id <> ALL(%(blind)s)
        WHERE t.item_id = i.id AND s.retired_at IS NULL) AS steps
FROM unnest(%(ids)s::uuid[]) WITH ORDINALITY AS wanted (id, place) JOIN items i ON i.id = wanted.id
ORDER BY wanted.place
"""
_BLIND = """
SELECT a.task_id FROM assignments a JOIN cases c ON c.id = a.case_id
WHERE a.account_id = %s AND a.project_id = %s AND a.state = 'open' AND c.blind
"""


def shown(connection: Connection[Any], ids: Sequence[UUID], blind: Sequence[UUID]) -> list[dict[str, Any]]:
    """These items, in this order, with where each of their tasks stands; the labels of `blind` tasks left out."""
    values = {"ids": list(ids), "blind": list(blind)}
    return connection.cursor(row_factory=dict_row).execute(_SHOWN, values).fetchall()


def judged_blind(connection: Connection[Any], project: UUID, account: UUID) -> list[UUID]:
    """The tasks that this account is just judging blind."""
    return [row[0] for row in connection.execute(_BLIND, (account, project))]
