"""What people say they can, what they may see, whose party they are: kept as it was said, and on their seats."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import dict_row

from quorate.store import window
from quorate.store.statement import dumps

KINDS = ("language", "domain", "conflict")
READABLE = window.CLEARED.format(granted="%(cleared)s::jsonb")
"""Whether the item `i` may be read by somebody with the clearance `cleared` (see `clearance`)."""

_SEATS = """
UPDATE seats s SET fit = new.fit, cursor_0 = 0, cursor_1 = 0
FROM (
    SELECT z.project_id, z.account_id, jsonb_strip_nulls(jsonb_build_object(
        'language', {language}, 'domain', {domain},
        'access', coalesce((SELECT names FROM clearances g WHERE g.account_id = a.id AND g.project_id = z.project_id
                            ORDER BY g.created_at DESC, g.id DESC LIMIT 1), '[]'),
        'parties', to_jsonb(ARRAY[a.id::text, a.name]) || coalesce({conflict}, '[]'))) AS fit
    FROM seats z JOIN accounts a ON a.id = z.account_id
    WHERE {which}) AS new
WHERE s.project_id = new.project_id AND s.account_id = new.account_id AND s.fit IS DISTINCT FROM new.fit
"""
_LATEST = """(SELECT nullif(names, 'null') FROM declarations d WHERE d.account_id = a.id AND d.kind = '{kind}'
                     ORDER BY d.created_at DESC, d.id DESC LIMIT 1)"""
_NEWEST = {kind: _LATEST.format(kind=kind) for kind in KINDS}
_OF_PROJECT = _SEATS.format(**_NEWEST, which="z.project_id = %(project)s")
_OF_ACCOUNT = _SEATS.format(**_NEWEST, which="z.account_id = %(account)s")
_OF_SEAT = _SEATS.format(**_NEWEST, which="z.account_id = %(account)s AND z.project_id = %(project)s")
_MATCH = """
UPDATE projects SET matched = true, epoch = epoch + 1
WHERE NOT matched AND {which}
RETURNING id
"""
_MATCH_ONE = _MATCH.format(which="id = %(project)s")
_MATCH_ALL = _MATCH.format(which="id IN (SELECT project_id FROM members WHERE account_id = %(account)s)")


def match(connection: Connection[Any], project: UUID) -> None:
    """From now on, look whom the items of this project are for."""
    if connection.execute(_MATCH_ONE, {"project": project}).fetchone():
        connection.execute(_OF_PROJECT, {"project": project})


def seat(connection: Connection[Any], project: UUID, account: UUID) -> None:
    """Bring a seat up to what was said of its annotator; if they have said anything, it is looked at from now on."""
    connection.execute(_OF_SEAT, {"project": project, "account": account})
    if connection.execute("SELECT 1 FROM declarations WHERE account_id = %s LIMIT 1", (account,)).fetchone():
        match(connection, project)


def declare(
    connection: Connection[Any], id: UUID, account: UUID, kind: str, names: Sequence[str] | None, now: datetime
) -> None:
    """Keep what somebody says of themselves, and bring their seats up to it."""
    connection.execute(
        "INSERT INTO declarations (id, account_id, kind, names, created_at) VALUES (%s, %s, %s, %s, %s)",
        (id, account, kind, None if names is None else dumps(names), now),
    )
    for (project,) in connection.execute(_MATCH_ALL, {"account": account}).fetchall():
        connection.execute(_OF_PROJECT, {"project": project})
    connection.execute(_OF_ACCOUNT, {"account": account})


def grant(connection: Connection[Any], row: Mapping[str, Any]) -> None:
    """Keep what somebody may see in a project, and bring their seat up to it."""
    connection.execute(
        "INSERT INTO clearances (id, project_id, account_id, author_id, names, created_at) VALUES"
        " (%(id)s, %(project_id)s, %(account_id)s, %(author_id)s, %(names)s, %(created_at)s)",
        {**row, "names": dumps(row["names"])},
    )
    seat(connection, row["project_id"], row["account_id"])


_CLEARANCE = """
SELECT CASE WHEN p.matched THEN coalesce((
    SELECT names FROM clearances g WHERE g.account_id = %(account)s AND g.project_id = p.id
    ORDER BY g.created_at DESC, g.id DESC LIMIT 1), '[]') END
FROM projects p WHERE p.id = %(project)s
"""


def clearance(connection: Connection[Any], project: UUID, account: UUID) -> list[str] | None:
    """Of what `access` this account may read the items; None where no item asks for any."""
    row = connection.execute(_CLEARANCE, {"project": project, "account": account}).fetchone()
    return row[0] if row else None


def declared(connection: Connection[Any], account: UUID) -> dict[str, list[str] | None]:
    """What somebody says of themselves now, by kind; None where they set no limit."""
    rows = connection.execute(
        "SELECT DISTINCT ON (kind) kind, names FROM declarations WHERE account_id = %s"
        " ORDER BY kind, created_at DESC, id DESC",
        (account,),
    )
    return dict.fromkeys(KINDS) | dict(rows.fetchall())


_ASKED = """
SELECT DISTINCT name FROM unnest(%(projects)s::uuid[]) AS p (id)
CROSS JOIN LATERAL (SELECT attributes FROM items WHERE project_id = p.id AND NOT attributes ? 'access' LIMIT 2000) AS i
CROSS JOIN LATERAL jsonb_array_elements_text(
    CASE jsonb_typeof(attributes -> %(kind)s) WHEN 'array' THEN attributes -> %(kind)s
         WHEN 'string' THEN jsonb_build_array(attributes -> %(kind)s) ELSE '[]' END) AS name
ORDER BY name LIMIT 200
"""


def asked(connection: Connection[Any], projects: Sequence[UUID]) -> dict[str, list[str]]:
    """Which languages and domains items of these projects name, of the first 2,000 of each that all may see."""
    return {
        kind: [row[0] for row in connection.execute(_ASKED, {"projects": list(projects), "kind": kind})]
        for kind in ("language", "domain")
    }


_MEMBERS = """
SELECT a.name, {language} AS language, {domain} AS domain, {conflict} AS conflict, coalesce((
    SELECT names FROM clearances g WHERE g.account_id = a.id AND g.project_id = %(project)s
    ORDER BY g.created_at DESC, g.id DESC LIMIT 1), '[]') AS granted
FROM accounts a
WHERE a.id IN (SELECT account_id FROM members WHERE project_id = %(project)s AND role <> 'manager')
ORDER BY a.name
""".format(**_NEWEST)


def members(connection: Connection[Any], project: UUID) -> list[dict[str, Any]]:
    """Who may see no more than they were granted in a project: name, that, and what they say of themselves."""
    return connection.cursor(row_factory=dict_row).execute(_MEMBERS, {"project": project}).fetchall()


def named(connection: Connection[Any], project: UUID) -> list[str]:
    """The names that items of a project give to those who may see them."""
    rows = connection.execute(
        "SELECT DISTINCT name FROM items, jsonb_array_elements_text("
        " CASE jsonb_typeof(attributes -> 'access') WHEN 'array' THEN attributes -> 'access'"
        "      WHEN 'string' THEN jsonb_build_array(attributes -> 'access') ELSE '[]' END) AS name"
        " WHERE project_id = %s AND attributes ? 'access' ORDER BY name LIMIT 200",
        (project,),
    )
    return [row[0] for row in rows]
