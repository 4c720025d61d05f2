"""An installation to put under load: a data folder of its own, a project, annotators with tokens, a running server."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID

import psycopg
from psycopg.sql import SQL, Identifier

from quorate.actions.actor import Actor
from quorate.actions.add_account import add_account, add_token, ensure_workspace, grant_role
from quorate.actions.import_items import import_rows
from quorate.actions.publish_spec import publish
from quorate.formats.rows import Row
from quorate.store import embedded, migrate, projects
from quorate.store.database import Database

PROJECT = "bench"
START_SECONDS = 60.0


@dataclass(frozen=True)
class Installation:
    """A migrated database in `data`, held open for as long as the block of `installed` lasts."""

    data: Path
    url: str
    db: Database
    actor: Actor

    def beside(self, name: str) -> Installation:
        """Another database on the same server, as empty as this one was."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(SQL("CREATE DATABASE {}").format(Identifier(name)))
        url = urlunsplit(urlsplit(self.url)._replace(path=f"/{name}"))
        migrate.upgrade(url)
        db = Database(url)
        return Installation(self.data, url, db, Actor(ensure_workspace(db)))

    def project(self, tasks: int, overlap: int, **policy: Any) -> UUID:
        """A project of `tasks` small texts; each is decided when it has got `overlap` answers."""
        specs: dict[tuple[str, str], Any] = {
            ("project", "project"): {"name": PROJECT, "steps": [{"id": "topic", "schema": "topic"}]},
            ("schema", "topic"): {"kind": "choice", "classes": ["a", "b", "c"]},
            ("policy", "policy"): {
                "judgements": {"min": overlap, "max": overlap},
                "accept": {"confidence": 0.01},
                "gold": {"rate": 0},
                "audit": {"rate": 0},
                **policy,
            },
        }
        publish(self.db, self.actor, PROJECT, lambda _: specs, reason="bench")
        with self.db.read() as connection:
            project = projects.find(connection, self.actor.workspace, PROJECT).id
        rows = (Row(n, f"i{n}", {"text": f"item number {n} of the bench"}) for n in range(1, tasks + 1))
        import_rows(self.db, project, rows, actor=self.actor)
        return project

    def annotator(self, name: str) -> tuple[UUID, str]:
        """An annotator of the project: account and token."""
        account = add_account(self.db, self.actor, name)
        grant_role(self.db, self.actor, PROJECT, name, "annotator")
        return account, add_token(self.db, self.actor, account, "bench", ["work"])


@contextmanager
def installed(folder: Path) -> Iterator[Installation]:
    """A fresh installation in this folder."""
    folder.chmod(0o711)
    data = folder / "data"
    with embedded.server(data) as url:
        migrate.upgrade(url)
        db = Database(url)
        try:
            yield Installation(data, url, db, Actor(ensure_workspace(db)))
        finally:
            db.close()


@contextmanager
def serving(data: Path, *, processes: int = 1, worker: bool = True) -> Iterator[int]:
    """`quorate serve` on this data folder; the port on which it answers."""
    port = _free_port()
    command = [sys.executable, "-m", "quorate.cli.main", "serve", "--port", str(port), "--processes", str(processes)]
    command += [] if worker else ["--no-worker"]
    environment = {**os.environ, "QUORATE_DATA": str(data)}
    with (data / "serve.log").open("ab") as log:
        server = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    try:
        _wait(port, server, data / "serve.log")
        yield port
    finally:
        server.send_signal(signal.SIGTERM)
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            server.kill()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(port: int, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/api/v1/openapi.json")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.1)
    raise SystemExit(f"The server did not start:\n{log.read_text()[-2000:]}")
