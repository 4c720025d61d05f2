"""What Prometheus reads: the sums that the roll-ups keep, in its text format."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any
from uuid import UUID

from prometheus_client import CollectorRegistry, PlatformCollector, ProcessCollector, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric, SummaryMetricFamily
from prometheus_client.registry import Collector

from quorate.people.pseudonyms import pseudonym
from quorate.settings import settings
from quorate.store import accounts, measures
from quorate.store.database import Database
from quorate.watch.facts import MEASURES, NOBODY

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
PREFIX = "quorate"
LABELS = ("project", "step", "class")
QUEUES = {
    "queue_cases": ("Cases that wait for an expert.", "queue", "n"),
    "queue_age_seconds_sum": ("How long they have waited, in all.", "queue", "total"),
    "queue_oldest_seconds": ("How long the oldest has waited.", "queue", "most"),
    "work_judgements": ("Judgements that are wanted and that nobody holds.", "wanted", "n"),
    "work_age_seconds_sum": ("How long ago their items came in, in all.", "wanted", "total"),
    "work_oldest_seconds": ("How long ago the oldest of them came in.", "wanted", "most"),
    "coverage_wanted": ("Labels that quotas want; the class is the kind.", "coverage", "n"),
    "coverage_labels": ("Those of them that are there.", "coverage", "total"),
}
SAMPLED = {"queue", "wanted", "coverage", "missing"}


def families() -> list[str]:
    """The names of everything of ours that is told, as queries name it."""
    summaries = [f"{PREFIX}_{name}_{part}" for name in MEASURES if name not in SAMPLED for part in ("count", "sum")]
    return [*summaries, *(f"{PREFIX}_{name}" for name in (*QUEUES, "alerts_firing", "rollup_lag_events"))]


def scrape(db: Database, workspace: UUID) -> bytes:
    """The text for one workspace."""
    registry = CollectorRegistry()
    registry.register(_Sums(lambda: list(_families(db, workspace))))
    ProcessCollector(registry=registry)
    PlatformCollector(registry=registry)
    return generate_latest(registry)


class _Sums(Collector):
    def __init__(self, read: Callable[[], Iterable[Metric]]) -> None:
        self._read = read

    def collect(self) -> Iterable[Metric]:
        return self._read()

    def describe(self) -> Iterable[Metric]:
        return ()


def _families(db: Database, workspace: UUID) -> Iterator[Metric]:
    people = settings().metrics_people
    with db.work() as connection:
        sums = measures.ever(connection, workspace, people=people)
        waiting = {one: measures.waiting(connection, workspace, one, people=people) for one in SAMPLED}
        firing = measures.firing(connection, workspace)
        lag = measures.lag(connection)
    with db.read() as reader:
        salt = accounts.salt(reader, workspace)
    labels = (*LABELS, "person") if people else LABELS
    told = {
        name: SummaryMetricFamily(f"{PREFIX}_{name}", help[0].upper() + help[1:], labels=labels)
        for name, help in MEASURES.items()
        if name not in SAMPLED
    }

    def values(row: dict[str, Any]) -> list[str]:
        return [row["project"], row["step"], row["label"], *([_person(row["account"], salt)] if people else [])]

    for row in sums:
        told[row["measure"]].add_metric(values(row), count_value=row["n"], sum_value=row["total"])
    yield from told.values()
    for name, (help, measure, column) in QUEUES.items():
        yield _gauge(name, help, labels, ([*values(row), row[column]] for row in waiting[measure]))
    columns = ("project", "rule", "subject", "severity")
    yield _gauge("alerts_firing", "Alerts that fire.", columns, ([*(r[c] for c in columns), 1] for r in firing))
    yield _gauge("rollup_lag_events", "Sealed events that are not rolled up yet.", (), [[lag]])


def _person(account: UUID | None, salt: bytes) -> str:
    return pseudonym(account, salt) if account and account != NOBODY else ""


def _gauge(name: str, help: str, labels: Iterable[str], rows: Iterable[list[Any]]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(f"{PREFIX}_{name}", help, labels=list(labels))
    for *values, value in rows:
        family.add_metric([str(one) for one in values], float(value))
    return family
