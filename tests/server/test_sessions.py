"""Signing in and out, from where, how often; tokens, their scopes and their end; what is never told."""

from __future__ import annotations

import re
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import update

from quorate import clock
from quorate.actions.sign_in import OF_ADDRESS, OF_NAME
from quorate.people import passwords
from quorate.server import guard
from quorate.server.guard import COOKIE
from quorate.settings import settings
from quorate.store import tables as t

PASSWORD = "correct horse battery"


@pytest.fixture
def at_once(monkeypatch):
    """No process remembers a caller, so that what ends, ends at once."""
    monkeypatch.setattr(guard, "REMEMBER_SECONDS", 0.0)


@pytest.fixture
def passing(monkeypatch):
    """A function that lets time pass; else it stands still, however long a busy machine takes for a password."""
    begun, ahead = clock.now(), [timedelta()]

    def pass_by(**much: float) -> None:
        ahead[0] += timedelta(**much)

    monkeypatch.setattr(clock, "now", lambda: begun + ahead[0])
    return pass_by


def sign_in(client, name="ada", password=PASSWORD, **headers):
    return client.post("/session", json={"name": name, "password": password}, headers=headers)


def test_the_cookie_is_for_our_pages_alone(api):
    api.account("ada", password=PASSWORD)
    cookie = sign_in(api.client()).headers["set-cookie"]
    assert re.match(rf"{COOKIE}=qs_[\w-]{{43}};", cookie)
    for flag in ("HttpOnly", "SameSite=lax", "Path=/", "Max-Age=1209600"):
        assert flag in cookie
    assert "Secure" not in cookie
    assert "Domain" not in cookie


def test_the_cookie_is_for_https_alone_where_there_is_https(api, monkeypatch):
    monkeypatch.setenv("QUORATE_SECURE_COOKIES", "true")
    settings.cache_clear()
    api.account("ada", password=PASSWORD)
    assert "Secure" in sign_in(api.client()).headers["set-cookie"]


def test_signing_out_ends_the_session_here_and_there(api):
    api.account("ada", password=PASSWORD)
    client, thief = api.client(), api.client()
    assert sign_in(client).status_code == 204
    assert client.get("/me").json()["name"] == "ada"
    thief.cookies.set(COOKIE, client.cookies[COOKIE])
    assert thief.get("/me").status_code == 200
    assert client.delete("/session").status_code == 204
    assert COOKIE not in client.cookies
    assert client.get("/me").status_code == 401
    assert thief.get("/me").status_code == 401


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Origin": "http://quorate.test"}, 200),
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({"Origin": "http://evil.test"}, 403),
        ({"Origin": "http://quorate.test.evil.test"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
    ],
)
def test_another_site_cannot_act_with_the_cookie(api, headers, status):
    api.project()
    api.account("ada", password=PASSWORD)
    api.person("manager", "manager").put("/projects/reviews/members/ada/annotator")
    client = api.client()
    sign_in(client)
    assert client.post("/work/claim", json={"count": 1}, headers=headers).status_code == status
    assert client.get("/me", headers=headers).status_code == 200


def test_another_site_cannot_sign_somebody_in(api):
    api.account("ada", password=PASSWORD)
    assert sign_in(api.client(), Origin="http://evil.test").status_code == 403


def test_a_body_that_does_not_call_itself_json_is_not_read_as_json(api):
    """A form of another site can send text/plain without asking."""
    api.account("ada", password=PASSWORD)
    body = f'{{"name": "ada", "password": "{PASSWORD}"}}'
    for headers in ({"Content-Type": "text/plain"}, {}):
        assert api.client().post("/session", content=body, headers=headers).status_code == 422


def test_guessing_a_password_gets_slower_and_success_forgives(api, passing):
    api.account("ada", password=PASSWORD)
    client = api.client()
    for _ in range(OF_NAME):
        assert sign_in(client, password="wrong").status_code == 401
    assert sign_in(client).status_code == 204
    for _ in range(OF_NAME + 1):
        assert sign_in(client, password="wrong").status_code == 401
    locked = sign_in(client)
    assert (locked.status_code, locked.json()["type"]) == (429, "too-many")
    passing(seconds=3)
    assert sign_in(client, password="wrong").status_code == 401
    passing(seconds=3)
    assert sign_in(client).status_code == 429
    passing(seconds=2)
    assert sign_in(client).status_code == 204


