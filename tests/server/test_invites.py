"""Invites by link: shown once, for so many people, until they end; a new account or a role more."""

from __future__ import annotations

import pytest

from quorate import clock

ALL = "/projects/reviews/invites"


@pytest.fixture
def manager(api):
    api.project()
    return api.person("manager", "manager")


def made(manager, **body):
    answer = manager.post(ALL, json={"role": "annotator", **body})
    assert answer.status_code == 201, answer.text
    return answer.json()


def test_from_a_link_to_the_first_answer(api, manager):
    secret = made(manager)["secret"]
    anybody = api.client()
    told = anybody.get(f"/invites/{secret}").json()
    assert (told["project"], told["role"], told["workspace"]) == ("reviews", "annotator", "default")
    assert anybody.post(f"/invites/{secret}/accept", json={}).status_code == 401
    who = {"name": "ada", "password": "correct horse battery"}
    done = anybody.post(f"/invites/{secret}/accept", json=who)
    assert done.json() == {"project": "reviews", "role": "annotator"}
    assert anybody.post("/session", json=who).status_code == 204
    assert anybody.post("/work/claim", json={}).json()["tasks"]
    for again in (anybody.get(f"/invites/{secret}"), api.client().post(f"/invites/{secret}/accept", json=who)):
        assert again.status_code == 404, "it was for one"
    (row,) = manager.get(ALL).json()
    assert (row["used"], row["uses"], row["author"]) == (1, 1, "manager")
    assert secret not in manager.get(ALL).text
    assert manager.post("/projects/reviews/ledger/verify").json()["ok"] is True


def test_who_has_signed_in_gets_a_role_more(api, manager):
    secret = made(manager, role="expert", uses=2)["secret"]
    ada = api.person("ada", "annotator")
    assert ada.post(f"/invites/{secret}/accept", json={}).status_code == 200
    assert ada.get("/me").json()["roles"] == {"reviews": ["annotator", "expert"]}


def test_a_name_that_is_taken_uses_no_place(api, manager):
    secret = made(manager)["secret"]
    taken = api.client().post(f"/invites/{secret}/accept", json={"name": "manager", "password": "long enough"})
    assert taken.status_code == 409
    assert manager.get(ALL).json()[0]["used"] == 0


def test_an_ended_one_holds_no_more(api, manager):
    one = made(manager, uses=5)
    assert manager.delete(f"{ALL}/{one['id']}").status_code == 204
    assert api.client().get(f"/invites/{one['secret']}").status_code == 404
    assert manager.delete(f"{ALL}/00000000-0000-7000-8000-000000000000").status_code == 404
    assert manager.post(ALL, json={"role": "machine"}).status_code == 422


def test_whoever_tries_many_has_to_wait(api, manager, monkeypatch):
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now)  # however long they take, the wait is not over
    tried = [
        api.client().post("/invites/qi_no/accept", json={"name": "x", "password": "long enough"}) for _ in range(40)
    ]
    assert (tried[0].status_code, tried[-1].status_code) == (404, 429)
