"""Annotators: what is told of them, and that pausing, blocking and discounting do what they say, and can be undone."""

from __future__ import annotations

import pytest

from quorate.actions.rebuild_state import compare_state
from quorate.store import projects

ALL = "/projects/reviews/annotators"


def work(person, value, count=1):
    for _ in range(count):
        (task,) = person.post("/work/claim", json={}).json()["tasks"]
        sent = person.post("/work/submit", json={"assignment": task["assignment"], "value": value, "seconds": 4})
        assert sent.status_code == 200, sent.text


@pytest.fixture
def crowd(api):
    """Three annotators on four items; one of them always says something else."""
    api.project(items=4, judgements={"min": 3, "max": 3}, accept={"confidence": 0.5}, pay={"judgement": 0.1})
    people = {name: api.person(name, "annotator") for name in ("ada", "bob", "eve")}
    for name, value in (("ada", "delivery"), ("bob", "delivery"), ("eve", "product")):
        work(people[name], value, 4)
    return people, api.person("manager", "manager")


def of(manager, name):
    return next(row for row in manager.get(ALL).json() if row["name"] == name)


def states(manager):
    items = manager.get("/projects/reviews/items").json()["items"]
    return [item["steps"]["topic"]["state"] for item in items]


def consistent(api):
    with api.db.read() as connection:
        project = projects.find(connection, api.operator.workspace, "reviews")
    assert compare_state(api.db, project.id) == []


def test_the_table_tells_skill_speed_agreement_share_and_cost(crowd, api):
    _, manager = crowd
    rows = {row["name"]: row for row in manager.get(ALL).json()}
    assert rows.keys() == {"ada", "bob", "eve"}
    assert [rows[name]["agreement"]["value"] for name in ("ada", "eve")] == [1.0, 0.0]
    assert (rows["ada"]["share"], float(rows["ada"]["cost"]), rows["ada"]["seconds"]) == (pytest.approx(1 / 3), 0.4, 4)
    assert rows["bob"]["skills"][0]["accuracy"] > rows["eve"]["skills"][0]["accuracy"]
    assert rows["ada"]["skills"][0]["accuracy"] is None, "always the first to answer: a refit tells"
    assert {row["status"] for row in rows.values()} == {"active"}
    page = manager.get(f"{ALL}/{rows['eve']['annotator']}").json()
    (confusion,) = page["confusions"]
    assert all(sum(row) == pytest.approx(1) for row in confusion["rows"])
    assert page["history"][0] | {"at": "", "seconds": 0} == {
        "at": "", "seconds": 0, "answers": 4, "known": 0, "right": 0, "compared": 4, "agreeing": 0,
    }  # fmt: skip
    steward = api.person("steward", "steward").get(ALL)
    assert all(row["name"] is None for row in steward.json())
    assert manager.get(f"{ALL}/nobody").status_code == 404


def test_a_paused_annotator_gets_nothing_and_is_told_why(api):
    api.project(items=3)
    ada, manager = api.person("ada", "annotator"), api.person("manager", "manager")
    (held,) = ada.post("/work/claim", json={}).json()["tasks"]
    called = of(manager, "ada")["annotator"]
    told = manager.post(f"{ALL}/{called}/pause", json={"reason": "A talk first."}).json()
    assert told == {"status": "paused", "tasks": 0, "pending": 0}
    refused = ada.post("/work/claim", json={})
    assert (refused.status_code, refused.json()["type"]) == (409, "barred")
    assert "A talk first." in refused.json()["detail"]
    late = ada.post("/work/submit", json={"assignment": held["assignment"], "value": "delivery"})
    assert late.status_code == 409, "what they held was given back"
    assert [(n["kind"], n["text"]) for n in ada.get("/notices").json()] == [("paused", "A talk first.")]
    assert of(manager, "ada")["reason"] == "A talk first."
    manager.post(f"{ALL}/{called}/resume", json={"reason": "Well talked."}).raise_for_status()
    work(ada, "delivery")
    assert manager.post(f"{ALL}/{called}/pause", json={"reason": " "}).status_code == 422
    consistent(api)


def test_work_in_another_project_goes_on(api):
    api.project(items=3)
    api.project("other", items=3)
    ada, manager = api.person("ada", "annotator"), api.person("manager", "manager")
    head = api.person("head", admin=True)
    head.put("/projects/other/members/ada/annotator").raise_for_status()
    manager.post(f"{ALL}/{of(manager, 'ada')['annotator']}/block", json={"reason": "No."}).raise_for_status()
    tasks = ada.post("/work/claim", json={"count": 5}).json()["tasks"]
    assert {task["project"] for task in tasks} == {"other"}


def test_who_is_retrained_works_again_once_they_have_read(api):
    api.project(items=3)
    ada, manager = api.person("ada", "annotator"), api.person("manager", "manager")
    called = of(manager, "ada")["annotator"]
    manager.post(f"{ALL}/{called}/retrain", json={"reason": "Clause 2 has changed."}).raise_for_status()
    assert ada.post("/work/claim", json={}).status_code == 409
    (notice,) = ada.get("/notices").json()
    assert api.person("bob", "annotator").post(f"/notices/{notice['id']}/acknowledge").status_code == 404
    assert ada.post(f"/notices/{notice['id']}/acknowledge").status_code == 204
    assert ada.get("/notices").json() == []
    work(ada, "delivery")
    manager.post(f"{ALL}/{called}/messages", json={"text": "Thank you."}).raise_for_status()
    assert [notice["text"] for notice in ada.get("/notices").json()] == ["Thank you."]


def test_discounting_asks_again_and_can_be_undone(crowd, api):
    people, manager = crowd
    assert states(manager) == ["decided"] * 4
    consistent(api)
    called = of(manager, "ada")["annotator"]
    told = manager.post(f"{ALL}/{called}/block", json={"reason": "A bot.", "discount": True}).json()
    assert told == {"status": "blocked", "tasks": 4, "pending": 0}
    assert set(states(manager)) <= {"open", "contested"}, "one against one decides nothing"
    assert of(manager, "ada")["discounted"] is True
    consistent(api)
    work(api.person("zoe", "annotator"), "delivery")
    consistent(api)
    manager.post(f"{ALL}/{called}/resume", json={"reason": "A mistake of ours."}).raise_for_status()
    assert states(manager) == ["decided"] * 4
    assert of(manager, "ada")["discounted"] is False
    consistent(api)
    assert people["ada"].get("/notices").json()[-1]["kind"] == "resumed"
    assert manager.post("/projects/reviews/ledger/verify").json()["ok"] is True
