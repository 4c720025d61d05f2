"""Under which account the server runs: our own, or, since PostgreSQL refuses root, one without rights."""

from __future__ import annotations

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from quorate.errors import Unavailable

CANDIDATES = ("quorate", "postgres", "nobody")


@dataclass(frozen=True)
class Account:
    """An account of the operating system, and whether we must change to it."""

    uid: int
    gid: int
    name: str
    other: bool

    @property
    def process(self) -> dict[str, Any]:
        """Arguments that make `subprocess` run a program under this account."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []} if self.other else {}

    def own(self, path: Path) -> None:
        """Make a file or folder of ours this account's."""
        if self.other:
            os.chown(path, self.uid, self.gid, follow_symlinks=False)

    def own_tree(self, root: Path) -> None:
        """The same for everything below; for a folder that was copied as root."""
        for folder, _, files in os.walk(root):
            for name in (".", *files):
                self.own(Path(folder, name))

    def reaches(self, path: Path) -> bool:
        """Whether the account can pass through the folder (or run the file). Asked of the system itself,
        which knows of access lists."""
        if not self.other:
            return os.access(path, os.X_OK)
        asked = subprocess.run(["/bin/sh", "-c", 'test -x "$0"', str(path)], cwd="/", check=False, **self.process)
        return asked.returncode == 0


def for_server(cluster: Path) -> Account:
    """Whoever owns the cluster; before there is one, ourselves, or for root the first candidate that exists."""
    mine = os.geteuid()
    if mine != 0:
        return _account(_entry(mine), other=False)
    owner = cluster.stat().st_uid if cluster.exists() else 0
    return _account(_entry(owner) if owner else _candidate(), other=True)


def forbid_strangers(folder: Path) -> None:
    """Raise unless we own the folder or are root."""
    owner = folder.stat().st_uid
    if os.geteuid() not in (0, owner):
        raise Unavailable(
            f"The database belongs to account {_name(owner)}, and this process runs as {_name(os.geteuid())}.",
            where=str(folder),
            mend="Run it as that account or as root, or set QUORATE_DATA to a folder of your own.",
        )


def _candidate() -> pwd.struct_passwd:
    for name in CANDIDATES:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise Unavailable(
        f"PostgreSQL refuses to run as root, and none of the accounts {', '.join(CANDIDATES)} exists.",
        mend="Create one (`useradd --system quorate`), or run Quorate as a plain user.",
    )


def _account(entry: pwd.struct_passwd, *, other: bool) -> Account:
    return Account(entry.pw_uid, entry.pw_gid, entry.pw_name, other)


def _entry(uid: int) -> pwd.struct_passwd:
    try:
        return pwd.getpwuid(uid)
    except KeyError:
        raise Unavailable(
            f"PostgreSQL needs an account with a name, and uid {uid} has none.",
            mend="Add it to /etc/passwd, or set QUORATE_DATABASE_URL to an external server.",
        ) from None


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
