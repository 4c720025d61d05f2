"""An installation with real processes: `quorate serve` with its worker and its embedded PostgreSQL, to be killed."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from tests.ports import port_of, reserved

from quorate.actions.actor import Actor
from quorate.actions.add_account import add_account, add_token, ensure_workspace, grant_role
from quorate.actions.import_items import import_rows
from quorate.actions.publish_spec import publish
from quorate.formats.rows import Row
from quorate.store import embedded, migrate, projects
from quorate.store.database import Database
from quorate.store.embedded.cluster import Cluster

PATIENCE = 120.0
DOWN = (OSError, http.client.HTTPException)


class Server:
    """One `quorate serve` and all that it started."""

    def __init__(self, data: Path, processes: int = 1, *, wait: bool = True) -> None:
        self.data, self.processes = data, processes
        self.place = reserved()
        self.port = port_of(self.place)
        self.start(wait=wait)

    def start(self, *, wait: bool = True) -> None:
        command = [sys.executable, "-m", "quorate.cli.main", "serve", "--port", str(self.port)]
        with (self.data / "serve.log").open("ab") as log:
            self.process = subprocess.Popen(
                [*command, "--processes", str(self.processes)],
                env={**os.environ, "QUORATE_DATA": str(self.data)}, stdout=log, stderr=log,
            )  # fmt: skip
        if wait:
            wait_for(self.answers, "the server to answer")

    def answers(self) -> bool:
        assert self.process.poll() is None, (self.data / "serve.log").read_text()[-3000:]
        with suppress(*DOWN):
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
            connection.request("GET", "/api/v1/health")
            return connection.getresponse().status == 200
        return False

    def children(self) -> list[int]:
        return _children(self.process.pid)

    def worker(self) -> int | None:
        """The process id of its worker."""
        return next((pid for pid in self.children() if "worker" in _command(pid)), None)

    def listeners(self) -> list[int]:
        """The process ids of its API processes, where they are several."""
        return [pid for pid in self.children() if "--multiprocessing-fork" in _command(pid)]

    def kill(self) -> None:
        """As the kernel does it when memory is short."""
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()


def _children(pid: int) -> list[int]:
    found = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=False)
    return [int(line) for line in found.stdout.split()]


def _command(pid: int) -> list[str]:
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().decode().split("\0")
    return []


def wait_for(true: Callable[[], Any], what: str, seconds: float = PATIENCE) -> Any:
    """Ask again and again; the first answer that is true."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := true():
            return found
        time.sleep(0.05)
    raise AssertionError(f"waited {seconds} s for {what}")


