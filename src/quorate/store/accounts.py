"""Accounts, their tokens, sessions and roles; failed sign-ins."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, and_, case, delete, func, insert, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from quorate.errors import NotFound
from quorate.ids import new_id
from quorate.store import tables as t


@dataclass(frozen=True, slots=True)
class Account:
    """A person or a machine that can sign in."""

    id: UUID
    workspace_id: UUID
    kind: str
    name: str | None
    admin: bool
    disabled: bool = False


@dataclass(frozen=True, slots=True)
class Bearer:
    """Who stands behind a token or a session, and what a token is limited to (None: a session, no limit)."""

    account: Account
    scopes: tuple[str, ...] | None


_ALIVE = t.accounts.c.disabled_at.is_(None)
_ACCOUNT = (
    *(t.accounts.c.id, t.accounts.c.workspace_id, t.accounts.c.kind, t.accounts.c.name, t.accounts.c.admin),
    (~_ALIVE).label("disabled"),
)


def _account(row: Any) -> Account:
    return Account(row.id, row.workspace_id, row.kind, row.name, row.admin, row.disabled)


def workspace(connection: Connection, name: str = "default") -> Row[Any] | None:
    """The workspace of this name: id, salt."""
    return connection.execute(select(t.workspaces).where(t.workspaces.c.name == name)).first()


def salt(connection: Connection, workspace_id: UUID) -> bytes:
    """What keys the workspace's pseudonyms."""
    return bytes(connection.execute(select(t.workspaces.c.salt).where(t.workspaces.c.id == workspace_id)).scalar_one())


def add_workspace(connection: Connection, name: str, salt: bytes, now: datetime) -> UUID:
    """Append a workspace, unless somebody else just did; its id."""
    connection.execute(
        upsert(t.workspaces).values(id=new_id(), name=name, salt=salt, created_at=now).on_conflict_do_nothing()
    )
    return UUID(str(connection.execute(select(t.workspaces.c.id).where(t.workspaces.c.name == name)).scalar_one()))


def add(connection: Connection, row: dict[str, Any]) -> bool:
    """Append an account; False when its name is taken."""
    added = connection.execute(upsert(t.accounts).values(**row).on_conflict_do_nothing().returning(t.accounts.c.id))
    return added.first() is not None


def by_name(connection: Connection, workspace_id: UUID, name: str) -> tuple[Account, str | None] | None:
    """The account of this name that may sign in, with its password hash."""
    row = connection.execute(
        select(*_ACCOUNT, t.accounts.c.password_hash).where(
            t.accounts.c.workspace_id == workspace_id, t.accounts.c.name == name, _ALIVE
        )
    ).first()
    return (_account(row), row.password_hash) if row else None


def anyone_signs_in(connection: Connection) -> bool:
    """Whether somebody has a password, and so can sign in with a browser."""
    wanted = select(t.accounts.c.id).where(t.accounts.c.password_hash.is_not(None), _ALIVE)
    return connection.execute(wanted.limit(1)).first() is not None


def find(connection: Connection, workspace_id: UUID, name: str) -> Account:
    """The account of this name, disabled or not, locked until the transaction ends. Raises `NotFound`."""
    row = connection.execute(
        select(*_ACCOUNT)
        .where(t.accounts.c.workspace_id == workspace_id, t.accounts.c.name == name)
        .with_for_update(key_share=True)
    ).first()
    if row is None:
        raise NotFound(
            "There is no account '{name}'.", where="account", mend="`quorate account list` tells them.", name=name
        )
    return _account(row)


def set_disabled(connection: Connection, account: UUID, at: datetime | None, now: datetime) -> None:
    """Let an account in no more (with a time), or again; its sessions and tokens end either way."""
    connection.execute(update(t.accounts).where(t.accounts.c.id == account).values(disabled_at=at))
    end_sessions(connection, account)
    connection.execute(
        update(t.tokens).where(t.tokens.c.account_id == account, t.tokens.c.revoked_at.is_(None)).values(revoked_at=now)
    )


