"""Sign in and out; who am I; passwords and tokens; accounts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fastapi import Depends, Request
from starlette.responses import Response

from quorate.actions.add_account import WORKSPACE, add_account, add_token, revoke_token
from quorate.actions.manage_account import change_password, disable_account, enable_account, reset_password
from quorate.actions.sign_in import SESSION, sign_in, sign_out
from quorate.errors import NotAllowed, NotFound
from quorate.people.roles import SCOPES
from quorate.server.bodies import Router
from quorate.server.guard import COOKIE, Caller, Db, Guard, may, same_origin, secret_of
from quorate.server.shapes import accounts as shapes
from quorate.settings import settings
from quorate.store import accounts

router = Router(tags=["accounts"])


@router.post("/session", status_code=204, dependencies=[Depends(Guard("session.open"))], response_class=Response)
def open_session(body: shapes.SignIn, request: Request, db: Db) -> Response:
    """Sign in with name and password; the session is an HttpOnly cookie."""
    if not same_origin(request):
        raise NotAllowed("This request came from another site.", where="Origin")
    secret = sign_in(db, WORKSPACE, body.name, body.password, _address(request))
    response = Response(status_code=204)
    _set_cookie(response, secret, int(SESSION.total_seconds()))
    return response


def _address(request: Request) -> str:
    return request.client.host if request.client else "unknown"


def _set_cookie(response: Response, secret: str, seconds: int) -> None:
    response.set_cookie(
        COOKIE, secret, max_age=seconds, httponly=True, samesite="lax", secure=settings().secure_cookies
    )


@router.delete("/session", status_code=204, response_class=Response)
def close_session(request: Request, db: Db, caller: Caller = may("session.close")) -> Response:
    """Sign out."""
    secret = secret_of(request)
    if secret:
        sign_out(db, secret)
    request.app.state.callers.forget()
    response = Response(status_code=204)
    _set_cookie(response, "", 0)
    return response


@router.get("/me", response_model=shapes.Me)
def me(caller: Caller = may("self.read")) -> Any:
    """Who you are, and what you are where."""
    return {
        "id": caller.account.id,
        "name": caller.account.name,
        "kind": caller.account.kind,
        "admin": caller.account.admin,
        "scopes": caller.scopes,
        "roles": {p.name: sorted(caller.roles.get(p.id, ())) for p in caller.projects.values()},
    }


@router.put("/me/password", status_code=204, response_class=Response)
def new_password(body: shapes.NewPassword, request: Request, db: Db, caller: Caller = may("self.manage")) -> None:
    """Change your own password; your other sessions end."""
    secret = secret_of(request) or ""
    change_password(
        db, caller.actor, WORKSPACE, caller.account, body.old, body.new, address=_address(request), session=secret
    )
    request.app.state.callers.forget()


@router.get("/tokens", response_model=list[shapes.KeptToken])
def list_tokens(db: Db, caller: Caller = may("token.manage")) -> Any:
    """Your tokens, without their secrets."""
    with db.read() as connection:
        return accounts.tokens(connection, caller.account.id)


@router.post("/tokens", status_code=201, response_model=shapes.Token)
def new_token(body: shapes.NewToken, db: Db, caller: Caller = may("token.manage")) -> Any:
    """A token for programs. It is shown this once. Administrators may make one for another account."""
    account = caller.account
    if caller.scopes is not None and not _within(body.scopes, caller.scopes):
        raise NotAllowed("A token cannot make one that may more than itself.", where="scopes")
    if body.account is not None and body.account != account.name:
        if not caller.may("account.manage"):
            raise NotAllowed("Only an administrator may make tokens for others.", where="account")
        with db.read() as connection:
            found = accounts.by_name(connection, account.workspace_id, body.account)
        if found is None:
            raise NotFound("There is no account '{name}'.", where="account", name=body.account)
        account = found[0]
    secret = add_token(db, caller.actor, account.id, body.name, body.scopes, days=body.days)
    return {"name": body.name, "token": secret, "scopes": body.scopes}


def _within(wanted: Sequence[str], held: tuple[str, ...]) -> bool:
    may_use = {right for scope in held for right in SCOPES.get(scope, ())}
    return all(set(SCOPES.get(scope, ())) <= may_use for scope in wanted)


@router.delete("/tokens/{name:path}", status_code=204, response_class=Response)
def end_token(name: str, request: Request, db: Db, caller: Caller = may("token.manage")) -> None:
    """End your tokens of this name."""
    revoke_token(db, caller.actor, caller.account.id, name)
    request.app.state.callers.forget()


@router.get("/accounts", response_model=list[shapes.Account])
def list_accounts(db: Db, caller: Caller = may("account.manage")) -> Any:
    """Everyone in the workspace."""
    with db.read() as connection:
        return accounts.everyone(connection, caller.account.workspace_id)


@router.post("/accounts", status_code=201, response_model=shapes.Account)
def new_account(body: shapes.NewAccount, db: Db, caller: Caller = may("account.manage")) -> Any:
    """Add a person or a machine."""
    machine = body.kind == "machine"
    added = add_account(db, caller.actor, body.name, password=body.password, machine=machine, admin=body.admin)
    return {"id": added, "name": body.name.strip(), "kind": body.kind, "admin": body.admin}


@router.put("/accounts/{account:path}/password", status_code=204, response_class=Response)
def give_password(
    account: str, body: shapes.GivenPassword, request: Request, db: Db, caller: Caller = may("account.manage")
) -> None:
    """Give somebody a new password; their sessions end."""
    reset_password(db, caller.actor, account, body.password)
    request.app.state.callers.forget()


@router.put("/accounts/{account:path}/disabled", status_code=204, response_class=Response)
def disable(account: str, request: Request, db: Db, caller: Caller = may("account.manage")) -> None:
    """Let an account in no more: its sessions and tokens end, and what it holds goes to others."""
    disable_account(db, caller.actor, account)
    request.app.state.callers.forget()


@router.delete("/accounts/{account:path}/disabled", status_code=204, response_class=Response)
def enable(account: str, request: Request, db: Db, caller: Caller = may("account.manage")) -> None:
    """Let a disabled account in again."""
    enable_account(db, caller.actor, account)
    request.app.state.callers.forget()
