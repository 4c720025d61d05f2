"""What an API process runs: the application on the installation's database."""

from __future__ import annotations

from contextlib import ExitStack
from multiprocessing import parent_process

from fastapi import FastAPI

from quorate.parent import leave_with_parent
from quorate.server.app import create_app
from quorate.settings import settings
from quorate.store.database import Database
from quorate.store.locate import ready


def app() -> FastAPI:
    """The application; the database is let go when the process shuts down."""
    held = ExitStack()
    url = held.enter_context(ready(settings()))
    db = Database(url, size=settings().threads)
    held.callback(db.close)
    return create_app(db, at_end=held.close)


def one_of_several() -> FastAPI:
    """The same in a process that ends with the one that started it."""
    parent = parent_process()
    assert parent is not None
    assert parent.pid is not None
    leave_with_parent(parent.pid)
    return app()
