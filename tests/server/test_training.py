"""Becoming trusted over HTTP."""

from __future__ import annotations

import time

from quorate.actions.rules import FRESH_SECONDS

LESSON = {
    "id": "one", "title": {"en": "Basics", "de": "Grundlagen"}, "text": "A parcel is *delivery*.", "clause": "1.1",
    "practice": [{"item": "The parcel came late.", "answer": "delivery", "why": "It is about the parcel."}],
}  # fmt: skip


def qualified(api):
    """A project that wants a training and an exam first; its manager and an annotator."""
    api.project(items=5)
    rows = [{"key": f"g{n}", "text": f"Known {n}.", "gold": {"topic": "delivery"}} for n in range(20)]
    api.bring("reviews", *rows)
    mia, ada = api.person("mia", "manager"), api.person("ada", "annotator")
    for kind, name, body in (
        ("training", "start", {"lessons": [LESSON]}),
        ("exam", "basics", {}),
        ("policy", "policy", {**api.specs("reviews")["specs"][2]["body"],
                              "qualification": [{"training": "start"}, {"exam": "basics", "days": 90}]}),
    ):  # fmt: skip
        made = mia.put(f"/projects/reviews/specs/{kind}/{name}", json={"body": body, "reason": "trust"})
        assert made.status_code < 300, made.text
    time.sleep(FRESH_SECONDS)  # until every process reads the rules again
    return mia, ada


def test_from_newcomer_to_work(api):
    mia, ada = qualified(api)
    refused = ada.post("/work/claim", json={"count": 1})
    assert refused.status_code == 409
    assert refused.json()["type"].endswith("unqualified")
    (standing,) = ada.get("/work/standing").json()
    assert (standing["qualified"], [term["state"] for term in standing["terms"]]) == (False, ["missing", "missing"])

    page = ada.get("/projects/reviews/trainings/start").json()
    (practice,) = page["lessons"][0]["practice"]
    assert practice == {"step": "topic", "body": {"text": "The parcel came late."}, "media": [], "done": False}
    at = "/projects/reviews/trainings/start/lessons/one"
    assert ada.post(f"{at}/read").json() == {"done": False}
    told = ada.post(f"{at}/practices/0", json={"value": "product"}).json()
    assert (told["right"], told["expected"], told["clause"]) == (False, "delivery", "1.1")
    assert ada.post(f"{at}/practices/0", json={"value": "delivery"}).json()["done"] is True
    assert ada.post(f"{at}/practices/7", json={"value": "delivery"}).status_code == 404

    sitting = ada.post("/projects/reviews/exams/basics/start").json()
    while sitting["question"]:
        body = {"question": sitting["question"]["id"], "value": "delivery"}
        sitting = ada.post("/projects/reviews/exams/basics/answer", json=body).json()
    assert sitting["state"] == "passed"
    assert ada.post("/projects/reviews/exams/basics/start").status_code == 409
    (standing,) = ada.get("/work/standing").json()
    assert standing["qualified"] is True
    assert len(ada.post("/work/claim", json={"count": 1}).json()["tasks"]) == 1

    rows = {row["name"]: row for row in mia.get("/projects/reviews/annotators").json()}
    assert [term["state"] for term in rows["ada"]["qualification"]] == ["met", "met"]
    assert mia.get(f"/projects/reviews/annotators/{rows['ada']['annotator']}").json()["qualification"]
    page = f"/projects/reviews/annotators/{rows['ada']['annotator']}"
    (exam,) = mia.get(page).json()["exams"]
    assert (exam["name"], exam["state"], exam["may_start"]) == ("basics", "passed", True)
    retakes, why = (
        f"/projects/reviews/annotators/{rows['ada']['annotator']}/retakes",
        {"exam": "basics", "reason": "so"},
    )
    assert (mia.post(retakes, json=why).status_code, ada.post(retakes, json=why).status_code) == (409, 403)
    assert mia.get("/projects/reviews/leads").json() == []
    assert ada.get("/projects/reviews/leads").status_code == 403


def test_everybody_says_how_they_want_their_weeks(api):
    api.project()
    ada = api.person("ada", "annotator")
    assert ada.get("/work/digests").json() == {"choice": "show", "digests": []}
    assert ada.put("/work/digests", json={"choice": "off"}).status_code == 204
    assert ada.get("/work/digests").json()["choice"] == "off"
    assert ada.put("/work/digests", json={"choice": "loud"}).status_code == 422
