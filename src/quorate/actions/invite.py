"""Invite people by a link, and take them in."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from quorate import clock
from quorate.actions.actor import Actor
from quorate.errors import Conflict, InvalidInput, NotFound, NotSignedIn, TooMany
from quorate.ids import new_id, new_secret
from quorate.people.passwords import hashed
from quorate.people.roles import Role
from quorate.people.secrets import fingerprint
from quorate.store import accounts, invites, ledger, specs
from quorate.store.database import Connection, Database
from quorate.store.ledger import Event
from quorate.store.projects import Project

FREE = 30
"""How many acceptances an address may try before each further one doubles the wait."""
LONGEST = timedelta(hours=1)


def invite(db: Database, actor: Actor, project: Project, role: str, *, uses: int, days: int) -> dict[str, Any]:
    """A new invite with its secret, which is shown this once; only its hash is kept."""
    if role == Role.MACHINE:
        raise InvalidInput("A machine is no one to invite.", where="role", mend="Add its account, and give it a token.")
    now, secret = clock.now(), "qi_" + new_secret()
    row: dict[str, Any] = {
        "id": new_id(),
        "project_id": project.id,
        "author_id": actor.account,
        "role": role,
        "hash": fingerprint(secret),
        "uses": uses,
        "expires_at": now + timedelta(days=days),
        "created_at": now,
    }
    with db.work() as connection:
        invites.add(connection, row)
        told = {"role": role, "uses": uses, "expires_at": row["expires_at"].isoformat()}
        ledger.tell(connection, [_event(actor, project.id, "invite.added", row["id"], told, now)])
    return {"id": row["id"], "secret": secret, "role": role, "uses": uses, "expires_at": row["expires_at"]}


def revoke_invite(db: Database, actor: Actor, project: Project, id: UUID) -> None:
    """End an invite; ending one that has ended is no error. Raises `NotFound`."""
    now = clock.now()
    with db.work() as connection:
        if not invites.revoke(connection, project.id, id, now):
            raise NotFound("There is no such invite.", where="invite")
        ledger.tell(connection, [_event(actor, project.id, "invite.revoked", id, {}, now)])


def find_invite(db: Database, secret: str) -> dict[str, Any]:
    """What an invite is to. Raises `NotFound` when it cannot be accepted (any more)."""
    with db.work() as connection:
        found = invites.find(connection, fingerprint(secret), clock.now())
    if found is None:
        raise NotFound(
            "This invite does not hold (any more).", where="secret", mend="Ask whoever sent it for another one."
        )
    return found


def accept_invite(
    db: Database, secret: str, address: str, *, actor: Actor | None = None, name: str = "", password: str | None = None
) -> dict[str, Any]:
    """Give the invited role to the `actor`, or to a new account of this name and password.

    Raises `NotFound`, `Conflict` (the name is taken, or the last place was), `NotSignedIn` (neither actor nor
    password), `TooMany`.
    """
    name, now = name.strip(), clock.now()
    _throttle(db, address, now)
    found = find_invite(db, secret)
    if actor is not None and actor.workspace != found["workspace_id"]:
        raise NotFound("This invite is to another workspace.", where="secret")
    if actor is None and (not name or password is None):
        raise NotSignedIn("Choose a name and a password, or sign in first.", mend="Send `name` and `password`.")
    if len(name) > 200:
        raise InvalidInput("An account needs a name of 1 to 200 characters.", where="name")
    password_hash = hashed(password) if actor is None and password is not None else None
    with db.write() as connection:
        if not invites.take(specs.driver(connection), found["id"]):
            raise Conflict("The last place of this invite was just taken.", mend="Ask for another one.")
        who = actor.account if actor else _add(connection, found, name, password_hash, now)
        assert who is not None
        accounts.grant(connection, found["project_id"], who, found["role"], now)
        actor = Actor(found["workspace_id"], who)
        told = {"account": str(who), "role": found["role"]}
        granted = _event(actor, found["project_id"], "role.granted", who, {"role": found["role"]}, now)
        ledger.append(
            connection, _event(actor, found["project_id"], "invite.accepted", found["id"], told, now), granted
        )
    return {"project": found["project"], "role": found["role"]}


def _add(connection: Connection, found: dict[str, Any], name: str, password_hash: str | None, now: datetime) -> UUID:
    row: dict[str, Any] = {
        "id": new_id(),
        "workspace_id": found["workspace_id"],
        "kind": "person",
        "name": name,
        "password_hash": password_hash,
        "admin": False,
        "created_at": now,
    }
    if not accounts.add(connection, row):
        raise Conflict(
            "There is an account '{name}' already.", where="name", mend="Sign in, or choose another name.", name=name
        )
    actor = Actor(found["workspace_id"], row["id"])
    told = {"kind": "person", "admin": False}
    ledger.append(connection, _event(actor, None, "account.added", row["id"], told, now))
    id: UUID = row["id"]
    return id


def _throttle(db: Database, address: str, now: datetime) -> None:
    subject = fingerprint(f"invite {address}")
    with db.write() as connection:
        until = accounts.locked_until(connection, [subject], now)
        if until is None:
            count = accounts.count_failure(connection, subject, now)
            if count > FREE:
                accounts.lock_out(
                    connection, subject, now + min(LONGEST, timedelta(seconds=2 ** min(count - FREE, 20)))
                )
    if until:
        wait = int((until - now).total_seconds()) + 1
        raise TooMany("Too many invites were tried from here.", mend="Try again in {wait} s.", wait=wait)


def _event(
    actor: Actor, project: UUID | None, verb: str, object_id: UUID, content: dict[str, Any], now: datetime
) -> Event:
    return Event(
        actor=actor.account, verb=verb, object_id=object_id, content=content, workspace_id=actor.workspace,
        project_id=project, at=now,
    )  # fmt: skip
