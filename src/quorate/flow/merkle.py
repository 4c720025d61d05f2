"""Hashes that prove: a canonical form for content, Merkle trees over it, and the path from a leaf to its root.

The tree is that of RFC 6962, section 2.1: leaves and nodes are hashed under different prefixes, and a list of n hashes
splits at the largest power of two below n. SHA-256 throughout.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any, Literal

import orjson

EMPTY = sha256(b"").digest()
Path = list[tuple[Literal["left", "right"], bytes]]


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    if isinstance(value, (bytes, memoryview)):
        return bytes(value).hex()
    raise TypeError(f"{type(value).__name__} has no canonical form")


def canonical(content: Any) -> bytes:
    """The one byte string that stands for this content: JSON with sorted keys, UTC times, plain decimals.

    What PostgreSQL gives back for a stored value has the same canonical form as the value that was stored.
    """
    return orjson.dumps(content, default=_plain, option=orjson.OPT_SORT_KEYS | orjson.OPT_PASSTHROUGH_DATETIME)


def digest(content: Any) -> bytes:
    """SHA-256 of the canonical form."""
    return sha256(canonical(content)).digest()


def leaf(content: Any) -> bytes:
    """The hash of a leaf that tells this content."""
    return sha256(b"\x00" + canonical(content)).digest()


def _node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


def _levels(leaves: Sequence[bytes]) -> list[list[bytes]]:
    """Each level of the tree, leaves first. A hash without a partner moves up as it is, which is RFC 6962's shape."""
    levels = [list(leaves)]
    while len(levels[-1]) > 1:
        below = levels[-1]
        above = [_node(below[i], below[i + 1]) for i in range(0, len(below) - 1, 2)]
        levels.append(above + below[len(below) - len(below) % 2 :])
    return levels


def root(leaves: Sequence[bytes]) -> bytes:
    """The Merkle root of these leaf hashes, in this order."""
    return _levels(leaves)[-1][0] if leaves else EMPTY


def path(leaves: Sequence[bytes], index: int) -> Path:
    """The hashes that lead from leaf `index` up to the root, each with the side on which it stands."""
    steps: Path = []
    for level in _levels(leaves)[:-1]:
        partner = index ^ 1
        if partner < len(level):
            steps.append(("left" if partner < index else "right", level[partner]))
        index //= 2
    return steps


def follow(start: bytes, steps: Path) -> bytes:
    """The root that this leaf and this path lead to."""
    for side, partner in steps:
        start = _node(partner, start) if side == "left" else _node(start, partner)
    return start
