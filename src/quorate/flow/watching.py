"""What a policy says of the watch over the work: which detectors look, with what parameters, and what follows."""

from __future__ import annotations

from typing import Any, Self

from pydantic import Field, model_validator

from quorate import plugins
from quorate.errors import InvalidInput
from quorate.labels.fields import Written, fault, fault_of, faults_of, read


class Watch(Written):
    """Detectors over the answers that come in. What they find is told to a person; by default nothing else follows."""

    detectors: dict[str, dict[str, Any] | bool] = Field(
        default_factory=dict, description="Parameters of a detector by its name; `false` leaves it out."
    )
    pause: tuple[str, ...] = Field(
        (),
        max_length=50,
        description="Detectors and validators whose finding pauses new claims until a person resumes them.",
    )
    hold_pay: tuple[str, ...] = Field(
        (),
        max_length=50,
        description="Detectors and validators whose finding holds the pay of the affected answers until it is judged.",
    )
    ask_again: tuple[str, ...] = Field(
        (),
        max_length=50,
        description="Detectors and validators whose finding sets the affected answers aside and asks their tasks"
        " again.",
    )
    help: bool = Field(
        True,
        description="Whether a diagnosis helps by itself: a lesson for who takes one class for another, the advice of a"
        " break for who slips or tires, a question to the steward where everybody splits.",
    )
    sure: float = Field(0.9, gt=0.5, lt=1, description="How probable a diagnosis must be before it helps by itself.")

    @model_validator(mode="after")
    def _known(self) -> Self:
        there = plugins.addresses("detectors")
        flags = plugins.addresses("validators")
        for name in self.detectors:
            if name not in there:
                raise fault("There is no detector '{name}'.", "There are: {known}.", name=name, known=sorted(there))
        for name in self.followed:
            if name not in there and name not in flags:
                known = sorted({*there, *flags})
                raise fault(
                    "There is no detector or validator '{name}'.", "There are: {known}.", name=name, known=known
                )
        for name, wanted in self.detectors.items():
            try:
                read(plugins.load("detectors", name), {"use": name, **(wanted if isinstance(wanted, dict) else {})})
            except InvalidInput as error:
                first = faults_of(error)[0]
                raise fault_of(first, "detectors", name, *([first.where] if first.where else [])) from None
        return self

    @property
    def followed(self) -> tuple[str, ...]:
        """Detectors and validators from whose findings something follows."""
        return (*self.pause, *self.hold_pay, *self.ask_again)
