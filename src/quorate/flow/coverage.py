"""How far what is wanted of each kind is reached, and how much the routing should prefer what is missing. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from quorate.flow.policy import Quota


@dataclass(frozen=True, slots=True)
class Covered:
    """A quota, and how many decided tasks there are of each kind."""

    quota: Quota
    decided: Mapping[str, int]

    def missing(self) -> dict[str, int]:
        """How many are missing, of each kind of which some are."""
        wanted = self.quota.wanted
        return {kind: number - have for kind, number in wanted.items() if (have := self.decided.get(kind, 0)) < number}

    def weights(self) -> dict[str, float]:
        """By how much tasks of each kind are preferred, as `DIMENSION=KIND`: from 1, when nothing is missing, to 2.

        For a kind of which little is there is more to be gained the less there is; what is full is asked on, after the
        others.
        """
        return {
            f"{self.quota.of}={kind}": 1 + missing / self.quota.wanted[kind] for kind, missing in self.missing().items()
        }
