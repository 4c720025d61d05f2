"""Set the stage through the doors: a server, accounts with tokens, two projects, their items."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import quorate
from quorate.cli.demonstration.client import Client
from quorate.cli.demonstration.digits import Digits
from quorate.cli.demonstration.work import until_ready
from quorate.formats import project_folder

PASSWORD = "demonstration"  # noqa: S105  (a public one, on a server that only this machine reaches)
GOLD = 60


@dataclass
class Stage:
    """A running server, and how to reach it as whom."""

    host: str
    port: int
    data: Path
    process: subprocess.Popen[bytes]
    tokens: dict[str, str] = field(default_factory=dict)

    def client(self, name: str) -> Client:
        """A connection of its own for this account."""
        return Client(self.host, self.port, self.tokens[name])


def _is_free(host: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
        return True


@contextmanager
def serving(data: Path, host: str, port: int) -> Iterator[Stage]:
    """`quorate serve` on a data folder of its own, while the block runs; on a free port if this one is taken, or 0."""
    port = port if _is_free(host, port) else 0
    environment = {**os.environ, "QUORATE_DATA": str(data)}
    environment.pop("QUORATE_DATABASE_URL", None)
    command = [sys.executable, "-m", "quorate.cli.main", "serve", "--host", host, "--port", str(port)]
    with (data / "server.log").open("wb") as log:
        process = subprocess.Popen(command, env=environment, stderr=log, stdout=log)
    try:
        stage = Stage(host, _port(data, process), data, process)
        until_ready(Client(host, stage.port), 60)
        stage.tokens["admin"] = _admin(environment)
        yield stage
    except Exception:  # who is told to stop need not be shown why
        sys.stderr.write("".join((data / "server.log").read_text("utf-8", "replace").splitlines(True)[-40:]))
        raise
    finally:
        _end(process, data)


def _port(data: Path, process: subprocess.Popen[bytes]) -> int:
    """Where the server says that it listens. Raises `TimeoutError`."""
    deadline = time.monotonic() + 60
    while not (said := re.search(rb"Quorate on http://\S+:(\d+)\s", (data / "server.log").read_bytes())):
        if process.poll() is not None or time.monotonic() > deadline:
            raise TimeoutError("The server did not come up.")
        time.sleep(0.1)
    return int(said[1])


def _end(process: subprocess.Popen[bytes], data: Path) -> None:
    """Stop the server and wait until its database, which its worker may be the last to leave, has stopped too."""
    process.terminate()
    try:
        process.wait(30)
    except subprocess.TimeoutExpired:
        process.kill()
    deadline = time.monotonic() + 15
    while any(data.glob("**/postmaster.pid")) and time.monotonic() < deadline:
        time.sleep(0.1)


def _admin(environment: dict[str, str]) -> str:
    command = [sys.executable, "-m", "quorate.cli.main", "account", "add", "admin", "--admin", "--token", "manage"]
    done = subprocess.run(
        [*command, "--password", PASSWORD, "--json"], env=environment, check=True, capture_output=True
    )
    return str(json.loads(done.stdout)["token"])


def examples() -> Path:
    """The example projects, in the package or in the repository around it."""
    inside = Path(quorate.__file__).parent / "examples"
    return inside if inside.is_dir() else Path(quorate.__file__).parents[2] / "examples"


def publish(admin: Client, name: str) -> None:
    """Publish an example project."""
    specs = [{"kind": d.kind, "name": d.name, "body": d.body} for d in project_folder.read(examples() / name)]
    admin.call("PUT", f"/projects/{name}", {"specs": specs, "reason": "the demonstration"})


def bring_digits(admin: Client, digits: Digits) -> None:
    """Upload the images and import the items; the first few are gold."""
    gold = min(GOLD, len(digits.keys) // 10)
    lines = []
    for number, key in enumerate(digits.keys):
        medium = admin.upload("/projects/digits/media", digits.png(number), "image/png")
        row: dict[str, Any] = {"key": key, "media": [medium]}
        if number < gold:
            row["gold"] = {"digit": digits.truth[number]}
        lines.append(json.dumps(row).encode())
    admin.send(
        "POST",
        "/projects/digits/items",
        b"\n".join(lines),
        {"Content-Type": "application/x-ndjson", "Authorization": f"Bearer {admin.token}"},
    )


def bring_reviews(admin: Client) -> None:
    """The text project, for a person to label at once."""
    publish(admin, "reviews")
    rows = (examples() / "reviews" / "items.jsonl").read_bytes()
    admin.send(
        "POST",
        "/projects/reviews/items",
        rows,
        {"Content-Type": "application/x-ndjson", "Authorization": f"Bearer {admin.token}"},
    )


def people(stage: Stage, names: dict[str, str]) -> None:
    """Accounts with a token and a role in the digits project: name → role."""
    admin = stage.client("admin")
    for name, role in names.items():
        kind = "machine" if role == "machine" else "person"
        admin.call("POST", "/accounts", {"name": name, "kind": kind})
        scopes = ["work", "read"]
        token = admin.call("POST", "/tokens", {"name": "demonstration", "scopes": scopes, "account": name})
        stage.tokens[name] = token["token"]
        admin.call("PUT", f"/projects/digits/members/{name}/{role}")


def logins(stage: Stage) -> dict[str, str]:
    """One login a role, in both projects: role → name."""
    admin = stage.client("admin")
    made = {"administrator": "admin"}
    for role in ("manager", "steward", "expert", "annotator", "auditor"):
        admin.call("POST", "/accounts", {"name": role, "password": PASSWORD})
        for project in ("digits", "reviews"):
            admin.call("PUT", f"/projects/{project}/members/{role}/{role}")
        made[role] = role
    return made
