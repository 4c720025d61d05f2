"""Tell annotators what they have done, earned and got right. Reads only."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from quorate import clock
from quorate.actions.actor import Actor
from quorate.actions.rules import rules_of
from quorate.errors import InvalidInput
from quorate.store import earnings, feedback
from quorate.store.database import Database, Driver
from quorate.truth.bounds import clopper_pearson


def tell_today(db: Database, actor: Actor, projects: Sequence[UUID], zone: str) -> dict[str, Any]:
    """Answers and earnings since midnight in this time zone and in all, by project and by currency."""
    assert actor.account is not None
    midnight = clock.now().astimezone(_zone(zone)).replace(hour=0, minute=0, second=0, microsecond=0)
    with db.work() as connection:
        rows = earnings.of_account(connection, actor.account, list(projects), midnight)
        for row in rows:
            row["accuracy"] = _accuracy(db, connection, row.pop("project"), actor.account)
            row["project"] = row.pop("name")
    return {
        "since": midnight,
        "zone": zone,
        "answers_today": sum(row["answers_today"] for row in rows),
        "answers": sum(row["answers"] for row in rows),
        "earned": _sums(rows),
        "projects": rows,
    }


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ValueError, KeyError, OSError) as error:
        raise InvalidInput(
            "There is no time zone '{name}'.", where="zone", mend="Write it as Europe/Berlin.", name=name
        ) from error


def _sums(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    currencies = sorted({row["currency"] for row in rows})

    def of(currency: str, name: str) -> Decimal:
        return sum((row[name] for row in rows if row["currency"] == currency), Decimal(0))

    return [{"currency": c, "today": of(c, "earned_today"), "total": of(c, "earned")} for c in currencies]


def _accuracy(db: Database, connection: Driver, project: UUID, account: UUID) -> dict[str, Any] | None:
    """The share of known items answered right, with its 95 % interval, as far as the policy tells it by now."""
    rules = rules_of(db, project)
    terms = rules.policy.feedback
    if not terms.gold:
        return None
    until = clock.now() - timedelta(minutes=terms.minutes)
    right = answers = 0
    for row in feedback.gold_answers(connection, project, account, until):
        step = rules.steps.get(row["step_id"])
        mine = step.heard(row["value"], row["schema_id"]) if step else None
        if step is None or mine is None:
            continue
        answers += 1
        right += step.question.same(mine, row["gold"])
    if not answers:
        return None
    low, high = clopper_pearson(right, answers, 0.025)
    return {"right": right, "answers": answers, "value": right / answers, "low": float(low), "high": float(high)}
