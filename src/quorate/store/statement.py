"""One statement for all that a transaction writes: parts joined as common table expressions, sent in one round trip.

Rows travel as JSON and PostgreSQL gives them their types (`jsonb_populate_recordset`), so a part has one parameter,
however many columns it fills. Parts run in one snapshot: a part cannot see what another writes, and no two parts may
change the same row.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any

import orjson
from psycopg import Connection, RawCursor
from psycopg.rows import dict_row
from sqlalchemy import Table

from quorate.store import tables as t


def _typed(value: Any) -> Any:
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, (bytes, memoryview)):
        return "\\x" + bytes(value).hex()
    raise TypeError(f"{type(value).__name__} has no JSON form")


def dumps(value: Any) -> str:
    """JSON in which PostgreSQL recognises decimals, bytes, times and ids."""
    return orjson.dumps(value, default=_typed).decode()


@lru_cache(maxsize=256)
def _numbered(sql: str) -> tuple[str, tuple[str, ...]]:
    """The statement with numbered parameters, and their names in order.

    Long statements fall out of the driver's own cache of this; there are only a few dozen of them.
    """
    names: dict[str, int] = {}

    def number(found: re.Match[str]) -> str:
        return f"${names.setdefault(found[1], len(names) + 1)}"

    return re.sub(r"%\((\w+)\)s", number, sql), tuple(names)


_COLUMNS = {
    table.name: ", ".join(column.name for column in table.columns if not column.identity)
    for table in t.metadata.sorted_tables
}


class Statement:
    """Parts of one write. With a `gate`, nothing is appended unless that part touched a row."""

    def __init__(self, gate: str | None = None) -> None:
        self._gate = f" WHERE EXISTS (SELECT FROM {gate})" if gate else ""
        self._parts: list[str] = []
        self._values: dict[str, Any] = {}

    def part(self, name: str, sql: str, values: Mapping[str, Any] | None = None) -> None:
        """Add a part under a name that later parts may refer to. Parameters with the same name are the same."""
        self._parts.append(f"{name} AS ({sql})")
        self.values(values or {})

    def values(self, values: Mapping[str, Any]) -> None:
        """Add values that parts refer to."""
        clash = [name for name in values.keys() & self._values.keys() if values[name] != self._values[name]]
        assert not clash, f"two parts mean different things by {clash}"
        self._values.update(values)

    def append(self, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
        """Add rows to a table; each has every column but the ones that PostgreSQL numbers."""
        if not rows:
            return
        columns = _COLUMNS[table.name]
        self.part(
            f"{table.name}_told",
            f"INSERT INTO {table.name} ({columns}) SELECT {columns}"
            f" FROM jsonb_populate_recordset(NULL::{table.name}, %({table.name}_rows)s){self._gate}",
            {f"{table.name}_rows": dumps(rows)},
        )

    def run(self, connection: Connection[Any], select: str = "SELECT 1 AS done") -> list[dict[str, Any]]:
        """Send it all; the rows are those of the closing `select`, which may refer to every part."""
        if not self._parts:
            return []
        sql, names = _numbered(f"WITH {', '.join(self._parts)} {select}")
        values = [self._values[name] for name in names]
        return RawCursor(connection, row_factory=dict_row).execute(sql, values, prepare=True).fetchall()

    def run_gated(self, connection: Connection[Any], select: str = "SELECT 1 AS done") -> list[dict[str, Any]] | None:
        """`run`, and None when the part `gate` has no row: nothing was appended."""
        rows = self.run(connection, f"SELECT (SELECT count(*) FROM gate) AS gated, rest.* FROM ({select}) AS rest")
        return rows if rows[0].pop("gated") else None
