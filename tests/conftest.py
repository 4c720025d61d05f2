"""The database that tests run on: one embedded PostgreSQL for the whole run, a fresh database for whoever asks; and
receivers that really listen, of webhooks and chats over HTTP, of mail over SMTP."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import psycopg
import pytest
from aiosmtpd.controller import Controller
from hypothesis import settings
from tests.ports import port_of, reserved

from quorate.store import embedded, migrate
from quorate.store.embedded import locks

SLOW = {"cli", "docs", "faults", "journeys", "server"}
"""The doors, and what starts programs of its own: left out of the inner loop."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Journeys last: the browser's driver keeps an event loop running, beside which no other can be started."""
    items.sort(key=lambda item: "journeys" in item.path.parts)
    for item in items:
        if SLOW.intersection(item.path.parts):
            item.add_marker(pytest.mark.slow)


TEMPLATE = "migrated"

settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.load_profile("repeatable")


def _database(url: str, name: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def _run(url: str, statement: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement)


@pytest.fixture(scope="session")
def server_url(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[str]:
    """A superuser's URL of the run's server, which all xdist workers share. Nothing in it outlives the run, so it
    need not wait for the disk: it survives a killed process, not a power cut."""
    base = tmp_path_factory.getbasetemp()
    data = (base if worker_id == "master" else base.parent) / "server"
    with embedded.server(data) as url:
        with locks.alone(data / "prepared"):
            if not _exists(url, TEMPLATE):
                _run(url, "ALTER SYSTEM SET fsync = off")
                _run(url, "SELECT pg_reload_conf()")
                _run(url, "DROP DATABASE IF EXISTS unfinished")
                _run(url, "CREATE DATABASE unfinished")
                migrate.upgrade(_database(url, "unfinished"))
                _run(url, f"ALTER DATABASE unfinished RENAME TO {TEMPLATE}")
        yield url


def _exists(url: str, name: str) -> bool:
    with psycopg.connect(url) as connection:
        return bool(connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone())


@pytest.fixture(scope="session")
def make_database(server_url: str) -> Iterator[Callable[..., str]]:
    """A function that gives the URL of a new database: migrated and empty, or `make_database(migrated=False)` bare."""
    made: list[str] = []

    def make(*, migrated: bool = True) -> str:
        made.append(f"test_{uuid4().hex}")
        template = TEMPLATE if migrated else "template1"
        _run(server_url, f"CREATE DATABASE {made[-1]} TEMPLATE {template} STRATEGY file_copy")
        return _database(server_url, made[-1])

    yield make
    for name in made:
        _run(server_url, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


_SHAPE = """
SELECT md5(string_agg(part, ' ' ORDER BY part)) FROM (
    SELECT version_num FROM alembic_version
    UNION ALL SELECT attrelid::regclass::text || '.' || attname FROM pg_attribute
              WHERE attrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace)
    UNION ALL SELECT tgrelid::regclass::text || '.' || tgname || tgenabled::text FROM pg_trigger WHERE NOT tgisinternal
) AS parts (part)
"""
_KINDS = "SELECT relkind, array_agg(format('%I', relname)) FROM pg_class WHERE relnamespace = 'public'::regnamespace"
_CUT_OFF = """
SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


@dataclass
class Emptied:
    """One database after the other test: to empty it takes a hundredth of the time that it takes to make another.

    One that a test has left in another shape (a column or a trigger less, another version) is not used again.
    """

    make: Callable[..., str]
    url: str = ""
    shape: str = ""
    empty: str = ""

    def __call__(self) -> str:
        if not self.url or not self._emptied():
            self.url = self.make()
            with psycopg.connect(self.url) as connection:
                self.shape = _value(connection, _SHAPE)
                kinds = dict(connection.execute(f"{_KINDS} AND relname <> 'alembic_version' GROUP BY 1").fetchall())
            tables = "".join(f"DELETE FROM {name};" for name in kinds["r"])
            numbers = "".join(f"ALTER SEQUENCE {name} RESTART;" for name in kinds["S"])
            self.empty = f"SET session_replication_role = replica; {tables} {numbers}"
        return self.url

    def _emptied(self) -> bool:
        with psycopg.connect(self.url, autocommit=True) as connection:
            if _value(connection, _SHAPE) != self.shape:
                return False
            connection.execute(_CUT_OFF)
            connection.execute(self.empty)
        return True


def _value(connection: psycopg.Connection[Any], query: str) -> Any:
    row = connection.execute(query).fetchone()
    assert row is not None
    return row[0]


@pytest.fixture(scope="session")
def emptied(make_database: Callable[..., str]) -> Emptied:
    """The database that the tests of this process use in turn."""
    return Emptied(make_database)


@pytest.fixture
def database_url(emptied: Emptied) -> str:
    """A database for one test: migrated and empty."""
    return emptied()


@pytest.fixture(scope="module")
def module_database_url(make_database: Callable[..., str]) -> str:
    """A fresh database for all the tests of one file."""
    return make_database()


@dataclass
class Web:
    """What came over HTTP; the answers are given in turn, 200 when there are none."""

    port: int = 0
    answers: list[int] = field(default_factory=list)
    got: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    to: str = ""

    @property
    def bodies(self) -> list[Any]:
        return [json.loads(body) for _, _, body in self.got]


def _listen() -> tuple[Web, ThreadingHTTPServer]:
    web = Web()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            web.got.append((self.path, {name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(web.answers.pop(0) if web.answers else 200)
            if web.to:
                self.send_header("Location", web.to)
            self.end_headers()
            self.wfile.write(b"ok")

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    web.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    return web, server


@pytest.fixture
def web() -> Iterator[Web]:
    """A web server that takes whatever is posted."""
    made, server = _listen()
    yield made
    server.shutdown()
    server.server_close()


@pytest.fixture
def other_web() -> Iterator[Web]:
    """Another one."""
    made, server = _listen()
    yield made
    server.shutdown()
    server.server_close()


@dataclass
class Post:
    """What came by mail."""

    port: int
    got: list[Any] = field(default_factory=list)


@pytest.fixture
def post() -> Iterator[Post]:
    """A mail server that takes whatever is sent."""

    class Keep:
        async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
            kept.got.append((envelope.rcpt_tos, message_from_bytes(envelope.content, policy=policy.default)))
            return "250 OK"

    with reserved() as place:
        kept = Post(port_of(place))
        controller = Controller(Keep(), hostname="127.0.0.1", port=kept.port)
        controller.start()
        yield kept
        controller.stop()
