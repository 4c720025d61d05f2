"""The application on a fresh database, in this process, and clients that call it as whom they like."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from quorate.actions.actor import Actor
from quorate.actions.add_account import add_account, add_token, ensure_workspace, grant_role
from quorate.server.app import create_app
from quorate.settings import settings
from quorate.store import accounts
from quorate.store.database import Database

PASSWORD = "correct horse battery"
ROLES = ("manager", "steward", "expert", "annotator", "auditor", "machine")
POLICY = {
    "judgements": {"min": 1, "max": 3},
    "accept": {"confidence": 0.6},
    "gold": {"rate": 0},
    "audit": {"rate": 0},
    "experts": {"repeat": 0},
}


def specs(name: str, policy: dict[str, Any] | None = None) -> dict[str, Any]:
    """The body that makes a project with one question."""
    bodies = {
        ("project", "project"): {"name": name, "steps": [{"id": "topic", "question": "What is it about?"}]},
        ("schema", "topic"): {"kind": "choice", "classes": ["delivery", "product", "neither"]},
        ("policy", "policy"): {**POLICY, **(policy or {})},
    }
    written = [{"kind": kind, "name": name, "body": body} for (kind, name), body in bodies.items()]
    return {"specs": written, "reason": "first version"}


class Api:
    """The application, with people who call it."""

    specs = staticmethod(specs)

    def __init__(self, url: str) -> None:
        self.db = Database(url, size=4)
        self.app = create_app(self.db)
        self.operator = Actor(ensure_workspace(self.db))
        self.clients: list[TestClient] = []

    def client(self, token: str | None = None, **headers: str) -> TestClient:
        """A client with this token, or with none."""
        given = {"Authorization": f"Bearer {token}", **headers} if token else headers
        client = TestClient(self.app, "http://quorate.test/api/v1", raise_server_exceptions=False, headers=given)
        self.clients.append(client)
        return client

    def account(self, name: str, *, password: str | None = None, machine: bool = False, admin: bool = False) -> None:
        """Add an account."""
        add_account(self.db, self.operator, name, password=password, machine=machine, admin=admin)

    def token(self, name: str, *scopes: str) -> str:
        """A token of an account."""
        with self.db.read() as connection:
            found = accounts.by_name(connection, self.operator.workspace, name)
        assert found is not None
        return add_token(self.db, self.operator, found[0].id, "test", scopes or ("manage",))

    def person(self, name: str, *roles: str, project: str = "reviews", admin: bool = False) -> TestClient:
        """A new account with these roles in a project, as a client with a token for everything."""
        self.account(name, machine="machine" in roles, admin=admin)
        for role in roles:
            grant_role(self.db, self.operator, project, name, role)
        return self.client(self.token(name))

    def project(self, name: str = "reviews", *, items: int = 3, **policy: Any) -> None:
        """A project whose only member is nobody, with some items in it."""
        admin = self._admin(name)
        admin.put(f"/projects/{name}", json=specs(name, policy)).raise_for_status()
        self.bring(name, *({"key": f"i{n}", "text": f"The parcel {n}."} for n in range(items)))

    def bring(self, project: str, *rows: dict[str, Any]) -> None:
        """Import items."""
        lines = "\n".join(json.dumps(row) for row in rows)
        report = self._admin(project).post(
            f"/projects/{project}/items", content=lines, headers={"Content-Type": "application/x-ndjson"}
        )
        assert report.json()["imported"] == len(rows), report.text

    def _admin(self, project: str) -> TestClient:
        name = f"founder of {project}"
        with self.db.read() as connection:
            known = accounts.by_name(connection, self.operator.workspace, name)
        return self.client(self.token(name)) if known else self.person(name, admin=True)

    def close(self) -> None:
        """Let go of everything."""
        for client in self.clients:
            client.close()
        self.db.close()


@pytest.fixture(autouse=True)
def _data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Media go to a folder of the test's own."""
    monkeypatch.setenv("QUORATE_DATA", str(tmp_path))
    settings.cache_clear()
    yield
    settings.cache_clear()


@pytest.fixture(scope="session")
def make_api() -> type[Api]:
    """The application on a given database."""
    return Api


@pytest.fixture
def api(database_url: str) -> Iterator[Api]:
    """The application on an empty database with one workspace."""
    made = Api(database_url)
    yield made
    made.close()


@pytest.fixture
def elsewhere(api: Api) -> Callable[[], Api]:
    """The same installation, as those of a second workspace see it."""

    def second() -> Api:
        other = object.__new__(Api)
        other.db, other.app, other.clients = api.db, api.app, api.clients
        other.operator = Actor(ensure_workspace(api.db, "second"))
        return other

    return second
