"""Tell how a project's prices came to be what they are: each change with who made it, when and why. Reads only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from quorate.actions.rules import rules_of
from quorate.flow.prices import Pay
from quorate.people.pseudonyms import pseudonym
from quorate.store import accounts, money, specs
from quorate.store.database import Database
from quorate.store.projects import Project

Told = dict[str, Any]
Price = tuple[str, str, str]
"""What is paid (`judgement`, `adjudication`), of which step, to which tier (empty: to everybody)."""


def tell_prices(db: Database, project: Project, *, names: bool, limit: int = 200) -> list[Told]:
    """Every change of a price, newest first: by a version of the policy, or `by_rule` (`pay.raises`), whose reason is
    its condition with the numbers of the queue. `before` is None where there was no price yet."""
    rules = rules_of(db, project.id)
    with db.read() as reader:
        salt = accounts.salt(reader, project.workspace_id)
        written = specs.versions(reader, project.id, "policy", rules.policy_name)
    with db.work() as connection:
        raised = money.price_changes(connection, project.id, limit)
    told = [
        {
            "at": row["at"], "step": row["detail"]["step"], "what": "judgement", "tier": None, "by_rule": True,
            "before": row["detail"]["from"], "after": row["detail"]["to"], "who": None, "version": None,
            "why": row["detail"]["why"], "said": row["detail"].get("said"),
        }
        for row in raised
    ]  # fmt: skip
    before: Mapping[Price, Decimal] = {}
    for row in written:
        after = _prices(row.body, rules.names)
        who = row.author if names or row.author_id is None else pseudonym(row.author_id, salt)
        told += [
            {
                "at": row.created_at, "step": step, "what": what, "tier": tier or None, "by_rule": False,
                "before": before.get((what, step, tier)), "after": after.get((what, step, tier)), "who": who,
                "version": row.version, "why": row.reason, "said": None,
            }
            for what, step, tier in sorted(before.keys() | after.keys())
            if before.get((what, step, tier)) != after.get((what, step, tier))
        ]  # fmt: skip
        before = after
    return sorted(told, key=lambda one: one["at"], reverse=True)[:limit]


def _prices(body: Mapping[str, Any] | None, steps: Sequence[str]) -> Mapping[Price, Decimal]:
    """What a policy pays for what, of the steps that there are; what is not paid is not there."""
    pay = Pay.model_validate((body or {}).get("pay") or {})
    found: dict[Price, Decimal] = {}
    for step in steps:
        found["judgement", step, ""] = pay.price(step)
        found["adjudication", step, ""] = pay.rate(step)
        found |= {("judgement", step, tier.name or ""): pay.price(step, tier.name or "") for tier in pay.tiers}
    return {key: amount for key, amount in found.items() if amount}
