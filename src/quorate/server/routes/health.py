"""Is it alive?"""

from __future__ import annotations

from typing import Any

from fastapi import Depends

from quorate import __version__
from quorate.server.bodies import Router
from quorate.server.guard import Db, Guard

router = Router(tags=["installation"])


@router.get("/health", dependencies=[Depends(Guard("health.read"))])
def health(db: Db) -> dict[str, Any]:
    """Answers once the database does."""
    with db.hot() as connection:
        connection.execute("SELECT 1")
    return {"ok": True, "version": __version__}
