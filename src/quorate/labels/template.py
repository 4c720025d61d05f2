"""Templates: what an expert is asked for when adjudicating."""

from __future__ import annotations

from typing import Any

from pydantic import Field, field_validator

from quorate.errors import InvalidInput
from quorate.labels.fields import Words, Written, fault_of, faults_of
from quorate.labels.question import Class, Question, settled
from quorate.labels.schema import parse_question


class Template(Written):
    """The body of a template spec; the empty one asks for a rationale and nothing else."""

    rationale_min: int = Field(default=1, ge=1, le=1000, description="Characters a rationale must have.")
    clauses: bool = Field(default=False, description="At least one clause of the guideline must be cited.")
    errors: tuple[Class, ...] = Field(default=(), description="Kinds of error that the annotators may have made.")
    help: Words = ""
    fields: dict[str, dict[str, Any]] = Field(default={}, description="Further questions to the expert, by name.")

    _settled = field_validator("errors")(settled)

    @field_validator("fields")
    @classmethod
    def _parsed(cls, fields: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
        for name, entry in fields.items():
            try:
                parse_question(entry)
            except InvalidInput as error:
                first = faults_of(error)[0]
                raise fault_of(first, name, *([first.where] if first.where else [])) from None
        return fields

    @property
    def questions(self) -> dict[str, Question]:
        """The further questions, parsed."""
        return {name: parse_question(entry) for name, entry in self.fields.items()}

    def check(self, rationale: str, clauses: list[str], error: str | None, extra: dict[str, Any]) -> dict[str, Any]:
        """The extra answers in their normal form; raises `InvalidInput` when something asked for is missing."""
        if len(rationale.strip()) < self.rationale_min:
            raise InvalidInput(
                "The rationale is too short.",
                where="rationale",
                mend="Write at least {min} characters.",
                min=self.rationale_min,
            )
        if self.clauses and not clauses:
            raise InvalidInput("No clause is cited.", where="clauses", mend="Name the clause that decides it.")
        if error and self.errors and error not in {kind.id for kind in self.errors}:
            raise InvalidInput(
                "`{name}` is not a kind of error.",
                where="error",
                mend="There are: {known}.",
                name=error,
                known=[kind.id for kind in self.errors],
            )
        if strange := sorted(set(extra) - set(self.fields)):
            raise InvalidInput(
                "`{name}` is not asked for.", where=f"extra.{strange[0]}", mend="Leave it out.", name=strange[0]
            )
        return {name: question.check(extra.get(name)) for name, question in self.questions.items()}
