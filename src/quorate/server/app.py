"""The HTTP application: routes, guards, problems. It holds no state that another process would miss."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import anyio.to_thread
from fastapi import APIRouter, FastAPI

from quorate import __version__
from quorate.server import document, express, problems
from quorate.server.browser import Browser
from quorate.server.guard import Callers
from quorate.server.live import Live
from quorate.server.routes import every, metrics
from quorate.server.safety import Safety
from quorate.settings import settings
from quorate.store.database import Database

PREFIX = "/api/v1"


class Application(FastAPI):
    """FastAPI within the layer that holds for every request, refused and failed ones included."""

    def build_middleware_stack(self) -> Safety:
        """All layers, the safe one outermost, then the short way past the framework's own."""
        return Safety(express.layer(self, super().build_middleware_stack()))


def create_app(db: Database, *, at_end: Callable[[], object] = lambda: None) -> FastAPI:
    """The application on this database; `at_end` is called when it shuts down."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        anyio.to_thread.current_default_thread_limiter().total_tokens = settings().threads
        yield
        at_end()

    app = Application(
        title="Quorate",
        version=__version__,
        summary="Label data with crowd, experts and models.",
        lifespan=lifespan,
        openapi_url=f"{PREFIX}/openapi.json",
        docs_url=None,
        redoc_url=None,
        responses=problems.RESPONSES,
        generate_unique_id_function=document.operation,
        redirect_slashes=False,
    )
    app.state.db = db
    app.state.callers = Callers(db)
    app.state.live = Live(db)
    app.state.threads = settings().threads
    app.state.ways = express.ways(PREFIX, routers := list(every()))
    api = APIRouter(prefix=PREFIX)
    for router in routers:
        api.include_router(router)
    app.include_router(api)
    app.get("/metrics", include_in_schema=False, tags=["metrics"])(metrics.prometheus)  # where Prometheus looks first
    app.router.default = Browser(app.router.default)
    problems.install(app)
    document.install(app)
    return app
