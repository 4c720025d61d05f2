"""What travels about money. Amounts are text, exact; times UTC."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field, JsonValue

from quorate.formats.payout import As
from quorate.server.problems import Sentences
from quorate.server.shapes.shape import ID, Shape, example


class Sums(BaseModel):
    """What somebody earned, and where it is: earned + bonus − reversed = payable + held + paid."""

    earned: Decimal
    bonus: Decimal
    reversed: Decimal
    payable: Decimal = Field(description="Less than nothing: paid out and reversed since; the next payout settles it.")
    held: Decimal
    paid: Decimal


class PaidAnnotator(Sums):
    """An annotator's money in a project."""

    annotator: str
    name: str | None


class Accounts(BaseModel):
    """The project's accounts; they sum to zero."""

    budget: Decimal = Field(description="What the project gave, with a minus.")
    payable: Decimal
    held: Decimal
    paid: Decimal


class OpenHold(BaseModel):
    """Money that is held."""

    hold: UUID
    annotator: str
    name: str | None
    amount: Decimal
    annotations: int = Field(description="The answers that it is for; 0: for all that was payable.")
    reason: str
    finding: UUID | None
    at: datetime


class Payout(BaseModel):
    """A payout run."""

    run: str
    at: datetime
    total: Decimal
    people: int


class PayoutRun(Payout):
    """A payout run that was asked for; `repeated`: it had been run before, and nothing was paid now."""

    currency: str
    repeated: bool


class Wage(BaseModel):
    """What an hour of work brought in the last thirty days, and what it should at least."""

    step: str
    role: Literal["crowd", "expert"]
    answers: int
    paid: Decimal
    seconds: float
    hourly: Decimal | None
    least: Decimal
    low: bool


class TierPrice(BaseModel):
    """What a judgement brings somebody of a tier."""

    name: str
    price: Decimal


class StepMoney(BaseModel):
    """A step's prices and budget, and how far the money will go."""

    step: str
    price: Decimal = Field(description="What a judgement brings now, `raised` included.")
    raised: Decimal = Field(description="What of that is on top by a rule of the policy.")
    tiers: list[TierPrice]
    adjudication: Decimal
    budget: Decimal | None = Field(description="The step's own; null: none.")
    spent: Decimal
    committed: Decimal
    left: Decimal | None = Field(description="The less of what is left for the step and for the project.")
    thrift: Literal["degraded", "stopped"] | None
    undecided: int
    needed: Decimal = Field(description="What deciding all of it will take, by what a decided task has cost.")
    ends: datetime | None = Field(description="When the money ends at the pace of the last day; null: it lasts.")
    undone: int = Field(description="Tasks that are then not decided.")


class Due(BaseModel):
    """Who would be paid how much."""

    name: str
    amount: Decimal


class ProjectPay(BaseModel):
    """A project's money."""

    currency: str
    balances: Accounts
    annotators: list[PaidAnnotator]
    holds: list[OpenHold]
    payouts: list[Payout]
    wages: list[Wage]
    steps: list[StepMoney]


class StatementLine(BaseModel):
    """Earned in a day at a step, or one transfer."""

    at: datetime
    kind: Literal["earned", "bonus", "held", "released", "reversed", "paid"]
    answers: int
    amount: Decimal = Field(description="What came to what is payable; with a minus what went from it.")
    held: Decimal = Field(description="The same of what is held.")
    step: str | None
    reason: str


class MonthOfEarnings(BaseModel):
    """What came and went in a month; `payable` and `still_held` at its end."""

    month: datetime
    answers: int
    earned: Decimal
    bonus: Decimal
    held: Decimal
    released: Decimal
    reversed: Decimal
    paid: Decimal
    payable: Decimal
    still_held: Decimal


class Earnings(Sums):
    """Your money in a project, by month and by line (of the last year), newest first."""

    project: str
    currency: str
    months: list[MonthOfEarnings]
    lines: list[StatementLine]


class PriceChange(BaseModel):
    """A price that was changed; null where it was not paid before, or is no more."""

    at: datetime
    step: str
    what: Literal["judgement", "adjudication"]
    tier: str | None = Field(description="For whom it is; null: for everybody.")
    before: Decimal | None
    after: Decimal | None
    by_rule: bool = Field(description="By a raise of the policy, whose condition with its numbers is the reason.")
    who: str | None = Field(description="Who published the policy; null: a rule, or nobody by name.")
    version: int | None = Field(description="Of the policy.")
    why: str
    said: Sentences | None = Field(description="Why a rule did it, for whoever translates it.")


class PaidAnswer(BaseModel):
    """An answer that earned something; `moved`: that is held, or was taken back."""

    annotation: UUID
    at: datetime
    step: str
    item: str
    role: str
    value: JsonValue
    amount: Decimal
    moved: bool


class BonusGiven(BaseModel):
    """A bonus; not `given` when the budget could not pay it."""

    annotator: str
    step: str
    answers: int
    score: float = Field(description="How much the answers tell, by what others said or is known: 0 nothing, 1 all.")
    amount: Decimal
    given: bool


class BonusRun(BaseModel):
    """Bonuses that were given at once."""

    run: UUID
    at: datetime
    people: int
    amount: Decimal
    taken_back: Decimal


class TakeBack(Shape):
    """Which run of bonuses is taken back, and why; those who got one are told."""

    model_config = example(run=ID, reason="The guideline changed in the middle of the week.")

    run: UUID
    reason: str = Field(min_length=1, max_length=2000)


class TakenBack(BaseModel):
    """How much of somebody's bonus for a step went back to the budget; of what others had taken before, nothing."""

    annotator: str
    step: str
    amount: Decimal


class Posted(BaseModel):
    """What was moved."""

    hold: UUID | None = None
    amount: Decimal | None = None


class Hold(Shape):
    """Whose pay is held, and why; of some answers, or all that is payable."""

    model_config = example(annotator="a-3f9c2d", reason="Many answers in under a second.", annotations=[ID])

    annotator: str = Field(max_length=100)
    reason: str = Field(min_length=1, max_length=2000)
    annotations: list[UUID] = Field(default=[], max_length=10_000)
    finding: UUID | None = Field(None, description="What was noticed; the hold is then of the answer that it is about.")


class HoldEnd(Shape):
    """How a hold ends."""

    model_config = example(hold=ID, then="release", reason="The answers were right.")

    hold: UUID
    then: Literal["release", "reverse"]
    reason: str = Field(min_length=1, max_length=2000)


class Reversal(Shape):
    """Whose answers are not paid after all, and why."""

    model_config = example(annotator="a-3f9c2d", reason="The text was copied.", annotations=[ID])

    annotator: str = Field(max_length=100)
    reason: str = Field(min_length=1, max_length=2000)
    annotations: list[UUID] = Field(min_length=1, max_length=10_000)


class PayoutFile(Shape):
    """For whom the file is, and who is who where they are paid."""

    model_config = example(payees="ann,A1B2C3,3XYZ\n", **{"as": "mturk"})

    how: As = Field("csv", alias="as")
    payees: str | None = Field(
        None, max_length=5_000_000,
        description="A CSV of name,payee[,assignment]; left out where accounts are called as on the platform.",
    )  # fmt: skip


class RunPayout(Shape):
    """The run's id: repeated, it pays nobody twice."""

    model_config = example(run="2026-11")

    run: str = Field(min_length=1, max_length=100)
