"""`quorate account …`: people and machines, their roles, passwords and tokens."""

from __future__ import annotations

from typing import Annotated

import typer

from quorate.people.roles import Role

group = typer.Typer(no_args_is_help=True)
AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]


@group.command()
def add(
    name: Annotated[str, typer.Argument(help="The account's name.")],
    role: Annotated[list[str] | None, typer.Option(help="PROJECT:ROLE; may be given several times.")] = None,
    machine: Annotated[bool, typer.Option(help="A model annotator; it signs in by token.")] = False,
    admin: Annotated[bool, typer.Option(help="May add accounts and projects.")] = False,
    password: Annotated[
        str | None, typer.Option(help="Asked for when left out (persons).", envvar="QUORATE_PASSWORD")
    ] = None,
    token: Annotated[str | None, typer.Option(help="Make a token with this scope, too.")] = None,
    as_json: AsJson = False,
) -> None:
    """Add an account, with roles and a token if wanted."""
    from shlex import quote

    import orjson

    from quorate.actions.add_account import add_member
    from quorate.cli import connect

    if password is None and not machine and not token:
        password = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    roles = [_role(one) for one in role or ()]
    with connect.to_database() as (db, actor):
        account, secret = add_member(
            db, actor, name, roles, [token] if token else (), password=password, machine=machine, admin=admin
        )
    if as_json:
        told = {"id": account, "name": name, "roles": roles, "token": secret, "signs_in": password is not None}
        typer.echo(orjson.dumps(told))
        return
    typer.secho(f"Added {name}.", fg="green")
    if secret:
        typer.echo(f"  token (shown this once): {secret}")
    if password is None and not machine:
        typer.echo("  No password: a token is for programs. To sign in with a browser, too:")
        typer.echo(f"    quorate account password {quote(name)}")


def _role(written: str) -> tuple[str, str]:
    project, _, role = written.rpartition(":")
    if not project or role not in set(Role):
        raise typer.BadParameter(f"{written!r}: write PROJECT:ROLE, with a role of {', '.join(Role)}.")
    return project, role


@group.command()
def grant(
    name: Annotated[str, typer.Argument(help="The account's name.")],
    role: Annotated[str, typer.Argument(help="PROJECT:ROLE.")],
    as_json: AsJson = False,
) -> None:
    """Give a role in a project."""
    import orjson

    from quorate.actions.add_account import grant_role
    from quorate.cli import connect

    project, wanted = _role(role)
    with connect.to_database() as (db, actor):
        grant_role(db, actor, project, name, wanted)
    typer.echo(orjson.dumps({"name": name, "project": project, "role": wanted}) if as_json else "Done.")


@group.command()
def token(
    name: Annotated[str, typer.Argument(help="The account's name.")],
    scope: Annotated[list[str], typer.Option(help="work, read, export or manage.")],
    called: Annotated[str, typer.Option(help="What the token is for.")] = "command line",
    days: Annotated[int | None, typer.Option(help="Ends after so many days.")] = None,
    as_json: AsJson = False,
) -> None:
    """Make a token; it is shown this once."""
    import orjson

    from quorate.actions.add_account import add_token
    from quorate.cli import connect
    from quorate.errors import NotFound
    from quorate.store import accounts

    with connect.to_database() as (db, actor):
        with db.read() as connection:
            found = accounts.by_name(connection, actor.workspace, name)
        if found is None:
            raise NotFound(f"There is no account {name!r}.", where="name", mend="Add it with `quorate account add`.")
        secret = add_token(db, actor, found[0].id, called, scope, days=days)
    typer.echo(orjson.dumps({"name": name, "token": secret}) if as_json else secret)


@group.command()
def tokens(name: Annotated[str, typer.Argument(help="The account's name.")], as_json: AsJson = False) -> None:
    """The tokens of an account, without their secrets."""
    import orjson

    from quorate.cli import connect
    from quorate.store import accounts

    with connect.to_database() as (db, actor), db.read() as connection:
        kept = accounts.tokens(connection, accounts.find(connection, actor.workspace, name).id)
    if as_json:
        typer.echo(orjson.dumps([row._asdict() for row in kept]))
        return
    for token in kept:
        ends = f"until {token.expires_at:%Y-%m-%d}" if token.expires_at else "without end"
        typer.echo(f"{token.name}  {', '.join(token.scopes)}  since {token.created_at:%Y-%m-%d}, {ends}")


