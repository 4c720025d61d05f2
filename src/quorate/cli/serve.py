"""`quorate serve`: the API, its worker, and the embedded database if there is no other."""

from __future__ import annotations

import os
from typing import Annotated

import typer


def command(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on.")] = None,
    processes: Annotated[int | None, typer.Option(help="API processes.")] = None,
    worker: Annotated[bool, typer.Option(help="Run a worker for the jobs, too.")] = True,
) -> None:
    """Serve until interrupted."""
    from contextlib import ExitStack

    from quorate.cli.supervise import beside
    from quorate.settings import settings
    from quorate.store.locate import ready

    chosen = settings()
    host, port, processes = host or chosen.host, port or chosen.port, processes or chosen.processes
    with ExitStack() as stack:
        stack.enter_context(ready(chosen))  # the tables are brought up to date once, before any process starts
        if worker:
            stack.enter_context(beside("worker", "--beside", str(os.getpid())))
        typer.echo(f"Quorate on http://{host}:{port}", err=True)
        _listen(host, port, processes)


def _listen(host: str, port: int, processes: int) -> None:
    import uvicorn

    os.environ.setdefault("PYTHONUNBUFFERED", "1")
    uvicorn.run(
        f"quorate.server.main:{'app' if processes == 1 else 'one_of_several'}",
        factory=True,
        host=host,
        port=port,
        workers=processes,
        access_log=False,
        log_level="warning",
        http="httptools",
        timeout_graceful_shutdown=5,
        timeout_worker_healthcheck=30,  # on a busy machine one that begins takes its time, and is not to be killed for it
    )
