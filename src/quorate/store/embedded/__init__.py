"""The embedded PostgreSQL: the wheel's programs, started in the data folder and shared by all who use it.

    with embedded.server(data) as url: ...

**Who may connect.** The operating system's accounts are the authentication (`peer`): the kernel tells the server
who is at the other end of its socket, and a map lets in root and the account that owns the database files, who can
read the files anyway. There is no password to keep, to leak or to lose, and no TCP; the socket lies in a folder
that only that account may enter. SCRAM would cost some milliseconds a connection and protect from nobody else.

**Who runs it.** The account of the process; as root, whom PostgreSQL refuses, the files' owner, or `quorate`,
`postgres` or `nobody`, the first that exists when the files are made.

**Who stops it.** Each user of the server holds a shared lock on one file; whoever leaves and then gets that lock alone
was the last, and stops it. The kernel drops the locks of a killed process. If the last one is killed, the server
runs on, and the next to come uses it.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

from quorate.errors import Unavailable

if TYPE_CHECKING:
    from quorate.store.embedded.cluster import Cluster

log = structlog.get_logger()
WATCH_SECONDS = 0.5
"""How long a killed server stays unnoticed."""


class Embedded:
    """A use of the server of a data folder, which is started again when it is found dead.

    `close` ends the use, and the last use to end stops the server.
    """

    def __init__(self, cluster: Cluster, held: int) -> None:
        self.url = cluster.url()
        self._cluster = cluster
        self._held: int | None = held
        self._closed = threading.Event()
        threading.Thread(target=self._watch, name="embedded", daemon=True).start()

    def _watch(self) -> None:
        while not self._closed.wait(WATCH_SECONDS):
            try:
                if self._cluster.dead():
                    self._revive()
            except FileNotFoundError:  # the data folder was removed
                return
            except (Unavailable, OSError) as error:
                log.error("the embedded PostgreSQL is dead", error=str(error))

    def _revive(self) -> None:
        from quorate.store.embedded import locks

        with locks.alone(self._cluster.home / "lock"):
            if self._held is not None:
                log.warning("starting the embedded PostgreSQL again")
                self._cluster.start()

    def close(self) -> None:
        """End this use. A second call does nothing."""
        from quorate.store.embedded import locks

        self._closed.set()
        if self._held is None:
            return
        home = self._cluster.home
        with locks.alone(home / "lock"):
            os.close(self._held)
            self._held = None
            last = locks.hold(home / "users", wait=False)
            if last is not None:
                try:
                    self._cluster.stop()
                finally:
                    os.close(last)


def start(data: Path) -> Embedded:
    """Use the server of this data folder, which is made and started if need be.

    Raises `Unavailable` with the server's own words if it does not start.
    """
    if sys.platform == "win32":
        raise Unavailable(
            "The embedded PostgreSQL runs on Linux and macOS.",
            mend="Set QUORATE_DATABASE_URL to a PostgreSQL server, or run Quorate in WSL.",
        )
    from quorate.store.embedded import locks
    from quorate.store.embedded.account import forbid_strangers
    from quorate.store.embedded.cluster import Cluster

    home = _folder(data)
    forbid_strangers(home)
    with locks.alone(home / "lock"):
        held = locks.hold(home / "users", shared=True)
        assert held is not None
        try:
            cluster = Cluster(home)
            cluster.start()
            return Embedded(cluster, held)
        except BaseException:
            os.close(held)
            raise


@contextmanager
def server(data: Path) -> Iterator[str]:
    """The URL of the data folder's server, which runs at least as long as the block."""
    use = start(data)
    try:
        yield use.url
    finally:
        use.close()


def _folder(data: Path) -> Path:
    """`data/postgres`. What root makes can be passed through, so that the server's account gets to its own
    folder in it, and not be listed; folders that were there before keep their permissions."""
    mode = 0o711 if os.geteuid() == 0 else 0o700
    try:
        data.parent.mkdir(parents=True, exist_ok=True)
        for folder in (data, data / "postgres"):
            if not folder.exists():
                folder.mkdir(exist_ok=True)
                folder.chmod(mode)
    except OSError as error:
        raise Unavailable(
            f"The data folder cannot be made: {error.strerror}.",
            where=str(data),
            mend="Set QUORATE_DATA to a folder that you may write to.",
        ) from error
    return (data / "postgres").resolve()
