"""The job queue's own connection, for the worker. Everybody else enqueues through `store/jobs.py`."""

from __future__ import annotations

from procrastinate import App, PsycopgConnector


def queue(url: str) -> App:
    """A procrastinate application on this database."""
    return App(connector=PsycopgConnector(conninfo=url, max_size=4))
