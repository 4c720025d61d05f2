"""`quorate finding …`: what validators and detectors noticed, and what a person makes of it."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

import typer

from quorate.cli.say import say

group = typer.Typer(no_args_is_help=True)

Project = Annotated[str, typer.Argument(help="The project's name.")]
Finding = Annotated[UUID, typer.Argument(help="The finding's id, as `list` tells it.")]
Reason = Annotated[str, typer.Option(help="Why; the annotator reads it.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@group.command("list")
def list_(
    project: Project,
    state: Annotated[str | None, typer.Option(help="open, answered, unjudged (either), upheld or dismissed.")] = None,
    of: Annotated[
        str | None, typer.Option(help="work (what needs a person) or answers (flags on single ones).")
    ] = None,
    kind: Annotated[str | None, typer.Option(help="Of this validator or detector only.")] = None,
    limit: Annotated[int, typer.Option(help="The newest so many.", min=1, max=1000)] = 50,
    as_json: AsJson = False,
) -> None:
    """What was noticed, newest first, and what was said to it."""
    from quorate.actions.answer_finding import tell_findings
    from quorate.cli import connect

    with connect.to_project(project) as (db, found, _):
        told = tell_findings(db, found, names=True, limit=limit, of=of, state=state, kind=kind)
    lines = []
    for one in told:
        who = one["name"] or one["annotator"] or one["item"] or ""
        lines.append(
            f"{one['id']}  {one['at']:%Y-%m-%d %H:%M}  {one['state']:<9} {one['kind']}: {who}: {one['message']}"
        )
        if one["partners"]:
            lines.append(f"    with {', '.join(each['name'] or each['annotator'] for each in one['partners'])}")
        lines += [f"    → {each['kind']}{' (taken back)' if each['undone'] else ''}" for each in one["consequences"]]
        lines += [f"    {reply['kind']}: {reply['text']}" for reply in one["replies"]]
    say(told, "\n".join(lines) or "Nothing was noticed.", as_json=as_json)


@group.command()
def uphold(
    project: Project,
    finding: Finding,
    reason: Reason,
    then: Annotated[
        list[str] | None, typer.Option(help="What follows: paused, pay_held, asked_again; several times for several.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Agree with it; what follows can be taken back by dismissing it."""
    from quorate.actions.draw_consequences import KINDS
    from quorate.errors import InvalidInput

    for kind in then or ():
        if kind not in KINDS:
            raise InvalidInput(f"Nothing called {kind!r} follows.", where="--then", mend=f"Say {', '.join(KINDS)}.")
    _judge(project, finding, "upheld", reason, then or [], as_json=as_json)


@group.command()
def dismiss(project: Project, finding: Finding, reason: Reason, as_json: AsJson = False) -> None:
    """Hold nothing against them; whatever followed from it is taken back."""
    _judge(project, finding, "dismissed", reason, [], as_json=as_json)


def _judge(project: str, finding: UUID, verdict: Any, reason: str, then: list[Any], *, as_json: bool) -> None:
    from quorate.actions.answer_finding import judge_finding
    from quorate.cli import connect

    with connect.to_project(project) as (db, found, actor):
        done = judge_finding(db, actor, found, finding, verdict, reason, then)
    what = f" {'Taken back' if verdict == 'dismissed' else 'Done'}: {', '.join(done)}." if done else ""
    say({verdict: str(finding), "done": done}, f"{verdict.capitalize()}.{what}", as_json=as_json)


@group.command()
def diagnoses(project: Project, as_json: AsJson = False) -> None:
    """Why answers are wrong, by person and step, and what would help; those who need something first."""
    from quorate.actions.tell_diagnoses import tell_diagnoses
    from quorate.cli import connect

    with connect.to_project(project) as (db, found, _):
        told = tell_diagnoses(db, found, names=True)
    lines = []
    for one in told:
        gap = next(iter(one["gaps"]), None)
        mixed = f"; `{gap['truth']}` taken for `{gap['said']}`" if gap and one["remedy"] == "lesson" else ""
        sure = one["probabilities"][one["reason"]]
        who = one["name"] or one["annotator"]
        lines.append(f"{who:<20} {one['step']}: {one['reason']} ({sure:.0%}) → {one['remedy']}{mixed}")
    say(told, "\n".join(lines) or "Nothing is known yet.", as_json=as_json)


@group.command()
def lesson(
    project: Project,
    annotator: Annotated[str, typer.Argument(help="Their pseudonym.")],
    step: Annotated[str, typer.Option(help="The step.")],
    label: Annotated[list[str], typer.Option(help="A class that they confuse; say it twice for two.")],
    as_json: AsJson = False,
) -> None:
    """Send somebody a lesson on two classes, made of the guideline and of items whose answer is known."""
    from quorate.actions.help_annotator import send_lesson
    from quorate.actions.tell_annotators import annotator_called
    from quorate.cli import connect

    with connect.to_project(project) as (db, found, actor):
        sent = send_lesson(db, actor, found, annotator_called(db, found, annotator), step, label)
    say({"lesson": str(sent)}, "Sent.", as_json=as_json)
