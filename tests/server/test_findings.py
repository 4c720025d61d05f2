"""Findings: told with evidence to those who oversee, in words to the one they are about; judged by a person."""

from __future__ import annotations

import pytest
from sqlalchemy import insert, select

from quorate import clock
from quorate.actions.add_account import withdraw_role
from quorate.ids import new_id
from quorate.store import projects
from quorate.store import tables as t

ALL = "/projects/reviews/findings"
SAID = "Every answer came within a second."


@pytest.fixture
def noted(api):
    """`ada` and `bob` annotate, `mia` manages; something was noticed about ada: its id, and the three of them."""
    api.project(items=3)
    people = {
        name: api.person(name, role) for name, role in (("ada", "annotator"), ("bob", "annotator"), ("mia", "manager"))
    }
    return note(api, "ada"), people


def note(api, name):
    with api.db.write() as connection:
        project = projects.find(connection, api.operator.workspace, "reviews")
        account = connection.execute(select(t.accounts.c.id).where(t.accounts.c.name == name)).scalar_one()
        id = new_id()
        connection.execute(
            insert(t.findings).values(
                id=id, project_id=project.id, account_id=account, kind="speed", message=SAID, action="noted",
                evidence={"seconds": 0.4, "p_value": 0.01}, created_at=clock.now(),
            )
        )  # fmt: skip
    return str(id)


def test_the_one_it_is_about_answers_and_a_manager_judges(noted):
    id, people = noted
    (own,) = people["ada"].get("/work/findings").json()
    assert (own["id"], own["message"], own["state"], "evidence" in own) == (id, SAID, "open", False)
    assert own["facts"] == {"seconds": 0.4}, "what the words say, and no more"
    for _ in range(2):  # to say it again changes nothing
        assert people["ada"].post(f"/work/findings/{id}/answer", json={"text": "They are short."}).status_code == 204
    (told,) = people["mia"].get(ALL, params={"state": "answered"}).json()
    assert (told["name"], told["evidence"], told["replies"][0]["text"]) == (
        "ada",
        {"seconds": 0.4, "p_value": 0.01},
        "They are short.",
    )
    assert people["mia"].get(ALL, params={"state": "open"}).json() == []
    judged = people["mia"].post(f"{ALL}/{id}/judge", json={"verdict": "upheld", "reason": "They are not."})
    assert (judged.status_code, judged.json()) == (200, {"done": []}), judged.text
    (own,) = people["ada"].get("/work/findings").json()
    assert (own["state"], [one["kind"] for one in own["replies"]]) == ("upheld", ["answered", "upheld"])
    assert "They are not." in people["ada"].get("/notices").json()[0]["text"]
    late = people["ada"].post(f"/work/findings/{id}/answer", json={"text": "But."})
    assert (late.status_code, late.json()["detail"]) == (409, "It has been upheld.")


def test_nobody_else_sees_or_answers_it(noted, api):
    id, people = noted
    assert people["bob"].get("/work/findings").json() == []
    assert people["bob"].post(f"/work/findings/{id}/answer", json={"text": "Not me."}).status_code == 404
    assert people["ada"].get(ALL).status_code == 403
    assert people["ada"].post(f"{ALL}/{id}/judge", json={"verdict": "dismissed", "reason": "Me."}).status_code == 403
    steward = api.person("steve", "steward").get(ALL).json()
    assert [one["name"] for one in steward] == [None]
    assert people["mia"].post(f"{ALL}/{id}/judge", json={"verdict": "upheld", "reason": " "}).status_code == 422


def test_a_dismissed_finding_ends_the_pause_that_it_brought_and_no_other(noted, api):
    _, people = noted
    id = note(api, "bob")
    upheld = {"verdict": "upheld", "reason": "Too fast.", "then": ["paused", "pay_held", "asked_again"]}
    done = people["mia"].post(f"{ALL}/{id}/judge", json=upheld)
    assert done.json() == {"done": ["paused"]}, "of no answers there is no pay to hold, and nothing to ask again"
    assert people["bob"].post("/work/claim", json={}).status_code == 409
    people["mia"].post(f"{ALL}/{id}/judge", json={"verdict": "dismissed", "reason": "A fast reader."})
    assert people["bob"].post("/work/claim", json={}).status_code == 200
    called = people["mia"].get(ALL, params={"limit": 1}).json()[0]["annotator"]
    people["mia"].post(f"/projects/reviews/annotators/{called}/pause", json={"reason": "A talk first."})
    people["mia"].post(f"{ALL}/{id}/judge", json={"verdict": "dismissed", "reason": "Still."})
    assert people["bob"].post("/work/claim", json={}).status_code == 409


