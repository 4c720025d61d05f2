"""Who is calling, and may they? Every route has a guard that names its right; `people/roles.py` has the answer."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import Annotated, Any
from urllib.parse import urlsplit
from uuid import UUID

from fastapi import Depends, Header, Request
from fastapi.concurrency import run_in_threadpool

from quorate import clock
from quorate.actions.actor import Actor
from quorate.errors import NotAllowed, NotFound, NotSignedIn
from quorate.people import roles
from quorate.people.secrets import fingerprint
from quorate.store import accounts, fitness, projects
from quorate.store.accounts import Account
from quorate.store.database import Database
from quorate.store.projects import Project

COOKIE = "quorate_session"
REMEMBER_SECONDS = 2.0
"""How long a token, a session or a role that was ended may still be believed by a process."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody who has signed in, with their roles by project."""

    account: Account
    scopes: tuple[str, ...] | None
    roles: dict[UUID, frozenset[str]]
    projects: dict[str, Project]

    @property
    def actor(self) -> Actor:
        """The caller as those see it who act on their behalf."""
        return Actor(self.account.workspace_id, self.account.id, self.account.kind == "machine")

    def may(self, right: str, project: UUID | None = None) -> bool:
        """Whether they have this right (in this project)."""
        held = self.roles.get(project, frozenset()) if project else frozenset()
        if self.scopes is not None and not roles.in_scope(right, self.scopes):
            return False
        return roles.allowed(right, held, admin=self.account.admin)

    def where(self, right: str) -> list[UUID]:
        """The projects in which they have this right."""
        return [project.id for project in self.projects.values() if self.may(right, project.id)]


def database(request: Request) -> Database:
    """The process's database."""
    db: Database = request.app.state.db
    return db


Db = Annotated[Database, Depends(database)]


