"""Pseudonyms: who said it, recognisable across a workspace, without saying who it is."""

from __future__ import annotations

import hmac
from base64 import b32encode
from uuid import UUID


def pseudonym(account: UUID, salt: bytes) -> str:
    """`a-` and eight letters and digits for this account; without the workspace's salt nobody can link them."""
    mac = hmac.digest(salt, account.bytes, "sha256")
    return "a-" + b32encode(mac[:5]).decode().lower()
