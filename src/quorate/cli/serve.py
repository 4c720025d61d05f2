"""`quorate serve`: the API, its worker, and the embedded database if there is no other."""

from __future__ import annotations

import os
import socket
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    import uvicorn


def command(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on.")] = None,
    processes: Annotated[int | None, typer.Option(help="API processes.")] = None,
    worker: Annotated[bool, typer.Option(help="Run a worker for the jobs, too.")] = True,
) -> None:
    """Serve until interrupted."""
    from contextlib import ExitStack

    from quorate import logs
    from quorate.cli.supervise import beside
    from quorate.settings import settings
    from quorate.store.locate import ready

    logs.configure()
    chosen = settings()
    host, port, processes = host or chosen.host, port or chosen.port, processes or chosen.processes
    _require_free(host, port)
    with ExitStack() as stack:
        url = stack.enter_context(ready(chosen))  # the tables are brought up to date once, before any process starts
        if worker:
            stack.enter_context(beside("worker", "--beside", str(os.getpid())))
        typer.echo(f"Quorate on http://{host}:{port}", err=True)
        if not _anyone(url):
            typer.echo("  Nobody can sign in yet: quorate account add NAME --admin", err=True)
        _listen(host, port, processes)


def _require_free(host: str, port: int) -> None:
    """Say at once that somebody else listens there, and not when everything has been started."""
    import socket

    from quorate.errors import Unavailable

    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise Unavailable(
                f"Nothing can listen on {host}:{port}: {error.strerror}.",
                where="--port",
                mend="Choose another one, such as --port 8138, or --host with an address of this machine.",
            ) from error


def _anyone(url: str) -> bool:
    """Whether anybody can sign in."""
    from quorate.store import accounts
    from quorate.store.database import Database

    db = Database(url, size=1)
    try:
        with db.read() as connection:
            return accounts.anyone_signs_in(connection)
    finally:
        db.close()


def _listen(host: str, port: int, processes: int) -> None:
    import uvicorn

    os.environ.setdefault("PYTHONUNBUFFERED", "1")
    options: dict[str, Any] = dict(  # noqa: C408
        app=f"quorate.server.main:{'app' if processes == 1 else 'one_of_several'}",
        factory=True,
        host=host,
        port=port,
        workers=processes,
        access_log=False,
        log_level="warning",
        log_config=None,
        http="httptools",
        timeout_graceful_shutdown=5,
        timeout_worker_healthcheck=30,  # a process that begins on a busy machine is not to be killed for its slowness
    )
    if processes == 1:
        uvicorn.run(**options)
    else:
        _share(uvicorn.Config(**options))


def _share(config: uvicorn.Config) -> None:
    """Several processes on one socket, which sends at once what it is given.

    The head of an answer is written before its body. On a socket without this setting, which the event loop makes only
    on sockets that it opened itself, the body waits for the head to be acknowledged: 40 ms, in which nothing happens.
    """
    from uvicorn.supervisors import Multiprocess

    listening = config.bind_socket()
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # those that it accepts inherit it
    Multiprocess(config, sockets=[listening]).run()
