"""What people who judge must not know: who else said what, which item is known, what an audit audits."""

from __future__ import annotations

import re

TASK = {
    "assignment", "task", "project", "step", "ask", "kind", "item", "body", "media", "language", "schema_version",
    "guideline_version", "expires_at", "price", "currency", "reason",
}  # fmt: skip


def answer(client, task, value="delivery"):
    sent = client.post("/work/submit", json={"assignment": task["assignment"], "value": value, "seconds": 4})
    assert sent.status_code == 200, sent.text
    return sent.json()


def test_a_claim_tells_the_item_and_the_question_alone(api):
    api.project(items=40, judgements={"min": 3, "max": 3}, gold={"rate": 0.5})
    attributes = {"value": "high", "language": "en"}
    api.bring("reviews", {"key": "known", "text": "Late.", "gold": {"topic": "product"}, "attributes": attributes})
    bob, tasks = api.person("bob", "annotator"), {}
    for _ in range(40):  # a known item comes in one claim of two
        tasks |= {task["item"]: task for task in bob.post("/work/claim", json={}).json()["tasks"]}
    known, asked = tasks["known"], tasks["i0"]
    assert known.keys() == asked.keys() == TASK
    assert known["reason"] == asked["reason"] == "queue"
    assert known["body"] == {"text": "Late."}
    for task in (known, asked):
        told = answer(bob, task)
        assert told.keys() == {"annotation", "task", "state", "repeated", "tasks"}
        assert told["state"] == "open"
    (later,) = api.person("eve", "annotator").post("/work/claim", json={"count": 1}).json()["tasks"]
    assert "delivery" not in str(later)


def audited(api):
    """An expert who holds a blind audit of a decided task, with its item's key."""
    api.project(items=1, audit={"rate": 1, "min": 1})
    ada = api.person("ada", "annotator")
    (task,) = ada.post("/work/claim", json={}).json()["tasks"]
    assert answer(ada, task)["state"] == "decided"
    expert = api.person("expert", "expert")
    return expert, task


def told_annotators(api):
    return api.person("steward", "steward").get("/projects/reviews/annotators").json()


def test_an_audit_shows_nothing_until_it_is_answered(api):
    expert, task = audited(api)
    (case,) = expert.post("/cases/claim", json={}).json()["cases"]
    assert (case["blind"], case["item"]) == (True, task["item"])
    assert case.keys() == TASK - {"reason", "price", "currency"} | {
        "why",
        "words",
        "blind",
        "question",
        "guideline",
        "template",
        "due_at",
    }
    assert expert.get(f"/cases/{case['assignment']}").json() == case
    why = f"/projects/reviews/items/{task['item']}/why"
    assert (expert.get(why).status_code, expert.get(why).json()["type"]) == (409, "conflict")
    (item,) = expert.get("/projects/reviews/items").json()["items"]
    told = item["steps"]["topic"]
    assert told["state"] == "decided"
    assert all(told[name] is None for name in ("value", "confidence", "kind", "decided_at", "judgements", "cost"))
    (ada,) = [one["annotator"] for one in told_annotators(api) if one["answers"]]
    assert expert.get(f"/projects/reviews/items?annotator={ada}&said=delivery").json()["items"] == []
    assert expert.get("/projects/reviews/labels").status_code == 403
    manager = api.person("manager", "manager")
    assert manager.get(why).status_code == 200
    assert manager.get("/projects/reviews/items").json()["items"][0]["steps"]["topic"]["value"] == "delivery"
    word = {"assignment": case["assignment"], "value": "product", "rationale": "The kettle is the product."}
    judged = expert.post("/cases/adjudicate", json=word).json()
    assert judged["agrees"] is False
    assert expert.get(why).status_code == 200
    assert expert.get("/projects/reviews/items").json()["items"][0]["steps"]["topic"]["kind"] is not None


def test_the_queue_shows_what_is_blind_to_those_who_oversee(api):
    expert, _ = audited(api)
    assert expert.get("/projects/reviews/cases").json() == []
    (waiting,) = api.person("auditor", "auditor").get("/projects/reviews/cases").json()
    assert (waiting["kind"], waiting["blind"]) == ("audit", True)


def test_a_contested_case_shows_answers_under_pseudonyms(api):
    api.project(items=1, judgements={"min": 2, "max": 2}, accept={"confidence": 0.99})
    for name, value in (("ada", "delivery"), ("bob", "product")):
        person = api.person(name, "annotator")
        (task,) = person.post("/work/claim", json={}).json()["tasks"]
        state = answer(person, task, value)["state"]
    assert state == "contested"
    expert = api.person("expert", "expert")
    (case,) = expert.post("/cases/claim", json={}).json()["cases"]
    assert case["blind"] is False
    assert sorted(given["value"] for given in case["answers"]) == ["delivery", "product"]
    assert not re.search(r"\bada\b", str(case["answers"]))
    assert all(given["annotator"].startswith("a-") for given in case["answers"])
    story = expert.get(f"/projects/reviews/items/{case['item']}/why")
    assert "ada (" not in story.text
    assert "ada (crowd)" in api.person("manager", "manager").get(f"/projects/reviews/items/{case['item']}/why").text


def test_the_state_of_things_is_for_those_who_oversee(api):
    api.project()
    ada = api.person("ada", "annotator")
    ada.post("/work/claim", json={"count": 1})
    for path in ("items", "labels", "cases", "status", "skills", "members", "export", "items/i0/why"):
        assert ada.get(f"/projects/reviews/{path}").status_code == 403, path
    assert ada.get("/projects/reviews/specs").status_code == 200
