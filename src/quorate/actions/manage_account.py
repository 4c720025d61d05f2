"""Let an account in no more, or again; change a password."""

from __future__ import annotations

from quorate import clock
from quorate.actions.actor import Actor
from quorate.actions.end_lease import end_leases
from quorate.actions.sign_in import recognised
from quorate.errors import Conflict, InvalidInput
from quorate.people.passwords import hashed
from quorate.people.secrets import fingerprint
from quorate.store import accounts, cases, ledger, specs
from quorate.store.accounts import Account
from quorate.store.database import Connection, Database
from quorate.store.ledger import Event


def disable_account(db: Database, actor: Actor, name: str) -> None:
    """Let an account in no more: its sessions and tokens end now, and what it holds goes back to the queue.

    Its roles stay, and what it said. Doing it twice changes nothing. Raises `NotFound`, and `Conflict` for oneself.
    """
    now = clock.now()
    with db.write() as connection:
        account = accounts.find(connection, actor.workspace, name)
        if account.id == actor.account:
            raise Conflict("You cannot disable your own account.", where="account", mend="Ask another administrator.")
        if account.disabled:
            return
        accounts.set_disabled(connection, account.id, now, now)
        below = specs.driver(connection)
        for project in accounts.projects_of(connection, account.id):
            end_leases(below, actor, project, account.id)
            cases.unask(below, project, account.id, now)
        _tell(connection, actor, "account.disabled", account)


def enable_account(db: Database, actor: Actor, name: str) -> None:
    """Let a disabled account in again, with its roles; it signs in anew, and its tokens are made anew."""
    with db.write() as connection:
        account = accounts.find(connection, actor.workspace, name)
        if account.disabled:
            accounts.set_disabled(connection, account.id, None, clock.now())
            _tell(connection, actor, "account.enabled", account)


def change_password(
    db: Database, actor: Actor, workspace: str, account: Account, old: str, new: str, *, address: str, session: str = ""
) -> None:
    """Replace one's own password; every session ends but the one whose secret is given.

    Raises `NotSignedIn` when the old one is wrong, `TooMany` after several such, `InvalidInput` for a poor new one.
    """
    recognised(db, workspace, account.name or "", old, address)
    if new == old:
        raise InvalidInput("The new password is the old one.", where="new", mend="Take another one.")
    _replace(db, actor, account.name or "", new, "password.changed", session)


def reset_password(db: Database, actor: Actor, name: str, new: str) -> None:
    """Give an account a password, whatever the old one was; its sessions end. Raises `NotFound`, `InvalidInput`."""
    _replace(db, actor, name, new, "password.reset")


def _replace(db: Database, actor: Actor, name: str, new: str, verb: str, session: str = "") -> None:
    stored = hashed(new)
    with db.write() as connection:
        account = accounts.find(connection, actor.workspace, name)
        if account.kind == "machine":
            raise InvalidInput("A machine has no password.", where="account", mend="Make it a token.")
        accounts.set_password(connection, account.id, stored)
        accounts.end_sessions(connection, account.id, but=fingerprint(session))
        _tell(connection, actor, verb, account)


def _tell(connection: Connection, actor: Actor, verb: str, account: Account) -> None:
    told = Event(actor=actor.account, verb=verb, object_id=account.id, content={}, workspace_id=actor.workspace)
    ledger.append(connection, told)
