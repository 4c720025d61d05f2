"""Specs over HTTP: who wrote what, what differs, and what publishing would do before it is done."""

from __future__ import annotations

import pytest

TOPIC = "/projects/reviews/specs/schema/topic"


@pytest.fixture
def manager(api):
    """Six decided items, two of them of a known answer."""
    api.project(items=4, accept={"confidence": 0.05}, pay={"judgement": 0.25})
    api.bring("reviews", *({"key": f"g{n}", "text": "Known.", "gold": {"topic": "product"}} for n in range(2)))
    ada = api.person("ada", "annotator")
    for value in ("delivery", "delivery", "product", "neither"):
        (task,) = ada.post("/work/claim", json={}).json()["tasks"]
        ada.post("/work/submit", json={"assignment": task["assignment"], "value": value, "seconds": 9})
    return api.person("manager", "manager")


def test_a_preview_tells_what_publishing_then_does(manager):
    body = {"kind": "choice", "classes": ["delivery", "thing"], "migrate": {"product": "thing", "neither": "ask again"}}
    told = manager.post(f"{TOPIC}/preview", json={"body": body})
    assert told.status_code == 200, told.text
    told = told.json()
    assert told["publishable"] is True
    moved = {(one["label"], one["what"], one["to"]): one["labels"] for one in told["labels"]}
    assert moved == {("delivery", "kept", None): 2, ("product", "mapped", "thing"): 3,
                     ("neither", "asked_again", None): 1}  # fmt: skip
    assert (told["mapped"], told["asked_again"], float(told["cost"])) == (3, 1, 0.25)
    assert len(manager.get(TOPIC).json()) == 1, "nothing is kept"
    done = manager.put(TOPIC, json={"body": body, "reason": "things"}).json()
    assert (done["mapped"], done["asked_again"], done["labels"]) == (3, 1, told["labels"])


def test_a_preview_of_going_back_tells_what_going_back_then_does(manager):
    body = {"kind": "choice", "classes": ["delivery", "thing"], "migrate": {"product": "thing", "neither": "ask again"}}
    manager.put(TOPIC, json={"body": body, "reason": "things"})
    told = manager.post(f"{TOPIC}/preview", json={"version": 1}).json()
    assert told["publishable"] is True
    assert len(manager.get(TOPIC).json()) == 2, "nothing is kept"
    done = manager.post(f"{TOPIC}/revert?version=1&reason=It+was+better").json()
    assert {name: done[name] for name in ("mapped", "restored", "asked_again", "labels")} == {
        name: told[name] for name in ("mapped", "restored", "asked_again", "labels")
    }
    assert told["restored"] > 0
    assert manager.get(TOPIC).json()[-1]["reason"] == "It was better"


def test_a_preview_of_what_cannot_be_published_says_why(manager):
    told = manager.post(f"{TOPIC}/preview", json={"body": {"kind": "choice", "classes": ["delivery"]}}).json()
    assert told["publishable"] is False
    assert all(fault["detail"] for fault in told["faults"])


def test_differences_and_authors(api, manager):
    body = {"kind": "choice", "classes": ["delivery", "product", "neither", "service"]}
    manager.put(TOPIC, json={"body": body, "reason": "service"}).raise_for_status()
    told = manager.get(f"{TOPIC}/differences?old=1&new=2").json()["differences"]
    assert [(one["at"], one["what"], one.get("new")) for one in told] == [("classes.service", "added", "service")]
    assert manager.get(f"{TOPIC}/differences?old=1&new=9").status_code == 404
    assert [one["author"] for one in manager.get(TOPIC).json()] == ["founder of reviews", "manager"]
    hidden = api.person("steward", "steward").get(TOPIC).json()[1]["author"]
    assert hidden.startswith("a-")
