"""The experts' screen: the queue, the case with all its evidence, precedents, and what is closed while it is blind."""

from __future__ import annotations

import re

import pytest

TEMPLATE = {
    "rationale_min": 5,
    "errors": [{"id": "misread", "title": "Misread"}],
    "fields": {"severity": {"kind": "scale", "points": 3}},
}


def claimed(person):
    (task,) = person.post("/work/claim", json={"count": 1}).json()["tasks"]
    return task


def answer(person, task, value, **more):
    body = {"assignment": task["assignment"], "value": value, "seconds": 4, **more}
    sent = person.post("/work/submit", json=body)
    assert sent.status_code == 200, sent.text
    return sent.json()


def case_of(expert):
    (case,) = expert.post("/cases/claim", json={}).json()["cases"]
    return case


def judge(expert, case, value, why="§1.1 decides it.", **more):
    word = {"assignment": case["assignment"], "value": value, "rationale": why, **more}
    done = expert.post("/cases/adjudicate", json=word)
    assert done.status_code == 200, done.text
    return done.json()


@pytest.fixture
def contested(api):
    """Items on which two annotators differ, and an expert."""

    def make(*texts):
        api.project(items=0, judgements={"min": 2, "max": 2}, accept={"confidence": 0.999})
        rows = [{"key": f"i{n}", "text": text, "attributes": {"value": "high"}} for n, text in enumerate(texts)]
        api.bring("reviews", *rows)
        for name, value in (("ada", "delivery"), ("bob", "product")):
            person = api.person(name, "annotator")
            for _ in texts:
                task = claimed(person)
                person.post("/work/flag", json={"assignment": task["assignment"], "reason": "unclear"})
                answer(person, task, value, comment=f"{name} says so")
        return api.person("expert", "expert")

    return make


def test_the_queue_tells_item_reason_age_and_worth(contested):
    expert = contested("The box arrived\n crushed")
    (waiting,) = expert.get("/projects/reviews/cases").json()
    assert (waiting["item"], waiting["excerpt"], waiting["step"]) == ("i0", "The box arrived crushed", "topic")
    assert waiting["words"] == "The annotators could not settle it."
    assert (waiting["value"], waiting["held"], waiting["age_seconds"] >= 0) == (2.0, False, True)


def test_a_case_has_its_evidence_guideline_question_and_template(api, contested):
    expert = contested("The box arrived crushed")
    manager = api.person("manager", "manager")
    for kind, body in (("guideline", {"text": "1.1 The parcel is delivery."}), ("template", TEMPLATE)):
        sent = manager.put(f"/projects/reviews/specs/{kind}/{kind}", json={"body": body, "reason": "a test"})
        assert sent.status_code == 200, sent.text
    case = case_of(expert)
    assert case["guideline"]["clauses"][0]["id"] == "1.1"
    assert [one["id"] for one in case["question"]["classes"]] == ["delivery", "product", "neither"]
    assert (case["template"]["rationale_min"], case["template"]["errors"][0]["id"]) == (5, "misread")
    assert case["template"]["fields"]["severity"]["kind"] == "scale"
    assert sorted(one["comment"] for one in case["answers"]) == ["ada says so", "bob says so"]
    assert all(0 < one["accuracy"] < 1 for one in case["answers"])
    assert {one["kind"] for one in case["findings"]} == {"flagged"}
    assert sum(case["probabilities"].values()) == pytest.approx(1)
    assert (case["worth"], case["attributes"], case["said"]) == (2.0, {"value": "high"}, [])
    assert expert.get("/cases/held").json()["cases"] == [case]
    assert expert.post("/work/release", json={"assignment": case["assignment"]}).status_code == 204
    assert expert.get("/cases/held").json()["cases"] == []


def test_precedents_are_earlier_cases_most_like_first(api, contested):
    expert = contested("The box arrived crushed", "The kettle broke", "A crushed box again")
    seen = {}
    for _ in range(2):
        case = case_of(expert)
        judge(expert, case, "delivery", f"Because of {case['item']}.", clauses=["1.1"])
        seen[case["item"]] = case["body"]["text"]
    case = case_of(expert)
    found = expert.get(f"/cases/{case['assignment']}/precedents").json()
    assert found
    assert {one["item"] for one in found} <= set(seen)
    best = found[0]
    assert best["rationale"] == f"Because of {best['item']}."
    assert (best["value"], best["said"], best["clauses"], best["attributes"]) == (
        "delivery", "delivery", ["1.1"], ["value"],
    )  # fmt: skip
    assert [one["likeness"] for one in found] == sorted((one["likeness"] for one in found), reverse=True)
    other = api.person("other", "expert")
    assert other.get(f"/cases/{case['assignment']}/precedents").status_code == 404


def test_a_blind_case_is_closed_until_the_answer_is_in(api):
    api.project(items=1, audit={"rate": 1, "min": 1})
    ada = api.person("ada", "annotator")
    answer(ada, claimed(ada), "delivery")
    expert = api.person("expert", "expert")
    case = case_of(expert)
    assert case["blind"]
    for path in ("reveal", "precedents"):
        refused = expert.get(f"/cases/{case['assignment']}/{path}")
        assert (refused.status_code, refused.json()["type"]) == (409, "conflict")
    assert not re.search(r"\bada\b", str(expert.get("/cases/held").json()))
    assert expert.get("/cases/held").json()["cases"] == [case]
    judge(expert, case, "product")
    shown = expert.get(f"/cases/{case['assignment']}/reveal").json()
    assert sorted(one["value"] for one in shown["answers"]) == ["delivery", "product"]
    assert [one["value"] for one in shown["said"]] == ["product"]
    assert expert.get(f"/cases/{case['assignment']}/precedents").status_code == 200


def test_in_a_dispute_both_sides_have_their_words(api, contested):
    first = contested("The box arrived crushed")
    judge(first, case_of(first), "product", "The kettle is the product.")
    ada = api.client(api.token("ada"))
    (entry,) = ada.get("/work/feedback").json()["feedback"]
    sent = ada.post("/work/disputes", json={"annotation": entry["annotation"], "reason": "It is the parcel."})
    assert sent.status_code == 201, sent.text
    case = case_of(api.person("second", "expert"))
    (dispute,) = case["disputes"]
    assert (dispute["reason"], dispute["value"], dispute["against"]) == ("It is the parcel.", "delivery", "product")
    assert [one["rationale"] for one in case["said"]] == ["The kettle is the product."]
    assert (case["why"], case["decided"]) == ("dispute", "product")
    assert "ada" not in {dispute["annotator"], *(one["annotator"] for one in case["answers"])}
