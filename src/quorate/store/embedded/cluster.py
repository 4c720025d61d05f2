"""One PostgreSQL cluster in a folder of ours: made, configured, started, found dead or alive, stopped."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from quorate.errors import Unavailable
from quorate.store.embedded import locks
from quorate.store.embedded.account import Account, for_server
from quorate.store.embedded.programs import run, runnable

NAME = "quorate"  # of the database and of the role
PORT = 5432  # of the socket's name; nothing listens on TCP
LONGEST_SOCKET = 103  # bytes of a socket's path: macOS takes 103, Linux 107
SHORT = "quorate-"  # how the names of socket folders begin that lie elsewhere, for their path's sake
LARGEST_LOG = 10_000_000
PATIENCE = 60.0  # seconds for an earlier server to answer or to end

SETTINGS = f"""\
# Written anew at each start. What you set with ALTER SYSTEM is kept elsewhere and wins.
listen_addresses = ''
port = {PORT}
max_connections = 200
shared_buffers = 128MB
work_mem = 16MB
maintenance_work_mem = 128MB
effective_cache_size = 1GB
random_page_cost = 1.1
jit = off
max_parallel_workers_per_gather = 0
synchronous_commit = on
wal_level = minimal
max_wal_senders = 0
max_wal_size = 2GB
checkpoint_timeout = 15min
# Queues die at their head: leases and jobs leave dead rows that every claim would walk past.
autovacuum_naptime = 10s
autovacuum_vacuum_scale_factor = 0.05
autovacuum_vacuum_cost_limit = 2000
timezone = 'UTC'
log_timezone = 'UTC'
log_checkpoints = off
log_min_messages = log
"""


@dataclass(frozen=True)
class Cluster:
    """The database files and what surrounds them, all in one folder (`home`)."""

    home: Path

    @property
    def files(self) -> Path:
        return self.home / "cluster"

    @property
    def log(self) -> Path:
        return self.home / "server.log"

    @property
    def alive(self) -> Path:
        """A lock that the server and its children inherit: free means that all of them are gone, reaped or
        not. No number of a process is trusted: it may be a zombie's, or by now somebody else's."""
        return self.home / "alive"

    @cached_property
    def account(self) -> Account:
        return for_server(self.files)

    @cached_property
    def programs(self) -> Path:
        return runnable(self.account, self.home)

    def make(self) -> None:
        """`initdb`, beside and then renamed, so that a half-made cluster never counts."""
        for left in self.home.glob("new-*"):  # by whoever was killed here, and whose `initdb` may still run
            shutil.rmtree(left, ignore_errors=True)
        fresh = Path(tempfile.mkdtemp(prefix="new-", dir=self.home))
        self.account.own(fresh)
        options = ["-U", NAME, "-A", "peer", "-E", "UTF8", "--locale=C"]
        options += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        done = run(
            self.programs / "initdb",
            *("-D", self._seen(fresh), *options),
            account=self.account,
            cwd=fresh,
            output=subprocess.PIPE,
        )
        if done.returncode:
            raise _failed("PostgreSQL could not make its files.", done.stdout.decode(errors="replace"), self.home)
        fresh.rename(self.files)

    def start(self) -> None:
        """Have the server run. Call it holding the folder's lock."""
        if not self.files.exists():
            self.make()
        elif self.account.other and self.files.stat().st_uid == 0:
            self.account.own_tree(self.files)
        if not self._found_running():
            self._launch(self._sweep())
        self._make_database()

    def dead(self) -> bool:
        """Whether the server and all its children are gone."""
        return not locks.held(self.alive)

    def stop(self) -> None:
        """End the server; whoever is still connected is cut off, transactions in flight roll back."""
        folder = self._socket_folder_in_use()
        self._pg_ctl("stop", "-m", "fast", "-t", "60")
        if folder and folder.parent != self.home and folder.name.startswith(SHORT):
            shutil.rmtree(folder, ignore_errors=True)

    def url(self, database: str = NAME) -> str:
        """Where the running server is reached. No password: the kernel says who connects."""
        folder = self._socket_folder_in_use() or self.home
        return f"postgresql://{NAME}@/{database}?host={quote(str(folder), safe='')}&port={PORT}"

    def _found_running(self) -> bool:
        """Whether it runs already. One that is starting, or a killed one whose children still end, is waited for."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            if self._answers():
                return True
            if self.dead() and not self._listens():
                return False
            time.sleep(0.05)
        raise _failed("An earlier PostgreSQL of this folder neither answers nor ends.", self._log_tail(), self.home)

    def _sweep(self) -> Path | None:
        """Remove what a killed server left, which names a process that may be a zombie, or by now a stranger.

        Gives the folder of its socket, in which those who used it will look for the next one.
        """
        folder = self._socket_folder_in_use()
        (self.files / "postmaster.pid").unlink(missing_ok=True)
        if folder is None or not folder.exists() or folder.stat().st_uid != self.account.uid:
            return None
        for left in folder.glob(".s.PGSQL.*"):
            left.unlink()
        return folder

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.url("postgres"), connect_timeout=5).close()
        except psycopg.OperationalError:
            return False
        return True

    def _listens(self) -> bool:
        folder = self._socket_folder_in_use()
        if folder is None:
            return False
        with socket.socket(socket.AF_UNIX) as probe:
            return probe.connect_ex(str(folder / f".s.PGSQL.{PORT}")) == 0

    def _socket_folder_in_use(self) -> Path | None:
        """The fifth line of `postmaster.pid`."""
        try:
            lines = (self.files / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return None
        return Path(lines[4]) if len(lines) > 4 and lines[4] else None

    def _launch(self, former: Path | None) -> None:
        self._configure(former or self._socket_folder())
        if self.log.exists() and self.log.stat().st_size > LARGEST_LOG:
            shutil.copyfile(self.log, self.log.with_suffix(".log.1"))
            os.truncate(self.log, 0)
        inherited = locks.hold(self.alive)
        assert inherited is not None
        try:
            # A killed server's lock file or shared memory may outlive it by a moment.
            for _ in range(50):
                if self._pg_ctl("start", "-t", "120", pass_fds=[inherited]):
                    return
                time.sleep(0.1)
                if not _passing(self._log_tail()):
                    break
        finally:
            os.close(inherited)
        raise _failed("PostgreSQL did not start.", self._log_tail(), self.log)

    def _pg_ctl(self, verb: str, *options: str, pass_fds: list[int] | None = None) -> bool:
        with self.log.open("ab") as log:
            done = run(
                self.programs / "pg_ctl",
                *("-D", self._seen(self.files), "-w", *options, verb),
                account=self.account,
                cwd=self.files,
                output=log,
                pass_fds=pass_fds or [],
            )
        return done.returncode == 0

    def _seen(self, folder: Path) -> str:
        """The folder's path for a program that was started in it. Where the account may not pass through the
        folders above (`/root`, say), whose permissions are not ours to widen, Linux has a path that leads there
        all the same: the process's own working directory."""
        if self.account.reaches(folder):
            return str(folder)
        here = Path("/proc/self/cwd")
        if here.exists():
            return str(here)
        raise Unavailable(
            f"Account {self.account.name}, under which PostgreSQL must run, cannot reach the data folder.",
            where=str(folder),
            mend="Set QUORATE_DATA to a folder that is not below a private one.",
        )

    def _socket_folder(self) -> Path:
        """A folder that only the server's account may enter, with a path short enough for a socket."""
        folder = self.home / "socket"
        short = len(os.fsencode(folder)) + len(f"/.s.PGSQL.{PORT}") <= LONGEST_SOCKET
        if short and self.account.reaches(self.home):
            folder.mkdir(mode=0o700, exist_ok=True)
        else:
            folder = Path(tempfile.mkdtemp(prefix=SHORT))
        self.account.own(folder)
        return folder

    def _configure(self, socket_folder: Path) -> None:
        place = f"unix_socket_directories = '{str(socket_folder).replace(chr(39), chr(39) * 2)}'\n"
        people = dict.fromkeys(("root", self.account.name))
        for name, text in {
            "postgresql.conf": SETTINGS + place + "unix_socket_permissions = 0700\n",
            "pg_hba.conf": "local all all peer map=quorate\n",
            "pg_ident.conf": "".join(f'quorate "{person}" {NAME}\n' for person in people),
        }.items():
            path = self.files / name
            path.write_text(text)
            path.chmod(0o600)
            self.account.own(path)

    def _make_database(self) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [NAME]).fetchone():
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(NAME)))

    def _log_tail(self) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-12:])


def _passing(log: str) -> bool:
    return "already exists" in log or "still in use" in log


def _failed(what: str, said: str, where: Path) -> Unavailable:
    return Unavailable(f"{what} It said:\n{said.strip()}", where=str(where), mend="Run `quorate doctor`.")
