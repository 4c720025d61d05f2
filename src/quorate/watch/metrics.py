"""The metrics: each a name, a unit, a meaning, and how it follows from a measure. The one registry of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from quorate.watch.facts import GRAINS

How = Literal["mean", "count", "sum", "most", "pace", "level"]
HOW: Mapping[How, str] = {
    "mean": "sum ÷ count",
    "count": "count",
    "sum": "sum",
    "most": "maximum",
    "pace": "count ÷ hours that have passed",
    "level": "count ÷ minutes that have passed",
}
Every = Literal["minute", "hour", "day"]
By = Literal["step", "class", "person"]
BY: tuple[By, ...] = ("step", "class", "person")


@dataclass(frozen=True, slots=True)
class Metric:
    """What a number means and how it is made of its measure."""

    name: str
    unit: str
    help: str
    measure: str
    how: How
    by: tuple[str, ...] = BY

    def value(self, n: float, total: float, most: float, seconds: float) -> float | None:
        """The metric of a stretch in which `seconds` have passed; None when nothing was there to measure."""
        match self.how:
            case "mean":
                return total / n if n else None
            case "count":
                return n
            case "sum":
                return total
            case "most":
                return most if n else None
            case "pace":
                return n / seconds * 3600 if seconds else None
            case _:
                return n / seconds * 60 if seconds else None


STEP, CLASS, PERSON, KIND = (BY[:1], BY[:2], ("step", "person"), ("class",))
METRICS: Mapping[str, Metric] = {
    metric.name: metric
    for metric in (
        Metric("agreement", "share", "Pairs of annotators who said the same of a decided task.", "pairs", "mean"),
        Metric("label_agreement", "share", "Answers that said what was decided.", "agreeing", "mean"),
        Metric("revision_rate", "share", "Answers that their annotator revised.", "answers", "mean"),
        Metric("overturn_rate", "share", "Labels that a later decision overturned.", "labels", "mean", CLASS),
        Metric("gold_accuracy", "share", "Answers to known items that were right.", "gold", "mean"),
        Metric("audit_accuracy", "share", "Blind audits that found the label right.", "audits", "mean", CLASS),
        Metric("confidence", "share", "How sure the first decisions were.", "confidence", "mean", CLASS),
        Metric("escalation_rate", "share", "Tasks that went to an expert, of those that left the crowd's hands.",
               "escalated", "mean", STEP),
        Metric("contested_rate", "share", "Answers to tasks that went to an expert before they were decided.",
               "contested", "mean"),
        Metric("answers", "answers", "Answers of crowd and models.", "answers", "count"),
        Metric("labels", "labels", "Tasks decided for the first time.", "labels", "count", CLASS),
        Metric("throughput", "answers an hour", "How fast answers come.", "answers", "pace"),
        Metric("label_pace", "labels an hour", "How fast tasks are decided.", "labels", "pace", CLASS),
        Metric("time_to_quality", "seconds", "From an item's import to the decision on it.", "quality_seconds", "mean",
               CLASS),
        Metric("latency", "seconds", "From lease to answer.", "latency_seconds", "mean"),
        Metric("latency_max", "seconds", "The longest time from lease to answer.", "latency_seconds", "most"),
        Metric("answer_time", "seconds", "Time spent on an answer.", "answer_seconds", "mean"),
        Metric("work_age", "seconds", "How long ago the items came in that still wait.", "wanted", "mean", CLASS),
        Metric("work_oldest", "seconds", "How long ago the oldest of them came in.", "wanted", "most", CLASS),
        Metric("work_length", "judgements", "How many are wanted that nobody holds.", "wanted", "level", CLASS),
        Metric("queue_age", "seconds", "How long the cases have waited that wait.", "queue", "mean"),
        Metric("queue_oldest", "seconds", "How long the oldest of them had waited.", "queue", "most"),
        Metric("queue_length", "cases", "How many wait.", "queue", "level"),
        Metric("coverage", "share", "Of the labels that quotas want, those that are there.", "coverage", "mean", KIND),
        Metric("coverage_missing", "labels", "Those that are not there yet.", "missing", "level", KIND),
        Metric("case_time", "seconds", "From the opening of a case to an expert's word on it.", "case_seconds", "mean",
               PERSON),
        Metric("judgements_per_item", "judgements", "Judgements behind a first decision.", "judgements", "mean", CLASS),
        Metric("cost_per_item", "money", "What a task had cost when it was first decided.", "item_cost", "mean", CLASS),
        Metric("cost_per_agreed", "money", "Paid for answers, for each that said what was decided.", "agreeing_cost",
               "mean"),
        Metric("hourly_pay", "money an hour", "What an hour of work brought the crowd, by the seconds of each answer.",
               "wage", "mean"),
        Metric("spending", "money", "Paid for answers and adjudications.", "cost", "sum"),
    )
}  # fmt: skip


LABEL = "A label is the work of several people; of one tell `label_agreement`, `gold_accuracy` and `cost_per_agreed`."
UNTOLD: Mapping[str, str] = {
    "escalation_rate": "A task that goes to an expert undecided has no class yet and was several people's work; of"
    " classes and people tells `contested_rate`, the answers to such tasks.",
    **dict.fromkeys(("overturn_rate", "audit_accuracy", "confidence", "labels", "label_pace", "time_to_quality",
                     "judgements_per_item", "cost_per_item"), LABEL),
    **dict.fromkeys(("work_age", "work_oldest", "work_length"), "What waits for annotators is nobody's yet."),
    "case_time": "A case is opened because its class is in doubt.",
    **dict.fromkeys(("coverage", "coverage_missing"), "A quota is of the project; its kinds stand as the class, such as"
                    " `class=topic.urgent` or `language=de`."),
}  # fmt: skip
"""Why a metric is not told by all of step, class and person."""


def of_measure(measure: str, wanted: Iterable[str]) -> list[Metric]:
    """Those of the wanted metrics that follow from a measure."""
    return [METRICS[name] for name in wanted if METRICS[name].measure == measure]


def passed(at: datetime, grain: str, now: datetime) -> float:
    """Seconds of a stretch that begins `at` which have passed."""
    size = GRAINS[grain]
    assert size is not None
    return max(min((now - at).total_seconds(), size.total_seconds()), 0.0)
