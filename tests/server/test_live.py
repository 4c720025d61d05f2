"""Live hints: who hears what, that no answer is among it, and that a stream ends when it must."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time

import httpx2 as httpx
import pytest
from tests.ports import port_of, reserved

from quorate.server import live as module
from quorate.server.live import TOPICS, Listener, Live

STREAM = {"Accept": "text/event-stream"}


def claimed(person):
    (task,) = person.post("/work/claim", json={"count": 1}).json()["tasks"]
    return task


def answer(person, value="delivery"):
    body = {"assignment": claimed(person)["assignment"], "value": value, "seconds": 4}
    return person.post("/work/submit", json=body).json()


def parsed(chunks):
    """(event, data) of each message; comments and retries left out."""
    lines = [dict(line.split(": ", 1) for line in chunk.decode().strip().splitlines() if not line.startswith(":"))
             for chunk in chunks]  # fmt: skip
    return [(one["event"], json.loads(one["data"])) for one in lines if "event" in one]


def heard(api, listener, act, *, beats, last=None):
    """What a listener is sent while `act` runs in another thread."""
    hub = Live(api.db, tick=0.05, heartbeat=0.2)
    acting = []

    async def checks():
        while not (acting and acting[0].done()):  # a busy machine takes its time
            yield True
        for _ in range(beats):
            yield True
        yield False

    async def run():
        chunks = []
        async for chunk in hub.stream(listener, last, checks):
            chunks.append(chunk)
            if not acting and b"hello" in chunk:
                acting.append(asyncio.create_task(asyncio.to_thread(act)))
        await acting[0]
        return chunks

    return asyncio.run(run())


def listener_of(api, name, topic, place=None):
    with api.db.hot() as connection:
        project, account = connection.execute(
            "SELECT p.id, a.id FROM projects p, accounts a WHERE p.name = 'reviews' AND a.name = %s", (name,)
        ).fetchone()
        newest = connection.execute("SELECT coalesce(max(seq), 0) FROM events").fetchone()[0]
    return Listener(account, {project: "reviews"}, topic, newest if place is None else place)


def test_an_annotator_hears_topics_and_never_answers(api):
    api.project(items=2, judgements={"min": 1, "max": 1})
    ada = api.person("ada", "annotator")

    def act():
        task = claimed(ada)
        ada.post("/work/release", json={"assignment": task["assignment"]})
        answer(ada, "product")
        api.bring("reviews", {"key": "new", "text": "One more."})

    chunks = heard(api, listener_of(api, "ada", lambda _, verb: TOPICS.get(verb)), act, beats=15)
    told = parsed(chunks)
    assert {event for event, _ in told} == {"hello", "tasks", "end"}
    assert sum(data.get("times", 0) for event, data in told if event == "tasks") == 2
    assert b"product" not in b"".join(chunks)


def test_what_was_missed_is_told_once_and_too_much_of_it_as_reset(api, monkeypatch):
    api.project(items=1)
    listener = listener_of(api, "founder of reviews", lambda _, verb: verb)
    told = parsed(heard(api, listener, lambda: None, last=0, beats=2))
    assert ("items.imported", {"project": "reviews", "times": 1}) in told
    monkeypatch.setattr(module, "AT_ONCE", 1)
    listener = listener_of(api, "founder of reviews", lambda _, verb: verb)
    assert parsed(heard(api, listener, lambda: None, last=0, beats=2))[0] == ("reset", {})


def test_nothing_of_other_projects_is_heard(api):
    api.project(items=1)
    listener = listener_of(api, "founder of reviews", lambda _, verb: verb)
    told = parsed(heard(api, listener, lambda: api.project("another", items=1), beats=10))
    assert [event for event, _ in told] == ["hello", "end"]


def test_nobody_looks_while_nobody_listens(api):
    api.project(items=1)
    hub = Live(api.db, tick=0.02, heartbeat=0.05)

    async def no():
        yield False

    async def run():
        listener = listener_of(api, "founder of reviews", lambda _, verb: verb)
        chunks = [chunk async for chunk in hub.stream(listener, None, no)]
        await asyncio.wait_for(hub._looking, 30)  # it ends by itself
        return chunks

    chunks = asyncio.run(run())
    assert parsed(chunks)[-1][0] == "end"


def test_without_asking_for_a_stream_one_is_told_the_place(api):
    api.project(items=1)
    ada, manager = api.person("ada", "annotator"), api.person("manager", "manager")
    assert ada.get("/work/live").json()["id"] > 0
    assert manager.get("/projects/reviews/live").json()["id"] > 0
    assert ada.get("/projects/reviews/live").status_code == 403
    assert manager.get("/work/live").status_code == 403


@pytest.fixture
def served(api, database_url, tmp_path):
    """The same database behind a server of its own, as `quorate serve` runs it but with endless patience."""
    place = reserved()
    port = port_of(place)
    environment = os.environ | {"QUORATE_DATABASE_URL": database_url, "QUORATE_DATA": str(tmp_path)}
    command = [sys.executable, "-m", "uvicorn", "--factory", "quorate.server.main:app", "--port", str(port),
               "--log-level", "warning", "--timeout-graceful-shutdown", "60"]  # fmt: skip
    process = subprocess.Popen(command, env=environment)
    base = f"http://127.0.0.1:{port}/api/v1"
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            httpx.get(f"{base}/health", timeout=5).raise_for_status()
            break
        except httpx.HTTPError:
            time.sleep(0.2)
    yield base, process
    process.kill()
    process.wait()
    place.close()


@pytest.mark.slow
def test_over_http_hints_arrive_streams_are_few_and_none_holds_up_the_end(api, served):
    base, process = served
    api.project(items=1, judgements={"min": 2, "max": 2}, accept={"confidence": 0.999})
    ada, bob, expert = (api.person(*who) for who in (("ada", "annotator"), ("bob", "annotator"), ("eve", "expert")))
    headers = {"Authorization": ada.headers["Authorization"], **STREAM}
    with httpx.Client(base_url=base, headers=headers, timeout=30) as client:
        streams = [client.stream("GET", "/work/live") for _ in range(module.MOST)]
        opened = [stream.__enter__() for stream in streams]
        assert {one.headers["content-type"] for one in opened} == {"text/event-stream; charset=utf-8"}
        lines = opened[0].iter_lines()
        while next(lines) != "event: hello":
            pass
        assert client.get("/work/live").status_code == 429
        answer(ada, "delivery")
        answer(bob, "product")
        (case,) = expert.post("/cases/claim", json={}).json()["cases"]
        word = {"assignment": case["assignment"], "value": "product", "rationale": "The kettle."}
        expert.post("/cases/adjudicate", json=word).raise_for_status()
        while next(lines) != "event: feedback":
            pass
        assert json.loads(next(lines).removeprefix("data: ")) == {"project": "reviews", "times": 1}
        begun = time.monotonic()
        process.send_signal(signal.SIGTERM)
        assert "event: end" in list(lines)
        process.wait(20)
        assert time.monotonic() - begun < 15
        for stream in streams:
            stream.__exit__(None, None, None)
