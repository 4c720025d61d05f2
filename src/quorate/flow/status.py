"""How far a project is, how good it is and what it costs: one sheet, and one sentence."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

Sheet = dict[str, Any]


def compose(sheet: Mapping[str, Any], progress: Mapping[str, Any], needed: Decimal) -> Sheet:
    """The status, from a datasheet, the numbers of this moment and what the rest is expected to cost."""
    steps = {name: _step(step) for name, step in sheet["steps"].items()}
    tasks = sum(step["tasks"] for step in steps.values())
    decided = sum(step["decided"] for step in steps.values())
    money = progress["money"]
    return {
        "project": sheet["project"],
        "items": sheet["items"]["items"],
        "tasks": tasks,
        "decided": decided,
        "steps": steps,
        "certificate": sheet["certificate"],
        "cost": {
            "currency": money["currency"],
            "budget": money["budget"],
            "spent": Decimal(money["spent"]),
            "committed": Decimal(money["committed"]),
            "to_finish": needed,
        },
        "work": dict(progress["work"]),
        "queues": [dict(row) for row in progress["queues"]],
        "findings": {row["kind"]: row["findings"] for row in progress["findings"]},
    }


def _step(step: Mapping[str, Any]) -> Sheet:
    states = step["tasks_by_state"]
    return {
        "tasks": sum(states.values()) - states.get("retired", 0),
        "decided": states.get("decided", 0),
        "undecided": states.get("open", 0) + states.get("contested", 0),
        "states": states,
        "decided_by": step["labels_by_kind"],
        "judgements_per_item": step["judgements_per_label"],
        "estimated_accuracy": step["mean_confidence"],
        "accuracy_on_gold": step["accuracy_on_gold"],
        "agreement": step["agreement"],
    }


def sentence(status: Mapping[str, Any]) -> str:
    """The first thing that a manager wants to know."""
    cost = status["cost"]
    of = f" of {cost['budget']:,.2f}" if cost["budget"] is not None else ""
    sure = [step["estimated_accuracy"] for step in status["steps"].values() if step["estimated_accuracy"]]
    right = f" · about {sum(sure) / len(sure):.1%} right by our own estimate" if sure else ""
    finish = f" · {cost['to_finish']:,.2f} more to finish" if cost["to_finish"] else ""
    return (
        f"{status['decided']:,} of {status['tasks']:,} decided{right}"
        f" · {cost['spent']:,.2f}{of} {cost['currency']} spent{finish}"
    )
