"""Backups: whole, consistent under load, restored all or nothing, and the way from embedded to an external server."""

from __future__ import annotations

import contextlib
import os
import secrets
import stat
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest
from tests.ports import port_of, reserved

from quorate import ids
from quorate.errors import Conflict, InvalidInput, Unavailable
from quorate.store import migrate
from quorate.store.backup import backup, restore
from quorate.store.embedded import programs
from quorate.store.embedded.account import Account, for_server

pytestmark = pytest.mark.slow

MakeDatabase = Callable[..., str]


def _add(url: str, name: str = "w") -> None:
    with psycopg.connect(url) as connection:
        row = [ids.new_id(), name]
        connection.execute("INSERT INTO workspaces VALUES (%s, %s, '\\x00', now())", row)
        connection.execute(
            "INSERT INTO events (at, verb, object_id, content) VALUES (now(), 'made', %s, '\\x01')", row[:1]
        )


def _content(url: str) -> list[tuple[object, ...]]:
    asked = "SELECT * FROM workspaces FULL JOIN events ON events.object_id = workspaces.id ORDER BY name"
    with psycopg.connect(url) as connection:
        return connection.execute(asked).fetchall()


@pytest.fixture
def filled(database_url: str) -> str:
    for name in ("a", "b", "ü'\n\\.\t€"):
        _add(database_url, name)
    return database_url


def test_there_and_back(filled: str, make_database: MakeDatabase, tmp_path: Path) -> None:
    file, told = tmp_path / "b.dump", []
    written = backup(filled, file, progress=lambda share, what: told.append(share))
    assert written == file.stat().st_size
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert told == sorted(told)
    assert told[-1] == 1
    assert [path.name for path in tmp_path.iterdir()] == ["b.dump"]
    target, told = make_database(migrated=False), []
    restore(target, file, progress=lambda share, what: told.append(share))
    assert _content(target) == _content(filled)
    assert told == sorted(told)
    assert told[-1] == 1
    assert migrate.current(target) == migrate.head()
    with psycopg.connect(target) as connection, pytest.raises(psycopg.errors.RestrictViolation):
        connection.execute("DELETE FROM events")
    _add(target, "counters go on")


def test_restores_over_tables_that_are_there_and_empty(
    filled: str, make_database: MakeDatabase, tmp_path: Path
) -> None:
    backup(filled, tmp_path / "b.dump")
    target = make_database(migrated=True)
    restore(target, tmp_path / "b.dump")
    assert _content(target) == _content(filled)


def test_rows_are_only_replaced_when_told(filled: str, make_database: MakeDatabase, tmp_path: Path) -> None:
    backup(filled, tmp_path / "b.dump")
    target = make_database()
    _add(target, "in the way")
    before = _content(target)
    with pytest.raises(Conflict, match="workspaces"):
        restore(target, tmp_path / "b.dump")
    assert _content(target) == before
    restore(target, tmp_path / "b.dump", replace=True)
    assert _content(target) == _content(filled)


def test_a_damaged_backup_changes_nothing(filled: str, make_database: MakeDatabase, tmp_path: Path) -> None:
    file = tmp_path / "b.dump"
    with psycopg.connect(filled) as connection:
        connection.execute(
            "INSERT INTO workspaces SELECT gen_random_uuid(), md5(n::text), sha256(n::text::bytea), now() "
            "FROM generate_series(1, 20000) n"
        )
    backup(filled, file)
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) * 3 // 5])
    target = make_database()
    _add(target, "to be kept")
    before = _content(target)
    with pytest.raises(Unavailable):
        restore(target, file, replace=True)
    assert _content(target) == before


def test_what_is_no_backup_is_refused(database_url: str, tmp_path: Path) -> None:
    (tmp_path / "b.dump").write_text("labels, but not a backup")
    with pytest.raises(InvalidInput, match="not a backup"):
        restore(database_url, tmp_path / "b.dump")
    with pytest.raises(InvalidInput, match="cannot be read"):
        restore(database_url, tmp_path / "none.dump")


def test_a_backup_that_fails_leaves_the_former_one(tmp_path: Path) -> None:
    file = tmp_path / "b.dump"
    file.write_text("the former")
    with pytest.raises(Unavailable):
        backup("postgresql://nobody@127.0.0.1:1/none", file)
    assert [path.name for path in tmp_path.iterdir()] == ["b.dump"]
    assert file.read_text() == "the former"


def test_one_moment_while_others_write(database_url: str, make_database: MakeDatabase, tmp_path: Path) -> None:
    stop = threading.Event()

    def work() -> None:
        while not stop.is_set():
            _add(database_url, secrets.token_hex(8))

    writers = [threading.Thread(target=work) for _ in range(2)]
    for writer in writers:
        writer.start()
    try:
        backup(database_url, tmp_path / "b.dump")
    finally:
        stop.set()
        for writer in writers:
            writer.join()
    target = make_database(migrated=False)
    restore(target, tmp_path / "b.dump")
    assert all(None not in (row[0], row[4]) for row in _content(target))  # no half of a transaction
    assert len(_content(target)) <= len(_content(database_url))


UTF8 = ("-E", "UTF8", "--locale=C", "--no-sync")


