"""Every route × every sort of caller, compared with the one table of rights."""

from __future__ import annotations

from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient

from quorate.actions.clarify import ask_within
from quorate.actions.rules import rules_now
from quorate.people.roles import RIGHTS, SCOPES, Anyone, Role, allowed, in_scope
from quorate.server.guard import Guard
from quorate.server.routes import every

PATH = {
    "project": "reviews",
    "account": "nobody",
    "role": "annotator",
    "kind": "schema",
    "name": "nothing",
    "item": "i0",
    "digest": "0" * 64,
    "assignment": "00000000-0000-7000-8000-000000000000",
    "dispute": "00000000-0000-7000-8000-000000000000",
    "annotator": "a-nobody",
    "notice": "00000000-0000-7000-8000-000000000000",
    "invite": "00000000-0000-7000-8000-000000000000",
    "secret": "nothing",
    "seq": "1",
    "training": "nothing",
    "lesson": "nothing",
    "place": "0",
    "exam": "nothing",
    "finding": "00000000-0000-7000-8000-000000000000",
    "clarification": "00000000-0000-7000-8000-000000000000",
    "lead": "00000000-0000-7000-8000-000000000000",
    "run": "00000000-0000-7000-8000-000000000000",
}
ROUTES = [route for router in every() for route in router.routes if isinstance(route, APIRoute)]
CASES = [(method, route) for route in ROUTES for method in sorted(route.methods)]


def guards(dependant: Any) -> list[Guard]:
    own = [dependant.call] if isinstance(dependant.call, Guard) else []
    return own + [guard for inner in dependant.dependencies for guard in guards(inner)]


def right(route: APIRoute) -> str:
    return guards(route.dependant)[0].right


def address(route: APIRoute) -> str:
    return route.path_format.format(**PATH)


def verdict(client: TestClient, method: str, route: APIRoute) -> str:
    body = {"content": b""} if method in {"GET", "DELETE"} else {"json": {}}
    answer = client.request(method, address(route), **body)
    assert answer.status_code < 500, f"{method} {route.path}: {answer.text}"
    if answer.status_code == 401:
        return "unknown"
    if answer.status_code == 403 or (answer.status_code == 404 and answer.json().get("where") == "project"):
        return "denied"
    return "allowed"


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{sorted(route.methods)[0]} {route.path}")
def test_every_route_has_one_guard_whose_right_is_in_the_table(route):
    found = guards(route.dependant)
    assert len(found) == 1
    assert found[0].right in RIGHTS
    assert found[0].new is None or found[0].new in RIGHTS


def test_nothing_is_served_that_no_noun_lists(api):
    served = set(api.app.openapi()["paths"])
    assert served == {f"/api/v1{route.path_format}" for route in ROUTES}
    beside = {route.path for route in api.app.routes if hasattr(route, "path")}
    assert beside == {"/api/v1/openapi.json", "/metrics"}
    assert RIGHTS["docs.read"] is Anyone.PUBLIC


def test_a_right_that_is_not_in_the_table_is_nobodys():
    assert not allowed("item.destroy", tuple(Role), admin=True)
    with pytest.raises(AssertionError):
        Guard("item.destroy")


def test_every_route_answers_every_caller_as_the_table_says(api):
    api.project()
    everything = tuple(role for role in Role if role != Role.MACHINE)
    callers: list[tuple[str, TestClient, tuple[str, ...], bool, tuple[str, ...] | None]] = [
        (role, api.person(f"the {role}", role), (role,), False, None) for role in Role
    ]
    callers.append(("stranger", api.person("stranger"), (), False, None))
    callers.append(("administrator", api.person("head", admin=True), (), True, None))
    api.person("all", *everything, admin=True)
    callers += [(f"scope {scope}", api.client(api.token("all", scope)), everything, True, (scope,)) for scope in SCOPES]
    anonymous, wrong = api.client(), api.client("qt_no-such-token")
    differ = []
    for method, route in CASES:
        needed = right(route)
        unknown = "allowed" if RIGHTS[needed] is Anyone.PUBLIC else "unknown"
        told = {"anonymous": verdict(anonymous, method, route), "wrong token": verdict(wrong, method, route)}
        expected = dict.fromkeys(told, unknown)
        for name, client, roles, admin, scopes in callers:
            may = RIGHTS[needed] is Anyone.PUBLIC or (
                allowed(needed, roles, admin=admin) and (scopes is None or in_scope(needed, scopes))
            )
            told[name], expected[name] = verdict(client, method, route), "allowed" if may else "denied"
        differ += [
            (method, route.path, name, told[name], expected[name]) for name in told if told[name] != expected[name]
        ]
    assert differ == []


