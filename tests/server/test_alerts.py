"""Alerts and channels over the API: who may, what is shown, and what the first page says."""

from __future__ import annotations

import json

import pytest

from quorate.actions.roll_up_metrics import roll_up_metrics
from quorate.actions.seal_ledger import seal_ledger
from quorate.actions.send_messages import send_messages
from quorate.actions.watch_alerts import watch_alerts
from quorate.settings import settings
from quorate.worker.jobs import jobs

RULE = {"name": "many", "when": "answers >= 1", "over": "1h", "to": ["team", "gone"], "say": "So many."}


@pytest.fixture
def fired(api, web, monkeypatch):
    """A project in which an alert fires, and mia, who manages it and wrote the channel."""
    monkeypatch.setenv("QUORATE_MESSAGES_TO", "127.0.0.1")
    settings.cache_clear()
    api.project(items=2, alerts=[RULE], messages={"group": "0s"})
    mia = api.person("mia", "manager")
    kept = mia.put("/projects/reviews/channels/team", json={"url": f"http://127.0.0.1:{web.port}/SECRET"})
    assert kept.status_code == 200, kept.text
    assert kept.json()["secret"].startswith("whsec_")
    ann = api.person("ann", "annotator")
    (task,) = ann.post("/work/claim", json={"projects": ["reviews"]}).json()["tasks"]
    body = {"assignment": task["assignment"], "value": "product", "seconds": 4.0}
    ann.post("/work/submit", json=body).raise_for_status()
    seal_ledger(api.db)
    roll_up_metrics(api.db)
    assert watch_alerts(api.db) == 1
    assert send_messages(api.db) == 1
    return mia


def test_the_rules_tell_how_they_stand(fired):
    told = fired.get("/projects/reviews/alerts").json()
    (rule,) = told["rules"]
    assert (rule["when"], rule["over"], rule["for"], rule["unreached"]) == ("answers >= 1", "1h", "0s", ["gone"])
    assert rule["alerts"][0]["state"] == "firing"
    assert rule["alerts"][0]["facts"] == {"answers": 1.0}
    assert [(m["channel"], m["state"], m["alert"]) for m in told["messages"]] == [("team", "sent", "firing")]
    assert told["channels"][0]["shown"] == "http://127.0.0.1/…"
    (event,) = fired.get("/projects/reviews/alerts/events").json()["events"]
    assert (event["state"], event["rule"], event["unreached"]) == ("fired", "many", ["gone"])
    assert fired.get("/projects/reviews/alerts/events", params={"before": event["seq"]}).json()["events"] == []


def test_the_first_page_says_what_fires(fired):
    need = fired.get("/projects/reviews/home").json()["needs"][0]
    assert (need["kind"], need["of"]["list"], need["numbers"]) == ("alerts", "alerts", {"count": 1, "names": "many"})


def test_what_is_secret_goes_in_and_never_comes_out(api, fired):
    everything = [
        fired.get(f"/projects/reviews/{path}").text
        for path in ("alerts", "alerts/events", "events", "specs", "specs/policy/policy", "home")
    ]
    assert not [text for text in everything if "SECRET" in text or "whsec_" in text]


def test_a_try_says_why_it_failed(fired, web):
    assert fired.post("/projects/reviews/channels/team/try").status_code == 204
    web.answers = [418]
    failed = fired.post("/projects/reviews/channels/team/try")
    assert failed.status_code == 503
    assert "418" in failed.json()["detail"]


def test_addresses_of_this_network_are_refused(fired, api):
    for url in ("https://localhost/", "https://169.254.169.254/", "https://10.0.0.1/"):
        refused = fired.put("/projects/reviews/channels/inside", json={"url": url})
        assert refused.status_code == 422, url
        assert "QUORATE_MESSAGES_TO" in refused.json()["mend"]


def test_the_workspace_has_channels_too(fired, api, web):
    root = api.person("root", admin=True)
    root.put("/channels/all", json={"url": f"http://127.0.0.1:{web.port}/all"}).raise_for_status()
    assert [one["name"] for one in root.get("/channels").json()] == ["all"]
    names = {one["name"]: one["of"] for one in fired.get("/projects/reviews/alerts").json()["channels"]}
    assert names == {"all": "workspace", "team": "project"}
    assert fired.delete("/projects/reviews/channels/all").status_code == 404
    assert fired.delete("/projects/reviews/channels/team").status_code == 204
    assert root.delete("/channels/all").status_code == 204
    assert fired.put("/channels/all", json={"url": "https://example.org/"}).status_code == 403


def test_another_workspace_neither_sees_nor_reaches_it(fired, elsewhere):
    other = elsewhere().person("root of another", admin=True)
    assert other.get("/channels").json() == []
    assert other.get("/projects/reviews/alerts").status_code == 404


def test_a_rule_that_cannot_hold_is_refused_where_it_is_written(fired):
    body = {"alerts": [RULE, {**RULE, "name": "bad", "when": "happiness > 1"}]}
    refused = fired.put("/projects/reviews/specs/policy/policy", json={"body": body, "reason": "try"})
    assert refused.status_code == 422, refused.text
    assert "alerts[1].when" in json.dumps(refused.json())


def test_the_worker_does_it_by_itself(api):
    tasks = set(jobs(api.db).tasks)
    assert {"roll_up_metrics", "prune_metrics", "watch_alerts", "send_messages", "prune_messages"} <= tasks