class External:
    """A server as an operator would run it: on TCP, with a password."""

    def __init__(self, folder: Path, account: Account, programs: Path) -> None:
        self.files, self.account, self.programs = folder / "files", account, programs
        self.place = reserved()
        self.password, self.port = secrets.token_urlsafe(12) + "%:@/", port_of(self.place)
        self.files.mkdir(mode=0o700)
        (folder / "password").write_text(self.password)
        for path in (self.files, folder / "password"):
            account.own(path)
        self.run(
            "initdb", "-D", str(self.files), "-U", "owner", "-A", "scram-sha-256", *UTF8, f"--pwfile={folder}/password"
        )
        options = f"-h 127.0.0.1 -p {self.port} -c unix_socket_directories='' -c fsync=off"
        self.run("pg_ctl", "-D", str(self.files), "-w", "-o", options, "-l", str(self.files / "log"), "start")

    def run(self, name: str, *arguments: str) -> None:
        subprocess.run(
            [self.programs / name, *arguments],
            cwd=self.files,
            env=programs.environment(),
            check=True,
            stdout=subprocess.DEVNULL,
            **self.account.process,
        )

    @property
    def url(self) -> str:
        return f"postgresql://owner:{quote(self.password, safe='')}@127.0.0.1:{self.port}/postgres"

    def stop(self) -> None:
        self.run("pg_ctl", "-D", str(self.files), "-w", "-m", "immediate", "stop")
        self.place.close()


@pytest.fixture(scope="module", params=["pginstall18", "pginstall"])
def external(request: pytest.FixtureRequest) -> Iterator[External]:
    """A server of our own version, and one of the oldest that the wheel carries (16)."""
    with tempfile.TemporaryDirectory(prefix="q") as folder:
        Path(folder).chmod(0o711)
        account = for_server(Path(folder, "none"))
        place = programs.wheel() / programs.WHEEL / str(request.param) / "bin"
        if not place.exists() or not account.reaches(place / "postgres"):
            pytest.skip(f"no PostgreSQL to run in {place}")
        server = External(Path(folder), account, place)
        try:
            yield server
        finally:
            server.stop()


def _media(folder: Path) -> dict[str, bytes]:
    """A folder of three copied media, one of an upload that was cut off and one of somebody else's."""
    content = {sha256(data).hexdigest(): data for data in (b"one", b"two" * 900_000, b"")}
    for digest, data in content.items():
        (folder / digest[:2]).mkdir(parents=True, exist_ok=True)
        (folder / digest[:2] / digest).write_bytes(data)
    (folder / "an-upload.part").write_bytes(b"half")
    (folder / "ab").mkdir(exist_ok=True)
    (folder / "ab" / "README").write_text("not ours")
    return content


def _found(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_media_go_along(filled: str, make_database: MakeDatabase, tmp_path: Path) -> None:
    content, file = _media(tmp_path / "media"), tmp_path / "b.tar"
    written = backup(filled, file, media=tmp_path / "media")
    assert written == file.stat().st_size > sum(map(len, content.values()))
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert {path.name for path in tmp_path.iterdir()} == {"b.tar", "media"}
    target = make_database(migrated=False)
    restore(target, file, media=tmp_path / "there" / "media")
    assert _content(target) == _content(filled)
    assert _found(tmp_path / "there" / "media") == content
    restore(target, file, media=tmp_path / "there" / "media", replace=True)
    assert _found(tmp_path / "there" / "media") == content


@pytest.mark.parametrize("damage", ["cut off", "other content"])
def test_damaged_media_change_nothing(filled: str, make_database: MakeDatabase, tmp_path: Path, damage: str) -> None:
    _media(tmp_path / "media")
    file = tmp_path / "b.tar"
    backup(filled, file, media=tmp_path / "media")
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2] if damage == "cut off" else whole.replace(b"twotwo", b"twoone", 1))
    target = make_database()
    with pytest.raises(InvalidInput, match="damaged"):
        restore(target, file, media=tmp_path / "there")
    assert _content(target) == []
    assert all(sha256(data).hexdigest() == name for name, data in _found(tmp_path / "there").items())


def test_moving_to_an_external_server(filled: str, external: External, tmp_path: Path) -> None:
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(external.url.replace("owner:", "owner:not"))
    content = _media(tmp_path / "media")
    backup(filled, tmp_path / "b.dump", media=tmp_path / "media")
    environment = os.environ | {"QUORATE_DATABASE_URL": external.url, "QUORATE_DATA": str(tmp_path / "data")}
    quorate = Path(sys.executable).with_name("quorate")
    for command in (["restore", str(tmp_path / "b.dump")], ["migrate", "--check"], ["doctor"]):
        done = subprocess.run([quorate, *command], env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        assert external.password not in done.stdout + done.stderr
    assert _content(external.url) == _content(filled)
    assert _found(tmp_path / "data" / "media") == content
    _add(external.url, "life goes on")


def test_the_password_is_not_among_the_arguments(external: External, tmp_path: Path) -> None:
    if not Path("/proc/self/cmdline").exists():
        pytest.skip("no /proc to look into")
    seen: list[str] = []
    done = threading.Event()

    def look() -> None:
        while not done.is_set():
            for arguments in Path("/proc").glob("[0-9]*/cmdline"):
                with contextlib.suppress(OSError):
                    seen.append(arguments.read_bytes().decode(errors="replace"))

    migrate.upgrade(external.url)
    watcher = threading.Thread(target=look)
    watcher.start()
    for attempt in range(50):  # a small dump may be over before it was seen
        backup(external.url, tmp_path / f"{attempt}.dump")
        if any("pg_dump" in arguments for arguments in seen):
            break
    done.set()
    watcher.join()
    assert any("pg_dump" in arguments for arguments in seen)
    assert not any(external.password in arguments for arguments in seen)
