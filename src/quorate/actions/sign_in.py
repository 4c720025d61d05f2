"""Open and close sessions; slow down whoever guesses passwords."""

from __future__ import annotations

from datetime import timedelta

from quorate import clock
from quorate.errors import NotSignedIn, TooMany
from quorate.ids import new_id, new_secret
from quorate.people.passwords import matches
from quorate.people.secrets import fingerprint
from quorate.store import accounts, ledger
from quorate.store.accounts import Account
from quorate.store.database import Connection, Database
from quorate.store.ledger import Event

OF_NAME, OF_ADDRESS = 5, 20
"""How many failures are free: many people may share an address."""
LONGEST = timedelta(hours=1)
SESSION = timedelta(days=14)


def sign_in(db: Database, workspace: str, name: str, password: str, address: str) -> str:
    """The secret of a new session. Raises `NotSignedIn`, or `TooMany` after several failures."""
    now = clock.now()
    account = recognised(db, workspace, name, password, address)
    secret = "qs_" + new_secret()
    session = {
        "id": new_id(),
        "account_id": account.id,
        "hash": fingerprint(secret),
        "expires_at": now + SESSION,
        "created_at": now,
    }
    with db.write() as connection:
        accounts.add_session(connection, session)
        ledger.append(
            connection,
            Event(
                actor=account.id,
                verb="session.opened",
                object_id=session["id"],  # type: ignore[arg-type]
                content={},
                workspace_id=account.workspace_id,
            ),
        )
    return secret


def recognised(db: Database, workspace: str, name: str, password: str, address: str) -> Account:
    """The account of this name and password. Raises `NotSignedIn`, or `TooMany` after several failures.

    Failures are counted by account name and by address; after the free ones each doubles the wait, up to an hour. Each
    attempt counts as one before the password is looked at, which takes long: guesses made at the same moment would
    else all slip through. One that works is taken back, with the failures under its name; nobody clears an address
    by an account of their own.
    """
    of_name, of_address = fingerprint(f"name {name.casefold()}"), fingerprint(f"address {address}")
    with db.write() as connection:
        _count(connection, {of_name: OF_NAME, of_address: OF_ADDRESS})
        row = accounts.workspace(connection, workspace)
        found = accounts.by_name(connection, row.id, name) if row else None
    if not matches(password, found[1] if found else None):
        raise NotSignedIn("Name and password do not fit.", mend="Try again, or ask your administrator.")
    assert found is not None
    with db.write() as connection:
        accounts.forgive(connection, of_name, of_address, OF_ADDRESS)
    return found[0]


def _count(connection: Connection, free: dict[bytes, int]) -> None:
    """Count an attempt under each subject, unless one of them has to wait; then nothing is counted."""
    now = clock.now()
    failures = {subject: accounts.count_failure(connection, subject, now) for subject in sorted(free)}
    until = accounts.locked_until(connection, list(free), now)  # others who count the same wait for us
    if until:
        wait = int((until - now).total_seconds()) + 1
        raise TooMany("Too many failed sign-ins.", mend="Try again in {wait} s.", wait=wait)
    for subject, count in failures.items():
        if count > free[subject]:
            wait_for = min(LONGEST, timedelta(seconds=2 ** min(count - free[subject], 20)))
            accounts.lock_out(connection, subject, now + wait_for)


def sign_out(db: Database, secret: str) -> None:
    """End a session; ending one that has ended is no error."""
    with db.write() as connection:
        accounts.end_session(connection, fingerprint(secret))
