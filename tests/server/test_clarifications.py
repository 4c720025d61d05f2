"""Requests to clarify the guideline: asked, answered with a clause, declined."""

from __future__ import annotations

ALL = "/projects/reviews/clarifications"


def test_a_clause_that_answers_a_request_makes_a_new_version_of_the_guideline(api):
    api.project(items=3)
    expert, steward = api.person("eva", "expert"), api.person("steve", "steward")
    asked = {"step": "topic", "labels": ["delivery", "product"], "question": "Is a crushed box delivery?"}
    first, second = (expert.post(ALL, json=asked).json()["id"] for _ in range(2))
    told = steward.get(ALL, params={"state": "open"}).json()
    assert {(one["question"], one["asker"] is None, tuple(one["labels"])) for one in told} == {
        (asked["question"], False, ("delivery", "product"))
    }
    clause = {"clause": "1.1", "title": "Boxes", "text": "The box belongs to the way."}
    assert expert.post(f"{ALL}/{first}/answer", json=clause).status_code == 403
    assert steward.post(f"{ALL}/{first}/answer", json=clause).json() == {"version": 1}
    assert steward.post(f"{ALL}/{first}/answer", json=clause).status_code == 404
    assert steward.post(f"{ALL}/{second}/answer", json={**clause, "text": "It is *delivery*."}).json() == {"version": 2}
    (section,) = (
        one for one in expert.get("/projects/reviews/guide").json()["guideline"]["clauses"] if one["id"] == "1.1"
    )  # fmt: skip
    assert section["text"] == "## 1.1 Boxes\n\nIt is *delivery*."
    done = {one["id"]: one for one in steward.get(ALL).json()}
    assert [(done[id]["state"], done[id]["clause"], done[id]["version"]) for id in (first, second)] == [
        ("answered", "1.1", 1), ("answered", "1.1", 2),
    ]  # fmt: skip
    third = steward.post(ALL, json={**asked, "labels": []}).json()["id"]
    assert steward.post(f"{ALL}/{third}/decline", json={"reason": "Clause 1.1 says so."}).status_code == 204
    assert steward.get(ALL, params={"state": "open"}).json() == []
    assert steward.post(f"{ALL}/{third}/answer", json=clause).status_code == 404
    assert api.person("ada", "annotator").get(ALL).status_code == 403
    assert steward.post(ALL, json={**asked, "step": "nothing"}).status_code == 404
    verified = api.person("mia", "manager").post("/projects/reviews/ledger/verify").json()
    assert verified["ok"] is True, verified
