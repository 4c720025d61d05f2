"""The log of a project and what was exported: who sees what, page by page, and proofs that hold."""

from __future__ import annotations

import hashlib
import io
import re
import zipfile

import pytest

from quorate.actions.seal_ledger import seal_ledger
from quorate.flow import export_proof, merkle
from quorate.store import happened

EVENTS = "/projects/reviews/events"
EXPORTS = "/projects/reviews/exports"


@pytest.fixture
def manager(api):
    """Somebody who manages a project in which `ada` has answered two tasks."""
    api.project(items=3)
    ada = api.person("ada", "annotator")
    for task in ada.post("/work/claim", json={"count": 2}).json()["tasks"]:
        ada.post("/work/submit", json={"assignment": task["assignment"], "value": "delivery"}).raise_for_status()
    return api.person("mia", "manager")


def test_events_are_told_newest_first_page_by_page(api, manager):
    whole = manager.get(EVENTS, params={"limit": 500}).json()
    assert whole["next"] is None
    numbers = [event["seq"] for event in whole["events"]]
    assert numbers == sorted(numbers, reverse=True)
    assert whole["events"][0]["verb"] == "role.granted"
    paged, before = [], None
    while True:
        page = manager.get(EVENTS, params={"limit": 2, **({"before": before} if before else {})}).json()
        paged += page["events"]
        before = page["next"]
        if before is None:
            break
    assert paged == whole["events"]


def test_what_is_rare_is_looked_for_a_span_at_a_time(manager, monkeypatch):
    monkeypatch.setattr(happened, "SPAN", 2)
    found, before, pages = [], None, 0
    while True:
        asked = {"verb": "project.created", **({"before": before} if before else {})}
        page = manager.get(EVENTS, params=asked).json()
        found += page["events"]
        pages, before = pages + 1, page["next"]
        if before is None:
            break
    assert [event["verb"] for event in found] == ["project.created"]
    assert pages > 2, "most of them were empty"


def test_an_event_names_what_it_is_about_and_who_did_it_to_whom_that_may_know(api, manager):
    (said, *_) = manager.get(EVENTS, params={"verb": "annotation.submitted"}).json()["events"]
    assert said["who"] == "ada"
    assert said["about"] == {"kind": "item", "name": "i1", "step": "topic"}
    (granted,) = (e for e in manager.get(EVENTS, params={"verb": "role.granted"}).json()["events"] if e["who"] is None
                  and e["about"]["name"] == "ada")  # fmt: skip
    assert granted["detail"] == {"role": "annotator"}
    steward = api.person("sue", "steward").get(EVENTS, params={"verb": "annotation.submitted"}).json()["events"]
    assert steward[0]["who"].startswith("a-")
    assert not re.search(r"\bada\b", str(steward)), "as a word: three letters may stand in a hash"
    (one, *rest) = manager.get(EVENTS, params={"object": said["object"]}).json()["events"]
    assert (one, rest) == (said, [])


def test_an_events_place_leads_to_the_root_of_its_block(api, manager):
    open_ = manager.get(EVENTS, params={"limit": 1}).json()["events"][0]
    assert open_["block"] is None
    assert manager.get(f"{EVENTS}/{open_['seq']}").json()["block"] is None
    seal_ledger(api.db)
    for event in manager.get(EVENTS).json()["events"]:
        place = manager.get(f"{EVENTS}/{event['seq']}").json()
        assert event["block"] == place["block"]["number"] == 1
        leaf = merkle.leaf(place["event"])
        assert leaf.hex() == place["leaf"]
        path = [(step["side"], bytes.fromhex(step["hash"])) for step in place["path"]]
        assert merkle.follow(leaf, path).hex() == place["block"]["root"]
        assert merkle.digest({n: place["block"][n] for n in export_proof.BLOCK}).hex() == place["block"]["hash"]


def test_events_of_another_project_have_no_place_here(api, manager):
    api.project("other")
    api.person("head", "manager", project="other")
    newest = api.person("all", admin=True).get("/projects/other/events").json()["events"]
    assert manager.get(f"{EVENTS}/{newest[0]['seq']}").status_code == 404
    assert not {e["seq"] for e in newest} & {e["seq"] for e in manager.get(EVENTS).json()["events"]}


def test_exports_are_remembered_with_the_hash_of_their_file(api, manager):
    assert manager.get(EXPORTS).json() == {"exports": [], "next": None}
    archive = manager.get("/projects/reviews/export", params={"format": "jsonl", "annotations": True}).content
    with zipfile.ZipFile(io.BytesIO(archive)) as files:
        labels = files.read("reviews.jsonl")
    manager.get("/projects/reviews/export", params={"format": "csv", "at": "2026-01-01T00:00:00Z"})
    second, first = manager.get(EXPORTS).json()["exports"]
    assert first["sha256"] == hashlib.sha256(labels).hexdigest()
    told = ("name", "records", "who", "annotations", "as_of")
    assert [first[name] for name in told] == ["reviews.jsonl", 3, "mia", True, None]
    assert (second["name"], second["annotations"]) == ("reviews.csv", False)
    assert second["as_of"].startswith("2026-01-01T00:00:00")
    page = manager.get(EXPORTS, params={"limit": 1}).json()
    assert manager.get(EXPORTS, params={"limit": 1, "before": page["next"]}).json()["exports"] == [first]
    assert api.person("sue", "steward").get(EXPORTS).status_code == 403
    assert api.person("aud", "auditor").get(EXPORTS).json()["exports"][0]["who"] == "mia"