def test_pages_follow_each_other_without_a_gap(noted, api):
    ids = [note(api, "ada") for _ in range(4)]
    _, people = noted
    first = people["mia"].get(ALL, params={"limit": 3}).json()
    rest = people["mia"].get(ALL, params={"limit": 3, "before": first[-1]["id"]}).json()
    assert [one["id"] for one in first + rest] == [*reversed(ids), noted[0]]
    own = people["ada"].get("/work/findings", params={"limit": 3}).json()
    own += people["ada"].get("/work/findings", params={"limit": 3, "before": own[-1]["id"]}).json()
    assert [one["id"] for one in own] == [one["id"] for one in first + rest]
    assert people["mia"].get(ALL, params={"annotator": first[0]["annotator"], "kind": "speed"}).json()[0] == first[0]
    assert people["mia"].get(ALL, params={"kind": "other"}).json() == []


def test_who_lost_their_role_still_sees_and_answers_what_is_said_of_their_work(noted, api):
    id, people = noted
    withdraw_role(api.db, api.operator, "reviews", "ada", "annotator")
    api.app.state.callers.forget()
    assert people["ada"].get("/work/feedback").status_code == 403
    (own,) = people["ada"].get("/work/findings").json()
    assert (own["id"], own["project"]) == (id, "reviews")
    assert people["ada"].post(f"/work/findings/{id}/answer", json={"text": "They are short."}).status_code == 204
    assert people["mia"].get(ALL, params={"state": "answered"}).json()[0]["id"] == id


def test_nobody_judges_their_own_work(api):
    api.project(items=3)
    boss = api.person("eva", "manager", "annotator")
    other = api.person("mia", "manager")
    id = note(api, "eva")
    called = boss.get(ALL).json()[0]["annotator"]
    dismissed = {"verdict": "dismissed", "reason": "I was right."}
    pause = f"/projects/reviews/annotators/{called}"
    assert other.post(f"{pause}/pause", json={"reason": "A talk first."}).status_code == 200
    for path, body in ((f"{ALL}/{id}/judge", dismissed), (f"{pause}/resume", {"reason": "I am fine."})):
        answer = boss.post(path, json=body)
        assert (answer.status_code, answer.json()["detail"]) == (403, "It is about your own work.")
        assert other.post(path, json=body).status_code == 200


def test_a_pause_leaves_answers_discounted_until_they_go_on(noted, api):
    _, people = noted
    called = people["mia"].get(ALL).json()[0]["annotator"]
    one = f"/projects/reviews/annotators/{called}"
    for do, discounted in (("block", True), ("pause", True), ("retrain", True), ("resume", False), ("pause", False)):
        body = {"reason": "So it is."} | ({"discount": True} if do == "block" else {})
        assert people["mia"].post(f"{one}/{do}", json=body).status_code == 200
        assert people["mia"].get(one).json()["discounted"] is discounted, do


def test_what_needs_a_person_is_listed_and_counted_without_the_flags_on_single_answers(noted, api):
    id, people = noted
    claimed = people["bob"].post("/work/claim", json={}).json()["tasks"][0]["assignment"]
    people["bob"].post("/work/submit", json={"assignment": claimed, "value": "delivery", "seconds": 0.001})
    (flag,) = people["mia"].get(ALL, params={"of": "answers"}).json()
    assert (flag["kind"], flag["name"]) == ("reading_speed", "bob")
    work = {"of": "work", "state": "unjudged"}

    def needed():
        home = people["mia"].get("/projects/reviews/home").json()
        return [need["numbers"]["count"] for need in home["needs"] if need["kind"] == "findings"]

    assert [one["id"] for one in people["mia"].get(ALL, params=work).json()] == [id]
    assert [len(people["bob"].get("/work/findings", params={"of": of}).json()) for of in ("work", "answers")] == [0, 1]
    assert needed() == [1]
    paused = {"verdict": "upheld", "reason": "Too fast.", "then": ["paused"]}
    assert people["mia"].post(f"{ALL}/{flag['id']}/judge", json=paused).json() == {"done": ["paused"]}
    assert people["mia"].get(ALL, params={"of": "answers"}).json() == []
    assert {one["id"] for one in people["mia"].get(ALL, params={"of": "work"}).json()} == {id, flag["id"]}
    assert people["ada"].post(f"/work/findings/{id}/answer", json={"text": "They are short."}).status_code == 204
    assert [one["id"] for one in people["mia"].get(ALL, params=work).json()] == [id], "answered, but not judged"
    people["mia"].post(f"{ALL}/{id}/judge", json={"verdict": "dismissed", "reason": "They are."})
    assert (people["mia"].get(ALL, params=work).json(), needed()) == ([], [])