class Annotator:
    """Somebody who works over HTTP, and who after any failure sends the very same again until it is answered."""

    def __init__(self, project: str, token: str, ports: list[int], **headers: str) -> None:
        self.project, self.ports = project, ports
        self.headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json", **headers}
        self.acknowledged: dict[str, str] = {}
        """assignment → annotation, as the server said."""
        self.failures = 0
        self._connection: http.client.HTTPConnection | None = None

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
        """Status and answer; asks again while the server is down or says that it cannot answer now."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            try:
                status, answer = self._once(method, path, body, headers)
            except DOWN:
                self._connection = None
                self.ports = self.ports[1:] + self.ports[:1]
            else:
                if status < 500:
                    return status, answer
            self.failures += 1
            time.sleep(0.1)
        raise AssertionError(f"no answer to {method} {path} in {PATIENCE} s")

    def _once(self, method: str, path: str, body: Any, headers: dict[str, str]) -> tuple[int, Any]:
        if self._connection is None:
            self._connection = http.client.HTTPConnection("127.0.0.1", self.ports[0], timeout=20)
        text = None if body is None else json.dumps(body)
        self._connection.request(method, f"/api/v1/work/{path}", text, self.headers | headers)
        response = self._connection.getresponse()
        told = response.read()  # of a request that is cut off at the end of a busy server: plain text
        return response.status, json.loads(told) if told and response.status < 500 else None

    def claim(self, count: int = 1) -> list[dict[str, Any]]:
        """New leases; none when there is nothing for them, or no money."""
        status, answer = self.ask("POST", "claim", {"count": count, "projects": [self.project]})
        assert status in {200, 402, 409}, answer
        return list(answer["tasks"]) if status == 200 else []

    def held(self) -> list[dict[str, Any]]:
        """What they hold: what a client asks for that has lost an answer."""
        return list(self.ask("GET", "held")[1]["tasks"])

    def submit(self, lease: dict[str, Any], *, then_claim: int = 0) -> list[dict[str, Any]]:
        """Answer; the next leases."""
        seen = "abc"[int(lease["item"][1:]) % 3]
        body = {"assignment": lease["assignment"], "value": seen, "seconds": 5.0, "claim": then_claim}
        status, answer = self.ask("POST", "submit", body, **{"Idempotency-Key": lease["assignment"]})
        assert status == 200 or answer["type"] == "lease-ended", answer
        if status == 200:
            self.acknowledged[lease["assignment"]] = answer["annotation"]
        return list(answer["tasks"]) if status == 200 else []

    def work(self, over: Callable[[], bool]) -> None:
        """Answer until it is over."""
        leases: list[dict[str, Any]] = []
        while not over():
            leases = leases or self.claim() or self.held()
            if not leases:
                time.sleep(0.05)
                continue
            leases = self.submit(leases[0], then_claim=1)


@dataclass
class Crowd:
    """Annotators at work at the same time."""

    people: list[Annotator]
    over: Callable[[], bool]
    faults: list[BaseException] = field(default_factory=list)

    def __enter__(self) -> Crowd:
        self._threads = [threading.Thread(target=self._run, args=(one,), daemon=True) for one in self.people]
        for thread in self._threads:
            thread.start()
        return self

    def _run(self, one: Annotator) -> None:
        try:
            one.work(lambda: bool(self.faults) or self.over())
        except BaseException as error:
            self.faults.append(error)

    def __exit__(self, *raised: object) -> None:
        for thread in self._threads:
            thread.join(PATIENCE)
        if self.faults:
            raise self.faults[0]
        assert not any(thread.is_alive() for thread in self._threads)

    @property
    def done(self) -> int:
        return sum(len(one.acknowledged) for one in self.people)

    @property
    def acknowledged(self) -> list[str]:
        return [id for one in self.people for id in one.acknowledged.values()]


@dataclass
class Place:
    """A data folder, its servers, and a look into its database that does not keep the database alive."""

    data: Path
    servers: list[Server] = field(default_factory=list)

    def serve(self, processes: int = 1, *, wait: bool = True) -> Server:
        self.servers.append(Server(self.data, processes, wait=wait))
        return self.servers[-1]

    @property
    def url(self) -> str:
        return Cluster(self.data / "postgres").url()

    def postmaster(self) -> int:
        return int((self.data / "postgres/cluster/postmaster.pid").read_text().split()[0])

    def rows(self, sql: str, *values: Any) -> list[Any]:
        with psycopg.connect(self.url) as connection:
            return connection.execute(sql, values).fetchall()

    def project(self, tasks: int, people: int, policy: dict[str, Any], budget: Any = None) -> Job:
        """A project with so many tasks and annotators."""
        name = f"p{uuid4().hex[:8]}"
        plan: dict[str, Any] = {"name": name, "steps": [{"id": "topic", "schema": "topic"}]}
        plan |= {"budget": {"total": budget, "currency": "USD"}} if budget else {}
        specs: dict[tuple[str, str], Any] = {
            ("project", "project"): plan,
            ("schema", "topic"): {"kind": "choice", "classes": ["a", "b", "c"]},
            ("policy", "policy"): {
                "accept": {"confidence": 0.01}, "gold": {"rate": 0}, "audit": {"rate": 0}, **policy,
            },
        }  # fmt: skip
        db = Database(self.url)
        try:
            actor = Actor(ensure_workspace(db))
            publish(db, actor, name, lambda _: specs, reason="test")
            with db.read() as connection:
                project = projects.find(connection, actor.workspace, name).id
            import_rows(db, project, (Row(n, f"i{n}", {"text": f"item {n}"}) for n in range(1, tasks + 1)), actor=actor)
            tokens = []
            for number in range(people):
                account = add_account(db, actor, f"{name}-{number}")
                grant_role(db, actor, name, f"{name}-{number}", "annotator")
                tokens.append(add_token(db, actor, account, "test", ["work"]))
        finally:
            db.close()
        return Job(self, name, project, tasks, policy["judgements"]["max"], tokens)


@dataclass
class Job:
    """A project to be worked on, and what must be true of it whatever happened."""

    place: Place
    name: str
    id: Any
    tasks: int
    overlap: int
    tokens: list[str]

    @property
    def wanted(self) -> int:
        return self.tasks * self.overlap

    def people(self, *servers: Server, **headers: str) -> list[Annotator]:
        ports = [server.port for server in servers]
        return [
            Annotator(self.name, token, ports[n % len(ports) :] + ports[: n % len(ports)], **headers)
            for n, token in enumerate(self.tokens)
        ]

    def crowd(self, *servers: Server) -> Crowd:
        """Everybody, until as many answers were acknowledged as are wanted."""
        crowd = Crowd(self.people(*servers), lambda: crowd.done >= self.wanted)
        return crowd

    def check(self, acknowledged: list[str], answers: int | None = None) -> None:
        """Each acknowledged answer is there once and nothing else; no task has more than wanted; told in the ledger."""
        kept = [str(id) for (id,) in self.place.rows("SELECT id FROM annotations WHERE project_id = %s", self.id)]
        assert sorted(kept) == sorted(acknowledged)
        assert len(kept) == (self.wanted if answers is None else answers)
        told = self.place.rows(
            "SELECT object_id FROM events WHERE project_id = %s AND verb = 'annotation.submitted'", self.id
        )
        assert sorted(str(id) for (id,) in told) == sorted(kept)
        assert self.place.rows(
            "SELECT task_id FROM assignments WHERE project_id = %s AND state IN ('open', 'submitted')"
            " GROUP BY 1 HAVING count(*) > %s",
            self.id, self.overlap,
        ) == []  # fmt: skip
        twice = "SELECT task_id, account_id FROM annotations WHERE project_id = %s GROUP BY 1, 2 HAVING count(*) > 1"
        assert self.place.rows(twice, self.id) == []

    def states(self) -> dict[str, int]:
        return dict(self.place.rows("SELECT state, count(*) FROM tasks WHERE project_id = %s GROUP BY 1", self.id))


@pytest.fixture(scope="module")
def place() -> Iterator[Place]:
    """A migrated data folder that nobody uses yet; when the file's tests are over, all that runs on it is ended."""
    with tempfile.TemporaryDirectory(prefix="q", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o711)
        data = Path(folder, "data")
        with embedded.server(data) as url:
            migrate.upgrade(url)
        place = Place(data)
        yield place
        for server in place.servers:
            server.stop()
        with embedded.server(data):
            pass  # whoever leaves last stops it


@pytest.fixture(scope="module")
def server(place: Place) -> Server:
    """The first server of the place."""
    return place.serve()
