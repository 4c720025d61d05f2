"""Pay out what is payable in a project, once for each run's key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from quorate import clock
from quorate.actions.actor import Actor
from quorate.actions.hold_pay import transfer
from quorate.errors import InvalidInput, NotFound
from quorate.formats.payout import Payees, Payment, payout_file
from quorate.ids import new_id
from quorate.people.pay import sendable, smallest
from quorate.store import annotators, money
from quorate.store.database import Database, Driver
from quorate.store.projects import Project

LONGEST = 100


@dataclass(frozen=True, slots=True)
class Paid:
    """A payout run. `repeated`: it had been run before, and nothing was paid now."""

    key: str
    total: Decimal
    people: int
    currency: str
    at: datetime
    repeated: bool = False


def run_payout(
    db: Database, actor: Actor, project: Project, key: str, how: str | None = None, payees: Payees | None = None
) -> Paid:
    """Pay everybody what is payable to them, down to the cent; what is held stays. A key that was run is not run again.

    What is earned while it runs is paid by the next. With `how` nobody is paid unless that file can be written.
    Raises `InvalidInput` for an empty or too long key, and as `file_of_payout` does.
    """
    if not key.strip() or len(key) > LONGEST:
        raise InvalidInput(
            "The run needs an id.", where="run", mend="Up to {longest} characters, such as 2026-11.", longest=LONGEST
        )
    with db.work() as connection:
        money.lock(connection, project.id)
        if known := money.payout(connection, project.id, key):
            return _paid(known, repeated=True)
        owed = _owed(connection, project)
        id = new_id()
        run = {
            "id": id, "project_id": project.id, "key": key, "author_id": actor.account,
            "currency": project.currency, "total": sum((amount for _, amount in owed), Decimal(0)),
            "people": len(owed), "created_at": clock.now(),
        }  # fmt: skip
        money.record_payout(connection, project.workspace_id, run)
        rows = [transfer(project, account, "paid", amount, key, actor, payout=id) for account, amount in owed]
        money.move(connection, project.workspace_id, *rows)
        if how is not None:
            _file(connection, run, how, payees)
    return _paid(run)


def preview_payout(db: Database, project: Project) -> list[Payment]:
    """Whom a run would pay how much now."""
    with db.work() as connection:
        owed = dict(_owed(connection, project))
        names = {row["id"]: row["name"] for row in annotators.everyone(connection, project.id)}
    return [
        Payment(str(names.get(account) or account), _written(amount, project.currency))
        for account, amount in owed.items()
    ]


def _owed(connection: Driver, project: Project) -> list[tuple[UUID, Decimal]]:
    rows = money.balances(connection, project.id)
    owed = [(row["account_id"], sendable(row["payable"], project.currency)) for row in rows]
    return [(account, amount) for account, amount in owed if amount > 0]


def _paid(run: Mapping[str, object], *, repeated: bool = False) -> Paid:
    key, total, people, currency, at = (run[name] for name in ("key", "total", "people", "currency", "created_at"))
    return Paid(key, total, people, currency, at, repeated)  # type: ignore[arg-type]


def file_of_payout(db: Database, project: Project, key: str, how: str, payees: Payees | None = None) -> str:
    """The file of a run. `payees` says by account name the id at the platform and, for MTurk, the assignment.

    Raises `NotFound` for a run that there was not, and for a name that `payees` does not know; `InvalidInput` for what
    the platform would not take.
    """
    with db.work() as connection:
        run = money.payout(connection, project.id, key)
        if run is None:
            raise NotFound("There was no payout run '{key}'.", where="run", key=key)
        return _file(connection, run, how, payees)


def _file(connection: Driver, run: Mapping[str, Any], how: str, payees: Payees | None) -> str:
    paid = money.paid_in(connection, run["id"])
    payments = [_payment(row["name"], _written(row["amount"], run["currency"]), payees) for row in paid]
    return payout_file(payments, run["key"], run["currency"], how)


def _written(amount: Decimal, currency: str) -> Decimal:
    """With as many decimals as the currency has; more only where there are."""
    plain = amount.quantize(smallest(currency))
    return plain if plain == amount else amount.normalize()


def _payment(name: str, amount: Decimal, payees: Payees | None) -> Payment:
    if payees is None:
        return Payment(name, amount)
    if name not in payees:
        raise NotFound("The payees do not name '{name}'.", where="payees", mend="Add a line for them.", name=name)
    payee, assignment = payees[name]
    return Payment(payee, amount, assignment)
