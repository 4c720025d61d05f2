"""The datasheet of an export: what is in it, who made it, how far to trust it and what it cost.

Follows the questions of Gebru et al., "Datasheets for Datasets" (2021), that numbers can answer.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import orjson

from quorate import __version__
from quorate.errors import InvalidInput
from quorate.flow.project import Target
from quorate.labels.schema import Question, parse_question
from quorate.truth.agreement import Estimate, agreement
from quorate.truth.agreement_distance import distance_alpha, distance_raw
from quorate.truth.agreement_metric import Metric
from quorate.truth.bounds import clopper_pearson
from quorate.truth.certificate import Audit, Stratum, certificate
from quorate.truth.votes import Votes

Sheet = dict[str, Any]
Rows = Sequence[Mapping[str, Any]]
METRIC: Mapping[str, Metric] = {"choice": "nominal", "choices": "nominal", "scale": "ordinal", "number": "interval"}
CERTIFIED = ("crowd", "model", "mapped")
"""The kinds of decision that audits are drawn from. An expert's word and a known answer are not audited."""
RESAMPLES = 200
Told = tuple[str, Estimate, Estimate]
"""What disagreements were measured by, alpha, and the share of pairs of answers that say the same."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The numbers of one step: `labels` by kind, `states`, `answers` by role, `gold` by role, `votes` one by one."""

    name: str
    labels: Rows
    states: Rows
    answers: Rows
    gold: Rows
    votes: Sequence[tuple[Any, Any, Any]]


@dataclass(frozen=True, slots=True)
class Numbers:
    """The numbers of a project. `rate`: the lowest rate of audits that any version of its policy had."""

    project: str
    currency: str
    items: Mapping[str, int]
    steps: Sequence[Asked]
    audits: Rows
    rate: float | None
    specs: Rows


def compose(numbers: Numbers, *, at: datetime) -> Sheet:
    """The datasheet as plain data."""
    specs = {(spec["kind"], spec["name"]): spec["body"] for spec in numbers.specs}
    plan: Sheet = next((body for (kind, _), body in specs.items() if kind == "project"), {})
    schemas = {step["id"]: step.get("schema") or step["id"] for step in plan.get("steps", ())}
    asked = {name: specs.get(("schema", schema), {}) for name, schema in schemas.items()}
    return {
        "project": numbers.project,
        "at": at,
        "quorate": __version__,
        "items": dict(numbers.items),
        "steps": {step.name: _step(step, asked.get(step.name, {})) for step in numbers.steps},
        "certificate": certify(
            [row for step in numbers.steps for row in step.labels],
            numbers.audits,
            numbers.rate,
            Target.model_validate(plan["target"]) if plan.get("target") else None,
        ),
        "cost": {"total": _money(numbers.steps), "currency": numbers.currency},
        "specs": [{name: s[name] for name in ("kind", "name", "version", "created_at")} for s in numbers.specs],
    }


def _step(step: Asked, schema: Mapping[str, Any]) -> Sheet:
    kind = schema.get("kind", "text")
    labels = sum(row["labels"] for row in step.labels)
    asked = [row for row in step.labels if row["kind"] != "gold"]
    answers = sum(row["answers"] for row in step.answers)
    return {
        "kind": kind,
        "labels": labels,
        "labels_by_kind": {row["kind"]: row["labels"] for row in step.labels},
        "tasks_by_state": {row["state"]: row["tasks"] for row in step.states},
        "mean_confidence": _mean(asked, "confidence"),
        "judgements_per_label": _mean(asked, "judgements"),
        "answers": answers,
        "answers_by_role": {row["role"]: row["answers"] for row in step.answers},
        "annotators_by_role": {row["role"]: row["annotators"] for row in step.answers},
        "median_seconds_by_role": {row["role"]: row["median_seconds"] for row in step.answers},
        "cost": str(sum((row["cost"] for row in step.answers), Decimal(0))),
        "agreement": _agreement(step.votes, schema, kind),
        "accuracy_on_gold": {row["role"]: _gold(row["right"], row["answers"]) for row in step.gold},
    }


def _mean(rows: Rows, name: str) -> float | None:
    total = sum(row["labels"] for row in rows)
    return round(sum(float(row[name]) * row["labels"] for row in rows) / total, 6) if total else None


def _money(steps: Sequence[Asked]) -> str:
    return str(sum((row["cost"] for step in steps for row in step.answers), Decimal(0)))


def _gold(right: int, answers: int) -> Sheet:
    low, high = clopper_pearson(right, answers, 0.025)
    return {"right": right, "answers": answers, "accuracy": right / answers, "low": float(low), "high": float(high)}


def _agreement(votes: Sequence[tuple[Any, Any, Any]], schema: Mapping[str, Any], kind: str) -> Sheet | None:
    """Krippendorff's alpha and raw agreement with 95 % intervals; None where nobody was asked twice."""
    if not votes:
        return None
    if kind in METRIC:
        metric, alpha, raw = _by_metric(votes, METRIC[kind])
    elif schema:
        metric, alpha, raw = _by_distance(votes, parse_question(schema))
    else:
        return None
    found = {}
    for name, estimate in (("krippendorff", alpha), ("raw", raw)):
        if not math.isfinite(estimate.value):
            return None
        found[name] = {"value": estimate.value, "low": _finite(estimate.low), "high": _finite(estimate.high)}
    return {**found, "metric": metric}


def _by_metric(votes: Sequence[tuple[Any, Any, Any]], metric: Metric) -> Told:
    """For answers that are classes or numbers."""
    items, workers, values = zip(*votes, strict=True)
    labels = [value if isinstance(value, int | float) else _word(value) for value in values]
    counted = Votes.from_arrays([str(item) for item in items], [str(worker) for worker in workers], labels)
    alpha = agreement(counted, "krippendorff", metric=metric, resamples=RESAMPLES)
    return str(metric), alpha, agreement(counted, "raw", resamples=RESAMPLES)


