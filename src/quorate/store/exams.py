"""Sittings of exams: what was asked and answered, and what may still be asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import dict_row

from quorate.store import window
from quorate.store.statement import dumps

Row = dict[str, Any]

_POOL = f"""
WITH seat AS (
    SELECT {window.SEAT} account_id FROM seats WHERE project_id = %(project)s AND account_id = %(account)s
)
SELECT DISTINCT ON (t.step_id, t.gold, i.attributes ->> 'language', i.attributes ->> 'domain')
       t.id AS task, t.step_id, t.gold, i.attributes
FROM tasks t JOIN items i ON i.id = t.item_id AND i.erased_at IS NULL
WHERE t.project_id = %(project)s AND t.gold_order IS NOT NULL AND t.step_id = ANY(%(steps)s)
  AND NOT EXISTS (
    SELECT FROM items twin JOIN tasks w ON w.item_id = twin.id AND w.step_id = t.step_id
    WHERE twin.project_id = %(project)s AND twin.hash = i.hash
      AND (EXISTS (SELECT FROM questions q WHERE q.task_id = w.id AND q.account_id = %(account)s)
           OR EXISTS (SELECT FROM assignments a WHERE a.task_id = w.id AND a.account_id = %(account)s)))
  AND (NOT (SELECT matched FROM projects WHERE id = %(project)s) OR ({window.FITS}))
ORDER BY t.step_id, t.gold, i.attributes ->> 'language', i.attributes ->> 'domain', random()
"""
_SIZES = """
SELECT t.step_id, t.gold, i.attributes -> 'language' AS language, i.attributes -> 'domain' AS domain, count(*) AS n
FROM tasks t JOIN items i ON i.id = t.item_id AND i.erased_at IS NULL
WHERE t.project_id = %(project)s AND t.gold_order IS NOT NULL AND t.step_id = ANY(%(steps)s)
GROUP BY 1, 2, 3, 4
"""
_QUESTION = """
SELECT q.id, q.task_id, q.test, t.step_id, t.gold, i.key, i.body, i.media, i.attributes
FROM questions q JOIN tasks t ON t.id = q.task_id JOIN items i ON i.id = t.item_id
WHERE q.sitting_id = %s AND q.answered_at IS NULL AND i.erased_at IS NULL
"""


def lock(connection: Connection[Any], account: UUID, project: UUID, exam: str) -> None:
    """Let one request of this account at this exam in at a time, until the transaction ends."""
    key = f"exam {account} {project} {exam}"
    connection.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", (key,))


def sittings(connection: Connection[Any], project: UUID, account: UUID) -> list[Row]:
    """This account's sittings in this project, newest first."""
    cursor = connection.cursor(row_factory=dict_row)
    return cursor.execute(
        "SELECT id, exam, state, tests, verdicts, started_at, ended_at FROM sittings"
        " WHERE project_id = %s AND account_id = %s ORDER BY started_at DESC, id DESC",
        (project, account),
    ).fetchall()


def granted(connection: Connection[Any], project: UUID, account: UUID, exam: str) -> list[datetime]:
    """When this account was granted a further sitting of an exam: as the ledger tells."""
    rows = connection.execute(
        "SELECT at FROM events WHERE object_id = %s AND verb = 'exam.granted' AND project_id = %s"
        " AND detail ->> 'exam' = %s",
        (account, project, exam),
    )
    return [at for (at,) in rows]


def start(connection: Connection[Any], row: Mapping[str, Any]) -> None:
    """Begin a sitting."""
    connection.execute(
        "INSERT INTO sittings (id, project_id, account_id, spec_id, exam, state, tests, started_at) VALUES"
        " (%(id)s, %(project_id)s, %(account_id)s, %(spec_id)s, %(exam)s, 'open', %(tests)s, %(started_at)s)",
        row,
    )


def end(connection: Connection[Any], sitting: UUID, state: str, verdicts: Mapping[str, str], now: datetime) -> None:
    """End a sitting with the verdict of each test."""
    connection.execute(
        "UPDATE sittings SET state = %s, verdicts = %s::jsonb, ended_at = %s WHERE id = %s",
        (state, dumps(verdicts), now, sitting),
    )


def pool(connection: Connection[Any], project: UUID, account: UUID, steps: Sequence[UUID]) -> list[Row]:
    """What this account may be asked: of each step, answer, language and domain one task at random, whose content (also
    of an item that came in twice) they have never seen."""
    values = {"project": project, "account": account, "steps": list(steps)}
    return connection.cursor(row_factory=dict_row).execute(_POOL, values).fetchall()


def sizes(connection: Connection[Any], project: UUID, steps: Sequence[UUID]) -> list[Row]:
    """How many tasks of known answer there are: by step, answer, language and domain."""
    values = {"project": project, "steps": list(steps)}
    return connection.cursor(row_factory=dict_row).execute(_SIZES, values).fetchall()


def has_items(connection: Connection[Any], project: UUID) -> bool:
    """Whether the project has an item yet."""
    return connection.execute("SELECT FROM items WHERE project_id = %s LIMIT 1", (project,)).fetchone() is not None


def ask(connection: Connection[Any], row: Mapping[str, Any]) -> bool:
    """Ask a question; False when this account was asked it just now elsewhere."""
    done = connection.execute(
        "INSERT INTO questions (id, sitting_id, account_id, task_id, test, stratum, asked_at) VALUES"
        " (%(id)s, %(sitting_id)s, %(account_id)s, %(task_id)s, %(test)s, %(stratum)s, %(asked_at)s)"
        " ON CONFLICT (account_id, task_id) DO NOTHING",
        row,
    )
    return done.rowcount == 1


def open_question(connection: Connection[Any], sitting: UUID) -> Row | None:
    """The question that waits for an answer, with its item and what is right."""
    return connection.cursor(row_factory=dict_row).execute(_QUESTION, (sitting,)).fetchone()


def withdraw(connection: Connection[Any], sitting: UUID) -> UUID | None:
    """Take back the question that waits for an answer; the task that it asked."""
    done = connection.execute(
        "DELETE FROM questions WHERE sitting_id = %s AND answered_at IS NULL RETURNING task_id", (sitting,)
    ).fetchone()
    return None if done is None else done[0]


def answer(connection: Connection[Any], question: UUID, value: Any, right: bool, now: datetime) -> None:
    """Keep an answer."""
    connection.execute(
        "UPDATE questions SET value = %s::jsonb, is_right = %s, answered_at = %s WHERE id = %s",
        (dumps(value), right, now, question),
    )


def answers(connection: Connection[Any], sitting: UUID) -> list[Row]:
    """The answers of a sitting, in order: test, stratum, is_right."""
    cursor = connection.cursor(row_factory=dict_row)
    return cursor.execute(
        "SELECT test, stratum, is_right FROM questions WHERE sitting_id = %s AND answered_at IS NOT NULL"
        " ORDER BY answered_at, id",
        (sitting,),
    ).fetchall()
