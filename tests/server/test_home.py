"""A project's first page and its plots: the numbers are those of what was done, each with the list it opens."""

from __future__ import annotations

import pytest


@pytest.fixture
def manager(api):
    """Ten items of known and unknown label under way, with a target and a budget."""
    api.project(items=0, judgements={"min": 2, "max": 2}, accept={"confidence": 0.6}, audit={"rate": 1, "min": 1},
                pay={"judgement": 0.5}, gold={"rate": 0.5})  # fmt: skip
    founder = api.client(api.token("founder of reviews"))
    plan = {"name": "reviews", "steps": [{"id": "topic", "question": "?"}], "budget": {"total": 10},
            "target": {"accuracy": 0.9}}  # fmt: skip
    founder.put("/projects/reviews/specs/project/project", json={"body": plan, "reason": "a budget"}).raise_for_status()
    api.bring("reviews", *({"key": f"i{n}", "text": f"The parcel {n}."} for n in range(8)))
    api.bring("reviews", *({"key": f"g{n}", "text": f"Known {n}.", "gold": {"topic": "product"}} for n in range(3)))
    for name in ("ada", "bob"):
        person = api.person(name, "annotator")
        while tasks := person.post("/work/claim", json={}).json().get("tasks"):
            (task,) = tasks
            odd = name == "bob" and task["item"] == "i3"
            value = "product" if odd or task["item"] == "g1" else "delivery"
            person.post("/work/submit", json={"assignment": task["assignment"], "value": value, "seconds": 9})
    return api.person("manager", "manager")


def test_the_numbers_are_those_of_what_was_done(manager):
    home = manager.get("/projects/reviews/home").json()
    items = manager.get("/projects/reviews/items?limit=50").json()["items"]
    states = [item["steps"]["topic"]["state"] for item in items]
    assert home["decided"]["value"] == states.count("decided")
    assert home["decided"]["total"] == len(items) == 11
    answers = sum(row["answers"] for row in manager.get("/projects/reviews/skills").json())
    assert float(home["spent"]["value"]) == 0.5 * answers
    assert home["spent"]["total"] == "10"
    assert home["right"]["by"] == "beliefs"
    assert 0 <= home["right"]["low"] <= home["right"]["value"] <= home["right"]["high"] <= 1
    assert home["certificate"] == manager.get("/projects/reviews/certificate").json()
    assert home["certificate"]["target"] == {"accuracy": 0.9, "confidence": 0.95}
    needs = {need["kind"]: need for need in home["needs"]}
    assert len(home["needs"]) <= 5
    assert home["certificate"]["holds"] is False
    assert needs["certificate"]["of"]["list"] == "exports"
    assert "budget" in needs, "most of it is spent"
    where = home["decided"]["of"]["where"]
    listed = manager.get("/projects/reviews/items", params={**where, "limit": 50}).json()
    assert listed["total"] == home["decided"]["value"]


def test_the_plots_add_up_to_what_was_done(api, manager):
    def points(of, by="hour"):
        answer = manager.get(f"/projects/reviews/series?of={of}&by={by}")
        assert answer.status_code == 200, answer.text
        return answer.json()["points"]

    items = manager.get("/projects/reviews/items?limit=50").json()["items"]
    decided = [item["steps"]["topic"] for item in items if item["steps"]["topic"]["value"]]
    asked = [task for task in decided if not task["gold"]]
    assert points("progress")[-1]["decided"] == len(decided)
    assert sum(point["items"] for point in points("judgements")) == len(asked)
    gold = points("gold_accuracy", "day")
    known = [row for row in points("confusion") if row["truth"] == "product"]
    assert sum(point["answers"] for point in gold) == sum(row["answers"] for row in known)
    assert sum(point["right"] for point in gold) == sum(r["answers"] for r in known if r["said"] == r["truth"])
    agreeing = {point["label"]: point for point in points("agreement")}
    assert agreeing["delivery"]["value"] == 1.0
    assert sum(point["cases"] for point in points("queue_age")) == len(manager.get("/projects/reviews/cases").json())
    assert points("cost") == points("judgements")
    assert not any(point["audited"] for point in points("cost"))
    waiting = manager.get("/projects/reviews/cases").json()
    expert = api.person("expert", "expert")
    (case,) = expert.post("/cases/claim", json={"count": 1}).json()["cases"]
    word = {"assignment": case["assignment"], "value": "delivery", "rationale": "It is plain.", "seconds": 40}
    expert.post("/cases/adjudicate", json=word).raise_for_status()
    (spent,) = points("expert_time")
    assert (spent["decisions"], spent["seconds"]) == (1, 40)
    assert spent["kind"] in {one["kind"] for one in waiting}
    word |= {"value": "delivery"}
    audits, agreed = int(case["blind"]), int(case["blind"])
    while claimed := expert.post("/cases/claim", json={"count": 1}).json()["cases"]:
        expert.post("/cases/adjudicate", json={**word, "assignment": claimed[0]["assignment"]}).raise_for_status()
        (stood,) = (item["steps"]["topic"]["value"] for item in items if item["key"] == claimed[0]["item"])
        audits += claimed[0]["blind"]
        agreed += claimed[0]["blind"] and stood == "delivery"
    measured = [point["audited"] for point in points("cost") if point["audited"]]
    assert audits > 0
    assert (sum(one["audits"] for one in measured), sum(one["right"] for one in measured)) == (audits, agreed)
    assert all(one["low"] <= one["value"] <= one["high"] for one in measured)


def test_an_empty_project_has_a_first_page(api):
    api.project(items=0)
    home = api.person("manager", "manager").get("/projects/reviews/home").json()
    assert (home["decided"]["value"], home["right"], home["done"], home["needs"]) == (0, None, None, [])


def test_a_project_that_will_be_late_says_so_first(manager, api):
    founder = api.client(api.token("founder of reviews"))
    plan = {"name": "reviews", "steps": [{"id": "topic", "question": "?"}], "due": "2020-02-29"}
    founder.put("/projects/reviews/specs/project/project", json={"body": plan, "reason": "a date"}).raise_for_status()
    api.bring("reviews", {"key": "late", "text": "One more parcel."})
    home = manager.get("/projects/reviews/home").json()
    assert home["needs"][0]["kind"] == "late"
    assert "due Sat 2020-02-29" in home["needs"][0]["text"]
    assert home["ahead"]["late_hours"] > 0
    told = manager.get("/projects/reviews/forecast").json()
    assert (told["due"], told["late_hours"] > 0, told["taken"]) == (home["ahead"]["due"], True, [])
    assert [step["step"] for step in told["steps"]] == ["topic"]
    assert told["steps"][0]["left"] == home["states"]["open"]
