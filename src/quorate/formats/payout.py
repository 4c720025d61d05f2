"""Payout files: a plain CSV, Prolific's bulk bonus lines, and a table for MTurk's `SendBonus`.

Prolific takes lines of `participant id,amount` without a heading, in the currency of the study. MTurk has no bulk file
of its own: the columns are the parameters of `SendBonus`, whose `UniqueRequestToken` makes a repeated call harmless.
Amounts are written plainly, never in exponents.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, get_args

from quorate.errors import InvalidInput

As = Literal["csv", "prolific", "mturk"]
AS: tuple[str, ...] = get_args(As)


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
            [_safe(p.payee), p.assignment, f"{p.amount:f}", f"Payout {run}", _token(run, p.payee)] for p in payments
        )
    else:
        table.writerow(["payee", "amount", "currency", "run"])
        table.writerows([_safe(one.payee), f"{one.amount:f}", currency, _safe(run)] for one in payments)
    return out.getvalue()


def _bare(payee: str) -> str:
    if any(sign in payee for sign in ',"\r\n'):
        raise InvalidInput(
            "'{payee}' is no participant id.", where="payee", mend="Map names to ids with --payees.", payee=payee
        )
    return payee


def _safe(text: str) -> str:
    """A spreadsheet must not take a name for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t") else text


def _token(run: str, payee: str) -> str:
    """MTurk allows 64 characters; the same payment always has the same."""
    from hashlib import sha256

    return sha256(f"{run}\n{payee}".encode()).hexdigest()