@group.command()
def revoke(
    name: Annotated[str, typer.Argument(help="The account's name.")],
    called: Annotated[str, typer.Argument(help="The token's name.")],
    as_json: AsJson = False,
) -> None:
    """End an account's tokens of this name."""
    from quorate.actions.add_account import revoke_token
    from quorate.cli import connect
    from quorate.store import accounts

    with connect.to_database() as (db, actor):
        with db.read() as connection:
            account = accounts.find(connection, actor.workspace, name).id
        revoke_token(db, actor, account, called)
    _done(as_json, name=name, token=called)


@group.command()
def withdraw(
    name: Annotated[str, typer.Argument(help="The account's name.")],
    role: Annotated[str, typer.Argument(help="PROJECT:ROLE.")],
    as_json: AsJson = False,
) -> None:
    """Take a role away, and back what was leased under it."""
    from quorate.actions.add_account import withdraw_role
    from quorate.cli import connect

    project, which = _role(role)
    with connect.to_database() as (db, actor):
        withdraw_role(db, actor, project, name, which)
    _done(as_json, name=name, project=project, role=which)


@group.command()
def declare(
    name: Annotated[str, typer.Argument(help="The account's name.")],
    kind: Annotated[str, typer.Argument(help="language, domain or conflict.")],
    names: Annotated[list[str] | None, typer.Argument(help="In the place of those before.")] = None,
    any: Annotated[bool, typer.Option("--any", help="Set no limit (again).")] = False,
    as_json: AsJson = False,
) -> None:
    """Keep which languages or domains somebody works in, or with whom they are in conflict."""
    from quorate.actions.declare_fitness import declare_fitness
    from quorate.actions.grant_access import account_named
    from quorate.cli import connect

    with connect.to_database() as (db, actor):
        who = account_named(db, actor.workspace, name)
        kept = declare_fitness(db, actor, who, kind, None if any else names or [])
    _done(as_json, name=name, kind=kind, names=kept)


@group.command()
def access(
    name: Annotated[str, typer.Argument(help="The account's name.")],
    project: Annotated[str, typer.Argument(help="The project's name.")],
    names: Annotated[list[str] | None, typer.Argument(help="In the place of those before.")] = None,
    as_json: AsJson = False,
) -> None:
    """Let an account see the items whose `access` attribute names no more than these."""
    from quorate.actions.grant_access import account_named, grant_access
    from quorate.cli import connect

    with connect.to_project(project) as (db, found, actor):
        kept = grant_access(db, actor, found, account_named(db, found.workspace_id, name), names or [])
    _done(as_json, name=name, project=project, names=kept)


@group.command()
def disable(name: Annotated[str, typer.Argument(help="The account's name.")], as_json: AsJson = False) -> None:
    """Let an account in no more: its sessions and tokens end, and what it holds goes to others."""
    from quorate.actions.manage_account import disable_account
    from quorate.cli import connect

    with connect.to_database() as (db, actor):
        disable_account(db, actor, name)
    _done(as_json, name=name, disabled=True)


@group.command()
def enable(name: Annotated[str, typer.Argument(help="The account's name.")], as_json: AsJson = False) -> None:
    """Let a disabled account in again; it signs in anew, and its tokens are made anew."""
    from quorate.actions.manage_account import enable_account
    from quorate.cli import connect

    with connect.to_database() as (db, actor):
        enable_account(db, actor, name)
    _done(as_json, name=name, disabled=False)


@group.command()
def password(
    name: Annotated[str, typer.Argument(help="The account's name.")],
    new: Annotated[
        str | None, typer.Option("--password", help="Asked for when left out.", envvar="QUORATE_PASSWORD")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Give an account a new password, whatever the old one was; its sessions end."""
    from quorate.actions.manage_account import reset_password
    from quorate.cli import connect

    new = new or typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    with connect.to_database() as (db, actor):
        reset_password(db, actor, name, new)
    _done(as_json, name=name)


def _done(as_json: bool, **told: object) -> None:
    import orjson

    typer.echo(orjson.dumps(told) if as_json else "Done.")


@group.command("list")
def list_(as_json: AsJson = False) -> None:
    """Everyone."""
    import orjson

    from quorate.cli import connect
    from quorate.store import accounts

    with connect.to_database() as (db, actor), db.read() as connection:
        everyone = accounts.everyone(connection, actor.workspace)
        held = accounts.roles_of_all(connection, actor.workspace)
    if as_json:
        facts = ("id", "name", "kind", "admin", "disabled")
        rows = [{fact: getattr(a, fact) for fact in facts} | {"roles": held.get(a.id, [])} for a in everyone]
        typer.echo(orjson.dumps(rows))
        return
    for account in everyone:
        what = [account.kind, *["administrator"] * account.admin, *["disabled"] * account.disabled]
        typer.echo("  ".join([account.name or "(erased)", *what, *held.get(account.id, [])]))