def test_what_no_table_may_say():
    """Said twice on purpose: these hold whatever else is changed in the table."""
    changes = {"spec.publish", "item.import", "member.manage", "account.manage", "project.create", "skill.refit"}
    tells = {"label.read", "label.explain", "label.export", "item.read", "case.read", "status.read", "identity.read"}
    assert not any(allowed(one, ["annotator"]) for one in changes | tells | {"case.judge", "ledger.read"})
    assert not any(allowed(one, ["expert"]) for one in changes | {"label.read", "identity.read", "case.oversee"})
    assert not any(allowed(one, ["auditor"]) for one in changes | {"work.do", "case.judge"})
    assert not any(allowed(one, ["machine"]) for one in changes | tells - {"label.read"})
    assert not any(allowed(one, [], admin=True) for one in ("work.do", "case.judge"))
    assert not any(allowed(one, tuple(Role), signed_in=False, admin=True) for one in changes | tells | {"work.do"})


def test_only_an_administrator_makes_a_project_and_nobody_sees_that_of_others(api):
    api.project()
    for role in Role:
        answer = api.person(f"the {role}", role).put("/projects/another", json=api.specs("another"))
        assert answer.status_code == 403, role
    stranger = api.person("stranger")
    assert stranger.get("/projects").json() == []
    assert stranger.get("/projects/reviews/specs").status_code == 404


SECRET = "Merger"
GUARDED = {"access": ["board"]}


def told(client: TestClient, route: APIRoute, **path: str) -> bytes:
    """What a route answers to somebody who only reads; of an archive, what is in it."""
    query = {"url": f"media:{path['digest']}", "q": SECRET, "format": "jsonl"}
    answer = client.get(route.path_format.format(**{**PATH, **path}), params=query)
    assert answer.status_code < 500, f"{route.path}: {answer.text}"
    if not answer.headers.get("content-type", "").startswith("application/zip"):
        return answer.content
    with ZipFile(BytesIO(answer.content)) as archive:
        return b"".join(archive.read(name) for name in archive.namelist())


def test_nobody_reads_a_guarded_item_on_any_route_without_the_clearance(api):
    """Every route that reads × every role: an item that asks for `access` is there for who was granted it."""
    api.project(items=0, escalate=[{"when": "true", "reason": "always"}])
    api.bring("reviews", {"key": "open", "text": "Tea."})
    manager = api.person("manager", "manager")
    kept = manager.post("/projects/reviews/media", content=SECRET.encode(), headers={"Content-Type": "text/plain"})
    digest = kept.json()["url"].removeprefix("media:")
    media = [{"url": f"media:{digest}", "type": "text/plain"}]
    api.bring("reviews", *({"key": f"i{n}", "text": SECRET, "media": media, "attributes": GUARDED} for n in range(2)))
    readers = {role: api.person(f"the {role}", role) for role in Role if role is not Role.MANAGER}
    worker, judge = api.person("worker", "annotator"), api.person("judge", "expert")
    for name in ("worker", "judge"):
        manager.put(f"/projects/reviews/access/{name}", json={"names": ["board"]}).raise_for_status()
    tasks = worker.post("/work/claim", json={"count": 3}).json()["tasks"]
    for task in tasks:
        worker.post("/work/submit", json={"assignment": task["assignment"], "value": "delivery"}).raise_for_status()
    held = [case for case in judge.post("/cases/claim", json={"count": 3}).json()["cases"] if case["item"] == "i0"]
    word = {"assignment": held[0]["assignment"], "value": "product", "rationale": "It is the product."}
    judge.post("/cases/adjudicate", json=word).raise_for_status()
    with api.db.work() as connection:  # as the watch asks, with the items on which people split
        rules = rules_now(api.db, connection.execute("SELECT id FROM projects").fetchone()[0])
        asked = [row[0] for row in connection.execute("SELECT id FROM tasks")]
        ask_within(connection, api.operator, rules, rules.named("topic"), ["delivery"], "What is it?", tasks=asked)
    reads = [route for route in ROUTES if "GET" in route.methods]
    annotators = manager.get("/projects/reviews/annotators").json()
    (annotator,) = (one["annotator"] for one in annotators if one["name"] == "worker")

    def found(who: TestClient) -> list[str]:
        return [
            route.path for route in reads if SECRET.encode() in told(who, route, digest=digest, annotator=annotator)
        ]

    assert {role: found(reader) for role, reader in readers.items()} == {role: [] for role in readers}
    items, archive = "/projects/{project}/items", "/projects/{project}/export"
    story, file = f"{items}/{{item:path}}/why", "/projects/{project}/media/{digest}"
    asks, cases = "/projects/{project}/clarifications", "/projects/{project}/cases"
    assert {items, archive, story, file, asks, cases} <= set(found(manager))
    (expert,) = (reader for role, reader in readers.items() if role == Role.EXPERT)
    assert [one["key"] for one in expert.get("/projects/reviews/items").json()["items"]] == ["open"]
    manager.put("/projects/reviews/access/the expert", json={"names": ["board"]}).raise_for_status()
    assert {items, story, file, asks, cases} <= set(found(expert))
