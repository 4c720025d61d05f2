"""`quorate spec …`: the versions of a project's specs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from uuid import UUID

    from quorate.store.database import Database

group = typer.Typer(no_args_is_help=True)

Project = Annotated[str, typer.Argument(help="The project's name.")]
Kind = Annotated[str, typer.Argument(help="schema, guideline, policy, project, rubric, template, training or exam.")]
Name = Annotated[str | None, typer.Argument(help="The spec's name; not needed where there is one of the kind.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would change, and change nothing.")]


def _echo(value: Any) -> None:
    import orjson

    typer.echo(orjson.dumps(value))


@group.command("list")
def list_(project: Project, as_json: AsJson = False) -> None:
    """The specs in force."""
    from quorate.cli import connect
    from quorate.store import projects

    with connect.to_project(project) as (db, found, _), db.read() as connection:
        rows = projects.specs_in_force(connection, found.id)
    if as_json:
        _echo([{"kind": r.kind, "name": r.name, "version": r.version, "created_at": r.created_at} for r in rows])
        return
    for row in rows:
        typer.echo(f"{row.kind:<10} {row.name:<24} version {row.version:<4} {row.created_at:%Y-%m-%d %H:%M}")


@group.command()
def log(project: Project, kind: Kind, name: Name = None, as_json: AsJson = False) -> None:
    """Every version of a spec: who, when, why."""
    rows = _versions(project, kind, name)
    if as_json:
        names = ("version", "created_at", "author", "reason", "reverts", "body")
        _echo([{field: getattr(row, field) for field in names} for row in rows])
        return
    for row in rows:
        back = f" (version {row.reverts} again)" if row.reverts else ""
        typer.echo(f"{row.version:>4}  {row.created_at:%Y-%m-%d %H:%M}  {row.author or 'operator'}: {row.reason}{back}")


@group.command()
def diff(
    project: Project,
    kind: Kind,
    name: Name = None,
    old: Annotated[int | None, typer.Option("--from", help="A version; else the one before the last.")] = None,
    new: Annotated[int | None, typer.Option("--to", help="A version; else the last.")] = None,
    as_json: AsJson = False,
) -> None:
    """What differs between two versions."""
    from quorate.errors import NotFound
    from quorate.flow.differences import diff as differences

    bodies = {row.version: row.body for row in _versions(project, kind, name)}
    if len(bodies) == 1 and (old, new) == (None, None) and not as_json:
        typer.echo("There is one version only; nothing to compare it with.")
        return
    new = new if new is not None else max(bodies)
    old = old if old is not None else max(new - 1, 1)
    for version in (old, new):
        if version not in bodies:
            raise NotFound(f"There is no version {version}.", mend=f"There are: {', '.join(map(str, bodies))}.")
    found = differences(bodies[old], bodies[new])
    if as_json:
        _echo({"from": old, "to": new, "differences": [one.to_json() for one in found]})
    else:
        typer.echo("\n".join(map(str, found)) or f"versions {old} and {new} say the same")


@group.command()
def revert(
    project: Project,
    kind: Kind,
    name: Name = None,
    to: Annotated[int, typer.Option("--to", help="The version to publish again.")] = 1,
    reason: Annotated[str | None, typer.Option(help="Why, kept with the new version.")] = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Publish an old version again; for a schema, restore the decisions that later versions had moved."""
    from quorate.actions.revert_spec import revert_spec
    from quorate.cli import connect
    from quorate.cli.apply import say
    from quorate.cli.faults import told

    with told(as_json=as_json), connect.to_project(project) as (db, found, actor):
        which = _named(db, found.id, kind, name)
        report = revert_spec(db, actor, found, kind, which, to, reason=reason, dry_run=dry_run)
    _echo(report.to_json()) if as_json else say(report)


@group.command()
def clone(
    source: Annotated[str, typer.Argument(help="The project to take it from.")],
    target: Annotated[str, typer.Argument(help="The project to publish it in.")],
    kind: Kind,
    name: Name = None,
    version: Annotated[int | None, typer.Option(help="A version; else the last.")] = None,
    as_name: Annotated[str | None, typer.Option("--as", help="Its name there, if another.")] = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Take a spec over from another project."""
    from quorate.actions.clone_spec import clone_spec
    from quorate.cli import connect
    from quorate.cli.apply import say
    from quorate.cli.faults import told
    from quorate.store import projects

    with told(as_json=as_json), connect.to_project(source) as (db, found, actor):
        with db.read() as connection:
            into = projects.find(connection, actor.workspace, target)
        which = _named(db, found.id, kind, name)
        report = clone_spec(db, actor, found, into, kind, which, version=version, as_name=as_name, dry_run=dry_run)
    _echo(report.to_json()) if as_json else say(report)


def _versions(project: str, kind: str, name: str | None) -> list[Any]:
    from quorate.cli import connect
    from quorate.errors import NotFound
    from quorate.store import specs

    with connect.to_project(project) as (db, found, _):
        which = _named(db, found.id, kind, name)
        with db.read() as connection:
            rows = specs.versions(connection, found.id, kind, which)
    if not rows:
        raise NotFound(f"There is no {kind} {which!r}.", mend=f"`quorate spec list {project}` shows what there is.")
    return rows


def _named(db: Database, project: UUID, kind: str, name: str | None) -> str:
    """Which spec is meant: without a name the only one of its kind."""
    from quorate.errors import InvalidInput
    from quorate.store import projects

    if name:
        return name
    with db.read() as connection:
        there = [row.name for row in projects.specs_in_force(connection, project) if row.kind == kind]
    if len(there) > 1:
        raise InvalidInput(f"There is more than one {kind}.", where="name", mend=f"Name one of {', '.join(there)}.")
    return str(there[0]) if there else kind
