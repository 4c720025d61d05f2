"""A JSON client on one kept-alive connection, as any program could write it."""

from __future__ import annotations

import json
from http.client import HTTPConnection, HTTPException
from typing import Any


class RefusedError(Exception):
    """The server said no; `problem` says why."""

    def __init__(self, status: int, problem: dict[str, Any]) -> None:
        super().__init__(f"{status} {problem.get('detail')}")
        self.status = status
        self.problem = problem


class Client:
    """Calls the API as one account."""

    def __init__(self, host: str, port: int, token: str | None = None) -> None:
        self._address = (host, port)
        self.token = token
        self._connection: HTTPConnection | None = None

    def call(self, method: str, path: str, body: Any = None, *, key: str | None = None) -> Any:
        """The answer as JSON (None when empty). Raises `RefusedError`."""
        data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        if key:
            headers["Idempotency-Key"] = key
        return self.send(method, path, data, headers)

    def upload(self, path: str, data: bytes, kind: str) -> Any:
        """POST bytes of a type."""
        return self.send("POST", path, data, {"Content-Type": kind, "Authorization": f"Bearer {self.token}"})

    def send(self, method: str, path: str, data: bytes | None, headers: dict[str, str]) -> Any:
        """One request; a kept-alive connection that the server has closed is opened again, once."""
        for attempt in (1, 2):
            if self._connection is None:
                self._connection = HTTPConnection(*self._address, timeout=60)
            try:
                self._connection.request(method, f"/api/v1{path}", data, headers)
                response = self._connection.getresponse()
                content = response.read()
                break
            except (HTTPException, OSError):
                self.close()
                if attempt == 2:
                    raise
        answer = json.loads(content) if content and "json" in response.headers.get("Content-Type", "") else content
        if response.status >= 400:
            raise RefusedError(response.status, answer if isinstance(answer, dict) else {"detail": str(answer)})
        return answer or None

    def close(self) -> None:
        """Hang up."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