def test_the_wait_never_exceeds_an_hour_and_a_day_forgets(api, passing):
    api.account("ada", password=PASSWORD)
    client = api.client()
    for _ in range(OF_NAME + 15):
        assert sign_in(client, password="wrong").status_code == 401
        passing(hours=1, seconds=1)
    passing(days=1)
    assert sign_in(client, password="wrong").status_code == 401
    assert sign_in(client).status_code == 204


@pytest.mark.usefixtures("passing")
def test_trying_many_names_from_one_address_gets_slower_whoever_has_an_account_there(api):
    api.account("eve", password=PASSWORD)
    client = api.client()
    for number in range(OF_ADDRESS):
        assert sign_in(client, f"name {number}", "wrong").status_code == 401
        if number % 4 == 0:
            assert sign_in(client, "eve").status_code == 204
    assert sign_in(client, "one more", "wrong").status_code == 401
    assert sign_in(client, "eve").status_code == 429


def test_names_are_not_told_apart_from_those_that_are_not_there(api):
    api.account("ada", password=PASSWORD)
    api.account("robot", machine=True)
    answers = [sign_in(api.client(), name, "wrong password").json() for name in ("ada", "nobody", "robot")]
    assert answers[0] == answers[1] == answers[2]


def test_a_session_and_a_token_end_in_time(api, passing, at_once):
    api.account("ada", password=PASSWORD)
    session, admin = api.client(), api.person("head", admin=True)
    sign_in(session)
    made = admin.post("/tokens", json={"name": "short", "scopes": ["read"], "days": 1, "account": "ada"}).json()
    token = api.client(made["token"])
    assert token.get("/me").json()["scopes"] == ["read"]
    passing(days=1, minutes=1)
    assert token.get("/me").status_code == 401
    assert session.get("/me").status_code == 200
    passing(days=14)
    assert session.get("/me").status_code == 401


def test_a_revoked_token_and_a_disabled_account_are_nobody(api, at_once):
    api.account("ada")
    client, other = api.client(api.token("ada")), api.client(api.token("ada"))
    client.post("/tokens", json={"name": "nightly/export", "scopes": ["export"]})
    assert client.delete("/tokens/nightly%2Fexport").status_code == 204
    assert client.delete("/tokens/nightly%2Fexport").status_code == 404
    assert client.delete("/tokens/test").status_code == 204
    assert other.get("/me").status_code == 401
    third = api.client(api.token("ada"))
    with api.db.write() as connection:
        connection.execute(update(t.accounts).where(t.accounts.c.name == "ada").values(disabled_at=clock.now()))
    assert third.get("/me").status_code == 401


def test_a_token_makes_none_that_may_more(api):
    api.person("head", admin=True)
    for scope in ("work", "read", "export"):
        assert (
            api.client(api.token("head", scope)).post("/tokens", json={"name": "x", "scopes": ["work"]}).status_code
            == 403
        )
    api.account("ada")
    mine = api.client(api.token("ada", "manage"))
    refused = mine.post("/tokens", json={"name": "x", "scopes": ["work"], "account": "head"})
    assert (refused.status_code, refused.json()["where"]) == (403, "account")


def test_roles_that_end_take_the_leases_along(api, at_once):
    api.project()
    api.project("other")
    manager = api.person("manager", "manager")
    ada = api.person("ada", "annotator")
    api.person("head of other", "manager", project="other").put("/projects/other/members/ada/annotator")
    (task,) = ada.post("/work/claim", json={"count": 1, "projects": ["reviews"]}).json()["tasks"]
    assert manager.delete("/projects/reviews/members/ada/annotator").status_code == 204
    late = ada.post("/work/submit", json={"assignment": task["assignment"], "value": "delivery"})
    assert (late.status_code, late.json()["type"]) == (409, "conflict")
    (again,) = api.person("bob", "annotator").post("/work/claim", json={"count": 1}).json()["tasks"]
    assert again["task"] == task["task"]


