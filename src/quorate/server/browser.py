"""The browser app: the files that `web/` is built into, served to browsers under a strict policy.

An address that is no file and no part of the API is one of the app's own; a browser that goes there gets its page.
"""

from __future__ import annotations

from pathlib import Path

from fastapi.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from quorate.ids import new_secret

FOLDER = Path(__file__).parent / "pages"
PAGE = "index.html"
NONCE = "__NONCE__"
"""Where this stands in the page, each answer has a fresh one, and styles that carry it may be set by the app."""
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'{styles}; font-src 'self'; img-src 'self' blob: data:;"
    " media-src 'self' blob:; connect-src 'self'; worker-src 'self'; manifest-src 'self';"
    " frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
)
HASHED = "assets"
"""The folder whose files carry a hash of their content in their names."""
TYPES = {
    ".css": "text/css",
    ".html": "text/html",
    ".ico": "image/x-icon",
    ".js": "text/javascript",
    ".json": "application/json",
    ".map": "application/json",
    ".mjs": "text/javascript",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain",
    ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
}
"""By ending, so that a machine with an odd table of types serves scripts that run; nothing else is served."""
ENCODINGS = {"br": ".br", "gzip": ".gz"}
NOT_BUILT = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Quorate</title></head><body>
<h1>The browser app is not built</h1>
<p>This copy of Quorate was not installed from a wheel. In its folder, run <code>make web</code>, and reload.</p>
<p>The API is there all the same: <a href="/api/v1/openapi.json">/api/v1/openapi.json</a>.</p>
</body></html>
"""


class Browser:
    """What answers where no route does; `otherwise` answers for what is not the app's either."""

    def __init__(self, otherwise: ASGIApp, folder: Path = FOLDER) -> None:
        self.otherwise = otherwise
        self.folder = folder.resolve()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer = None
        if scope["type"] == "http" and scope["method"] in {"GET", "HEAD"} and not _of_api(scope["path"]):
            answer = await run_in_threadpool(self.answer, Request(scope))
        await (answer or self.otherwise)(scope, receive, send)

    def answer(self, request: Request) -> Response | None:
        """A file of the app, or its page for a browser that goes somewhere; None when it is neither."""
        path = request.url.path.lstrip("/")
        if path not in {"", PAGE}:
            if (file := self._file(path)) is not None:
                return _served(file, request, hashed=path.startswith(f"{HASHED}/"))
            if path.startswith(f"{HASHED}/") or "text/html" not in request.headers.get("accept", ""):
                return None
        return self._page()

    def _page(self) -> Response:
        page = self._file(PAGE)
        if page is None:
            return HTMLResponse(NOT_BUILT, 503)
        text = page.read_text("utf-8")
        nonce = new_secret() if NONCE in text else ""
        headers = {
            "Content-Security-Policy": POLICY.format(styles=f" 'nonce-{nonce}'" if nonce else ""),
            "Cross-Origin-Opener-Policy": "same-origin",
            "Referrer-Policy": "same-origin",
            "Cache-Control": "no-cache",
        }
        return HTMLResponse(text.replace(NONCE, nonce), headers=headers)

    def _file(self, path: str) -> Path | None:
        try:
            wanted = (self.folder / path).resolve()
            there = wanted.is_relative_to(self.folder) and wanted.suffix in TYPES and wanted.is_file()
        except (OSError, ValueError):  # a name that no file can have
            return None
        return wanted if there else None


def _of_api(path: str) -> bool:
    return path == "/api" or path.startswith("/api/")


def _served(file: Path, request: Request, *, hashed: bool) -> Response:
    headers = {
        "Content-Security-Policy": POLICY.format(styles=""),  # what holds inside a worker comes with its script
        "Cache-Control": "public, max-age=31536000, immutable" if hashed else "no-cache",
        "Vary": "Accept-Encoding",
    }
    taken = {part.strip() for part in request.headers.get("accept-encoding", "").split(",")}
    for encoding, ending in ENCODINGS.items():
        packed = file.with_name(file.name + ending)
        if encoding in taken and packed.is_file():
            return FileResponse(packed, media_type=TYPES[file.suffix], headers=headers | {"Content-Encoding": encoding})
    return FileResponse(file, media_type=TYPES[file.suffix], headers=headers)
