"""Revisions and declared tables agree; upgrades keep data, wait for each other, and arrive or change nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine
from sqlalchemy.engine import make_url
from sqlalchemy.pool import NullPool

from quorate import ids
from quorate.errors import InvalidInput, Unavailable
from quorate.settings import Settings
from quorate.store import migrate
from quorate.store.locate import ready
from quorate.store.migrations import jobs
from quorate.store.tables import APPEND_ONLY, metadata

pytestmark = pytest.mark.slow

MakeDatabase = Callable[..., str]
SpawnedPool = partial(ProcessPoolExecutor, mp_context=get_context("spawn"))


def _revisions() -> list[str]:
    """Oldest first."""
    return [script.revision for script in ScriptDirectory(str(migrate.FOLDER)).walk_revisions()][::-1]


def test_revisions_make_what_the_tables_declare(database_url: str) -> None:
    engine = create_engine(make_url(database_url).set(drivername="postgresql+psycopg"), poolclass=NullPool)
    with engine.connect() as connection:
        options = {"include_name": migrate.declared, "compare_type": True, "compare_server_default": True}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, metadata) == []


def test_a_missing_column_would_be_noticed(database_url: str) -> None:
    with psycopg.connect(database_url) as connection:
        connection.execute("ALTER TABLE items DROP COLUMN body")
    with pytest.raises(AssertionError):
        test_revisions_make_what_the_tables_declare(database_url)


def test_files_are_named_date_first_in_the_order_in_which_they_run() -> None:
    names = sorted(path.name for path in (migrate.FOLDER / "versions").glob("*.py"))
    assert all(re.fullmatch(r"\d{4}_\d\d_\d\d_\d{4}_[a-z0-9_]+\.py", name) for name in names)
    assert [name[:15] for name in names] == _revisions()
    assert migrate.head() == _revisions()[-1]


def _fill(url: str) -> str:
    """A row in every table that refers to nothing, by way of the columns that it has at this revision."""
    workspace = str(ids.new_id())
    with psycopg.connect(url) as connection:
        connection.execute("INSERT INTO workspaces VALUES (%s, 'w', '\\x00', now())", [workspace])
        connection.execute(
            "INSERT INTO events (at, verb, object_id, content) VALUES (now(), 'made', %s, '\\x01')", [workspace]
        )
        connection.execute(
            "INSERT INTO projects (id, workspace_id, name, created_at) VALUES (%s, %s, 'p', now())",
            [ids.new_id(), workspace],
        )
    return workspace


def test_an_upgrade_keeps_the_data(make_database: MakeDatabase) -> None:
    url = make_database(migrated=False)
    assert migrate.current(url) is None
    migrate.upgrade(url, _revisions()[0])
    workspace = _fill(url)
    for revision in _revisions()[1:]:
        migrate.upgrade(url, revision)
        assert migrate.current(url) == revision
    assert migrate.current(url) == migrate.head()
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT id::text, name FROM workspaces").fetchall() == [(workspace, "w")]
        assert connection.execute("SELECT verb, object_id::text FROM events").fetchall() == [("made", workspace)]
        assert connection.execute("SELECT workspace_id::text FROM projects").fetchall() == [(workspace,)]


@pytest.mark.parametrize("pool", [ThreadPoolExecutor, SpawnedPool])
def test_upgrades_at_once_wait_for_each_other(pool: Callable[[int], Executor], make_database: MakeDatabase) -> None:
    url = make_database(migrated=False)
    with pool(3) as workers:
        list(workers.map(migrate.upgrade, [url] * 3))
    assert migrate.current(url) == migrate.head()


def test_an_upgrade_that_fails_changes_nothing(make_database: MakeDatabase) -> None:
    url = make_database(migrated=False)
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TYPE procrastinate_job_status AS ENUM ('in the way')")
    with pytest.raises(Exception, match="procrastinate_job_status"):
        migrate.upgrade(url)
    assert migrate.current(url) is None
    with psycopg.connect(url) as connection:
        found = connection.execute("SELECT relname FROM pg_class WHERE relkind = 'r' AND relname = 'items'").fetchall()
    assert found == []


def test_every_append_only_table_refuses_changes_even_from_a_superuser(database_url: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        for table in APPEND_ONLY:
            column = next(iter(table.columns)).name
            for statement in (
                f"UPDATE {table.name} SET {column} = {column}",
                f"DELETE FROM {table.name}",
                f"TRUNCATE {table.name} CASCADE",
            ):
                with pytest.raises(psycopg.errors.RestrictViolation, match="append-only"):
                    connection.execute(statement)


def test_a_newer_database_is_refused(database_url: str) -> None:
    with psycopg.connect(database_url) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '2999_01_01_0000'")
    assert not migrate.known("2999_01_01_0000")
    with pytest.raises(InvalidInput, match="2999"):
        migrate.upgrade(database_url)


def test_an_external_database_is_not_changed_unasked(make_database: MakeDatabase, tmp_path: Path) -> None:
    url = make_database(migrated=False)
    external = Settings(database_url=url, data=tmp_path)
    with pytest.raises(Unavailable, match="quorate migrate"), ready(external):
        pass
    assert migrate.current(url) is None
    migrate.upgrade(url)
    with ready(external) as found:
        assert found == url


def test_an_embedded_database_is_brought_up_to_date(tmp_path: Path) -> None:
    with ready(Settings(database_url=None, data=tmp_path / "data")) as url:
        assert migrate.current(url) == migrate.head()


class TestJobs:
    """The queue's own tables follow the installed procrastinate."""

    def test_the_newest_step_has_a_revision(self) -> None:
        """Fails when a new procrastinate brings steps: add a revision that calls `jobs.catch_up()`, and name the
        step here."""
        assert jobs.steps()[-1] == "03.04.00_50_post_add_retry_failed_job_procedure.sql"

    def test_how_far_they_are_is_noted(self, database_url: str) -> None:
        with psycopg.connect(database_url) as connection:
            asked = "SELECT obj_description('procrastinate_jobs'::regclass, 'pg_class')"
            assert connection.execute(asked).fetchone() == (jobs.steps()[-1],)

    def test_a_job_is_enqueued_in_our_transaction(self, database_url: str) -> None:
        enqueue = """
            SELECT procrastinate_defer_jobs_v1(ARRAY[ROW(
                'default', 'seal', 0, NULL, NULL, '{}'::jsonb, NULL)::procrastinate_job_to_defer_v1])
        """
        count = "SELECT count(*) FROM procrastinate_jobs"
        with psycopg.connect(database_url) as connection:
            connection.execute(enqueue)
            assert connection.execute(count).fetchone() == (1,)
            connection.rollback()
            assert connection.execute(count).fetchone() == (0,)
            connection.execute(enqueue)
            connection.commit()
            assert connection.execute(count).fetchone() == (1,)


@pytest.mark.parametrize("encoding", ["SQL_ASCII", "LATIN1"])
def test_a_database_that_cannot_keep_every_text_is_refused(server_url: str, encoding: str) -> None:
    name = f"test_{encoding.lower()}_{ids.new_id().hex}"
    options = f"ENCODING '{encoding}' LOCALE_PROVIDER libc LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0"
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} {options}")
        url = make_url(server_url).set(database=name).render_as_string(hide_password=False)
        try:
            for attempt in (migrate.upgrade, migrate.current):
                with pytest.raises(Unavailable, match=encoding) as raised:
                    attempt(url)
                assert "createdb --encoding UTF8" in raised.value.mend
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
