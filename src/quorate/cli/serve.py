"""`quorate serve`: the API, its worker, and the embedded database if there is no other."""

from __future__ import annotations

import os
import socket
from typing import Annotated

import typer


def command(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="Port to listen on; 0 for a free one.")] = None,
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
    host, processes = host or chosen.host, processes or chosen.processes
    with ExitStack() as stack:
        place = stack.enter_context(_place(host, chosen.port if port is None else port))
        url = stack.enter_context(ready(chosen))  # the tables are brought up to date once, before any process starts
        if worker:
            stack.enter_context(beside("worker", "--beside", str(os.getpid())))
        typer.echo(f"Quorate on http://{host}:{place.getsockname()[1]}", err=True)
        if not _anyone(url):
            typer.echo("  Nobody can sign in yet: quorate account add NAME --admin", err=True)
        _listen(place, processes)


def _place(host: str, port: int) -> socket.socket:
    """Where it will listen, held from the start: who finds it taken is told at once, and nobody takes it meanwhile."""
    from quorate.errors import Unavailable

    place = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    place.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    # An answer's head is written before its body, which would wait for the head to be acknowledged: 40 ms. The event
    # loop sets this on sockets alone that it opened itself; those that are accepted here inherit it.
    place.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        place.bind((host, port))
    except OSError as error:
        place.close()
        raise Unavailable(
            f"Nothing can listen on {host}:{port}: {error.strerror}.",
            where="--port",
            mend="Choose another one, 0 for any that is free, or --host with an address of this machine.",
        ) from error
    return place


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


def _listen(place: socket.socket, processes: int) -> None:
    from contextlib import suppress

    import uvicorn
    from uvicorn.supervisors import Multiprocess

    os.environ.setdefault("PYTHONUNBUFFERED", "1")
    config = uvicorn.Config(
        app=f"quorate.server.main:{'app' if processes == 1 else 'one_of_several'}",
        factory=True,
        workers=processes,
        access_log=False,
        log_level="warning",
        log_config=None,
        http="httptools",
        timeout_keep_alive=75,  # longer than proxies and browsers wait: who closes first must not be who is written to
        timeout_graceful_shutdown=5,
        timeout_worker_healthcheck=30,  # a process that begins on a busy machine is not to be killed for its slowness
    )
    if processes == 1:
        server = uvicorn.Server(config)
        with suppress(KeyboardInterrupt):  # raised again when everybody has been served
            server.run(sockets=[place])
        if not server.started:
            raise typer.Exit(1)  # why, the log says
    else:
        Multiprocess(config, sockets=[place]).run()
