"""Ask an expert again, blind, what they have judged; and another expert, blind, what this one has.

An expert's word is believed by their skill, which begins as a strong prior. What they say of the same item a week
later, and what a colleague says who does not know of theirs, is what it learns from.
"""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from quorate.actions.decide_task import Cause, Outcome, case_row
from quorate.actions.rules import Rules
from quorate.store.annotations import Held
from quorate.store.cases import Case


def repeat_cases(rules: Rules, held: Held, case: Case, cause: Cause, outcome: Outcome | None) -> list[dict[str, Any]]:
    """The cases that a random share of adjudications lead to; none from a repeat, nor where the answer is known.

    They are no events: what an expert is asked again is to be known to nobody before they have answered.
    """
    experts, me = rules.policy.experts, held.account_id
    if case.kind == "repeat" or held.gold is not None:
        return []

    def row(why: str, meant_for: UUID | None = None, not_before: datetime | None = None) -> dict[str, Any]:
        posterior = outcome.posterior if outcome else None
        return case_row(
            rules, held, posterior, cause, "repeat", f"experts.repeat: {why}", "repeat",
            blind=True, probability=experts.repeat, decision=held.decision_id, meant_for=meant_for,
            not_before=not_before,
        )  # fmt: skip

    rows = []
    if random.random() < experts.repeat:
        rows.append(row("the same expert once more", me, cause.now + timedelta(days=experts.after_days)))
    if random.random() < experts.repeat:
        rows.append(row("another expert, who does not know"))
    return rows
