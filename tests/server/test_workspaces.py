"""Two workspaces in one installation never see each other, on whatever route an id or a name may be sent."""

from __future__ import annotations

from collections import defaultdict

import pytest
from sqlalchemy import func, select, update

from quorate.store import tables as t

ANY = defaultdict(
    lambda: "00000000-0000-7000-8000-000000000000",
    project="reviews", account="insider", role="manager", kind="schema", name="topic", item="i0", digest="0" * 64,
    annotator="a-nobody", seq="1", training="nothing", lesson="nothing", place="0", exam="nothing",
)  # fmt: skip
"""What may stand in an address; an id, unless it is named here."""


@pytest.fixture
def both(api, elsewhere):
    """The other workspace, with work under way, and somebody of this one who holds every role here."""
    other = elsewhere()
    other.project("reviews", audit={"rate": 1, "min": 1})
    api.project("ours")
    roles = ("manager", "steward", "expert", "annotator", "auditor")
    return other, api.person("insider", *roles, project="ours", admin=True)


def under_way(other):
    """An annotation, a lease on a task and one on a case in the other workspace."""
    worker = other.person("worker", "annotator", "expert")
    (first, second) = worker.post("/work/claim", json={"count": 2}).json()["tasks"]
    done = worker.post("/work/submit", json={"assignment": first["assignment"], "value": "delivery"}).json()
    assert done["state"] == "decided"
    judge = other.person("judge", "expert")
    (case,) = judge.post("/cases/claim", json={"count": 1}).json()["cases"]
    return worker, done["annotation"], second["assignment"], case["assignment"]


def test_what_has_a_project_in_its_address_is_not_found(both):
    other, insider = both
    for path, methods in other.app.openapi()["paths"].items():
        if "{project}" not in path:
            continue
        for method in methods:
            if method == "put" and path.endswith("{project}"):
                continue  # makes a project of that name in one's own workspace: see below
            address = path.removeprefix("/api/v1").format_map(ANY)
            answer = insider.request(method, address, **({"json": {}} if method in {"post", "put"} else {}))
            assert (answer.status_code, answer.json()["where"]) == (404, "project"), (method, path)


def test_projects_of_the_same_name_are_two(both):
    other, insider = both
    insider.put("/projects/reviews", json=other.specs("reviews")).raise_for_status()
    assert insider.get("/projects/reviews/items").json()["items"] == []
    assert sorted(p["name"] for p in insider.get("/projects").json()) == ["ours", "reviews"]
    founder = other.client(other.token("founder of reviews"))
    assert len(founder.get("/projects/reviews/items").json()["items"]) == 3
    assert [p["name"] for p in founder.get("/projects").json()] == ["reviews"]


def test_ids_of_work_open_nothing(both):
    other, insider = both
    worker, annotation, lease, case = under_way(other)
    told = {"value": "product", "seconds": 3}
    for assignment in (lease, case):
        tries = {
            "/work/submit": {"assignment": assignment, **told},
            "/work/skip": {"assignment": assignment, "reason": "no"},
            "/work/release": {"assignment": assignment},
            "/cases/adjudicate": {"assignment": assignment, "value": "product", "rationale": "because"},
        }
        for path, body in tries.items():
            answer = insider.post(path, json=body)
            assert answer.status_code in {404, 409}, path
            assert "reviews" not in answer.text
        assert insider.get(f"/cases/{assignment}").status_code == 404
        extended = insider.post("/work/extend", json={"project": "ours", "assignments": [assignment]})
        assert extended.json() == {"expires_at": {}}
    assert insider.post("/work/revise", json={"annotation": annotation, **told}).status_code == 404
    assert [task["assignment"] for task in worker.get("/work/held").json()["tasks"]] == [lease]


def test_claims_never_give_the_others_tasks(both):
    other, insider = both
    under_way(other)
    tasks = insider.post("/work/claim", json={"count": 50}).json()["tasks"]
    assert {task["project"] for task in tasks} == {"ours"}
    assert insider.post("/cases/claim", json={"count": 10}).json()["cases"] == []
    for path in ("/work/claim", "/cases/claim"):
        assert insider.post(path, json={"projects": ["reviews"]}).status_code == 404


def test_accounts_and_tokens_are_their_own(both):
    other, insider = both
    other.person("stranger", "annotator")
    assert "stranger" not in insider.get("/accounts").text
    assert insider.put("/projects/ours/members/stranger/annotator").status_code == 404
    made = insider.post("/tokens", json={"name": "x", "scopes": ["work"], "account": "stranger"})
    assert made.status_code == 404
    assert insider.post("/accounts", json={"name": "stranger"}).status_code == 201


def test_a_medium_is_shown_within_its_project_only(both):
    other, insider = both
    founder = other.client(other.token("founder of reviews"))
    url = founder.post("/projects/reviews/media", content=b"a secret", headers={"Content-Type": "text/plain"}).json()[
        "url"
    ]
    other.bring("reviews", {"key": "m", "media": [url]})
    digest = url.removeprefix("media:")
    assert founder.get(f"/projects/reviews/media/{digest}").content == b"a secret"
    assert insider.get(f"/projects/ours/media/{digest}").status_code == 404


def test_verifying_the_ledger_tells_nothing_of_another_workspace(both):
    """The chain is checked whole; events are counted, and items and answers looked at, in one's own alone."""
    other, insider = both
    under_way(other)
    before = insider.post("/projects/ours/ledger/verify").json()
    theirs = other.client(other.token("founder of reviews")).post("/projects/reviews/ledger/verify").json()
    assert (before["ok"], theirs["ok"]) == (True, True)
    assert before["root"] == theirs["root"] or theirs["blocks"] >= before["blocks"]
    with other.db.read() as connection:
        of = select(t.events.c.workspace_id, func.count()).group_by(t.events.c.workspace_id)
        counts = dict(connection.execute(of).tuples().all())
    assert theirs["events"] == counts[other.operator.workspace]
    assert before["events"] == sum(counts.values()) - theirs["events"]
    with other.db.write() as connection:
        connection.execute(
            update(t.items)
            .where(t.items.c.key == "i0", t.items.c.project_id.in_(_reviews(other)))
            .values(body={"x": 1})
        )
    assert insider.post("/projects/ours/ledger/verify").json()["ok"] is True
    found = other.client(other.token("founder of reviews")).post("/projects/reviews/ledger/verify").json()
    assert (found["ok"], "'i0'" in found["fault"]) == (False, True)


def _reviews(other):
    return select(t.projects.c.id).where(t.projects.c.workspace_id == other.operator.workspace)