def test_no_answer_is_revised_where_the_role_has_ended(api, at_once):
    api.project(judgements={"min": 3, "max": 3})
    api.project("other")
    manager, ada = api.person("manager", "manager"), api.person("ada", "annotator")
    api.person("head of other", "manager", project="other").put("/projects/other/members/ada/annotator")
    (task,) = ada.post("/work/claim", json={"count": 1, "projects": ["reviews"]}).json()["tasks"]
    said = ada.post("/work/submit", json={"assignment": task["assignment"], "value": "delivery"}).json()
    revision = {"annotation": said["annotation"], "value": "product"}
    revised = ada.post("/work/revise", json=revision)
    assert revised.status_code == 200
    assert manager.delete("/projects/reviews/members/ada/annotator").status_code == 204
    assert ada.post("/work/revise", json={**revision, "annotation": revised.json()["annotation"]}).status_code == 404


@pytest.mark.usefixtures("passing")
def test_guesses_at_the_same_moment_are_counted_before_they_are_looked_at(api, monkeypatch):
    """Thirty at once: no more are compared with the password than are free, and one that makes the others wait."""
    api.account("ada", password=PASSWORD)
    compared, slowly = [], passwords.matches

    def matches(password, stored):
        compared.append(password)
        time.sleep(0.3)  # as argon2 takes on a busy machine
        return slowly(password, stored)

    monkeypatch.setattr("quorate.actions.sign_in.matches", matches)
    with ThreadPoolExecutor(30) as pool:
        statuses = list(pool.map(lambda n: sign_in(api.client(), password=f"guess {n}").status_code, range(30)))
    assert len(compared) <= OF_NAME + 1
    assert sorted(set(statuses)) == [401, 429]


def test_one_changes_ones_own_password_and_other_sessions_end(api, at_once):
    api.account("ada", password=PASSWORD)
    here, there = api.client(), api.client()
    assert [sign_in(here).status_code, sign_in(there).status_code] == [204, 204]
    wrong = here.put("/me/password", json={"old": "not this one", "new": "staple correct horse"})
    assert (wrong.status_code, wrong.json()["type"]) == (401, "not-signed-in")
    for poor in ("short", PASSWORD):
        refused = here.put("/me/password", json={"old": PASSWORD, "new": poor})
        assert (refused.status_code, refused.json()["type"]) == (422, "invalid-input")
    assert there.get("/me").status_code == 200
    assert here.put("/me/password", json={"old": PASSWORD, "new": "staple correct horse"}).status_code == 204
    assert (here.get("/me").status_code, there.get("/me").status_code) == (200, 401)
    assert sign_in(api.client()).status_code == 401
    assert sign_in(api.client(), password="staple correct horse").status_code == 204


@pytest.mark.usefixtures("passing")
def test_guessing_the_old_password_gets_slower_too(api):
    api.account("ada", password=PASSWORD)
    client = api.client()
    sign_in(client)
    body = {"old": "not this one", "new": "staple correct horse"}
    statuses = [client.put("/me/password", json=body).status_code for _ in range(OF_NAME + 2)]
    assert statuses == [401] * (OF_NAME + 1) + [429]


def test_an_administrator_gives_a_password_and_the_sessions_end(api, at_once):
    api.account("ada", password=PASSWORD)
    api.account("robot", machine=True)
    client, head, ada = api.client(), api.person("head", admin=True), api.client(api.token("ada"))
    sign_in(client)
    assert ada.put("/accounts/head/password", json={"password": "staple correct horse"}).status_code == 403
    assert head.put("/accounts/ada/password", json={"password": "staple correct horse"}).status_code == 204
    assert client.get("/me").status_code == 401
    assert sign_in(client, password="staple correct horse").status_code == 204
    assert head.put("/accounts/robot/password", json={"password": "staple correct horse"}).status_code == 422
    assert head.put("/accounts/nobody/password", json={"password": "staple correct horse"}).status_code == 404


def test_a_disabled_account_is_out_at_once_and_what_it_held_is_free(api, at_once):
    api.project(items=1)
    api.account("eve/x", password=PASSWORD)
    head, session = api.person("head", admin=True), api.client()
    api.person("manager", "manager").put("/projects/reviews/members/eve%2Fx/annotator").raise_for_status()
    token = api.client(api.token("eve/x"))
    sign_in(session, "eve/x")
    (task,) = token.post("/work/claim", json={}).json()["tasks"]
    assert head.put("/accounts/eve%2Fx/disabled").status_code == 204
    assert head.put("/accounts/eve%2Fx/disabled").status_code == 204
    assert [client.get("/me").status_code for client in (token, session)] == [401, 401]
    assert sign_in(api.client(), "eve/x").status_code == 401
    assert {a["name"]: a["disabled"] for a in head.get("/accounts").json()}["eve/x"] is True
    (other,) = api.person("bob", "annotator").post("/work/claim", json={}).json()["tasks"]
    assert other["task"] == task["task"]
    assert head.delete("/accounts/eve%2Fx/disabled").status_code == 204
    assert [client.get("/me").status_code for client in (token, session)] == [401, 401]  # what ended has ended
    assert sign_in(session, "eve/x").status_code == 204
    assert session.get("/me").json()["roles"] == {"reviews": ["annotator"]}
    refused = head.put("/accounts/head/disabled")
    assert (refused.status_code, refused.json()["type"]) == (409, "conflict")
    assert head.put("/accounts/nobody/disabled").status_code == 404


