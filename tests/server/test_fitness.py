"""What one says of oneself and what a manager grants, over HTTP: what is kept, what it does to the claim, the story."""

from __future__ import annotations

from typing import Any

ACCESS = "/projects/reviews/access"


def claimed(who: Any) -> list[str]:
    return sorted(task["item"] for task in who.post("/work/claim", json={"count": 50}).json()["tasks"])


def test_guarded_items_go_to_whom_they_are_for_and_the_ledger_tells(api: Any) -> None:
    api.project(items=0)
    manager, ada = api.person("manager", "manager"), api.person("ada", "annotator")
    api.bring(
        "reviews",
        {"key": "open", "text": "One.", "attributes": {"language": "de"}},
        {"key": "board", "text": "Two.", "attributes": {"access": ["board"]}},
        {"key": "hers", "text": "Three.", "attributes": {"parties": ["Ada"]}},
        {"key": "french", "text": "Four.", "attributes": {"language": "fr", "access": "board"}},
    )
    asked = {"language": ["de"], "domain": []}
    assert ada.get("/me/fitness").json() == {"language": None, "domain": None, "conflict": None, "asked": asked}
    german = ada.put("/me/fitness/language", json={"names": ["de", "German"]}).json()
    assert german == {"names": ["German", "de"], "unheard": ["German"], "asked": ["de"]}
    assert ada.put("/me/fitness/language", json={"names": [" de ", "de"]}).json()["names"] == ["de"]
    assert claimed(ada) == ["open"]
    assert manager.get(ACCESS).json() == {
        "asked": ["board"],
        "members": [{"name": "ada", "granted": [], "language": ["de"], "domain": None, "conflict": None}],
    }
    assert manager.put(f"{ACCESS}/ada", json={"names": ["board"]}).json() == {"names": ["board"]}
    assert claimed(ada) == ["board"]
    assert ada.put("/me/fitness/language", json={"names": None}).json()["names"] is None
    assert claimed(ada) == ["french"]
    api.person("aud", "auditor")
    assert [one["name"] for one in manager.get(ACCESS).json()["members"]] == ["ada", "aud"], "who reads is granted, too"
    assert ada.put(f"{ACCESS}/ada", json={"names": ["all"]}).status_code == 403
    assert manager.put(f"{ACCESS}/nobody", json={"names": []}).status_code == 404
    assert manager.post("/projects/reviews/ledger/verify").json()["ok"] is True
    told = manager.get("/projects/reviews/events").text
    assert "access.granted" in told
    refused = api.client(api.token("manager")).post(
        "/projects/reviews/items", content='{"text": "x", "attributes": {"access": 7}}',
        headers={"Content-Type": "application/x-ndjson"},
    )  # fmt: skip
    assert "attributes.access" in refused.text


def test_the_reason_goes_out_with_the_claim_and_says_nothing_of_the_answer(api: Any) -> None:
    api.project(items=4, routing={"by": "skill", "explore": 0}, judgements={"min": 2, "max": 3})
    ada, ben, manager = api.person("ada", "annotator"), api.person("ben", "annotator"), api.person("m", "manager")
    (task,) = ada.post("/work/claim", json={}).json()["tasks"]
    assert task["reason"] == "skill"
    assert {"between", "score", "why", "strata"}.isdisjoint(task)
    ada.post("/work/submit", json={"assignment": task["assignment"], "value": "delivery"}).raise_for_status()
    (again,) = ben.post("/work/claim", json={}).json()["tasks"]
    ben.post("/work/submit", json={"assignment": again["assignment"], "value": "delivery"}).raise_for_status()
    assert ben.get("/work/held").json() == {"tasks": []}
    story = manager.get(f"/projects/reviews/items/{task['item']}/why").json()
    assert "They were given it, 1st of 4 in the queue" in str(story)