class Callers:
    """Recent callers by the hash of their secret, so that not every request asks the database who they are."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._known: dict[bytes, tuple[float, Caller]] = {}

    def remembered(self, secret: str) -> Caller | None:
        """The caller, if looked up a moment ago."""
        known = self._known.get(fingerprint(secret))
        return known[1] if known and time.monotonic() - known[0] < REMEMBER_SECONDS else None

    def look_up(self, secret: str) -> Caller | None:
        """The caller, from the database."""
        with self._db.read() as connection:
            bearer = accounts.bearer(connection, fingerprint(secret), clock.now())
            if bearer is None:
                self._known.pop(fingerprint(secret), None)
                return None
            held: dict[UUID, set[str]] = {}
            known: dict[str, Project] = {}
            for project, role in projects.of_account(connection, bearer.account.id):
                held.setdefault(project.id, set()).add(role)
                known[project.name] = project
            if bearer.account.admin:
                known |= {p.name: p for p in projects.every(connection, bearer.account.workspace_id)}
        caller = Caller(bearer.account, bearer.scopes, {id: frozenset(r) for id, r in held.items()}, known)
        if len(self._known) > 10_000:
            self._known.clear()
        self._known[fingerprint(secret)] = (time.monotonic(), caller)
        return caller

    def forget(self) -> None:
        """Believe nobody without looking (after roles, projects or tokens were changed by this process)."""
        self._known.clear()


def secret_of(request: Request) -> str | None:
    """The token or session secret that came with a request; a cookie only from our own pages."""
    header = request.headers.get("authorization", "")
    if header.lower().startswith("bearer "):
        return header[7:].strip() or None
    secret = request.cookies.get(COOKIE)
    if secret and request.method not in {"GET", "HEAD", "OPTIONS"} and not same_origin(request):
        raise NotAllowed("This request came from another site.", where="Origin")
    return secret


def same_origin(request: Request) -> bool:
    """Whether a request comes from our own pages, or from no page at all."""
    origin = request.headers.get("origin")
    if origin is None:
        return request.headers.get("sec-fetch-site", "same-origin") in {"same-origin", "none"}
    return urlsplit(origin).netloc == request.headers.get("host")


async def caller_of(request: Request) -> Caller:
    """Whoever calls. Raises `NotSignedIn`."""
    known: Caller | None = getattr(request.state, "caller", None)
    if known is not None:
        return known
    secret = secret_of(request)
    callers: Callers = request.app.state.callers
    caller = callers.remembered(secret) if secret else None
    if caller is None and secret:
        caller = await run_in_threadpool(callers.look_up, secret)
    if caller is None:
        raise NotSignedIn("Sign in, or send a token.", mend="Authorization: Bearer … or POST /api/v1/session.")
    request.state.caller = caller
    return caller


async def project_of(request: Request) -> Project:
    """The project that the path names, for someone who may know that it exists."""
    name = request.path_params["project"]
    project = (await caller_of(request)).projects.get(name)
    if project is None:
        raise NotFound("There is no project '{name}', or you are no member of it.", where="project", name=name)
    return project


class Guard:
    """A dependency that lets through whoever has the right, in the project that the path names if it names one.

    A project that is not there may be made by whoever has the right `new`, if the guard has one.
    """

    def __init__(self, right: str, *, new: str | None = None) -> None:
        assert {right, new or right} <= roles.RIGHTS.keys(), f"{right} or {new} is not in the table of rights"
        self.right = right
        self.new = new

    async def __call__(self, request: Request) -> Caller | None:
        if roles.RIGHTS[self.right] is roles.Anyone.PUBLIC:
            return None
        caller = await caller_of(request)
        named = "project" in request.path_params
        new = self.new if named and request.path_params["project"] not in caller.projects else None
        project = await project_of(request) if named and new is None else None
        if self.lets(caller, project, new):
            return caller
        right = new or self.right
        if self.lets(replace(caller, scopes=None), project, new):
            raise NotAllowed(
                "Your token may not do this ({right}): it is limited to {scopes}.",
                mend="Use a token of the scope {enough}.",
                right=right,
                scopes=list(caller.scopes or ()),
                enough=roles.narrowest(right),
            )
        if project is None:
            raise NotAllowed("Your account may not do this ({right}).", mend="Ask an administrator.", right=right)
        raise NotAllowed(
            "This needs another role in '{project}' ({right}; you have: {held}).",
            mend="Ask the project's manager.",
            project=project.name,
            right=right,
            held=sorted(caller.roles.get(project.id, ())),
        )

    def lets(self, caller: Caller, project: Project | None, new: str | None) -> bool:
        """Whether the caller may, in the project that is named, in one that is `new`, or in any."""
        if new is not None:
            return caller.may(new)
        return self.somewhere(caller) if project is None else caller.may(self.right, project.id)

    def somewhere(self, caller: Caller) -> bool:
        """Whether the caller has the right in general, or in any project."""
        if isinstance(roles.RIGHTS[self.right], roles.Anyone):
            return caller.may(self.right)
        return bool(caller.where(self.right))


def may(right: str, *, new: str | None = None) -> Any:
    """The default of a route's `caller: Caller`: whoever calls, if they have this right."""
    return Depends(Guard(right, new=new))


InProject = Annotated[Project, Depends(project_of)]


async def cleared_of(request: Request, db: Db, within: InProject) -> list[str] | None:
    """Of what `access` the caller may read the project's items; None: of whatever."""
    caller = await caller_of(request)
    if caller.may("guarded.read", within.id):
        return None
    return await run_in_threadpool(_clearance, db, within.id, caller.account.id)


def _clearance(db: Database, project: UUID, account: UUID) -> list[str] | None:
    with db.work() as connection:
        return fitness.clearance(connection, project, account)


Cleared = Annotated[list[str] | None, Depends(cleared_of)]


Key = Annotated[str | None, Header(alias="Idempotency-Key", max_length=200)]
"""Under which a client sends a request again when it does not know whether the first one arrived."""
