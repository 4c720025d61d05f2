"""What is stored of tokens and sessions: a hash, since they are 256 random bits and need no slow one."""

from __future__ import annotations

from hashlib import sha256


def fingerprint(secret: str) -> bytes:
    """SHA-256 of the secret."""
    return sha256(secret.encode()).digest()
