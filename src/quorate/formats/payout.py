"""Payout files: a plain CSV, Prolific's bulk bonus lines, and a table for MTurk's `SendBonus`.

Prolific takes lines of `participant id,amount` without a heading, in the currency of the study. MTurk has no bulk file
of its own: the columns are the parameters of `SendBonus`, whose `UniqueRequestToken` makes a repeated call harmless.
Amounts are written plainly, never in exponents.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, get_args

from quorate.errors import InvalidInput

As = Literal["csv", "prolific", "mturk"]
AS: tuple[str, ...] = get_args(As)
Payees = Mapping[str, tuple[str, str]]
"""By account name: who they are where they are paid, and the assignment that a bonus hangs on (MTurk)."""
GIVE = "Give a file of payees, with name,payee or name,payee,assignment in each line."


@dataclass(frozen=True, slots=True)
class Payment:
    """One person of a run: who they are where they are paid, and the assignment that a bonus hangs on (MTurk)."""

    payee: str
    amount: Decimal
    assignment: str = ""


def payout_file(payments: Sequence[Payment], run: str, currency: str, how: str = "csv") -> str:
    """The file of a payout run. Raises `InvalidInput` for an unknown format, or an id that it cannot hold."""
    if how not in AS:
        raise InvalidInput("There is no payout format '{how}'.", where="as", mend="One of {known}.", how=how, known=AS)
    if how == "prolific":
        return "".join(f"{_bare(one.payee)},{one.amount:f}\n" for one in payments)
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    if how == "mturk":
        table.writerow(["WorkerId", "AssignmentId", "BonusAmount", "Reason", "UniqueRequestToken"])
        table.writerows(
            [_safe(p.payee), _assignment(p), f"{p.amount:f}", f"Payout {run}", _token(run, p.payee)] for p in payments
        )
    else:
        table.writerow(["payee", "amount", "currency", "run"])
        table.writerows([_safe(one.payee), f"{one.amount:f}", currency, _safe(run)] for one in payments)
    return out.getvalue()


def read_payees(text: str) -> Payees:
    """The file `name,payee[,assignment]`, with or without these words above. Raises `InvalidInput`."""
    found: dict[str, tuple[str, str]] = {}
    try:
        lines = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True))
    except csv.Error as error:
        raise InvalidInput("It cannot be read: {reason}", where="payees", mend=GIVE, reason=str(error)) from None
    for cells in lines:
        name, payee, assignment, *_ = (*(cell.strip() for cell in cells), "", "", "")
        if not name or (not found and (name, payee) == ("name", "payee")):
            continue
        if not payee:
            raise InvalidInput("'{name}' has no payee.", where="payees", mend=GIVE, name=name)
        if name in found:
            raise InvalidInput("'{name}' is there twice.", where="payees", mend="Leave one out.", name=name)
        found[name] = payee, assignment
    return found


def _bare(payee: str) -> str:
    if any(sign in payee for sign in ',"\r\n'):
        raise InvalidInput("'{payee}' is no participant id.", where="payees", mend=GIVE, payee=payee)
    return payee


def _assignment(payment: Payment) -> str:
    if not payment.assignment:
        raise InvalidInput(
            "MTurk pays a bonus for an assignment, and '{payee}' has none.",
            where="payees", mend=GIVE, payee=payment.payee,
        )  # fmt: skip
    return payment.assignment


def _safe(text: str) -> str:
    """A spreadsheet must not take a name for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t") else text


def _token(run: str, payee: str) -> str:
    """MTurk allows 64 characters; the same payment always has the same."""
    from hashlib import sha256

    return sha256(f"{run}\n{payee}".encode()).hexdigest()
