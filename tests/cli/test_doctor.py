"""`quorate doctor` and `quorate migrate` as people and scripts run them: exit codes, JSON, mends."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg

QUORATE = Path(sys.executable).with_name("quorate")


def _run(data: Path, *arguments: str, url: str | None = None) -> subprocess.CompletedProcess[str]:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("QUORATE_")}
    environment |= {"QUORATE_DATA": str(data)} | ({"QUORATE_DATABASE_URL": url} if url else {})
    return subprocess.run([QUORATE, *arguments], env=environment, capture_output=True, text=True, check=False)


def _doctor(data: Path, url: str | None = None) -> tuple[int, dict[str, Any]]:
    done = _run(data, "doctor", "--json", url=url)
    report = json.loads(done.stdout)
    assert report["ok"] == (done.returncode == 0) == all(check["ok"] for check in report["checks"])
    for check in report["checks"]:
        assert check["found"]
        assert check["ok"] or check["mend"], check
    return done.returncode, {check["name"]: check for check in report["checks"]}


def test_a_fresh_machine_is_well_and_so_it_is_after_migrating(tmp_path: Path) -> None:
    data = tmp_path / "data"
    code, checks = _doctor(data)
    assert code == 0
    assert "embedded" in checks["database"]["found"]
    assert _run(data, "migrate", "--check").returncode == 1
    first = json.loads(_run(data, "migrate", "--json").stdout)
    assert (first["before"], first["after"]) == (None, first["head"])
    assert _run(data, "migrate", "--check").returncode == 0
    code, checks = _doctor(data)
    assert code == 0
    assert "current" in checks["migrations"]["found"]
    assert set(checks) >= {
        "versions",
        "extras",
        "data folder",
        "disk",
        "database",
        "clock",
        "migrations",
        "append-only",
    }


def test_an_external_database_that_is_behind(make_database: Callable[..., str], tmp_path: Path) -> None:
    code, checks = _doctor(tmp_path, make_database(migrated=False))
    assert code == 1
    assert "quorate migrate" in checks["migrations"]["mend"]
    assert "external" in checks["database"]["found"]


def test_a_database_that_a_newer_version_has_used(database_url: str, tmp_path: Path) -> None:
    with psycopg.connect(database_url) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '2999_01_01_0000'")
    code, checks = _doctor(tmp_path, database_url)
    assert code == 1
    assert "newer" in checks["migrations"]["mend"]


def test_a_guard_that_somebody_switched_off(database_url: str, tmp_path: Path) -> None:
    with psycopg.connect(database_url) as connection:
        connection.execute("ALTER TABLE events DISABLE TRIGGER append_only")
    code, checks = _doctor(tmp_path, database_url)
    assert code == 1
    assert "events" in checks["append-only"]["found"]


def test_a_database_of_another_encoding(server_url: str, tmp_path: Path) -> None:
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(
            "CREATE DATABASE ascii ENCODING 'SQL_ASCII' LOCALE_PROVIDER libc LOCALE 'C' TEMPLATE template0"
        )
    code, checks = _doctor(tmp_path, server_url.replace("/quorate?", "/ascii?"))
    assert code == 1
    assert "UTF8" in checks["database"]["mend"]


def test_a_server_that_is_not_there(tmp_path: Path) -> None:
    code, checks = _doctor(tmp_path, "postgresql://someone:secret@127.0.0.1:1/none")
    assert code == 1
    assert "QUORATE_DATABASE_URL" in checks["database"]["mend"]
    assert "secret" not in json.dumps(checks)


def test_a_data_folder_that_cannot_be(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    code, checks = _doctor(tmp_path / "file" / "data")
    assert code == 1
    assert not checks["data folder"]["ok"]


def test_for_people_it_is_plain_text_with_the_mend(tmp_path: Path) -> None:
    done = _run(tmp_path, "doctor", url="postgresql://someone@127.0.0.1:1/none")
    assert done.returncode == 1
    assert "FAIL database" in done.stdout
    assert "QUORATE_DATABASE_URL" in done.stdout
