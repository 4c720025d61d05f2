"""Answer a request that is repeated under its key as it was answered the first time."""

from typing import Any

from quorate.errors import Conflict
from quorate.store.annotations import Held


def repeat_reply(held: Held, key: str | None, digest: bytes, *, mend: str) -> Any:
    """What was replied to the request that closed a lease, to one of the same key and content.

    Raises `Conflict` for any other: the task has been answered, and `mend` says what can be done instead.
    """
    if key is None or key != held.key:
        raise Conflict("This task has been answered.", where="assignment", mend=mend)
    if held.request is not None and bytes(held.request) != digest:
        raise Conflict(
            "The idempotency key was used for another answer.", where="Idempotency-Key", mend="Use a new key."
        )
    return held.reply
