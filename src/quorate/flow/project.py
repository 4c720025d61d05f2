"""What a project is for, what it may cost and of which steps it consists: the body of a `project` spec."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Annotated, Any

from pydantic import Field, PlainSerializer, PlainValidator, WithJsonSchema

from quorate.errors import InvalidInput
from quorate.labels import conditions
from quorate.labels.fields import Name, Words, Written, fault, gather, path
from quorate.labels.question import Question


def moment(written: object) -> datetime:
    """A day (its end, in UTC) or a moment, as it is written."""
    if isinstance(written, datetime):
        return written
    text = str(written)
    try:
        if len(text) == len("2026-12-31"):
            return datetime.combine(date.fromisoformat(text), time(23, 59, 59), UTC)
        at = datetime.fromisoformat(text)
    except ValueError:
        raise fault("A day or a moment is wanted.", "Write such as 2026-12-31 or 2026-12-31T18:00+01:00.") from None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


Due = Annotated[
    datetime, PlainValidator(moment), PlainSerializer(datetime.isoformat, return_type=str),
    WithJsonSchema({"type": "string"}),
]  # fmt: skip


class Target(Written):
    """How right the exported labels are to be: a share of them, with a confidence."""

    accuracy: float = Field(gt=0, lt=1)
    confidence: float = Field(default=0.95, gt=0, lt=1)


class Budget(Written):
    """What may be spent; no total means no limit."""

    total: Decimal | None = Field(default=None, ge=0, max_digits=18, decimal_places=6)
    currency: str = Field(default="USD", pattern=r"^[A-Z]{3}$")


class Step(Written):
    """One question about an item, asked when the condition on earlier steps holds."""

    id: str = Field(pattern=r"^[A-Za-z_]\w*$", max_length=63, description="A name that conditions can speak of.")
    question: Words = ""
    schema_name: str | None = Field(default=None, alias="schema")
    when: str | None = None
    budget: Decimal | None = Field(
        default=None, ge=0, max_digits=18, decimal_places=6, description="Of the total, what may be spent on it."
    )

    @property
    def asks(self) -> str:
        """The name of its schema: the step's own unless another is given."""
        return self.schema_name or self.id


class ProjectSpec(Written):
    """The body of a `project` spec."""

    name: Name = Field(pattern=r"^[\w][\w.\- ]*$", max_length=100)
    objective: Words = ""
    target: Target = Target(accuracy=0.95)
    budget: Budget = Budget()
    due: Due | None = Field(
        None,
        description="When it is to be done: a day (its end, in UTC) or a moment; `lag` in the policy says"
        " what is done when it will not be.",
    )
    steps: tuple[Step, ...] = Field(min_length=1, max_length=100)

    def check(self, questions: Mapping[str, Question]) -> None:
        """Raise `InvalidSpec` unless steps are named apart, their schemas exist and their conditions look back only."""
        gather([lambda i=i: self._check_step(i, questions) for i in range(len(self.steps))])  # type: ignore[misc]

    def _check_step(self, i: int, questions: Mapping[str, Question]) -> None:
        step, before = self.steps[i], self.steps[:i]
        if step.id in {other.id for other in before}:
            raise InvalidInput(
                "The step `{step}` is there twice.", where=path("steps", i, "id"), mend="Rename one.", step=step.id
            )
        if step.asks not in questions:
            raise InvalidInput(
                "There is no schema `{name}`.",
                where=path("steps", i, "schema" if step.schema_name else "id"),
                mend="There are: {known}.",
                name=step.asks,
                known=list(questions),
            )
        if step.budget is not None and self.budget.total is not None and step.budget > self.budget.total:
            raise InvalidInput(
                "The step `{step}` may spend more than the project's {total}.",
                where=path("steps", i, "budget"),
                mend="Lower it, or raise the total.",
                step=step.id,
                total=self.budget.total,
            )
        if step.when:
            facts = {other.id: facts_of(questions[other.asks]) for other in before if other.asks in questions}
            try:
                conditions.compile(step.when, facts)
            except InvalidInput as error:
                error.where = path("steps", i, "when")
                raise


def facts_of(question: Question) -> dict[str, Any]:
    """What a condition can say of an earlier step's decision, with examples."""
    return {"value": question.example, "confidence": 1.0}
