"""The log and the exports: pages, verbs, one thing's own events, and a place in the ledger that can be recomputed."""

from __future__ import annotations

import io
import json
import zipfile
from hashlib import sha256

import pytest

from quorate.store import events


@pytest.fixture
def manager(api):
    api.project(items=5, accept={"confidence": 0.05})
    ada = api.person("ada", "annotator")
    for value in ("delivery", "delivery", "product"):
        (task,) = ada.post("/work/claim", json={}).json()["tasks"]
        ada.post("/work/submit", json={"assignment": task["assignment"], "value": value, "seconds": 4})
    return api.person("manager", "manager")


def test_pages_add_up_whatever_the_walk(manager, monkeypatch):
    whole = manager.get("/projects/reviews/events?limit=500").json()["events"]
    assert [e["seq"] for e in whole] == sorted((e["seq"] for e in whole), reverse=True)
    assert {"project.created", "items.imported", "task.claimed", "annotation.submitted", "task.decided"} <= {
        e["verb"] for e in whole
    }
    for walked in (events.WALKED, 7):
        monkeypatch.setattr(events, "WALKED", walked)
        for verb in (None, "task.decided", "task"):
            asked = f"/projects/reviews/events?limit=2{f'&verb={verb}' if verb else ''}"
            page = manager.get(asked).json()
            told = page["events"]
            while page["next"]:
                page = manager.get(f"{asked}&before={page['next']}").json()
                told += page["events"]
            assert told == [e for e in whole if verb is None or e["verb"].startswith(verb)]
    newest = whole[3]["seq"]
    later = manager.get(f"/projects/reviews/events?after={newest}").json()["events"]
    assert later == whole[:3]


def test_who_is_told_by_name_only_to_who_may_know(api, manager):
    asked = "/projects/reviews/events?verb=annotation.submitted"
    assert {e["who"] for e in manager.get(asked).json()["events"]} == {"ada"}
    (hidden,) = {e["who"] for e in api.person("steward", "steward").get(asked).json()["events"]}
    assert hidden.startswith("a-")


def test_a_labels_place_can_be_recomputed(manager):
    label = manager.get("/projects/reviews/labels").json()["labels"][0]
    (event,) = manager.get(f"/projects/reviews/events?object={label['decision']}").json()["events"]
    assert (event["verb"], event["block"]) == ("task.decided", None)
    unsealed = manager.get(f"/projects/reviews/events/{event['seq']}").json()
    assert (unsealed["block"], unsealed["path"]) == (None, [])
    manager.post("/projects/reviews/ledger/verify").raise_for_status()
    place = manager.get(f"/projects/reviews/events/{event['seq']}").json()
    running = bytes.fromhex(place["leaf"])
    for step in place["path"]:
        partner = bytes.fromhex(step["hash"])
        pair = partner + running if step["side"] == "left" else running + partner
        running = sha256(b"\x01" + pair).digest()
    assert running.hex() == place["block"]["root"]
    assert place["holds"] is True
    assert manager.get("/projects/reviews/events/999999").status_code == 404


def records(answer):
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        return [json.loads(line) for line in archive.read("reviews.jsonl").splitlines()]


def test_an_export_of_only_what_fits_is_told_with_its_settings(manager):
    whole = manager.get("/projects/reviews/export?format=jsonl")
    decided = manager.get("/projects/reviews/export?format=jsonl&state=decided&step=topic")
    assert (len(records(whole)), len(records(decided))) == (5, 3)
    assert all(record["labels"]["topic"]["state"] == "decided" for record in records(decided))
    assert records(manager.get("/projects/reviews/export?min_confidence=1")) == []
    assert manager.get("/projects/reviews/export?step=none").status_code == 404
    told = manager.get("/projects/reviews/exports").json()
    assert [one["records"] for one in told] == [0, 3, 5]
    assert told[1]["settings"]["only"] == {"step": "topic", "state": "decided", "min_confidence": None}
    assert "only" not in told[2]["settings"]
    assert {one["who"] for one in told} == {"manager"}
    with zipfile.ZipFile(io.BytesIO(decided.content)) as archive:
        assert sha256(archive.read("reviews.jsonl")).hexdigest() == told[1]["sha256"]
