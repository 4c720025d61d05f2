"""Metrics over the API, for Prometheus, and on the command line."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from quorate.actions.roll_up_metrics import roll_up_metrics
from quorate.actions.seal_ledger import seal_ledger
from quorate.cli import connect, metrics
from quorate.ids import new_id
from quorate.server.scrape import families
from quorate.settings import settings
from quorate.watch.metrics import METRICS

URL = "/projects/reviews/metrics"


def work(person: Any, value: str = "delivery", tasks: int = 1) -> None:
    """Answer so many tasks."""
    for _ in range(tasks):
        (task,) = person.post("/work/claim", json={"projects": ["reviews"]}).json()["tasks"]
        body = {"assignment": task["assignment"], "value": value, "seconds": 4.0}
        person.post("/work/submit", json=body).raise_for_status()


@pytest.fixture
def worked(api):
    """A project with two annotators' answers, rolled up."""
    api.project(items=3, judgements={"min": 2, "max": 2}, accept={"confidence": 0.5})
    for name, value in (("ann", "delivery"), ("ben", "product")):
        work(api.person(name, "annotator"), value, 3)
    seal_ledger(api.db)
    roll_up_metrics(api.db)
    return api


def test_points_are_told_by_step_class_and_person(worked):
    mia = worked.person("mia", "manager")
    told = mia.get(URL, params={"name": "answers"}).json()
    assert counted(told["points"]) == {("answers",): 6.0}
    assert told["every"] == "hour"
    assert told["next"] is None
    by = mia.get(URL, params={"name": "answers", "by": ["class", "person"], "every": "day"}).json()["points"]
    assert counted(by, "class", "person") == {("answers", "delivery", "ann"): 3.0, ("answers", "product", "ben"): 3.0}
    steward = worked.person("sam", "steward")
    hidden = {p["person"] for p in steward.get(URL, params={"name": "answers", "by": "person"}).json()["points"]}
    assert all(one.startswith("a-") for one in hidden)
    everything = {p["metric"] for p in mia.get(URL).json()["points"]}
    assert {"answers", "throughput", "latency", "answer_time", "revision_rate"} <= everything


def counted(points: list[dict[str, Any]], *by: str) -> dict[tuple[str, ...], float]:
    """The sums over time: an hour, or a day, may begin while people work."""
    found: dict[tuple[str, ...], float] = {}
    for point in points:
        key = tuple(point[name] for name in ("metric", *by))
        found[key] = found.get(key, 0.0) + point["value"]
    return found


def test_pages_give_every_point_once(worked):
    mia = worked.person("mia", "manager")
    whole = mia.get(URL, params={"by": ["step", "class", "person"], "every": "minute"}).json()["points"]
    found, after = [], None
    while True:
        params = {"by": ["step", "class", "person"], "every": "minute", "limit": 2} | (
            {"after": after} if after else {}
        )
        page = mia.get(URL, params=params).json()
        found += page["points"]
        if (after := page["next"]) is None:
            break
    assert len(found) > 10
    assert [p | {"value": 0} for p in found] == [p | {"value": 0} for p in whole]  # paces go on while one asks
    assert mia.get(URL, params={"after": "nonsense"}).status_code == 422


def test_what_cannot_be_told_is_refused_with_what_can(worked):
    mia = worked.person("mia", "manager")
    wrong = mia.get(URL, params={"name": "happiness"})
    assert wrong.status_code == 404
    assert "agreement" in wrong.json()["mend"]
    assert mia.get(URL, params={"name": "work_age", "by": "person"}).json()["mend"] == "It is by: step, class."
    assert mia.get(URL).json()["untold"] == {}
    silent = mia.get(URL, params={"by": "person"}).json()["untold"]
    assert "work_age" in silent
    assert silent["confidence"].startswith("A label is the work of several people")
    ago = (datetime.now(UTC) - timedelta(days=3)).isoformat()
    assert mia.get(URL, params={"from": ago, "to": ago}).json()["points"] == []
    assert worked.person("ada", "annotator").get(URL).status_code == 403


def scraped(client) -> dict[str, float]:
    answer = client.get("http://quorate.test/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain")
    found: dict[str, float] = {}
    for family in text_string_to_metric_families(answer.text):
        for sample in family.samples:
            found[sample.name] = found.get(sample.name, 0.0) + sample.value
    return found


def test_prometheus_reads_the_sums(worked):
    root = worked.person("root", admin=True)
    found = scraped(root)
    assert found["quorate_answers_count"] == 6
    assert found["quorate_answer_seconds_sum"] == 24
    assert found["quorate_rollup_lag_events"] == 0
    assert {name for name in found if name.startswith("quorate_")} <= set(families())
    assert "process_resident_memory_bytes" in found
    text = root.get("/metrics").text
    assert 'project="reviews",step="topic"' in text
    assert "person=" not in text
    assert worked.client().get("http://quorate.test/metrics").status_code == 401
    assert worked.person("mia", "manager").get("http://quorate.test/metrics").status_code == 403


def test_people_are_told_apart_only_where_it_is_set(worked, monkeypatch):
    monkeypatch.setenv("QUORATE_METRICS_PEOPLE", "true")
    settings.cache_clear()
    text = worked.person("root", admin=True).get("/metrics").text
    assert 'person="a-' in text
    assert "ann" not in {line.partition('person="')[2].partition('"')[0] for line in text.splitlines()}


def test_another_workspace_sees_none_of_it(worked, elsewhere):
    other = elsewhere()
    assert "reviews" not in other.person("root of another", admin=True).get("/metrics").text


def test_the_command_prints_them(worked, monkeypatch, capsys):
    from contextlib import contextmanager

    from quorate.store import projects

    @contextmanager
    def here(name):
        with worked.db.read() as connection:
            found = projects.find(connection, worked.operator.workspace, name)
        yield worked.db, found, worked.operator

    monkeypatch.setattr(connect, "to_project", here)
    metrics.command("reviews", name=["answers", "revision_rate"], by=["person"], every="day")
    said = capsys.readouterr().out
    assert "ann" in said
    assert "0.0%" in said
    metrics.command("reviews", name=["answers"], as_json=True)
    assert json.loads(capsys.readouterr().out)["points"][0]["value"] == 6.0


def test_a_scrape_reads_the_roll_ups_and_nothing_heavier(worked):
    """Whatever was said, a scrape asks of the same few small tables."""
    with worked.db.work() as connection:
        project = connection.execute("SELECT id FROM projects").fetchone()[0]
        step = connection.execute("SELECT id FROM steps").fetchone()[0]
        for _n in range(3):
            connection.execute(
                "INSERT INTO measures SELECT %s, 'ever', 'answers', 'epoch', %s, 'c' || g, %s, 1, 1, 1"
                " FROM generate_series(1, 200) g", (project, step, new_id()),
            )  # fmt: skip
    assert scraped(worked.person("root", admin=True))["quorate_answers_count"] == 606


def test_all_metrics_can_be_asked_for(worked):
    mia = worked.person("mia", "manager")
    for name, metric in METRICS.items():
        answer = mia.get(URL, params={"name": name, "by": metric.by[-1:]})
        assert answer.status_code == 200, answer.text
