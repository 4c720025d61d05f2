"""How urgently an expert should look: risk × ambiguity × value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from quorate.flow.evidence import Posterior

RISK = {"dispute": 1.0, "risky": 1.0, "second_opinion": 0.8, "undecided": 0.6, "audit": 0.3, "repeat": 0.1}
"""How bad it would be to leave a case of this kind unseen."""

WORTH = {"low": 0.5, "normal": 1.0, "high": 2.0, "critical": 4.0}


@dataclass(frozen=True, slots=True)
class Triage:
    """Each part in its own right, and their product, by which the queue is ordered."""

    risk: float
    ambiguity: float
    value: float

    @property
    def priority(self) -> float:
        """Higher is seen earlier."""
        return self.risk * self.ambiguity * self.value


def worth(item: Mapping[str, Any]) -> float:
    """What an item's `value` attribute says: a word of `WORTH` or a positive number; 1 for anything else."""
    value = item.get("value", "normal")
    return float(value) if isinstance(value, int | float) and value > 0 else WORTH.get(str(value), 1.0)


def triage(kind: str, posterior: Posterior | None, item: Mapping[str, Any]) -> Triage:
    """The urgency of a case of this kind.

    Ambiguity is kept off zero, so that a costly item that looks clear still comes before a cheap one that does.
    """
    ambiguity = 0.5 if kind == "audit" or posterior is None else max(posterior.ambiguity, 0.05)
    return Triage(RISK[kind], ambiguity, worth(item))
