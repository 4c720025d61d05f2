"""What a policy says of the watch over the work: which detectors look, with what parameters, and whom that pauses."""

from __future__ import annotations

from typing import Any, Self

from pydantic import Field, model_validator

from quorate import plugins
from quorate.errors import QuorateError
from quorate.labels.fields import Written, fault, read


class Watch(Written):
    """Detectors over the answers that come in. What they find is told to a person; by default nothing else follows."""

    detectors: dict[str, dict[str, Any] | bool] = Field(
        default_factory=dict, description="Parameters of a detector by its name; `false` leaves it out."
    )
    pause: tuple[str, ...] = Field(
        (), max_length=50, description="Detectors whose finding pauses new claims until a person resumes them."
    )

    @model_validator(mode="after")
    def _known(self) -> Self:
        there = plugins.addresses("detectors")
        for name in (*self.detectors, *self.pause):
            if name not in there:
                raise fault(f"There is no detector {name!r}.", f"There are: {', '.join(sorted(there))}.")
        for name, wanted in self.detectors.items():
            try:
                read(plugins.load("detectors", name), {"use": name, **(wanted if isinstance(wanted, dict) else {})})
            except QuorateError as error:
                raise fault(f"{name}: {error.detail}", error.mend, "detectors", name) from None
        return self
