"""The tables of the job queue. They are procrastinate's, which carries their SQL: the whole, and the steps to it."""

from __future__ import annotations

from importlib import resources

from alembic import op
from psycopg import sql


def steps() -> list[str]:
    """The names of procrastinate's own migrations, oldest first: version, number, before or after deploy."""
    folder = resources.files("procrastinate.sql") / "migrations"
    return sorted(file.name for file in folder.iterdir() if file.name.endswith(".sql"))


def catch_up() -> None:
    """Bring the queue's tables to the installed procrastinate. A new revision calls this when its schema changed.

    How far they are is kept in the comment of their main table, so that a database made by a newer package, whose
    whole schema already holds a step, does not take that step again.
    """
    done = _done()
    folder = resources.files("procrastinate.sql")
    if done is None:
        _run((folder / "schema.sql").read_text("utf-8"))
    else:
        for step in steps():
            if step > done:
                _run((folder / "migrations" / step).read_text("utf-8"))
    _run(sql.SQL("COMMENT ON TABLE procrastinate_jobs IS {}").format(steps()[-1]))


def _done() -> str | None:
    asked = "SELECT obj_description(to_regclass('procrastinate_jobs'), 'pg_class')"
    found: str | None = op.get_bind().exec_driver_sql(asked).scalar()
    return found


def _run(statements: str | sql.Composed) -> None:
    """Several statements at once, which only the bare driver takes; in the same transaction."""
    driver = op.get_bind().connection.driver_connection
    assert driver is not None
    driver.execute(statements)
