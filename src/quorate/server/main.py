"""What an API process runs: the application on the installation's database."""

from __future__ import annotations

from contextlib import ExitStack

from fastapi import FastAPI

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
    application = create_app(db)
    application.router.on_shutdown.append(held.close)
    return application
