"""Why this label? The story of a task, in order, each step with its numbers, in words for people."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

Row = Mapping[str, Any]
Named = Callable[[UUID], str]


@dataclass(frozen=True, slots=True)
class Chapter:
    """One thing that happened. `before` → `after`: the probability of the value that won in the end."""

    at: datetime
    what: str
    text: str
    who: str | None = None
    before: float | None = None
    after: float | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """The chapter as plain data, without what is empty."""
        told = {
            "at": self.at.isoformat(),
            "what": self.what,
            "who": self.who,
            "text": self.text,
            "before": self.before,
            "after": self.after,
            "detail": dict(self.detail),
        }
        return {name: value for name, value in told.items() if value not in (None, {})}


def explain(said: Mapping[str, Iterable[Row]], *, decision: UUID | None, named: Named) -> list[Chapter]:
    """The chapters of one task, oldest first. `decision` is the one in force; `named` gives an account's pseudonym."""
    decisions = list(said["decisions"])
    moves = _moves(decisions, decision)
    superseded = {row["supersedes"] for row in said["annotations"] if row["supersedes"]}
    chapters = [_answer(row, moves, superseded, named) for row in said["annotations"]]
    chapters += [_decision(row, in_force=row["id"] == decision) for row in decisions]
    chapters += [_case(row) for row in said["cases"]]
    chapters += [_adjudication(row, named) for row in said["adjudications"]]
    chapters += [_audit(row) for row in said["audits"]]
    chapters += [_finding(row, named) for row in said["findings"]]
    chapters += [_skip(row, named) for row in said["skips"]]
    order = {"answer": 0, "finding": 1, "adjudication": 2, "audit": 3, "decision": 4, "case": 5}
    return sorted(chapters, key=lambda chapter: (chapter.at, order.get(chapter.what, 9)))


def _moves(decisions: list[Row], decision: UUID | None) -> dict[str, Row]:
    """How far each answer moved the decision in force; of answers that it did not hear, an earlier decision's."""
    moves: dict[str, Row] = {}
    for row in [*decisions, *(d for d in decisions if d["id"] == decision)]:
        moves |= {told["annotation"]: told for told in row["evidence"] if "after" in told}
    return moves


def _answer(row: Row, moves: Mapping[str, Row], superseded: set[Any], named: Named) -> Chapter:
    move = moves.get(str(row["id"]), {})
    text = f"answered {shown(row['value'])}"
    if row["seconds"] is not None:
        text += f" in {row['seconds']:.1f} s"
    if "after" in move:
        text += f"; this moved the probability of the label from {move['before']:.3f} to {move['after']:.3f}"
    if row["id"] in superseded:
        text += " (revised later)"
    given = row.get("why")
    text += _given(given) if given else ""
    if row["comment"]:
        text += f'. Comment: "{row["comment"]}"'
    versions = {"schema": row.get("schema_version"), "guideline": row.get("guideline_version")}
    detail = {
        "value": row["value"],
        "role": row["role"],
        "seconds": row["seconds"],
        "comment": row["comment"],
        "revised": row["id"] in superseded,
        "versions": versions,
        "annotation": str(row["id"]),
        "given": given,
    }
    return Chapter(
        row["created_at"],
        "answer",
        text,
        f"{named(row['account_id'])} ({row['role']})",
        move.get("before"),
        move.get("after"),
        detail,
    )


def _given(why: Row) -> str:
    """Why they were given the task, in words."""
    if "of" not in why:
        return ""
    place = f"{_nth(why['place'])} of {why['of']} in the queue"
    if why["by"] == "explore":
        text = f". They were given it, {place}, for what it tells of them"
    elif why["by"] == "skill" and why.get("between"):
        pair = " and ".join(name.partition(".")[2] for name in why["between"])
        text = f". They were given it, {place}: between {pair}, with a score of {why['score']:.2f}"
    else:
        text = f". They were given it, {place}"
    if why.get("cost"):
        text += f"; it costs {why['cost']:.2f} times the cheapest"
    return text + (f"; its kind was preferred {why['wanted']:.2f} times" if why.get("wanted") else "")


def _nth(number: int) -> str:
    ends = {1: "st", 2: "nd", 3: "rd"}
    return f"{number}{'th' if number % 100 in {11, 12, 13} else ends.get(number % 10, 'th')}"


def _decision(row: Row, *, in_force: bool) -> Chapter:
    state = "in force" if in_force else "superseded since"
    text = (
        f"decided {shown(row['value'])} with confidence {row['confidence']:.3f} ({state}). "
        f"Rule: {row['rule']}. Method: {row['method']}, after {row['reason']}; {row['judgements']} judgements, "
        f"cost {row['cost'].normalize():f}."
    )
    detail = {
        "value": row["value"],
        "confidence": row["confidence"],
        "probabilities": row["probabilities"],
        "kind": row["kind"],
        "rule": row["rule"],
        "reason": row["reason"],
        "in_force": in_force,
        "judgements": row["judgements"],
        "cost": f"{row['cost'].normalize():f}",
        "decision": str(row["id"]),
        "versions": {
            "policy": row.get("policy_version"),
            "schema": row.get("schema_version"),
            "guideline": row.get("guideline_version"),
        },
    }
    return Chapter(row["created_at"], "decision", text, None, None, row["confidence"], detail)


def _case(row: Row) -> Chapter:
    if row["kind"] == "audit":
        text = f"drawn for a blind audit with probability {row['probability']:.3f}"
    else:
        text = f"sent to an expert as {row['kind'].replace('_', ' ')}. Rule: {row['rule']}"
        text += f" (risk {row['risk']:.2f} × ambiguity {row['ambiguity']:.2f} × value {row['value']:.2f})"
    urgency = {name: row[name] for name in ("risk", "ambiguity", "value")}
    detail = {"kind": row["kind"], "rule": row["rule"], "urgency": urgency, "probability": row["probability"]}
    return Chapter(row["opened_at"], "case", text, detail=detail)


def _adjudication(row: Row, named: Named) -> Chapter:
    clauses = f" (clauses {', '.join(row['clauses'])})" if row["clauses"] else ""
    text = f'gave the reason: "{row["rationale"]}"{clauses}'
    if row["error"]:
        text += f". Kind of error: {row['error']}"
    if row["change_guideline"]:
        text += ". The guideline should change"
    detail = {"rationale": row["rationale"], "clauses": row["clauses"], "error": row["error"]}
    return Chapter(row["created_at"], "adjudication", text, f"{named(row['account_id'])} (expert)", detail=detail)


def _audit(row: Row) -> Chapter:
    verdict = "the audited label is right" if row["agrees"] else "the audited label is wrong"
    return Chapter(row["created_at"], "audit", verdict, detail={"agrees": row["agrees"]})


def _finding(row: Row, named: Named) -> Chapter:
    who = named(row["account_id"]) if row["account_id"] else None
    text = f"noticed ({row['kind']}): {row['message']} It was {row['action']}."
    detail = {name: row[name] for name in ("kind", "message", "evidence", "action")}
    return Chapter(row["created_at"], "finding", text, who, detail=detail)


def _skip(row: Row, named: Named) -> Chapter:
    reason = row["reason"]
    return Chapter(row["claimed_at"], "skip", f"passed: {reason}", named(row["account_id"]), detail={"reason": reason})


def shown(value: Any) -> str:
    """A label as people read it."""
    if isinstance(value, list):
        return "none" if not value else " + ".join(shown(one) for one in value)
    if isinstance(value, dict):
        place = [str(number) for name, number in value.items() if name != "label"]
        return f"{value.get('label', '')} at {'–'.join(place)}"
    return str(value)
