"""What annotators are told of their answers, and how they disagree."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quorate.actions.tell_feedback import cursor, place_of
from quorate.actions.verify_ledger import verify_ledger


def claimed(person):
    (task,) = person.post("/work/claim", json={"count": 1}).json()["tasks"]
    return task


def answer(person, task, value):
    sent = person.post("/work/submit", json={"assignment": task["assignment"], "value": value, "seconds": 4})
    assert sent.status_code == 200, sent.text
    return sent.json()


def judge(expert, value, why="§1.1 decides it.", **more):
    (case,) = expert.post("/cases/claim", json={}).json()["cases"]
    word = {"assignment": case["assignment"], "value": value, "rationale": why, **more}
    done = expert.post("/cases/adjudicate", json=word)
    assert done.status_code == 200, done.text
    return case


def told(person, **query):
    answered = person.get("/work/feedback", params=query)
    assert answered.status_code == 200, answered.text
    return answered.json()


@pytest.fixture
def known(api):
    """A project in which every claim is of a known item, and an annotator who got it wrong."""

    def make(**policy):
        api.project(items=40, gold={"rate": 0.5}, **policy)
        api.bring(
            "reviews",
            {"key": "known", "text": "The box came late.", "gold": {"topic": "product", "topic.why": "See §2.1."}},
        )
        ada = api.person("ada", "annotator")
        for _ in range(60):
            task = claimed(ada)
            done = answer(ada, task, "delivery")
            if task["item"] == "known":
                return ada, done["annotation"]
        raise AssertionError("the known item never came")

    return make


@pytest.fixture
def undecided(api):
    """Two annotators who differ on an item, and two experts."""
    api.project(items=1, judgements={"min": 2, "max": 2}, accept={"confidence": 0.99})
    people = [api.person(name, "annotator") for name in ("ada", "bob")]
    for person, value in zip(people, ("delivery", "product"), strict=True):
        answer(person, claimed(person), value)
    return *people, api.person("first", "expert"), api.person("second", "expert")


def test_after_a_known_item_one_is_told_what_was_expected_and_why(known):
    ada, annotation = known(judgements={"min": 3, "max": 3})
    (entry,) = told(ada)["feedback"]
    assert entry["annotation"] == annotation
    assert (entry["value"], entry["expected"], entry["right"]) == ("delivery", "product", False)
    assert (entry["why"], entry["clauses"], entry["known_by"]) == ("See §2.1.", ["2.1"], "gold")
    assert (entry["item"], entry["excerpt"]) == ("known", "The box came late.")
    assert entry["may_dispute"] is True


def test_nothing_is_told_of_an_item_that_nobody_knows(api):
    api.project(items=3, judgements={"min": 1, "max": 1})
    ada = api.person("ada", "annotator")
    answer(ada, claimed(ada), "delivery")
    assert told(ada) == {"feedback": [], "next": None, "earlier": None}


@pytest.mark.parametrize("terms", [{"gold": False}, {"minutes": 60}])
def test_the_policy_says_what_is_told_and_when(known, terms):
    ada, annotation = known(judgements={"min": 3, "max": 3}, feedback=terms)
    assert told(ada)["feedback"] == []
    refused = ada.post("/work/disputes", json={"annotation": annotation, "reason": "I am right."})
    assert (refused.status_code, refused.json()["type"]) == (404, "not-found")


def test_after_an_expert_decided_both_annotators_hear_it_and_only_what_is_new(undecided):
    ada, bob, first, _ = undecided
    before = told(ada)["next"]
    assert before is None
    judge(first, "product", clauses=["1.1"])
    (wrong,) = told(ada)["feedback"]
    assert (wrong["right"], wrong["why"], wrong["clauses"]) == (False, "§1.1 decides it.", ["1.1"])
    (right,) = told(bob)["feedback"]
    assert (right["right"], right["may_dispute"], right["distance"]) == (True, False, 0)
    page = told(ada)
    later = told(ada, after=page["next"])
    assert (later["feedback"], later["next"]) == ([], page["next"])
    assert first.get("/work/feedback").json()["feedback"] == []


def all_wrong(api, items, **policy):
    """An annotator whose every answer an expert has overruled."""
    api.project(items=items, judgements={"min": 2, "max": 2}, accept={"confidence": 0.999}, **policy)
    ada, bob = api.person("ada", "annotator"), api.person("bob", "annotator")
    for person, value in ((ada, "delivery"), (bob, "product")):
        for _ in range(items):
            answer(person, claimed(person), value)
    expert = api.person("eve", "expert")
    for _ in range(items):
        judge(expert, "product")
    return ada


def test_pages_go_back_and_on_without_a_gap(api):
    ada = all_wrong(api, 5)
    every = [entry["annotation"] for entry in told(ada)["feedback"]]
    assert len(set(every)) == 5
    first = told(ada, limit=2)
    second = told(ada, limit=2, before=first["earlier"])
    third = told(ada, limit=2, before=second["earlier"])
    assert [one["annotation"] for page in (first, second, third) for one in page["feedback"]] == every
    assert third["earlier"] is None
    onwards = told(ada, limit=2, after=third["next"])
    assert [one["annotation"] for one in onwards["feedback"]] == every[2:4]
    assert [one["annotation"] for one in told(ada, after=onwards["next"])["feedback"]] == every[:2]


def test_a_dispute_goes_to_another_expert_and_comes_back_with_its_reason(api, undecided):
    ada, bob, first, second = undecided
    judge(first, "product")
    (entry,) = told(ada)["feedback"]
    opened = ada.post("/work/disputes", json={"annotation": entry["annotation"], "reason": "The courier was late."})
    assert opened.status_code == 201, opened.text
    assert (opened.json()["state"], opened.json()["outcome"]) == ("open", None)
    repeat = ada.post("/work/disputes", json={"annotation": entry["annotation"], "reason": "The courier was late."})
    assert (repeat.status_code, repeat.json()["id"]) == (201, opened.json()["id"])
    again = ada.post("/work/disputes", json={"annotation": entry["annotation"], "reason": "Once more."})
    assert (again.status_code, again.json()["type"]) == (409, "conflict")
    assert told(ada)["feedback"][0]["dispute"]["state"] == "open"
    assert first.post("/cases/claim", json={}).json()["cases"] == []
    case = judge(second, "product", "The kettle is the product.")
    assert case["why"] == "dispute"
    (closed,) = ada.get("/work/disputes").json()["disputes"]
    assert (closed["state"], closed["outcome"], closed["why"]) == ("closed", "rejected", "The kettle is the product.")
    (entry,) = told(ada)["feedback"]
    assert (entry["why"], entry["may_dispute"]) == ("The kettle is the product.", False)
    assert bob.get("/work/disputes").json()["disputes"] == []
    assert verify_ledger(api.db).ok


def test_who_was_right_against_a_known_answer_has_it_corrected(api, known):
    ada, annotation = known(judgements={"min": 3, "max": 3}, pay={"judgement": "0.04"})
    opened = ada.post("/work/disputes", json={"annotation": annotation, "reason": "It says that the box came late."})
    assert opened.status_code == 201, opened.text
    expert = api.person("expert", "expert")
    judge(expert, "delivery", "The courier was late.")
    (closed,) = ada.get("/work/disputes").json()["disputes"]
    assert (closed["outcome"], closed["decided"], closed["against"]) == ("upheld", "delivery", "product")
    (entry,) = told(ada)["feedback"]
    assert (entry["right"], entry["expected"], entry["why"]) == (True, "delivery", "The courier was late.")
    with api.db.hot() as connection:
        gold, place = connection.execute("SELECT gold, gold_order FROM tasks WHERE gold IS NOT NULL").fetchone()
        verbs = {row[0] for row in connection.execute("SELECT verb FROM events").fetchall()}
        jobs = connection.execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'refit_skills'").fetchone()
    assert (gold, place is not None) == ("delivery", True)
    assert {"dispute.opened", "gold.corrected"} <= verbs
    assert jobs[0] == 1
    assert verify_ledger(api.db).ok


def test_a_known_answer_on_which_three_differ_measures_nobody_any_more(api, known):
    ada, annotation = known(judgements={"min": 3, "max": 3})
    ada.post("/work/disputes", json={"annotation": annotation, "reason": "It is about the delivery."})
    judge(api.person("expert", "expert"), "neither", "It is about neither.")
    assert ada.get("/work/disputes").json()["disputes"][0]["outcome"] == "changed"
    with api.db.hot() as connection:
        rows = connection.execute("SELECT gold, gold_order, state FROM tasks WHERE gold IS NOT NULL").fetchall()
        assert rows == [("neither", None, "decided")]
        assert connection.execute("SELECT count(*) FROM events WHERE verb = 'gold.retired'").fetchone()[0] == 1


def test_a_dispute_can_be_taken_back_until_an_expert_looks(api, known):
    ada, annotation = known(judgements={"min": 3, "max": 3}, feedback={"disputes": 1})
    opened = ada.post("/work/disputes", json={"annotation": annotation, "reason": "No."}).json()
    eve = api.person("eve", "annotator")
    assert eve.delete(f"/work/disputes/{opened['id']}").status_code == 404
    assert ada.delete(f"/work/disputes/{opened['id']}").status_code == 204
    assert ada.delete(f"/work/disputes/{opened['id']}").status_code == 204
    assert ada.get("/work/disputes").json()["disputes"][0]["state"] == "withdrawn"
    assert api.person("expert", "expert").post("/cases/claim", json={}).json()["cases"] == []


def test_a_dispute_that_an_expert_holds_is_not_taken_back(api, known):
    ada, annotation = known(judgements={"min": 3, "max": 3})
    opened = ada.post("/work/disputes", json={"annotation": annotation, "reason": "No."}).json()
    assert len(api.person("expert", "expert").post("/cases/claim", json={}).json()["cases"]) == 1
    assert ada.delete(f"/work/disputes/{opened['id']}").status_code == 409


def test_only_so_many_disputes_a_day(api):
    ada = all_wrong(api, 2, feedback={"disputes": 1})
    codes = [
        ada.post("/work/disputes", json={"annotation": entry["annotation"], "reason": "No."}).status_code
        for entry in told(ada)["feedback"]
    ]
    assert codes == [201, 429]


def test_a_cursor_that_is_none_is_refused(api):
    api.project()
    ada = api.person("ada", "annotator")
    assert ada.get("/work/feedback", params={"after": "yesterday"}).status_code == 422
    both = {"after": "1-" + "0" * 32, "before": "1-" + "0" * 32}
    assert ada.get("/work/feedback", params=both).status_code == 422


@given(st.datetimes(datetime(1971, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC)), st.uuids())  # noqa: DTZ001
def test_a_cursor_is_exact(at, id):
    assert place_of(cursor((at, id))) == (at, id)


def test_machines_are_told_nothing(api):
    api.project()
    machine = api.person("model", "machine")
    assert machine.get("/work/feedback").status_code == 403
    assert machine.get("/work/disputes").status_code == 403