def set_password(connection: Connection, account: UUID, password_hash: str) -> None:
    """Replace the password (its hash)."""
    connection.execute(update(t.accounts).where(t.accounts.c.id == account).values(password_hash=password_hash))


def end_sessions(connection: Connection, account: UUID, but: bytes = b"") -> None:
    """End the account's sessions, but for the one with this hash."""
    connection.execute(delete(t.sessions).where(t.sessions.c.account_id == account, t.sessions.c.hash != but))


def projects_of(connection: Connection, account: UUID) -> list[UUID]:
    """The projects that an account has a role or a seat in."""
    members = select(t.members.c.project_id).where(t.members.c.account_id == account)
    seats = select(t.seats.c.project_id).where(t.seats.c.account_id == account)
    return list(connection.execute(members.union(seats)).scalars())


def tokens(connection: Connection, account: UUID) -> list[Row[Any]]:
    """The account's tokens that were not revoked, oldest first: name, scopes, created_at, expires_at."""
    return list(
        connection.execute(
            select(t.tokens.c.name, t.tokens.c.scopes, t.tokens.c.created_at, t.tokens.c.expires_at)
            .where(t.tokens.c.account_id == account, t.tokens.c.revoked_at.is_(None))
            .order_by(t.tokens.c.created_at, t.tokens.c.id)
        )
    )


def everyone(connection: Connection, workspace_id: UUID) -> list[Account]:
    """Every account of the workspace, by name."""
    rows = connection.execute(
        select(*_ACCOUNT).where(t.accounts.c.workspace_id == workspace_id).order_by(t.accounts.c.name)
    )
    return [_account(row) for row in rows]


def names(connection: Connection, workspace_id: UUID, wanted: Collection[UUID]) -> dict[UUID, str | None]:
    """account → its name, for those of this workspace."""
    rows = connection.execute(
        select(t.accounts.c.id, t.accounts.c.name).where(
            t.accounts.c.workspace_id == workspace_id, t.accounts.c.id.in_(list(wanted))
        )
    )
    return {row.id: row.name for row in rows}


def bearer(connection: Connection, fingerprint: bytes, now: datetime) -> Bearer | None:
    """Who holds this token or session, if it is valid now."""
    token = connection.execute(
        select(*_ACCOUNT, t.tokens.c.scopes)
        .join_from(t.tokens, t.accounts)
        .where(
            t.tokens.c.hash == fingerprint,
            t.tokens.c.revoked_at.is_(None),
            or_(t.tokens.c.expires_at.is_(None), t.tokens.c.expires_at > now),
            _ALIVE,
        )
    ).first()
    if token:
        return Bearer(_account(token), tuple(token.scopes))
    session = connection.execute(
        select(*_ACCOUNT)
        .join_from(t.sessions, t.accounts)
        .where(t.sessions.c.hash == fingerprint, t.sessions.c.expires_at > now, _ALIVE)
    ).first()
    return Bearer(_account(session), None) if session else None


def add_token(connection: Connection, row: dict[str, Any]) -> None:
    """Append a token (its hash)."""
    connection.execute(insert(t.tokens).values(**row))


def revoke_token(connection: Connection, account: UUID, name: str, now: datetime) -> bool:
    """End the account's tokens of this name."""
    ended = connection.execute(
        update(t.tokens)
        .where(t.tokens.c.account_id == account, t.tokens.c.name == name, t.tokens.c.revoked_at.is_(None))
        .values(revoked_at=now)
    )
    return ended.rowcount > 0


def add_session(connection: Connection, row: dict[str, Any]) -> None:
    """Append a session (its hash); drop those that have ended."""
    connection.execute(delete(t.sessions).where(t.sessions.c.expires_at < row["created_at"]))
    connection.execute(insert(t.sessions).values(**row))


def end_session(connection: Connection, fingerprint: bytes) -> None:
    """Sign out."""
    connection.execute(delete(t.sessions).where(t.sessions.c.hash == fingerprint))


