"""`quorate pay …`: what was earned, held, reversed and paid."""

from __future__ import annotations

from dataclasses import asdict
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer

from quorate.cli.files import there, written
from quorate.cli.say import say

group = typer.Typer(no_args_is_help=True)

Project = Annotated[str, typer.Argument(help="The project's name.")]
Who = Annotated[str, typer.Argument(help="An annotator, by name or pseudonym.")]
Reason = Annotated[str, typer.Option(help="Why; they will read it.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@group.command()
def statement(project: Project, who: Annotated[str | None, typer.Argument(help="One annotator.")] = None,
              as_json: AsJson = False) -> None:  # fmt: skip
    """What everybody earned and where it is; or the lines of one annotator."""
    from quorate.actions.tell_pay import account_named, tell_earnings, tell_pay
    from quorate.cli import connect

    with connect.to_project(project) as (db, found, _):
        if who is None:
            told: Any = tell_pay(db, found, names=True)
            lines = [f"{row['name'] or row['annotator']:<24} {_sums(row)}" for row in told["annotators"]]
        else:
            told = next(iter(tell_earnings(db, account_named(db, found, who), found.id)), None)
            rows = told["lines"] if told else []
            lines = [
                f"{one['at']:%Y-%m-%d}  {one['kind']:<9} {one['amount']:>12f}  {one['step'] or one['reason']}"
                + (f" (held {one['held']:+f})" if one["held"] else "")
                for one in rows
            ]
    say(told, "\n".join(lines) or "Nothing was earned.", as_json=as_json)


def _sums(row: dict[str, Any]) -> str:
    return "  ".join(f"{name} {row[name]:f}" for name in ("earned", "bonus", "reversed", "payable", "held", "paid"))


@group.command()
def budgets(project: Project, as_json: AsJson = False) -> None:
    """Prices and budgets by step, when the money ends, and what is then not decided."""
    from quorate.actions.tell_budgets import tell_budgets
    from quorate.cli import connect

    with connect.to_project(project) as (db, found, _):
        told = tell_budgets(db, found)
    say(told, "\n".join(_budget(row) for row in told), as_json=as_json)


def _budget(row: dict[str, Any]) -> str:
    left = "no limit" if row["left"] is None else f"{row['left']:f} left"
    state = f"  {row['thrift']}" if row["thrift"] else ""
    ends = f"  ends {row['ends']:%Y-%m-%d %H:%M}, {row['undone']} tasks undone" if row["ends"] else ""
    money = f"price {row['price']:f}  spent {row['spent']:f}  promised {row['committed']:f}  {left}"
    return f"{row['step']:<16} {money}  needs {row['needed']:f}{state}{ends}"


@group.command()
def prices(project: Project, as_json: AsJson = False) -> None:
    """Every change of a price, newest first: who made it, when and why."""
    from quorate.actions.tell_prices import tell_prices
    from quorate.cli import connect

    with connect.to_project(project) as (db, found, _):
        told = tell_prices(db, found, names=True)
    say(told, "\n".join(_price(row) for row in told) or "Nothing is paid.", as_json=as_json)


def _price(row: dict[str, Any]) -> str:
    of = f"{row['step']} {row['what']}" + (f" ({row['tier']})" if row["tier"] else "")
    who = "by rule" if row["by_rule"] else f"policy v{row['version']}, {row['who'] or 'nobody by name'}"
    return f"{row['at']:%Y-%m-%d %H:%M}  {of:<28} {row['before'] or '–'} → {row['after'] or '–'}  {who}: {row['why']}"


@group.command()
def run(
    project: Project,
    key: Annotated[str, typer.Argument(metavar="RUN", help="The run's id: repeated, it pays nobody twice.")],
    how: Annotated[str, typer.Option("--as", help="csv, prolific or mturk.")] = "csv",
    to: Annotated[Path | None, typer.Option(help="The file to write.", dir_okay=False, callback=written())] = None,
    payees: Annotated[
        Path | None,
        typer.Option(
            help="CSV of name,payee[,assignment]: who they are where they are paid.", dir_okay=False, callback=there
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Pay out what is payable, and write the file for whoever sends the money."""
    from quorate.actions.run_payout import file_of_payout, run_payout
    from quorate.cli import connect
    from quorate.formats.payout import AS, read_payees

    if how not in AS:
        raise typer.BadParameter(f"{how!r}: one of {', '.join(AS)}.", param_hint="--as")
    known = read_payees(payees.read_text(encoding="utf-8")) if payees else None
    with connect.to_project(project) as (db, found, actor):
        done = run_payout(db, actor, found, key, how if to else None, known)
        if to is not None:
            to.write_text(file_of_payout(db, found, key, how, known), encoding="utf-8")
    again = " (run before: nothing was paid now)" if done.repeated else ""
    say(asdict(done), f"{done.total:f} {done.currency} to {done.people} people{again}", as_json=as_json)


@group.command()
def reverse(
    project: Project,
    who: Who,
    annotations: Annotated[list[UUID], typer.Argument(help="The answers whose pay is taken back.")],
    reason: Reason,
    as_json: AsJson = False,
) -> None:
    """Take back into the budget what some answers earned."""
    from quorate.actions.hold_pay import reverse_pay
    from quorate.actions.tell_pay import account_named
    from quorate.cli import connect

    with connect.to_project(project) as (db, found, actor):
        amount = reverse_pay(db, actor, found, account_named(db, found, who), reason, annotations)
    say({"amount": amount}, f"{amount:f} {found.currency} were reversed", as_json=as_json)


@group.command()
def hold(project: Project, who: Who, reason: Reason, as_json: AsJson = False) -> None:
    """Hold all that is payable to somebody."""
    from quorate.actions.hold_pay import hold_pay
    from quorate.actions.tell_pay import account_named
    from quorate.cli import connect

    with connect.to_project(project) as (db, found, actor):
        held = hold_pay(db, actor, found, account_named(db, found, who), reason)
    say({"hold": held}, f"held: {held}", as_json=as_json)


@group.command()
def end(
    project: Project,
    hold: Annotated[UUID, typer.Argument(help="The hold's id.")],
    reason: Reason,
    reverse: Annotated[bool, typer.Option(help="Take it back instead of releasing it.")] = False,
    as_json: AsJson = False,
) -> None:
    """End a hold: release it, or reverse it into the budget."""
    from quorate.actions.hold_pay import end_hold
    from quorate.cli import connect

    with connect.to_project(project) as (db, found, actor):
        amount = end_hold(db, actor, found, hold, "reverse" if reverse else "release", reason)
    say({"amount": amount}, f"{amount:f} {found.currency}", as_json=as_json)


@group.command()
def bonus(project: Project, as_json: AsJson = False) -> None:
    """Give bonuses for answers that had none yet, by how informative they are against what others said."""
    from quorate.actions.award_bonus import award_bonus
    from quorate.cli import connect

    with connect.to_project(project) as (db, found, actor):
        given = award_bonus(db, actor, found)
    lines = [f"{b.step:<16} {b.answers:>6} answers  score {b.score:+.3f}  {b.amount:f}" for b in given]
    say([asdict(one) for one in given], "\n".join(lines) or "No bonus is due.", as_json=as_json)


@group.command("bonus-runs")
def bonus_runs(project: Project, as_json: AsJson = False) -> None:
    """The bonuses that were given at once, newest first, and how much of them was taken back."""
    from quorate.cli import connect
    from quorate.store import money

    with connect.to_project(project) as (db, found, _), db.work() as connection:
        runs = money.bonus_runs(connection, found.id)
    lines = [
        f"{one['run']}  {one['at']:%Y-%m-%d %H:%M}  {one['people']:>5} people  {one['amount']:f}"
        + (f", {one['taken_back']:f} taken back" if one["taken_back"] else "")
        for one in runs
    ]
    say(runs, "\n".join(lines) or "No bonus was given.", as_json=as_json)


@group.command("take-back")
def take_back(
    project: Project, run: Annotated[UUID, typer.Argument(help="One of `bonus-runs`.")], reason: Reason,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Take back a whole run of bonuses into the budget; repeated, it takes nothing."""
    from quorate.actions.take_back_bonus import take_back_bonus
    from quorate.cli import connect

    with connect.to_project(project) as (db, found, actor):
        taken = take_back_bonus(db, actor, found, run, reason)
    total = sum((one.amount for one in taken), Decimal(0))
    say([asdict(one) for one in taken], f"{total:f} {found.currency} are taken back", as_json=as_json)
