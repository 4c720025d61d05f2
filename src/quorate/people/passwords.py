"""Passwords: argon2id, by pwdlib; slow on purpose."""

from __future__ import annotations

from functools import cache

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from quorate.errors import InvalidInput

SHORTEST = 10


@cache
def _hasher() -> PasswordHash:
    return PasswordHash((Argon2Hasher(),))


@cache
def _nobody() -> str:
    return _hasher().hash("nobody has this password")


def hashed(password: str) -> str:
    """What to store. Raises `InvalidInput` for a password that is too short (NIST SP 800-63B asks for length only)."""
    if len(password) < SHORTEST:
        raise InvalidInput(
            "The password has {count} characters.",
            where="password",
            mend="Take at least {least}.",
            count=len(password),
            least=SHORTEST,
        )
    return _hasher().hash(password)


def matches(password: str, stored: str | None) -> bool:
    """Whether this is the password. Takes as long for an account that does not exist as for one that does."""
    right = _hasher().verify(password, stored or _nobody())
    return right and stored is not None
