"""The only place that makes identifiers and secrets."""

from __future__ import annotations

import secrets
from datetime import datetime
from uuid import UUID

import uuid_utils.compat


def new_id() -> UUID:
    """A UUIDv7 (RFC 9562): ordered by time, so that indexes grow at their end."""
    return uuid_utils.compat.uuid7()


def first_id(at: datetime) -> UUID:
    """The lowest id of what is made at this moment or later."""
    return UUID(int=(max(int(at.timestamp() * 1000), 0) << 80) | (7 << 76) | (2 << 62))


def new_secret() -> str:
    """256 random bits, URL-safe. Only a hash of it may be stored."""
    return secrets.token_urlsafe(32)
