"""`quorate why PROJECT ITEM`: the whole story of a label."""

from __future__ import annotations

from textwrap import shorten
from typing import Annotated, Any

import typer


def command(
    project: Annotated[str, typer.Argument(help="The project's name.")],
    item: Annotated[str, typer.Argument(help="The item's key.")],
    names: Annotated[bool, typer.Option(help="Show names instead of pseudonyms.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the story as JSON.")] = False,
) -> None:
    """Who answered what, how far each answer moved the belief, which rule fired, who adjudicated and why."""
    import orjson

    from quorate.actions.tell_story import tell_story
    from quorate.cli import connect

    with connect.to_project(project) as (db, found, _):
        story = tell_story(db, found, item, names=names)
    if as_json:
        typer.echo(orjson.dumps(story))
        return
    typer.secho(f"{story['item']}: {_short(story['body'])}", bold=True)
    if story["shared_with"] is not None:
        typer.echo(f"labelled once, as {story['shared_with']}, which has the same content")
    for task in story["tasks"]:
        _task(task)


def _task(task: dict[str, Any]) -> None:
    sure = f", {task['confidence']:.1%} sure" if task["confidence"] is not None else ""
    typer.secho(f"\n{task['step']}: {task['value'] if sure else task['state']}{sure}", bold=True)
    for chapter in task["chapters"]:
        who = f"{chapter['who']} " if "who" in chapter else ""
        bar = _bar(chapter.get("after")) if chapter["what"] == "answer" else " " * 12
        typer.echo(f"  {chapter['at'][:19].replace('T', ' ')}  {bar}  {who}{chapter['text']}")
    if task["ledger"] and task["ledger"]["block"]:
        typer.echo(f"  ledger: event {task['ledger']['event']} in block {task['ledger']['block']}")


def _bar(probability: float | None) -> str:
    if probability is None:
        return " " * 12
    return "[" + ("█" * round(probability * 10)).ljust(10, "·") + "]"


def _short(body: Any) -> str:
    text = body.get("text") if isinstance(body, dict) and "text" in body else body
    return shorten(str(text), 100, placeholder=" …")
