"""What a policy says of money: prices by step and tier, raises by rule, and what happens when a budget ends."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Annotated, Any, Literal, Self

from pydantic import Field, PlainSerializer, PlainValidator, WithJsonSchema, model_validator

from quorate.errors import InvalidInput
from quorate.flow.alerts import Span
from quorate.flow.trust import Term
from quorate.labels import conditions
from quorate.labels.conditions import Condition
from quorate.labels.fields import Name, Written, fault, fault_of

FACTS: Mapping[str, Any] = {"waiting": 120, "age": 5.5, "idle": 0.5, "decided": 0.4, "raised": 0.0}
"""What the condition of a raise may speak of, with examples; see `Raise`."""

Amount = Annotated[Decimal, Field(ge=0, max_digits=18, decimal_places=6)]
Amounts = Amount | dict[Name, Amount]
"""One amount for all steps, or one for each."""


def _compiled(source: object) -> Condition:
    if isinstance(source, Condition):
        return source
    if not isinstance(source, str):
        raise fault("A condition is wanted.", "Write such as: waiting > 100 && idle > 2.0")
    try:
        return conditions.compile(source, FACTS)
    except InvalidInput as error:
        raise fault_of(error) from None


Starving = Annotated[
    Condition, PlainValidator(_compiled), PlainSerializer(lambda c: c.source, return_type=str),
    WithJsonSchema({"type": "string", "description": "A condition in CEL on a step's queue."}),
]  # fmt: skip


class Tier(Term):
    """Whoever has passed this exam, or finished this training, is paid so; nobody less than without it."""

    name: Name
    judgement: Amounts = Field(description="What a judgement brings, for all steps or by step.")
    steps: tuple[Name, ...] = Field((), description="The steps on which it holds; all when left out.")

    def price(self, step: str) -> Decimal:
        """What a judgement brings here; nothing where the tier does not say."""
        return _of(self.judgement, step) if not self.steps or step in self.steps else Decimal(0)


class Raise(Written):
    """While `when` holds of a step's queue, its judgements bring more; when it has recovered, less again.

    The condition may speak of `waiting` (judgements wanted that nobody holds), `age` (hours since the oldest task that
    waits came in), `idle` (hours since the step's last answer), `decided` (the share of its tasks) and `raised` (what
    is on top now). Nothing is raised beyond what the budget can pay for all that waits.
    """

    when: Starving
    steps: tuple[Name, ...] = Field((), description="The steps that it is for; all when left out.")
    by: Amount = Field(gt=0, description="What comes on top of the price each time.")
    most: Amount = Field(gt=0, description="The most that may be on top.")
    every: Span = Field(
        timedelta(hours=1),
        description="How long a price stands at least before it goes up or down again.",
        json_schema_extra={"default": "1h"},
    )


class Pay(Written):
    """Money in the project's currency, exact. What is promised when a task is claimed is what it brings."""

    judgement: Amounts = Field(Decimal(0), description="For all steps, or by step: {topic: 0.04, severity: 0.06}.")
    adjudication: Amounts = Field(Decimal(0), description="The same for experts.")
    tiers: tuple[Tier, ...] = Field((), max_length=20, description="The first that somebody has earned counts.")
    raises: tuple[Raise, ...] = Field((), max_length=20, description="The first for a step whose condition holds.")
    bonus: Amount = Field(
        Decimal(0), description="Most that a judgement may bring on top, by how informative the answers are."
    )
    bonus_tasks: int = Field(20, ge=2, description="No bonus for fewer answers of one person to a step.")
    hourly: Amount = Field(
        Decimal(0),
        description="What an hour of work should bring at least. Where it is less, an alert tells; 0: no floor.",
    )

    @model_validator(mode="after")
    def _told_apart(self) -> Self:
        names = [tier.name for tier in self.tiers]
        for place, name in enumerate(names):
            if not name or name in names[:place]:
                raise fault(
                    "The tier `{name}` is there twice.", "Give each its own name.", "tiers", place, "name", name=name
                )
        return self

    def price(self, step: str, tier: str = "") -> Decimal:
        """What a judgement of a step brings somebody of this tier, before any raise."""
        plain = _of(self.judgement, step)
        return max([plain, *(one.price(step) for one in self.tiers if one.name == tier)])

    def rate(self, step: str) -> Decimal:
        """What an adjudication of a step brings."""
        return _of(self.adjudication, step)

    @property
    def most(self) -> Decimal:
        """The highest price of a judgement of any step without tiers: what is told before it is known which."""
        return max(self.judgement.values(), default=Decimal(0)) if isinstance(self.judgement, dict) else self.judgement

    def raise_for(self, step: str, facts: Mapping[str, Any]) -> Raise | None:
        """The raise whose condition holds now, if any."""
        for one in self.raises:
            if (not one.steps or step in one.steps) and one.when.true(facts):
                return one
        return None


class Spending(Written):
    """What happens when so much of a budget, the project's or a step's own, is spent or promised.

    What somebody holds is always paid. `stop`: the crowd is asked no more, experts go on with what is left. `degrade`:
    fewer judgements, less confidence, and experts see only what is urgent.
    """

    at: float = Field(1.0, gt=0, le=1, description="From this share of the budget on.")
    then: Literal["stop", "degrade"] = "stop"
    judgements: int | None = Field(None, ge=1, le=1000, description="`degrade`: the most judgements for a task.")
    accept: float | None = Field(None, gt=0, lt=1, description="`degrade`: the confidence that is enough.")
    cases: Literal["all", "urgent"] = Field(
        "urgent", description="`degrade`: whether experts get all cases, or only disputes and what a rule calls risky."
    )

    @model_validator(mode="after")
    def _degrades(self) -> Self:
        if self.then == "degrade" and self.at == 1:
            raise fault("With the whole budget spent nothing is left to go on with.", "Write such as 0.8.", "at")
        return self


def _of(amounts: Amounts, step: str) -> Decimal:
    return amounts.get(step, Decimal(0)) if isinstance(amounts, dict) else amounts
