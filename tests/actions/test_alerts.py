"""From answers to a message: rules are watched, what changes is told once, and what is not taken is sent again."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from quorate import clock
from quorate.actions import rules
from quorate.actions.claim_task import claim_tasks
from quorate.actions.keep_channel import keep_channel, remove_channel, tell_channels, try_channel
from quorate.actions.publish_spec import publish_spec
from quorate.actions.roll_up_metrics import roll_up_metrics, sample_queues
from quorate.actions.seal_ledger import seal_ledger
from quorate.actions.send_messages import HELD, WAITS, prune_messages, send_messages
from quorate.actions.submit_annotation import Submission, submit_annotation
from quorate.actions.tell_alerts import tell_alert_history, tell_alerts
from quorate.actions.tell_metrics import tell_metrics
from quorate.actions.watch_alerts import watch_alerts
from quorate.errors import InvalidInput, NotFound, Unavailable
from quorate.flow import merkle
from quorate.settings import settings
from quorate.store import projects

MANY = {"name": "many", "when": "answers >= 3 && n.answers >= 3", "over": "1h", "to": ["team"], "say": "So many."}
IDLE = {"name": "idle", "when": "throughput < 1", "over": "1h", "for": "10m", "to": ["team", "nowhere"]}
LATER = timedelta(hours=2)


@pytest.fixture(autouse=True)
def _may_reach(monkeypatch):
    """Messages may go to receivers on this machine."""
    monkeypatch.setenv("QUORATE_MESSAGES_TO", "127.0.0.1, elsewhere.local")
    settings.cache_clear()
    yield
    settings.cache_clear()


def answers(world, project, count):
    person = world.person()
    for _ in range(count):
        (claimed,) = claim_tasks(world.db, person, [project])
        submit_annotation(world.db, person, Submission(claimed.lease.id, "a", seconds=5.0))
    seal_ledger(world.db)
    roll_up_metrics(world.db)


def of(world, project):
    with world.db.read() as connection:
        return projects.get(connection, project)


def policy(*alerts, **messages):
    return {"alerts": list(alerts), "messages": {"group": "0s", **messages}}


def channel(world, project, web, name="team"):
    return keep_channel(world.db, world.person(), of(world, project), name, f"http://127.0.0.1:{web.port}/in")


def verbs(one, project):
    rows = one("SELECT verb, detail FROM events WHERE project_id = %s AND verb LIKE 'alert.%%' ORDER BY seq", project)
    return [(verb.removeprefix("alert."), detail["rule"]) for verb, detail in rows]


@pytest.mark.slow
def test_an_alert_fires_is_told_and_recovers(world, one, web):
    project = world.project(5, policy=policy(MANY))
    channel(world, project, web)
    now = clock.now()
    assert watch_alerts(world.db, now) == 0
    answers(world, project, 3)
    now = clock.now()
    assert watch_alerts(world.db, now) == 1
    assert watch_alerts(world.db, now) == 0, "it is told once"
    assert send_messages(world.db) == 1
    assert watch_alerts(world.db, now + LATER) == 1
    assert send_messages(world.db, now + LATER) == 1
    assert [body["data"]["title"].split(": ")[1] for body in web.bodies] == ["many fires", "many has recovered"]
    assert [body["data"]["alerts"][0]["state"] for body in web.bodies] == ["firing", "recovered"]
    assert verbs(one, project) == [("fired", "many"), ("recovered", "many")]
    told = tell_alerts(world.db, of(world, project))
    assert [(a["state"], a["subject"]) for a in told["rules"][0]["alerts"]] == [("recovered", "")]
    assert [message["state"] for message in told["messages"]] == ["sent", "sent"]
    history = tell_alert_history(world.db, of(world, project), before=None, limit=1)
    assert history["events"][0]["state"] == "recovered"
    older = tell_alert_history(world.db, of(world, project), before=history["next"], limit=5)
    assert [event["state"] for event in older["events"]] == ["fired"]
    told = one("SELECT detail, content FROM events WHERE verb LIKE 'alert.%%'")
    assert all(merkle.digest(detail) == content for detail, content in told), "the proof would not hold"


def test_nothing_happening_is_something_too_and_has_to_last(world, one, web):
    project = world.project(5, policy=policy(IDLE))
    channel(world, project, web)
    now = clock.now()
    assert [watch_alerts(world.db, now + timedelta(minutes=m)) for m in (0, 5, 11, 12)] == [1, 0, 1, 0]
    assert verbs(one, project) == [("pending", "idle"), ("fired", "idle")]
    ((detail,),) = one("SELECT detail FROM events WHERE verb = 'alert.fired'")
    assert detail["unreached"] == ["nowhere"]
    (rule,) = tell_alerts(world.db, of(world, project))["rules"]
    assert (rule["unreached"], rule["for"], rule["over"]) == (["nowhere"], "10m", "1h")


def test_each_step_class_or_person_is_an_alert_of_its_own(world, one):
    rule = {"name": "busy", "when": "answers >= 2", "by": ["class", "person"]}
    project = world.project(5, policy=policy(rule))
    answers(world, project, 1)
    answers(world, project, 3)
    watch_alerts(world.db)
    ((subject,),) = one("SELECT subject FROM alerts WHERE state = 'firing'")
    assert subject.startswith("a · a-")


def test_a_quota_that_is_not_met_is_an_alert_of_its_kind(world, one, monkeypatch):
    rule = {"name": "thin", "when": "coverage < 0.5 && coverage_missing > 1.0", "over": "1m", "by": ["class"]}
    wanted = {"of": "step", "wanted": {"topic": 4}}
    quotas = {"coverage": [wanted, {"of": "class", "wanted": {"topic.b": 3}}]}
    project = world.project(6, policy={**policy(rule), **quotas, "accept": {"confidence": 0.4, "evidence": 0}})
    start = clock.now().replace(second=0, microsecond=0)
    for name in ("FRESH_SECONDS", "SELDOM"):
        monkeypatch.setattr(rules, name, -1)  # what was counted is counted again

    def look(minute):
        sample_queues(world.db, start + timedelta(minutes=minute, seconds=40))
        watch_alerts(world.db, start + timedelta(minutes=minute, seconds=41))
        return {subject for (subject,) in one("SELECT subject FROM alerts WHERE state = 'firing'")}

    assert look(1) == {"step=topic", "class=topic.b"}
    answers(world, project, 3)
    assert look(62) == {"class=topic.b"}
    told = tell_metrics(world.db, of(world, project), ["coverage"], by=["class"], every="minute", until=start
                        + timedelta(hours=2))  # fmt: skip
    assert {(p["class"], p["value"]) for p in told["points"]} >= {("step=topic", 0.75), ("class=topic.b", 0.0)}


def test_a_condition_that_cannot_be_evaluated_says_so_for_any_language(world, one):
    odd = {"name": "odd", "when": "answers >= 1 && n.answers % n.gold_accuracy == 0", "over": "1h"}
    project = world.project(5, policy=policy(odd))
    answers(world, project, 1)
    assert watch_alerts(world.db) == 0
    ((told,),) = (rule["alerts"] for rule in tell_alerts(world.db, of(world, project))["rules"])
    assert told["state"] == "calm"
    assert told["fault"].startswith("The condition `answers >= 1 && ")
    assert told["said"]["detail"] == "The condition `{condition}` cannot be evaluated: {reason}."
    assert "modulo by zero" in told["said"]["facts"]["reason"]
    assert verbs(one, project) == [], "nothing has happened"


def test_a_rule_that_is_withdrawn_lets_its_alert_go_and_who_was_told_of_it_is_told(world, one, web):
    project = world.project(5, policy=policy(MANY))
    channel(world, project, web)
    answers(world, project, 3)
    watch_alerts(world.db)
    assert send_messages(world.db) == 1
    with world.db.work() as connection:
        connection.execute("UPDATE messages SET created_at = now() - interval '31 days'")
        connection.execute("UPDATE alerts SET fired_at = now() - interval '32 days'")
    assert prune_messages(world.db) == 0, "it still fires"
    publish_spec(world.db, world.person(), str(project), "policy", "policy", policy(), reason="test")
    rules.rules_now(world.db, project)
    assert watch_alerts(world.db) == 1
    assert verbs(one, project)[-1] == ("recovered", "many")
    assert send_messages(world.db) == 1
    assert web.bodies[1]["data"]["title"].endswith("many has recovered")
    assert web.bodies[1]["data"]["alerts"][0]["say"] == "So many."


def test_two_watchers_tell_it_once(world, one, web):
    project = world.project(5, policy=policy(MANY))
    channel(world, project, web)
    answers(world, project, 3)
    with ThreadPoolExecutor(4) as watchers:
        assert sum(watchers.map(lambda _: watch_alerts(world.db), range(8))) == 1
    with ThreadPoolExecutor(4) as senders:
        assert sum(senders.map(lambda _: send_messages(world.db), range(8))) == 1
    assert len(web.got) == 1


def test_what_fires_together_is_told_together(world, web):
    project = world.project(5, policy=policy(MANY, {**MANY, "name": "too"}, group="1m"))
    channel(world, project, web)
    answers(world, project, 3)
    now = clock.now()
    watch_alerts(world.db, now)
    assert send_messages(world.db, now + timedelta(seconds=59)) == 0
    assert send_messages(world.db, now + timedelta(seconds=61)) == 1
    assert web.bodies[0]["data"]["title"].endswith("2 alerts fire")


def test_what_fires_within_the_group_of_what_waits_goes_with_it(world, one, web):
    late = {**MANY, "name": "late", "for": "30s"}
    project = world.project(5, policy=policy(MANY, late, group="1m"))
    channel(world, project, web)
    answers(world, project, 3)
    now = clock.now()
    assert [watch_alerts(world.db, now + timedelta(seconds=s)) for s in (0, 31)] == [2, 1]
    assert send_messages(world.db, now + timedelta(seconds=61)) == 1
    assert one("SELECT count(*) FROM messages WHERE state = 'waiting'") == [(0,)]


def test_what_is_critical_takes_nothing_along_that_is_quiet_on_the_same_channel(world, web):
    now = clock.now()
    day = [{"from": f"{now:%H}:00", "to": f"{now + timedelta(hours=3):%H}:00"}]
    loud = {**MANY, "name": "loud", "severity": "critical"}
    project = world.project(5, policy=policy(MANY, loud, quiet=day))
    channel(world, project, web)
    answers(world, project, 3)
    watch_alerts(world.db, now + timedelta(minutes=1))
    told = [send_messages(world.db, now + wait) for wait in (timedelta(minutes=2), timedelta(hours=3))]
    assert told == [1, 1]
    assert [[alert["rule"] for alert in body["data"]["alerts"]] for body in web.bodies] == [["loud"], ["many"]]


def test_what_is_quiet_waits_and_what_is_critical_does_not(world, web):
    now = clock.now()
    day = [{"from": f"{now:%H}:00", "to": f"{now + timedelta(hours=3):%H}:00"}]
    loud = {**MANY, "name": "loud", "severity": "critical", "to": ["pager"]}
    project = world.project(5, policy=policy(MANY, loud, quiet=day))
    channel(world, project, web, "team")
    channel(world, project, web, "pager")
    answers(world, project, 3)
    watch_alerts(world.db, now + timedelta(minutes=1))
    assert send_messages(world.db, now + timedelta(minutes=2)) == 1
    assert "loud" in web.bodies[0]["data"]["title"]
    assert watch_alerts(world.db, now + LATER) == 2  # both recover, still within the quiet for `team`
    send_messages(world.db, now + timedelta(hours=3, minutes=1))
    assert sorted(body["data"]["title"].split(": ")[1] for body in web.bodies[1:]) == [
        "loud has recovered", "many has recovered",
    ]  # fmt: skip
    ended = next(b for b in web.bodies[1:] if "many" in b["data"]["title"])
    assert len(ended["data"]["alerts"]) == 1


def test_what_is_not_taken_is_sent_again_under_the_same_id(world, one, web):
    project = world.project(5, policy=policy(MANY))
    channel(world, project, web)
    answers(world, project, 3)
    web.answers = [500, 503]
    now = clock.now()
    watch_alerts(world.db, now)
    sent = []
    for wait in (timedelta(0), WAITS[0] - timedelta(seconds=1), timedelta(seconds=2), WAITS[1]):
        now += wait
        sent.append(send_messages(world.db, now))
    assert sent == [0, 0, 0, 1]
    assert len({headers["webhook-id"] for _, headers, _ in web.got}) == 1
    assert len(web.got) == 3
    assert one("SELECT state, attempts, error FROM messages") == [("sent", 3, None)]


def test_at_last_it_is_given_up_and_the_ledger_says_so(world, one, web):
    project = world.project(5, policy=policy(MANY))
    channel(world, project, web)
    answers(world, project, 3)
    web.answers = [500] * 20
    now = clock.now()
    watch_alerts(world.db, now)
    for wait in (timedelta(0), *WAITS):
        now += wait
        assert send_messages(world.db, now) == 0
    assert one("SELECT state, error FROM messages") == [("failed", "127.0.0.1 answered 500.")]
    ((detail,),) = one("SELECT detail FROM events WHERE verb = 'message.failed'")
    assert detail["channel"] == "team"
    assert send_messages(world.db, now + LATER) == 0
    with world.db.work() as connection:
        connection.execute("UPDATE messages SET created_at = now() - interval '31 days'")
    assert prune_messages(world.db) == 1


@pytest.mark.slow
def test_a_sender_killed_in_the_middle_loses_nothing(world, one, web, tmp_path):
    """It took the message and was killed while the receiver had it; the next one sends it under the same id."""
    project = world.project(5, policy=policy(MANY))
    channel(world, project, web)
    answers(world, project, 3)
    watch_alerts(world.db)
    program = (
        "import sys, time; from quorate.store.database import Database; from quorate.send import channel;"
        "channel.Channel.send = lambda *_: time.sleep(60);"
        "from quorate.actions.send_messages import send_messages; send_messages(Database(sys.argv[1]))"
    )
    sender = subprocess.Popen([sys.executable, "-c", program, world.db.url], env={**os.environ})
    deadline = time.monotonic() + 30
    while one("SELECT attempts FROM messages") != [(1,)]:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    os.kill(sender.pid, signal.SIGKILL)
    sender.wait()
    ((held,),) = one("SELECT sending FROM messages")
    assert send_messages(world.db) == 0, "it is held for a while"
    assert send_messages(world.db, clock.now() + HELD) == 1
    assert [headers["webhook-id"] for _, headers, _ in web.got] == [str(held)]


@pytest.mark.slow
def test_mail_and_a_webhook_of_the_workspace(world, web, post):
    project = world.project(5, policy=policy({**MANY, "to": ["mail", "team"]}))
    actor = world.person()
    url = f"mailto://127.0.0.1:{post.port}?from=q@example.org&to=team@example.org&mode=insecure&format=text"
    keep_channel(world.db, actor, of(world, project), "mail", url)
    keep_channel(world.db, actor, None, "team", f"http://127.0.0.1:{web.port}/shared")
    answers(world, project, 3)
    watch_alerts(world.db)
    assert send_messages(world.db) == 2
    assert len(web.got) == len(post.got) == 1
    assert "answers = 3" in post.got[0][1].get_body(("plain",)).get_content()


def test_a_channel_keeps_its_secrets(world, one, web):
    project = world.project(1)
    kept = channel(world, project, web)
    assert kept["secret"].startswith("whsec_")
    assert kept["shown"] == "http://127.0.0.1/…"
    (listed,) = tell_channels(world.db, world.workspace, of(world, project))
    assert set(listed) == {"name", "kind", "shown", "created_at", "of"}
    secrets = [kept["secret"], f"{web.port}/in"]
    with world.db.work() as connection:
        told = json.dumps(connection.execute("SELECT jsonb_agg(e.detail) FROM events e").fetchone())
    assert not [one for one in secrets if one in told]
    with pytest.raises(InvalidInput, match="Nothing can be sent"):
        keep_channel(world.db, world.person(), of(world, project), "bad", "syslog://")
    with pytest.raises(InvalidInput, match="letters"):
        keep_channel(world.db, world.person(), of(world, project), "a b", "https://example.org")


def test_a_channel_is_tried_and_removed(world, one, web):
    project = world.project(5, policy=policy(MANY))
    channel(world, project, web)
    actor = world.person()
    try_channel(world.db, actor, of(world, project), "team")
    assert "a try" in web.bodies[0]["data"]["title"]
    web.answers = [404]
    with pytest.raises(Unavailable, match="404"):
        try_channel(world.db, actor, of(world, project), "team")
    answers(world, project, 3)
    watch_alerts(world.db)
    remove_channel(world.db, actor, of(world, project), "team")
    assert send_messages(world.db) == 0
    assert one("SELECT state FROM messages") == [("dropped",)]
    for missing in (lambda: remove_channel(world.db, actor, of(world, project), "team"),
                    lambda: try_channel(world.db, actor, of(world, project), "team")):  # fmt: skip
        with pytest.raises(NotFound):
            missing()