def test_ones_tokens_are_listed_without_their_secrets(api):
    api.account("ada")
    client = api.client(api.token("ada"))
    made = client.post("/tokens", json={"name": "nightly", "scopes": ["export"], "days": 3}).json()
    listed = client.get("/tokens")
    assert [(one["name"], one["scopes"]) for one in listed.json()] == [("test", ["manage"]), ("nightly", ["export"])]
    assert [one["expires_at"] is None for one in listed.json()] == [True, False]
    assert made["token"] not in listed.text
    client.delete("/tokens/nightly")
    assert [one["name"] for one in client.get("/tokens").json()] == ["test"]


def test_secrets_are_told_once_and_written_nowhere(api, capfd, monkeypatch):
    """Neither an answer nor a line of the log has a password or its hash, whatever goes wrong."""
    secret = "Tr0ub4dor and the rest"
    admin = api.person("head", admin=True)
    texts = [
        admin.post("/accounts", json={"name": "ada", "password": secret}).text,
        admin.post("/accounts", json={"name": "ada", "password": secret}).text,
        admin.post("/accounts", json={"name": "x", "password": secret, "kind": secret, secret[:3]: 1}).text,
        sign_in(api.client(), "ada", secret).text,
        sign_in(api.client(), "eve", secret).text,
        admin.get("/accounts").text,
        admin.get("/me").text,
    ]

    def broken(*_: object) -> bool:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr("quorate.actions.sign_in.matches", broken)
    failed = sign_in(api.client(), "ada", secret)
    assert (failed.status_code, failed.json()["type"]) == (500, "error")
    told = "".join([*texts, failed.text, *capfd.readouterr()])
    assert "the disk is full" in told
    assert "the disk is full" not in failed.text
    assert secret not in told
    assert "argon2" not in told
    with api.db.read() as connection:
        stored = str(connection.execute(t.accounts.select()).all()) + str(connection.execute(t.events.select()).all())
    assert secret not in stored


def test_safe_headers_go_with_every_answer(api, monkeypatch):
    client = api.client()
    answers = [
        client.get("/health"),
        client.get("/openapi.json"),
        client.get("/me"),
        client.get("/nowhere"),
        client.patch("/health"),
        client.post("/session", content=b"{", headers={"Content-Type": "application/json"}),
        client.get("/tokens/%00"),
        client.get("/projects/reviews/items?after=%00"),
    ]
    monkeypatch.setattr("quorate.server.routes.session.sign_in", None)
    answers.append(sign_in(client))
    assert [answer.status_code for answer in answers] == [200, 200, 401, 404, 405, 422, 422, 422, 500]
    for answer in answers:
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["cache-control"] == "no-store"
    for answer in answers[2:]:
        assert answer.headers["content-type"] == "application/problem+json"
        assert {"type", "title", "status", "detail"} <= answer.json().keys()
    assert answers[2].headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("body", [b'{"name": "a\\u0000", "password": "x"}', b'{"name": NaN}', b'{"name": "\\ud800"}',
                                  b"\xff", b"[" * 5000, b'{"name": ' + b"[" * 300 + b"]" * 300 + b"}"])  # fmt: skip
def test_bodies_that_cannot_be_kept_are_refused(api, body):
    answer = api.client().post("/session", content=body, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["type"]) == (422, "invalid-input")


def test_a_body_that_is_too_large_is_refused_unread(api):
    answer = api.client().post(
        "/session", content=b" " * (32 * 2**20 + 1), headers={"Content-Type": "application/json"}
    )
    assert (answer.status_code, answer.json()["type"]) == (413, "too-large")
