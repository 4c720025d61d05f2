"""Open and close sessions; slow down whoever guesses passwords."""

from __future__ import annotations

from datetime import timedelta

from quorate import clock
from quorate.errors import NotSignedIn, TooMany
from quorate.ids import new_id, new_secret
from quorate.people.passwords import matches
from quorate.people.secrets import fingerprint
from quorate.store import accounts, ledger
from quorate.store.database import Database
from quorate.store.ledger import Event

OF_NAME, OF_ADDRESS = 5, 20
"""How many failures are free: many people may share an address."""
LONGEST = timedelta(hours=1)
SESSION = timedelta(days=14)


def sign_in(db: Database, workspace: str, name: str, password: str, address: str) -> str:
    """The secret of a new session. Raises `NotSignedIn`, or `TooMany` after several failures.

    Failures are counted by account name and by address; after the free ones each doubles the wait, up to an hour. One
    that works forgives the failures under its name, so that nobody clears an address by an account of their own.
    """
    now = clock.now()
    free = {fingerprint(f"name {name.casefold()}"): OF_NAME, fingerprint(f"address {address}"): OF_ADDRESS}
    subjects = list(free)
    with db.write() as connection:
        until = accounts.locked_until(connection, subjects, now)
        row = accounts.workspace(connection, workspace)
        found = accounts.by_name(connection, row.id, name) if row else None
    if until:
        wait = int((until - now).total_seconds()) + 1
        raise TooMany("Too many failed sign-ins.", mend=f"Try again in {wait} s.")
    if not matches(password, found[1] if found else None):
        _count(db, free)
        raise NotSignedIn("Name and password do not fit.", mend="Try again, or ask your administrator.")
    assert found is not None
    secret = "qs_" + new_secret()
    session = {
        "id": new_id(),
        "account_id": found[0].id,
        "hash": fingerprint(secret),
        "expires_at": now + SESSION,
        "created_at": now,
    }
    with db.write() as connection:
        accounts.forgive(connection, *subjects)
        accounts.add_session(connection, session)
        ledger.append(
            connection,
            Event(
                actor=found[0].id,
                verb="session.opened",
                object_id=session["id"],  # type: ignore[arg-type]
                content={},
                workspace_id=found[0].workspace_id,
            ),
        )
    return secret


def sign_out(db: Database, secret: str) -> None:
    """End a session; ending one that has ended is no error."""
    with db.write() as connection:
        accounts.end_session(connection, fingerprint(secret))


def _count(db: Database, free: dict[bytes, int]) -> None:
    now = clock.now()
    with db.write() as connection:
        for subject in sorted(free):
            failures = accounts.count_failure(connection, subject, now)
            if failures > free[subject]:
                wait = min(LONGEST, timedelta(seconds=2 ** min(failures - free[subject], 20)))
                accounts.lock_out(connection, subject, now + wait)
