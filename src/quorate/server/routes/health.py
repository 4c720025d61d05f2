"""Is it alive?"""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Depends

from quorate import __version__
from quorate.server.guard import Db, Guard

router = APIRouter(tags=["installation"])


@router.get("/health", dependencies=[Depends(Guard("health.read"))])
def health(db: Db) -> dict[str, Any]:
    """Answers once the database does."""
    with db.hot() as connection:
        connection.execute("SELECT 1")
    return {"ok": True, "version": __version__}
