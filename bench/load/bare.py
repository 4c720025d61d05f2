"""Annotators without HTTP: `python bare.py URL OVERLAP SEPARATE ACCOUNT…`; prints their figures as JSON.

Each is a process of its own. They say that they are ready, and then read when to begin and to end from their input.

The statements of claim and submit, straight through psycopg and in the same transactions; nothing is checked, believed
or decided: what is written has the same shape and size, and a task is decided when it has got OVERLAP answers.
"""

from __future__ import annotations

import json
import multiprocessing
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from typing import Any
from uuid import UUID

import psycopg

from quorate.ids import new_id
from quorate.store import annotations, claims, openings, seats
from quorate.store import tables as t
from quorate.store.annotations import Closing, Held
from quorate.store.claims import Wish
from quorate.store.database import _configure
from quorate.store.leases import Lease
from quorate.store.window import Ranking

NO_CASE = UUID(t.NO_CASE)
CONTENT = sha256(b"content").digest()


class Bare:
    """One connection and one annotator."""

    def __init__(self, url: str, account: UUID, overlap: int) -> None:
        options = "-c plan_cache_mode=force_generic_plan"
        self.connection = psycopg.connect(url, autocommit=True, options=options)
        _configure(self.connection)
        self.account, self.overlap = account, overlap
        self.ranking: Ranking | None = None
        row = self.connection.execute("SELECT id, workspace_id FROM projects").fetchone()
        assert row is not None
        self.project, self.workspace = row
        row = self.connection.execute("SELECT id FROM specs WHERE kind = 'schema'").fetchone()
        assert row is not None
        (self.schema,) = row
        seats.take(self.connection, self.project, account)

    def claim(self) -> Lease | None:
        """Lease a task."""
        found = claims.claim(self.connection, self._wish(datetime.now(UTC))).leases
        return found[0] if found else None

    def submit(self, lease: Lease, *, then_claim: bool) -> Lease | None:
        """Answer a task, trying again while others change it."""
        while True:
            now = datetime.now(UTC)
            held = annotations.look(self.connection, lease.id, self.account, NO_CASE)
            assert held is not None
            decided = len(held.given) + 1 >= self.overlap
            statement = self._statement(held, decided, now, then_claim)
            rows = statement.run_gated(self.connection, claims.GIVEN if then_claim else "SELECT 1 AS done")
            if rows is not None:
                found = claims.given(rows, now).leases if then_claim else []
                return found[0] if found else None

    def _statement(self, held: Held, decided: bool, now: datetime, then_claim: bool) -> Any:
        annotation, decision = new_id(), new_id() if decided else None
        statement = annotations.close(
            Closing(
                held=held, state="decided" if decided else "open", decision=decision, key=str(annotation),
                request=CONTENT, reply={"annotation": annotation, "state": "open"},
                skill=held.skill or [[1.0] * 3] * 3, freed=Decimal(0), now=now,
            ),
            pays=not then_claim,
        )  # fmt: skip
        statement.append(t.annotations, [self._annotation(held, annotation, now)])
        events = [self._event("annotation.submitted", annotation, now)]
        if decision:
            statement.append(t.decisions, [self._decision(held, decision, now)])
            events.append(self._event("task.decided", decision, now))
            openings.add_change(statement, project=self.project, places=0, keep=0, gate="gate")
        statement.append(t.events, events)
        if then_claim:
            claims.add_claim(statement, self._wish(now), settled=Decimal(0))
        return statement

    def _wish(self, now: datetime) -> Wish:
        return Wish(
            workspace=self.workspace, project=self.project, account=self.account, ids=[new_id()], prices=None,
            gold=0.0, draw=1.0, now=now, expires=now + timedelta(minutes=20), ranking=self.ranking,
        )  # fmt: skip

    def _annotation(self, held: Held, id: UUID, now: datetime) -> dict[str, Any]:
        return {
            "id": id, "project_id": self.project, "task_id": held.task_id, "account_id": self.account,
            "assignment_id": held.id, "role": "crowd", "value": "a", "seconds": 5.0, "confidence": None,
            "comment": None, "cost": Decimal(0), "schema_id": self.schema, "guideline_id": None, "supersedes": None,
            "created_at": now,
        }  # fmt: skip

    def _decision(self, held: Held, id: UUID, now: datetime) -> dict[str, Any]:
        evidence = [{"annotation": str(id), "before": 0.333333, "after": 0.7}] * self.overlap
        return {
            "id": id, "project_id": self.project, "task_id": held.task_id, "value": "a", "confidence": 0.9,
            "probabilities": {"a": 0.9, "b": 0.05, "c": 0.05}, "kind": "crowd", "method": "bench",
            "rule": "accept.confidence: confidence 0.900 after 3 judgements, 0.01 wanted", "reason": "submit",
            "judgements": self.overlap, "cost": Decimal(0), "evidence": evidence, "policy_id": self.schema,
            "schema_id": self.schema, "guideline_id": None, "supersedes": None, "created_at": now,
        }  # fmt: skip

    def _event(self, verb: str, id: UUID, now: datetime) -> dict[str, Any]:
        return {
            "at": now, "workspace_id": self.workspace, "project_id": self.project, "actor": self.account, "verb": verb,
            "object_id": id, "detail": None, "content": CONTENT,
        }  # fmt: skip


def work(bare: Bare, begin: float, end: float, separate: bool) -> dict[str, Any]:
    """Claim and answer until END: the time of each loop in milliseconds."""
    took: list[float] = []
    dry, lease = 0, None
    while (now := time.time()) < end:
        started = time.perf_counter()
        lease = lease or bare.claim()
        if lease is None:
            dry += 1
            time.sleep(0.05)
            continue
        lease = bare.submit(lease, then_claim=not separate)
        if now >= begin:
            took.append(1000 * (time.perf_counter() - started))
    return {"ms": took, "errors": [], "dry": dry}


def main() -> None:
    url, overlap, separate, *accounts = sys.argv[1:]
    print("ready", flush=True)
    begin, end = map(float, sys.stdin.readline().split())

    def one(account: str) -> dict[str, Any]:
        return work(Bare(url, UUID(account), int(overlap)), begin, end, separate == "1")

    print(json.dumps(_forked(one, accounts)))


def _forked(one: Callable[[str], dict[str, Any]], accounts: Sequence[str]) -> list[dict[str, Any]]:
    """`one` of each account, in a process each: forked, so that the modules are read once."""
    fork = multiprocessing.get_context("fork")
    ends = []
    for account in accounts:
        here, there = fork.Pipe(duplex=False)
        fork.Process(target=lambda end, account: end.send(one(account)), args=(there, account)).start()
        ends.append(here)
    return [end.recv() for end in ends]


if __name__ == "__main__":
    main()
