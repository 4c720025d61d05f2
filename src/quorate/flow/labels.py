"""An item's labels as one record: its steps recombined, nested for JSON or flat for a table."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias
from uuid import UUID

Record: TypeAlias = dict[str, Any]


def label(task: Any, specs: Mapping[UUID, str], block: Any | None) -> Record:
    """What is known of one step of an item. `value` is None while nothing is decided, or no label applies.

    Where the skilled differ, `divided` is how probably they do, and `soft` the share of informed people who would say
    each label, with its interval: (share, low, high). None elsewhere: there the probabilities say it all.
    """
    if task.decision_id is None:
        return {"state": task.state, "value": None, "divided": task.divided, "soft": task.soft}
    return {
        "state": task.state,
        "value": task.value,
        "confidence": task.confidence,
        "probabilities": task.probabilities,
        "divided": task.divided,
        "soft": task.soft,
        "kind": task.kind,
        "method": task.method,
        "rule": task.rule,
        "reason": task.reason,
        "decided_at": task.created_at,
        "judgements": task.judgements,
        "cost": float(task.cost),
        "schema": specs.get(task.schema_id),
        "guideline": specs.get(task.guideline_id),
        "policy": specs.get(task.policy_id),
        "decision": str(task.decision_id),
        "block": block and block.number,
        "block_root": block and bytes(block.root).hex(),
    }


def answers(
    task: Any, step: str, given: Sequence[Any], specs: Mapping[UUID, str], pseudonym: Callable[[UUID], str]
) -> list[Record]:
    """Every answer to a task. `weight` is how far it moved the probability of the value decided (None: not counted)."""
    moves = {entry["annotation"]: entry for entry in task.evidence or () if "after" in entry}
    later = {row.supersedes for row in given}
    return [
        {
            "step": step,
            "annotation": str(row.id),
            "annotator": pseudonym(row.account_id),
            "role": row.role,
            "value": row.value,
            "at": row.created_at,
            "seconds": row.seconds,
            "confidence": row.confidence,
            "comment": row.comment,
            "cost": float(row.cost),
            "weight": _weight(moves.get(str(row.id))),
            "superseded": row.id in later,
            "schema": specs.get(row.schema_id),
            "guideline": specs.get(row.guideline_id),
        }
        for row in given
    ]


def _weight(move: Mapping[str, float] | None) -> float | None:
    return None if move is None else round(move["after"] - move["before"], 6)


def flat(record: Record, body: Mapping[str, str] | None) -> Record:
    """A record for a table. `body` maps each field of the item to its column; None keeps the body in one column."""
    row = {name: record[name] for name in ("key", "id", "twin_of", "media")}
    fields = record["body"] or {}
    if body is None:
        row["body"] = record["body"]
    else:
        row |= {column: fields.get(name) for name, column in body.items()}
    row |= {f"attributes.{name}": value for name, value in record["attributes"].items()}
    for step, known in record["labels"].items():
        row[step] = known["value"]
        row |= {f"{step}.{name}": value for name, value in known.items() if name != "value"}
    return row
