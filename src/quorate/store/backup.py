"""The whole database in one file, and back: PostgreSQL's own `pg_dump` and `pg_restore`, as the wheel carries them.

A backup holds the tables and everything in them, as they stood at one moment, whoever writes meanwhile. With the media
that were copied into the data folder, where there are any, it is a tar archive of both. It can be restored on another
server, so a backup of the embedded database restored where `QUORATE_DATABASE_URL` points is how one moves to an
external one.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from threading import Thread
from typing import IO, Any

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from quorate.errors import Conflict, InvalidInput, Unavailable
from quorate.formats.media import copies
from quorate.store.backup_media import pack, unpacked
from quorate.store.embedded.programs import program

Progress = Callable[[float, str], None]  # the share that is done, from 0 to 1, and what is being done

SIGNATURE = b"PGDMP"
CLEAR = """
DROP SCHEMA public CASCADE;
CREATE SCHEMA public AUTHORIZATION pg_database_owner;
GRANT USAGE ON SCHEMA public TO PUBLIC;
"""
# A setting that servers before version 17 do not know, in the script's head.
UNKNOWN_TO_OLDER = b"SET transaction_timeout = 0;\n"
TABLE = re.compile(r'(?:dumping contents of|processing data for) table "(?:public\.)?([^"]+)"')


def backup(url: str, file: Path, *, media: Path | None = None, progress: Progress = lambda share, what: None) -> int:
    """Write the database, and the media of a folder, to a file that appears when it is whole; returns its bytes.

    Only its owner may read it.
    """
    partial, archive = file.with_name(f".{file.name}.partial"), file.with_name(f".{file.name}.archive")
    try:
        _touch(partial)
        arguments = ["--format=custom", "--no-owner", "--no-privileges", "--verbose", "--file", str(partial)]
        with _client("pg_dump", url, *arguments, stderr=subprocess.PIPE) as dump:
            said = _follow(dump.stderr, _sizes(url), progress)
        _succeed(dump, said, "The backup failed.")
        if media is not None and any(copies(media)):  # after the dump, so that all it speaks of are there
            _touch(archive)
            pack(partial, media, archive)
            archive.replace(partial)
        partial.replace(file)
    except OSError as error:
        raise InvalidInput(
            f"The backup cannot be written: {error.strerror}.", where=str(file), mend="Name a file that can be."
        ) from error
    finally:
        partial.unlink(missing_ok=True)
        archive.unlink(missing_ok=True)
    return file.stat().st_size


def _touch(file: Path) -> None:
    file.touch(mode=0o600)
    file.chmod(0o600)


def restore(
    url: str,
    file: Path,
    *,
    media: Path | None = None,
    replace: bool = False,
    progress: Progress = lambda share, what: None,
) -> None:
    """Fill the database from a backup, all of it or nothing: one transaction; and the folder of media.

    Raises `Conflict` if there are rows in it, unless they are to be replaced.
    """
    try:
        with unpacked(file, media) as dump:
            _check(dump, file)
            _restore(url, dump, replace, progress)
    except OSError as error:
        raise InvalidInput(f"The file cannot be read: {error.strerror}.", where=str(file)) from error


def _restore(url: str, file: Path, replace: bool, progress: Progress) -> None:
    tables, rows = _contents(url)
    if rows and not replace:
        raise Conflict(
            f"The database is not empty: there are rows in {', '.join(rows)}.",
            mend="Restore into an empty database, or pass --replace to throw away what is there.",
        )
    before = ["--command", CLEAR] if tables else []
    options = ["--no-psqlrc", "--quiet", "--single-transaction", "--set", "ON_ERROR_STOP=1", "--output", os.devnull]
    with (
        tempfile.TemporaryFile() as complaints,
        _script(file) as script,
        _client("psql", url, *options, *before, "--file", "-", stdin=subprocess.PIPE, stderr=complaints) as session,
    ):
        assert script.stdout is not None
        assert session.stdin is not None
        pump = Thread(target=_pump, args=(script.stdout, session.stdin))
        pump.start()
        said = _follow(script.stderr, dict.fromkeys(_listed(file), 1), progress)
        pump.join()
        session.wait()
        complaints.seek(0)
        wrong = complaints.read().decode(errors="replace")
    _succeed(session, wrong, "The restore failed, and the database is as it was.")
    _succeed(script, said, "The backup could not be read to its end.")


def _client(
    name: str, url: str, *arguments: str, stderr: IO[bytes] | int, stdin: int = subprocess.DEVNULL
) -> subprocess.Popen[bytes]:
    """A client program on the database. The password goes by the environment, since everybody can read arguments."""
    known: dict[str, Any] = conninfo_to_dict(url)
    password = known.pop("password", None)
    return subprocess.Popen(
        [program(name), *arguments, "--no-password", "--dbname", make_conninfo("", **known)],
        env=dict(os.environ) | ({"PGPASSWORD": str(password)} if password else {}),
        stdin=stdin,
        stderr=stderr,
    )


def _script(file: Path) -> subprocess.Popen[bytes]:
    """The backup as SQL."""
    return subprocess.Popen(
        [program("pg_restore"), "--no-owner", "--no-privileges", "--verbose", "--file", "-", file],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def _pump(source: IO[bytes], target: IO[bytes]) -> None:
    with suppress(BrokenPipeError), target:
        target.write(source.read(65536).replace(UNKNOWN_TO_OLDER, b"", 1))
        shutil.copyfileobj(source, target, 1 << 20)
    source.close()  # if the session ended early, so must the script


def _follow(said: IO[bytes] | None, sizes: Mapping[str, int], progress: Progress) -> str:
    """Tell the progress from what a program says about the tables it comes to; returns its last words."""
    assert said is not None
    whole, done, table = sum(sizes.values()) or 1, 0, ""
    words: list[str] = []
    for raw in said:
        line = raw.decode(errors="replace").rstrip()
        words = [*words[-5:], line]
        if found := TABLE.search(line):
            done += sizes.get(table, 0)
            table = found[1]
            progress(min(done / whole, 1.0), table)
    progress(1.0, "done")
    return "\n".join(words)


def _succeed(process: subprocess.Popen[bytes], said: str, otherwise: str) -> None:
    if process.returncode:
        raise Unavailable(f"{otherwise} PostgreSQL said:\n{said.strip()}", mend="Run `quorate doctor`.")


def _check(dump: Path, file: Path) -> None:
    with dump.open("rb") as stream:
        found = stream.read(len(SIGNATURE))
    if found != SIGNATURE:
        raise InvalidInput(
            "This is not a backup.", where=str(file), mend="Name a file that `quorate backup` has written."
        )


def _listed(file: Path) -> Iterable[str]:
    """The tables whose rows the backup holds."""
    listing = subprocess.run([program("pg_restore"), "--list", file], capture_output=True, text=True, check=False)
    return re.findall(r"TABLE DATA public (\S+)", listing.stdout)


def _sizes(url: str) -> dict[str, int]:
    with _connect(url) as connection:
        asked = (
            "SELECT relname, pg_table_size(oid) FROM pg_class WHERE relkind = 'r' AND relnamespace = %s::regnamespace"
        )
        return dict(connection.execute(asked, ["public"]).fetchall())


def _contents(url: str) -> tuple[list[str], list[str]]:
    """All tables, and those of them with rows; the bookkeeping of migrations and jobs counts for nothing."""
    tables = sorted(_sizes(url))
    ours = [name for name in tables if name != "alembic_version" and not name.startswith("procrastinate_")]
    with _connect(url) as connection:
        asked = sql.SQL("SELECT EXISTS (SELECT FROM public.{})")
        rows = [
            name
            for name in ours
            if (found := connection.execute(asked.format(sql.Identifier(name))).fetchone()) and found[0]
        ]
    return tables, rows


def _connect(url: str) -> psycopg.Connection[tuple[Any, ...]]:
    try:
        return psycopg.connect(url, connect_timeout=10)
    except psycopg.OperationalError as error:
        raise Unavailable(f"The database does not answer: {error}.", mend="Run `quorate doctor`.") from error
