"""What holds for every request and every response, whatever the route: no NUL comes in, safe headers go out."""

from __future__ import annotations

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from quorate.server import problems

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
"""On every response; a route that sets one of them itself has its way."""

_RAW = [(name.lower().encode(), value.encode()) for name, value in HEADERS.items()]


class Safety:
    """The outermost layer, around the layer that answers for what went wrong."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                there = {name.lower() for name, _ in message["headers"]}
                message["headers"] = [*message["headers"], *(pair for pair in _RAW if pair[0] not in there)]
            await send(message)

        if "\0" in scope["path"] or b"%00" in scope["query_string"]:
            await problems.refuse_nul()(scope, receive, safely)
        else:
            await self.app(scope, receive, safely)
