"""How fast items come in: `python bench/import_items.py --items 1000000 --json`.

Claim: at least 20,000 small items/s at a million items on two cores, in flat memory.

In one run, on one embedded server: (1) the import as `quorate import` does it, from a JSON Lines file to items, tasks
and openings, in batches, each with its event in the ledger; (2) the bare limit: COPY of the very same rows straight
through psycopg, in the same batches, already in memory as PostgreSQL's own text form; nothing read, hashed or checked.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import resource
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID

import orjson
import psycopg
from sqlalchemy import insert

from quorate import clock
from quorate.actions.actor import Actor
from quorate.actions.import_items import BATCH, import_items
from quorate.ids import new_id
from quorate.store import embedded, migrate
from quorate.store import tables as t
from quorate.store.database import Database

COPIED = {"items": "id, project_id, key, body, attributes, hash, created_at",
          "tasks": "id, project_id, step_id, item_id, state",
          "openings": "project_id, band, task_id"}  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--items", type=int, default=1_000_000)
    parser.add_argument("--judgements", type=int, default=1, help="openings that each task gets")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="quorate-bench-") as folder:
        Path(folder).chmod(0o711)
        result = _measure(Path(folder), options.items, options.judgements)
    print(json.dumps(result) if options.json else "\n".join(f"{name:>16}: {value}" for name, value in result.items()))


def _measure(folder: Path, count: int, judgements: int) -> dict[str, float]:
    source = folder / "items.jsonl"
    _write(source, count)
    with embedded.server(folder / "data") as url:
        migrate.upgrade(url)
        db = Database(url)
        actor, project = _project(db, judgements)
        db.close()
        with psycopg.connect(urlunsplit(urlsplit(url)._replace(path="/template1")), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE bare TEMPLATE {urlsplit(url).path.lstrip('/')}")
        before = _peak_mb()
        tenth: list[float] = []

        def watch(report: object, share: float | None) -> None:
            if not tenth and (share or 0) >= 0.1:
                tenth.append(_peak_mb())

        gc.freeze()  # as `quorate import` does
        begun = time.perf_counter()
        report = import_items(db, project, source, actor=actor, progress=watch)
        seconds = time.perf_counter() - begun
        assert report.imported == count, report
        peak = _peak_mb()
        bare = _bare(url, judgements, folder)
        db.close()
    return {
        "items": count,
        "items_per_s": round(count / seconds),
        "bare_items_per_s": round(count / bare),
        "ratio": round(bare / seconds, 3),
        "seconds": round(seconds, 2),
        "memory_start_mb": round(before, 1),
        "memory_at_a_tenth_mb": round(tenth[0] if tenth else peak, 1),
        "memory_at_the_end_mb": round(peak, 1),
        "cores": os.cpu_count() or 0,
    }


def _write(path: Path, count: int) -> None:
    with path.open("wb") as file:
        for number in range(count):
            text = f"Parcel {number} arrived crushed, and the courier would not wait for a signature."
            file.write(
                orjson.dumps({"key": f"review-{number}", "text": text, "attributes": {"language": "en"}}) + b"\n"
            )


def _project(db: Database, judgements: int) -> tuple[Actor, UUID]:
    workspace, project, now = new_id(), new_id(), clock.now()
    specs: dict[str, dict[str, Any]] = {
        "project": {"steps": [{"id": "topic", "schema": "topic"}]},
        "schema": {"kind": "choice", "classes": ["delivery", "product", "neither"]},
        "policy": {"judgements": {"min": judgements}},
    }
    with db.write() as connection:
        connection.execute(insert(t.workspaces).values(id=workspace, name="bench", salt=os.urandom(32), created_at=now))
        connection.execute(insert(t.projects).values(id=project, workspace_id=workspace, name="bench", created_at=now))
        connection.execute(insert(t.steps).values(id=new_id(), project_id=project, name="topic", position=0))
        for kind, body in specs.items():
            connection.execute(
                insert(t.specs).values(
                    id=new_id(), project_id=project, kind=kind, name="topic" if kind == "schema" else kind, version=1,
                    body=body, reason="bench", created_at=now,
                )
            )  # fmt: skip
    return Actor(workspace), project


def _bare(url: str, judgements: int, folder: Path) -> float:
    """Seconds to COPY the same rows into a database that has the same tables, empty, in batches of the same size."""
    with psycopg.connect(url) as connection:
        for table, columns in COPIED.items():
            order = "position" if table == "openings" else "id"
            with (
                (folder / table).open("wb") as file,
                connection.cursor().copy(f"COPY (SELECT {columns} FROM {table} ORDER BY {order}) TO STDOUT") as copy,
            ):
                file.writelines(copy)
    with psycopg.connect(_beside(url)) as connection:
        files = {table: (folder / table).open("rb") for table in COPIED}
        rows = {"items": BATCH, "tasks": BATCH, "openings": BATCH * judgements}
        seconds, more = 0.0, True
        while more:
            batch = {table: b"".join(_take(file, rows[table])) for table, file in files.items()}
            more = bool(batch["items"])
            begun = time.perf_counter()
            for table, columns in COPIED.items():
                with connection.cursor().copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                    copy.write(batch[table])
            connection.commit()
            seconds += time.perf_counter() - begun
    return seconds


def _take(file: BinaryIO, rows: int) -> list[bytes]:
    return [row for row in (file.readline() for _ in range(rows)) if row]


def _beside(url: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path="/bare"))


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform != "darwin" else 2**20)


if __name__ == "__main__":
    main()
