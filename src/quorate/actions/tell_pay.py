"""Tell how a project's money stands, and what one annotator earned. Reads only."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from quorate import clock
from quorate.actions.rules import rules_of
from quorate.actions.tell_budgets import tell_budgets
from quorate.errors import NotFound
from quorate.formats.statement import statement_file
from quorate.people.pay import hourly
from quorate.people.pseudonyms import pseudonym
from quorate.store import accounts, annotators, money
from quorate.store.database import Database
from quorate.store.projects import Project

RECENT = timedelta(days=30)
YEAR = timedelta(days=366)
EVER = datetime(2000, 1, 1, tzinfo=UTC)
MOST = 1000
Told = dict[str, Any]


def tell_pay(db: Database, project: Project, *, names: bool) -> Told:
    """Balances of the project and of everybody, open holds, payout runs, and what an hour of work brings."""
    with db.read() as reader:
        salt = accounts.salt(reader, project.workspace_id)
    with db.work() as connection:
        people = {row["id"]: row["name"] for row in annotators.everyone(connection, project.id)}
        rows, trial = money.balances(connection, project.id), money.trial(connection, project.id)
        holds, runs = money.open_holds(connection, project.id), money.payouts(connection, project.id)
    shown = ("earned", "bonus", "reversed", "payable", "held", "paid")

    def who(account: UUID) -> Told:
        return {"annotator": pseudonym(account, salt), "name": people.get(account) if names else None}

    return {
        "currency": project.currency,
        "balances": {name: trial.get(name, Decimal(0)) for name in ("budget", "payable", "held", "paid")},
        "annotators": [{**who(row["account_id"]), **{name: row[name] for name in shown}} for row in rows],
        "holds": [{**who(row.pop("account_id")), **row, "annotations": len(row["annotations"])} for row in holds],
        "payouts": [{"run": r["key"], "at": r["created_at"], "total": r["total"], "people": r["people"]} for r in runs],
        "wages": tell_wages(db, project),
        "steps": tell_budgets(db, project),
    }


def tell_wages(db: Database, project: Project) -> list[Told]:
    """What an hour of work brought in the last thirty days by step and role, and whether that is `low`.

    Seconds are those that the annotators were at it, as sent with each answer.
    """
    least = rules_of(db, project.id).policy.pay.hourly
    with db.work() as connection:
        rows = money.wages(connection, project.id, clock.now() - RECENT)
    told = []
    for row in rows:
        rate = hourly(row["paid"], row["seconds"])
        told.append({**row, "hourly": rate, "least": least, "low": rate is not None and rate < least})
    return told


def tell_earnings(db: Database, account: UUID, project: UUID | None = None) -> list[Told]:
    """One's own statement: by project what was earned, is held and was paid, by month and by line (of a year).

    Of every project in which one has earned (or of one), whether one still has a role there: money is owed for work
    that was done.
    """
    now = clock.now()
    with db.work() as connection:
        return [
            {
                **row,
                "months": money.months(connection, id, account),
                "lines": money.lines(connection, id, account, now - YEAR, now, MOST),
            }
            for row in money.of_account(connection, account)
            if (id := row.pop("project_id")) == (project or id)
        ]


def file_of_earnings(db: Database, account: UUID, month: date | None) -> str:
    """One's own statement as a CSV, a line for each day and step and for each transfer: of a month, or of all."""
    since = datetime(month.year, month.month, 1, tzinfo=UTC) if month else EVER
    until = (since + timedelta(days=32)).replace(day=1) if month else clock.now()
    lines: list[Told] = []
    with db.work() as connection:
        for row in money.of_account(connection, account):
            told = {"project": row["project"], "currency": row["currency"]}
            lines += [told | line for line in money.lines(connection, row["project_id"], account, since, until)]
    return statement_file(lines)


def account_named(db: Database, project: Project, name: str) -> UUID:
    """Who is called so in a project, by name or by pseudonym. Raises `NotFound`."""
    with db.read() as reader:
        salt = accounts.salt(reader, project.workspace_id)
    with db.work() as connection:
        for row in annotators.everyone(connection, project.id):
            if name in (row["name"], pseudonym(row["id"], salt)):
                return UUID(str(row["id"]))
    raise NotFound("There is no annotator '{name}' in this project.", where="annotator", name=name)