def _by_distance(votes: Sequence[tuple[Any, Any, Any]], question: Question) -> Told:
    """For marks and texts: by the distance of their kind, and by whether two say the same."""
    like = type(question.example)  # what was said when the question was of another kind is left out
    items, workers, values = zip(*(vote for vote in votes if isinstance(vote[2], like)), strict=True)
    written = [orjson.dumps(value).decode() for value in values]
    said = dict(zip(written, values, strict=True))
    counted = Votes.from_arrays([str(item) for item in items], [str(worker) for worker in workers], written)
    alpha = distance_alpha(counted, lambda a, b: question.distance(said[a], said[b]), resamples=RESAMPLES)
    raw = distance_raw(counted, lambda a, b: float(not question.same(said[a], said[b])), resamples=RESAMPLES)
    return "distance", alpha, raw


def _word(value: Any) -> str:
    return value if isinstance(value, str) else orjson.dumps(value).decode()


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def certify(labels: Rows, audits: Rows, rate: float | None, target: Target | None) -> Sheet:
    """Over the `labels` (by kind) that audits are drawn from, with a stratum for each kind of decision.

    A label that an audit corrected was of the population it was drawn from, so it counts in its old stratum; if all
    wrong ones that were found are corrected, they no longer count as errors.
    """
    audits = [row for row in audits if row["kind"] in CERTIFIED]
    sizes = dict.fromkeys(CERTIFIED, 0)
    for row in (row for row in labels if row["kind"] in sizes):
        sizes[row["kind"]] += row["labels"]
    for row in audits:
        sizes[row["kind"]] += not row["stands"]
    lowest = [row["probability"] for row in audits] + ([rate] if rate else [])
    strata = [Stratum(size, kind, floor=min(lowest, default=None)) for kind, size in sizes.items() if size]
    if not strata:
        known = sum(row["labels"] for row in labels if row["kind"] == "gold")
        said = "There is no label yet that an audit could check"
        said += f"; the {known:,} that there are were known from the start." if known else "."
        return {"error_upper": None, "audits": 0, "sentence": said}
    try:
        certified = certificate(
            [Audit(row["wrong"], row["probability"], row["kind"]) for row in audits],
            strata,
            alpha=round(1 - target.accuracy, 12) if target else None,
            delta=round(1 - target.confidence, 12) if target else 0.05,
            mended=all(not row["stands"] for row in audits if row["wrong"]),
        )
    except InvalidInput as error:
        return {"error_upper": None, "audits": len(audits), "sentence": f"No certificate: {error}"}
    return certified.as_dict()


def as_json(sheet: Sheet) -> bytes:
    """The datasheet as indented JSON."""
    return orjson.dumps(sheet, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def as_markdown(sheet: Sheet) -> str:
    """The datasheet for people."""
    items, cost = sheet["items"], sheet["cost"]
    lines = [
        f"# Datasheet: {sheet['project']}",
        "",
        f"As of {sheet['at']:%Y-%m-%d %H:%M:%S} UTC; written by Quorate {sheet['quorate']}.",
        "",
        f"- Items: {items['items']:,} ({items['duplicates']:,} with the same content as another,"
        f" {items['erased']:,} erased)",
        f"- Cost of all answers: {cost['total']} {cost['currency']}",
        f"- {sheet['certificate']['sentence']}",
        "",
    ]
    for name, step in sheet["steps"].items():
        lines += _step_lines(name, step)
    lines += ["## Versions", "", "| spec | version | published |", "|---|---|---|"]
    lines += [
        f"| {s['kind']} {s['name']} | {s['version']} | {s['created_at']:%Y-%m-%d %H:%M} |" for s in sheet["specs"]
    ]
    return "\n".join(lines) + "\n"


def _step_lines(name: str, step: Sheet) -> list[str]:
    kinds = ", ".join(f"{kind} {count:,}" for kind, count in step["labels_by_kind"].items())
    lines = [f"## {name} ({step['kind']})", "", f"- Labels: {step['labels']:,}" + (f" ({kinds})" if kinds else "")]
    if step["mean_confidence"] is not None:
        lines.append(f"- Mean confidence, known answers left out: {step['mean_confidence']:.3f}")
    if step["judgements_per_label"] is not None:
        lines.append(f"- Judgements a label, known answers left out: {step['judgements_per_label']:.2f}")
    for role, count in step["answers_by_role"].items():
        seconds = step["median_seconds_by_role"][role]
        pace = f", {seconds:.1f} s in the median" if seconds is not None else ""
        lines.append(f"- Answers of {role}: {count:,} by {step['annotators_by_role'][role]:,} annotators{pace}")
    if step["agreement"]:
        alpha = step["agreement"]["krippendorff"]
        lines.append(f"- Krippendorff's alpha ({step['agreement']['metric']}): {_interval(alpha)}")
        lines.append(f"- Raw agreement: {_interval(step['agreement']['raw'])}")
    for role, gold in step["accuracy_on_gold"].items():
        shown = {"value": gold["accuracy"], "low": gold["low"], "high": gold["high"]}
        lines.append(f"- Accuracy of {role} on known answers: {_interval(shown)}, {gold['answers']:,} answers")
    return [*lines, ""]


def _interval(estimate: Mapping[str, float | None]) -> str:
    ends = estimate["low"], estimate["high"]
    return f"{estimate['value']:.3f}" + ("" if None in ends else f" (95 %: {ends[0]:.3f} to {ends[1]:.3f})")
