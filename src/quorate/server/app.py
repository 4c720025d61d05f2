"""The HTTP application: routes, guards, problems. It holds no state that another process would miss."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio.to_thread
from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute

from quorate import __version__
from quorate.server import problems
from quorate.server.guard import Callers
from quorate.server.routes import every
from quorate.settings import settings
from quorate.store.database import Database

PREFIX = "/api/v1"


def _operation(route: APIRoute) -> str:
    return f"{route.tags[0]}_{route.name}".replace(" ", "_")


def create_app(db: Database) -> FastAPI:
    """The application on this database."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        anyio.to_thread.current_default_thread_limiter().total_tokens = settings().threads
        yield

    app = FastAPI(
        title="Quorate",
        version=__version__,
        summary="Label data with crowd, experts and models.",
        lifespan=lifespan,
        openapi_url=f"{PREFIX}/openapi.json",
        docs_url=None,
        redoc_url=None,
        responses=problems.RESPONSES,
        generate_unique_id_function=_operation,
        redirect_slashes=False,
    )
    app.state.db = db
    app.state.callers = Callers(db)
    api = APIRouter(prefix=PREFIX)
    for router in every():
        api.include_router(router)
    app.include_router(api)
    problems.install(app)
    return app
