"""The short way answers as the general way does, and passes on whatever is not plainly in order."""

from __future__ import annotations

import pytest

from quorate.server import express, guard
from quorate.server.routes import every


@pytest.fixture
def taken(monkeypatch):
    """The paths that went the short way."""
    paths = []
    answer = express._answer

    def noted(call, path):
        paths.append(path.removeprefix("/api/v1"))
        return answer(call, path)

    monkeypatch.setattr(express, "_answer", noted)
    return paths


@pytest.fixture
def bob(api, monkeypatch):
    """An annotator whom the process knows from a moment ago, though a busy machine takes longer than it remembers."""
    monkeypatch.setattr(guard, "REMEMBER_SECONDS", 3600.0)
    api.project(items=9)
    bob = api.person("bob", "annotator")
    assert bob.get("/work/held").status_code == 200
    return bob


def test_the_marked_routes_are_claim_and_submit():
    assert express.ways("", every()).keys() == {"/work/claim", "/work/submit"}


def test_who_is_known_and_sends_what_fits_goes_the_short_way(bob, taken):
    (task,) = bob.post("/work/claim", json={}).json()["tasks"]
    sent = {"assignment": task["assignment"], "value": "delivery", "seconds": 4, "claim": 1}
    first = bob.post("/work/submit", json=sent, headers={"Idempotency-Key": "k"})
    again = bob.post("/work/submit", json=sent, headers={"Idempotency-Key": "k"})
    assert first.status_code == again.status_code == 200
    assert again.json()["repeated"]
    assert again.json()["annotation"] == first.json()["annotation"]
    assert first.headers["cache-control"] == "no-store"
    assert taken == ["/work/claim", "/work/submit", "/work/submit"]


def test_both_ways_give_the_same_answer(api, bob, taken):
    def claims():
        asked = bob.post("/work/claim", json={"count": 1})
        (task,) = asked.json()["tasks"]
        bob.post("/work/release", json={"assignment": task["assignment"]})
        return asked.status_code, asked.headers.keys(), task.keys()

    short = claims()
    api.app.state.callers.forget()
    assert claims() == short
    assert taken == ["/work/claim"]


def test_a_refusal_is_a_problem_on_either_way(api, bob, taken):
    nothing = {"assignment": "00000000-0000-7000-8000-000000000000", "value": "delivery"}
    short = bob.post("/work/submit", json=nothing)
    api.app.state.callers.forget()
    general = bob.post("/work/submit", json=nothing)
    assert short.status_code == general.status_code == 404
    assert short.json() == general.json()
    assert short.headers["content-type"] == general.headers["content-type"] == "application/problem+json"
    assert taken == ["/work/submit"]


@pytest.mark.parametrize(
    ("content", "headers", "status"),
    [
        (b'{"count": 0}', {}, 422),
        (b"{", {}, 422),
        (b'{"projects": ["\\u0000"]}', {}, 422),
        (b'{"count": 1, "more": 1}', {}, 422),
        (b"{}", {"Content-Type": "text/plain"}, 422),
        (b"{}", {"Authorization": "Bearer nobody's"}, 401),
    ],
)
def test_what_is_not_in_order_goes_the_general_way(bob, taken, content, headers, status):
    answer = bob.post("/work/claim", content=content, headers={"Content-Type": "application/json", **headers})
    assert answer.status_code == status, answer.text
    assert answer.json()["status"] == status
    assert taken == []


def test_who_may_not_work_is_refused(api, bob, taken):
    auditor = api.person("olga", "auditor")
    assert auditor.get("/projects").status_code == 200
    assert auditor.post("/work/claim", json={}).status_code == 403
    assert taken == []


def test_a_fault_of_ours_says_nothing_of_itself(bob, monkeypatch):
    def fail(*_, **__):
        raise RuntimeError("secret")

    (way,) = (way for path, way in bob.app.state.ways.items() if path.endswith("/claim"))
    monkeypatch.setitem(bob.app.state.ways, "/api/v1/work/claim", type(way)(fail, way.shape, way.guard, way.keyed))
    answer = bob.post("/work/claim", json={})
    assert answer.status_code == 500
    assert "secret" not in answer.text
