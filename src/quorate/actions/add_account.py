"""Add people and machines, give them roles and tokens."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from quorate import clock
from quorate.actions.actor import Actor
from quorate.actions.end_lease import end_leases
from quorate.errors import Conflict, InvalidInput, NotFound
from quorate.ids import new_id, new_secret
from quorate.people.passwords import hashed
from quorate.people.roles import SCOPES, Role
from quorate.people.secrets import fingerprint
from quorate.store import accounts, cases, ledger, projects, specs
from quorate.store.database import Connection, Database
from quorate.store.ledger import Event

WORKSPACE = "default"


def ensure_workspace(db: Database, name: str = WORKSPACE) -> UUID:
    """The workspace of this name, made when it is not there."""
    with db.write() as connection:
        row = accounts.workspace(connection, name)
        if row is not None:
            return UUID(str(row.id))
        return accounts.add_workspace(connection, name, new_secret().encode(), clock.now())


def add_account(
    db: Database, actor: Actor, name: str, *, password: str | None = None, machine: bool = False, admin: bool = False
) -> UUID:
    """Add an account. One without a password can use tokens only. Raises `Conflict` when the name is taken."""
    with db.write() as connection:
        return _add(connection, actor, name, password, machine, admin)


def add_member(
    db: Database, actor: Actor, name: str, roles: Sequence[tuple[str, str]], scopes: Sequence[str] = (), *,
    password: str | None = None, machine: bool = False, admin: bool = False,
) -> tuple[UUID, str | None]:  # fmt: skip
    """Add an account with its roles by project, and a token of these `scopes` if any: all of it or nothing."""
    with db.write() as connection:
        account = _add(connection, actor, name, password, machine, admin)
        for project, role in roles:
            _grant(connection, actor, project, name.strip(), role)
        return account, _add_token(connection, actor, account, "first", scopes, None) if scopes else None


def add_token(
    db: Database, actor: Actor, account: UUID, name: str, scopes: Sequence[str], *, days: int | None = None
) -> str:
    """A new token of an account; it is shown this once and only its hash is kept."""
    with db.write() as connection:
        return _add_token(connection, actor, account, name, scopes, days)


def _add(connection: Connection, actor: Actor, name: str, password: str | None, machine: bool, admin: bool) -> UUID:
    name = name.strip()
    if not name or len(name) > 200:
        raise InvalidInput("An account needs a name of 1 to 200 characters.", where="name")
    if machine and admin:
        raise InvalidInput("A machine cannot be an administrator.", where="admin")
    row = {
        "id": new_id(),
        "workspace_id": actor.workspace,
        "kind": "machine" if machine else "person",
        "name": name,
        "password_hash": hashed(password) if password is not None else None,
        "admin": admin,
        "created_at": clock.now(),
    }
    if not accounts.add(connection, row):
        raise Conflict("There is an account '{name}' already.", where="name", mend="Choose another name.", name=name)
    _tell(connection, actor, "account.added", row["id"], {"kind": str(row["kind"]), "admin": admin})
    return UUID(str(row["id"]))


def _add_token(
    connection: Connection, actor: Actor, account: UUID, name: str, scopes: Sequence[str], days: int | None
) -> str:
    unknown = sorted(set(scopes) - set(SCOPES))
    if unknown or not scopes:
        raise InvalidInput(
            "Unknown scopes: {unknown}.",
            where="scopes",
            mend="Choose among {known}.",
            unknown=unknown,
            known=list(SCOPES),
        )
    secret = "qt_" + new_secret()
    now = clock.now()
    row = {
        "id": new_id(),
        "account_id": account,
        "name": name,
        "hash": fingerprint(secret),
        "scopes": list(scopes),
        "expires_at": now + timedelta(days=days) if days else None,
        "created_at": now,
    }
    accounts.add_token(connection, row)
    _tell(connection, actor, "token.added", row["id"], {"account": str(account), "scopes": sorted(scopes)})
    return secret


def revoke_token(db: Database, actor: Actor, account: UUID, name: str) -> None:
    """End an account's tokens of this name. Raises `NotFound` when there is none."""
    with db.write() as connection:
        if not accounts.revoke_token(connection, account, name, clock.now()):
            raise NotFound("There is no token '{name}'.", where="name", name=name)
        _tell(connection, actor, "token.revoked", account, {"name": name})


def grant_role(db: Database, actor: Actor, project: str, name: str, role: str) -> None:
    """Make the account of this name a member of a project, in one more role."""
    with db.write() as connection:
        _grant(connection, actor, project, name, role)


def _grant(connection: Connection, actor: Actor, project: str, name: str, role: str) -> None:
    if role not in set(Role):
        raise InvalidInput(
            "There is no role '{role}'.", where="role", mend="Choose among {known}.", role=role, known=list(Role)
        )
    found, account = _both(connection, actor, project, name)
    if (role == Role.MACHINE) != (account.kind == "machine"):
        raise InvalidInput("A {kind} cannot be {role}.", where="role", kind=account.kind, role=role)
    accounts.grant(connection, found.id, account.id, role, clock.now())
    _tell(connection, actor, "role.granted", account.id, {"role": role}, found.id)


def withdraw_role(db: Database, actor: Actor, project: str, name: str, role: str) -> None:
    """Take a role away, and back what was leased to them. Raises `NotFound` when it was not held."""
    with db.write() as connection:
        found, account = _both(connection, actor, project, name)
        if not accounts.withdraw(connection, found.id, account.id, role):
            raise NotFound("'{name}' is not {role} here.", where="role", name=name, role=role)
        end_leases(specs.driver(connection), actor, found.id, account.id)
        if role == Role.EXPERT:
            cases.unask(specs.driver(connection), found.id, account.id, clock.now())
        _tell(connection, actor, "role.withdrawn", account.id, {"role": role}, found.id)


def _both(connection: Connection, actor: Actor, project: str, name: str) -> tuple[projects.Project, accounts.Account]:
    found = projects.find(connection, actor.workspace, project)
    account = accounts.by_name(connection, actor.workspace, name)
    if account is None:
        raise NotFound(
            "There is no account '{name}'.", where="account", mend="Add it with `quorate account add`.", name=name
        )
    return found, account[0]


def _tell(
    connection: Connection,
    actor: Actor,
    verb: str,
    what: object,
    detail: dict[str, object],
    project: UUID | None = None,
) -> None:
    ledger.append(
        connection,
        Event(
            actor=actor.account,
            verb=verb,
            object_id=UUID(str(what)),
            content=detail,
            workspace_id=actor.workspace,
            project_id=project,
        ),
    )
