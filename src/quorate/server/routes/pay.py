"""Money: one's own statement; a project's book, holds, reversals, bonuses and payouts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import Path, Query
from starlette.responses import Response

from quorate.actions.award_bonus import Bonus, award_bonus, preview_bonus
from quorate.actions.hold_pay import end_hold, hold_pay, reverse_pay
from quorate.actions.naming import naming
from quorate.actions.run_payout import file_of_payout, preview_payout, run_payout
from quorate.actions.take_back_bonus import TakenBack, preview_take_back, take_back_bonus
from quorate.actions.tell_annotators import annotator_called
from quorate.actions.tell_pay import file_of_earnings, tell_earnings, tell_pay
from quorate.actions.tell_prices import tell_prices
from quorate.formats.payout import As, read_payees
from quorate.server.bodies import Router
from quorate.server.guard import Caller, Db, InProject, may
from quorate.server.json import Json
from quorate.server.shapes import pay as shapes
from quorate.store import money
from quorate.store.database import Database
from quorate.store.projects import Project

router = Router(tags=["pay"])
PAY, RUNS = "/projects/{project}/pay", "/projects/{project}/payouts"


@router.get("/earnings", response_model=list[shapes.Earnings])
def show_own(db: Db, caller: Caller = may("self.read")) -> Any:
    """What you earned, by project, and where it is; also where you have no role any more."""
    return Json(tell_earnings(db, caller.account.id))


@router.get("/earnings/statement", response_class=Response, responses={200: {"content": {"text/csv": {}}}})
def show_own_file(
    db: Db,
    caller: Caller = may("self.read"),
    month: Annotated[
        str | None, Query(pattern=r"^\d{4}-(0[1-9]|1[0-2])$", description="Such as 2026-11; all when left out.")
    ] = None,
) -> Response:
    """Your statement as a CSV: a line for each day and step, and for each hold, release, reversal, bonus, payment."""
    asked = date.fromisoformat(f"{month}-01") if month else None
    return Response(
        file_of_earnings(db, caller.account.id, asked), media_type="text/csv",
        headers={"Content-Disposition": f'attachment; filename="statement{"-" + month if month else ""}.csv"'},
    )  # fmt: skip


@router.get(PAY, response_model=shapes.ProjectPay)
def show_book(db: Db, within: InProject, caller: Caller = may("pay.read")) -> Any:
    """Balances, open holds, payout runs, what an hour of work brings; prices and budgets by step with their outlook."""
    return Json(tell_pay(db, within, names=caller.may("identity.read", within.id)))


@router.post(PAY + "/holds", response_model=shapes.Posted)
def hold(body: shapes.Hold, db: Db, within: InProject, caller: Caller = may("pay.manage")) -> Any:
    """Keep what somebody earned out of payouts until the hold ends; they are told the reason."""
    account = annotator_called(db, within, body.annotator)
    held = hold_pay(
        db, caller.actor, within, account, body.reason, annotations=body.annotations, finding=body.finding
    )  # fmt: skip
    return Json({"hold": held, "amount": None})


@router.post(PAY + "/holds/end", response_model=shapes.Posted)
def end(body: shapes.HoldEnd, db: Db, within: InProject, caller: Caller = may("pay.manage")) -> Any:
    """Release what is held, or reverse it into the budget; once."""
    amount = end_hold(db, caller.actor, within, body.hold, body.then, body.reason)
    return Json({"hold": body.hold, "amount": amount})


@router.post(PAY + "/reversals", response_model=shapes.Posted)
def reverse(body: shapes.Reversal, db: Db, within: InProject, caller: Caller = may("pay.manage")) -> Any:
    """Take back into the budget what some answers earned."""
    account = annotator_called(db, within, body.annotator)
    amount = reverse_pay(db, caller.actor, within, account, body.reason, body.annotations)
    return Json({"hold": None, "amount": amount})


@router.get(PAY + "/prices", response_model=list[shapes.PriceChange])
def price_history(
    db: Db, within: InProject, caller: Caller = may("pay.read"), limit: Annotated[int, Query(ge=1, le=1000)] = 200
) -> Any:
    """Every change of a price, newest first: who made it, when and why."""
    return Json(tell_prices(db, within, names=caller.may("identity.read", within.id), limit=limit))


@router.get(PAY + "/answers", response_model=list[shapes.PaidAnswer])
def paid_answers(
    db: Db,
    within: InProject,
    annotator: Annotated[str, Query(max_length=100, description="Whose, by pseudonym.")],
    caller: Caller = may("pay.manage"),
    before: Annotated[UUID | None, Query(description="The last `annotation` of the page before.")] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
) -> Any:
    """The answers that earned somebody something, newest first: what a hold or a reversal may name."""
    account = annotator_called(db, within, annotator)
    with db.work() as connection:
        return Json(money.paid_for(connection, within.id, account, before=before, limit=limit))


@router.get(PAY + "/bonuses", response_model=list[shapes.BonusGiven])
def preview_rewards(db: Db, within: InProject, caller: Caller = may("pay.manage")) -> Any:
    """What bonuses would be given now, as far as the budget can pay them. Nothing is given."""
    return Json(_rewards(db, within, preview_bonus(db, within)))


@router.post(PAY + "/bonuses", response_model=list[shapes.BonusGiven])
def reward(db: Db, within: InProject, caller: Caller = may("pay.manage")) -> Any:
    """Give bonuses for answers that had none yet, by how informative they are against what others said."""
    return Json(_rewards(db, within, award_bonus(db, caller.actor, within)))


@router.get(PAY + "/bonuses/runs", response_model=list[shapes.BonusRun])
def reward_runs(db: Db, within: InProject, caller: Caller = may("pay.manage")) -> Any:
    """The bonuses that were given at once, newest first, and how much of them was taken back."""
    with db.work() as connection:
        return Json(money.bonus_runs(connection, within.id))


@router.get(PAY + "/bonuses/runs/{run}", response_model=list[shapes.TakenBack])
def preview_reversal(run: UUID, db: Db, within: InProject, caller: Caller = may("pay.manage")) -> Any:
    """What taking back this run of bonuses would take from whom, or took. Nothing is taken."""
    return Json(_rewards(db, within, preview_take_back(db, within, run)))


@router.post(PAY + "/bonuses/reversals", response_model=list[shapes.TakenBack])
def take_back(body: shapes.TakeBack, db: Db, within: InProject, caller: Caller = may("pay.manage")) -> Any:
    """Take back a whole run of bonuses into the budget; sent again, it takes nothing and tells the same."""
    return Json(_rewards(db, within, take_back_bonus(db, caller.actor, within, body.run, body.reason)))


def _rewards(db: Database, within: Project, bonuses: Sequence[Bonus | TakenBack]) -> list[dict[str, Any]]:
    named = naming(db, within.workspace_id, names=False)({one.account for one in bonuses})
    told = [asdict(one) for one in bonuses]
    return [{"annotator": named[row.pop("account")], **row} for row in told]


@router.get(RUNS, response_model=list[shapes.Due])
def preview(db: Db, within: InProject, caller: Caller = may("pay.manage")) -> Any:
    """Whom a run would pay how much now. Nothing is paid."""
    return Json([{"name": one.payee, "amount": one.amount} for one in preview_payout(db, within)])


@router.post(RUNS, response_model=shapes.PayoutRun)
def pay_out(body: shapes.RunPayout, db: Db, within: InProject, caller: Caller = may("pay.manage")) -> Any:
    """Pay out what is payable. A run that was run before is told again and pays nobody twice."""
    done = asdict(run_payout(db, caller.actor, within, body.run))
    return Json({"run": done.pop("key"), **done})


RunId = Annotated[str, Path(max_length=100, description="The run's id.")]
CSV: Any = {200: {"content": {"text/csv": {}}}}


@router.get(RUNS + "/{name}", response_class=Response, responses=CSV)
def payout_file(
    name: RunId,
    db: Db,
    within: InProject,
    caller: Caller = may("pay.manage"),
    how: Annotated[As, Query(alias="as", description="For whom the file is.")] = "csv",
) -> Response:
    """The file of a run: a CSV, Prolific's bulk bonus lines, or the parameters of MTurk's SendBonus."""
    return _file(file_of_payout(db, within, name, how), how)


@router.post(RUNS + "/{name}/export", response_class=Response, responses=CSV)
def payout_file_to(
    name: RunId, body: shapes.PayoutFile, db: Db, within: InProject, caller: Caller = may("pay.manage")
) -> Response:
    """The same with a file that says who is who where they are paid. Nothing is kept of it."""
    payees = read_payees(body.payees) if body.payees is not None else None
    return _file(file_of_payout(db, within, name, body.how, payees), body.how)


def _file(text: str, how: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="payout-{how}.csv"'}
    return Response(text, media_type="text/csv", headers=headers)
