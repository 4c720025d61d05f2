"""One's own day: answers, money, accuracy; flags; and what can be taken back."""

from __future__ import annotations

import pytest


def claimed(person):
    (task,) = person.post("/work/claim", json={"count": 1}).json()["tasks"]
    return task


def answer(person, task, value="delivery"):
    return person.post("/work/submit", json={"assignment": task["assignment"], "value": value, "seconds": 4}).json()


def test_a_day_begins_at_midnight_where_one_is(api):
    api.project(items=3, pay={"judgement": "0.04"}, judgements={"min": 3, "max": 3})
    ada = api.person("ada", "annotator")
    assert ada.get("/work/today").json()["projects"] == []
    first = answer(ada, claimed(ada))
    answer(ada, claimed(ada))
    ada.post("/work/revise", json={"annotation": first["annotation"], "value": "product"})
    today = ada.get("/work/today", params={"zone": "Asia/Tokyo"}).json()
    assert (today["answers_today"], today["answers"]) == (2, 2)
    assert today["earned"] == [{"currency": "USD", "today": "0.08", "total": "0.08"}]
    (project,) = today["projects"]
    assert (project["project"], project["earned_today"], project["accuracy"]) == ("reviews", "0.08", None)
    assert today["since"].startswith("20")
    with api.db.hot() as connection:
        connection.execute("ALTER TABLE annotations DISABLE TRIGGER append_only")
        connection.execute("UPDATE annotations SET created_at = created_at - interval '2 days'")
    later = ada.get("/work/today").json()
    assert (later["answers_today"], later["answers"], later["earned"][0]["today"]) == (0, 2, "0")


@pytest.mark.parametrize("zone", ["Mars/Base", "..", "Europe", "../etc/passwd", "x" * 65, ""])
def test_a_zone_that_is_none_is_refused(api, zone):
    api.project()
    refused = api.person("ada", "annotator").get("/work/today", params={"zone": zone})
    assert (refused.status_code, refused.json()["where"]) == (422, "zone")


@pytest.mark.parametrize("tells", [True, False])
def test_accuracy_on_known_items_is_told_with_its_interval_if_the_project_tells(api, tells):
    api.project(items=40, gold={"rate": 0.5}, judgements={"min": 3, "max": 3}, feedback={"gold": tells})
    api.bring("reviews", *({"key": f"k{n}", "text": f"Late {n}.", "gold": {"topic": "product"}} for n in range(2)))
    ada, known = api.person("ada", "annotator"), 0
    while known < 2:
        task = claimed(ada)
        known += task["item"].startswith("k")
        answer(ada, task, "product" if task["item"] == "k0" else "delivery")
    (project,) = ada.get("/work/today").json()["projects"]
    if not tells:
        assert project["accuracy"] is None
        return
    accuracy = project["accuracy"]
    assert (accuracy["right"], accuracy["answers"], accuracy["value"]) == (1, 2, 0.5)
    assert accuracy["low"] == pytest.approx(0.0126, abs=1e-3)
    assert accuracy["high"] == pytest.approx(0.9874, abs=1e-3)


def test_a_flag_is_a_finding_and_the_task_is_still_held(api):
    api.project()
    ada, eve = api.person("ada", "annotator"), api.person("eve", "annotator")
    task = claimed(ada)
    flag = {"assignment": task["assignment"], "reason": "broken"}
    assert eve.post("/work/flag", json=flag).status_code == 409
    assert ada.post("/work/flag", json=flag).status_code == 204
    assert ada.post("/work/flag", json=flag).status_code == 204
    assert ada.post("/work/flag", json={**flag, "reason": "It is upside down."}).status_code == 204
    with api.db.hot() as connection:
        rows = connection.execute(
            "SELECT kind, message, evidence ->> 'reason', evidence -> 'say' ->> 'de' FROM findings ORDER BY id"
        ).fetchall()
    assert rows == [
        ("flagged", "It does not load or is cut off", "broken", "Es lädt nicht oder ist abgeschnitten"),
        ("flagged", "It is upside down.", None, None),
    ]
    assert answer(ada, task)["state"] == "decided"
    assert ada.post("/work/flag", json=flag).status_code == 409


def test_what_cannot_be_revised_any_more_says_so_plainly(api):
    api.project(judgements={"min": 1, "max": 1})
    ada = api.person("ada", "annotator")
    done = answer(ada, claimed(ada))
    refused = ada.post("/work/revise", json={"annotation": done["annotation"], "value": "product"})
    assert (refused.status_code, refused.json()["where"]) == (409, "annotation")
    assert refused.json()["detail"].startswith("The task has been decided since")


@pytest.mark.parametrize(("tells", "status"), [(True, 409), (False, 200)])
def test_a_known_item_is_revised_like_any_other_until_one_was_told(api, tells, status):
    api.project(items=40, gold={"rate": 0.5}, judgements={"min": 3, "max": 3}, feedback={"gold": tells})
    api.bring("reviews", {"key": "known", "text": "Late.", "gold": {"topic": "product"}})
    ada = api.person("ada", "annotator")
    while (task := claimed(ada))["item"] != "known":
        answer(ada, task)
    done = answer(ada, task)
    revised = ada.post("/work/revise", json={"annotation": done["annotation"], "value": "product"})
    assert revised.status_code == status, revised.text
    if tells:
        assert "told" in revised.json()["detail"]