def locked_until(connection: Connection, subjects: list[bytes], now: datetime) -> datetime | None:
    """Until when sign-ins under any of these subjects are refused."""
    value: datetime | None = connection.execute(
        select(func.max(t.sign_ins.c.locked_until)).where(
            t.sign_ins.c.subject.in_(subjects), t.sign_ins.c.locked_until > now
        )
    ).scalar_one()
    return value


def count_failure(connection: Connection, subject: bytes, now: datetime) -> int:
    """Count one more failed sign-in; a day without one forgets the earlier ones."""
    recent = t.sign_ins.c.updated_at > now - timedelta(days=1)
    row = connection.execute(
        upsert(t.sign_ins)
        .values(subject=subject, failures=1, updated_at=now)
        .on_conflict_do_update(
            index_elements=["subject"],
            set_={"failures": case((recent, t.sign_ins.c.failures + 1), else_=1), "updated_at": now},
        )
        .returning(t.sign_ins.c.failures)
    )
    return int(row.scalar_one())


def lock_out(connection: Connection, subject: bytes, until: datetime) -> None:
    """Refuse sign-ins under this subject until then."""
    connection.execute(update(t.sign_ins).where(t.sign_ins.c.subject == subject).values(locked_until=until))


def forgive(connection: Connection, name: bytes, address: bytes, free: int) -> None:
    """Forget the failed sign-ins under a name after one that worked, and count them at the address no more.

    The address need not wait any more when it is left with no more than its free ones.
    """
    failures = connection.execute(
        delete(t.sign_ins).where(t.sign_ins.c.subject == name).returning(t.sign_ins.c.failures)
    ).scalar()
    if failures:
        fewer = func.greatest(t.sign_ins.c.failures - failures, 0)
        until = case((fewer <= free, None), else_=t.sign_ins.c.locked_until)
        connection.execute(
            update(t.sign_ins).where(t.sign_ins.c.subject == address).values(failures=fewer, locked_until=until)
        )


def roles(connection: Connection, account: UUID, project: UUID) -> frozenset[str]:
    """The roles of an account in a project."""
    rows = connection.execute(
        select(t.members.c.role).where(and_(t.members.c.account_id == account, t.members.c.project_id == project))
    )
    return frozenset(rows.scalars())


def grant(connection: Connection, project: UUID, account: UUID, role: str, now: datetime) -> None:
    """Give a role; giving it twice changes nothing."""
    connection.execute(
        upsert(t.members)
        .values(project_id=project, account_id=account, role=role, created_at=now)
        .on_conflict_do_nothing()
    )


def withdraw(connection: Connection, project: UUID, account: UUID, role: str) -> bool:
    """Take a role away; False when it was not held."""
    gone = connection.execute(
        delete(t.members).where(
            t.members.c.project_id == project, t.members.c.account_id == account, t.members.c.role == role
        )
    )
    return gone.rowcount > 0


def roles_of_all(connection: Connection, workspace_id: UUID) -> dict[UUID, list[str]]:
    """account → what it is where, as PROJECT:ROLE in order."""
    rows = connection.execute(
        select(t.members.c.account_id, t.projects.c.name, t.members.c.role)
        .join_from(t.members, t.projects)
        .where(t.projects.c.workspace_id == workspace_id)
        .order_by(t.projects.c.name, t.members.c.role)
    )
    held: dict[UUID, list[str]] = {}
    for row in rows:
        held.setdefault(row.account_id, []).append(f"{row.name}:{row.role}")
    return held


def members(connection: Connection, project: UUID) -> list[Row[Any]]:
    """Who is what in a project: account id, kind, name, role."""
    return list(
        connection.execute(
            select(t.accounts.c.id, t.accounts.c.kind, t.accounts.c.name, t.members.c.role)
            .join_from(t.members, t.accounts)
            .where(t.members.c.project_id == project)
            .order_by(t.members.c.role, t.accounts.c.name)
        )
    )
