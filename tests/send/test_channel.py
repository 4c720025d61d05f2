"""Messages really arrive: signed, by mail, in a chat; and none goes where it may not."""

from __future__ import annotations

import hmac
import logging
from base64 import b64decode, b64encode
from datetime import UTC, datetime

import pytest
from tests.ports import port_of, reserved

from quorate.errors import InvalidInput, Unavailable
from quorate.ids import new_id
from quorate.send import reach
from quorate.send.channel import Channel, redacted
from quorate.send.message import compose

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
HERE = {"127.0.0.1"}
SECRET = "whsec_" + b64encode(b"s" * 32).decode()


def body(rule="slow", state="firing", alert="1", **more):
    return {
        "alert": alert, "project": "reviews", "rule": rule, "say": "Ask more people.", "when": "latency > 600",
        "subject": "", "severity": "warning", "state": state, "facts": {"latency": 712.5},
        "since": "2026-03-01T12:00:00+00:00", "fired_at": "2026-03-01T11:00:00+00:00", **more,
    }  # fmt: skip


MESSAGE = compose(new_id(), [body()])


def test_a_webhook_gets_it_signed(web):
    Channel("hook", f"http://127.0.0.1:{web.port}/in?a=b", SECRET).send(MESSAGE, NOW, HERE)
    ((path, headers, raw),) = web.got
    assert path == "/in?a=b"
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + raw
    wanted = hmac.digest(b64decode(SECRET.removeprefix("whsec_")), signed, "sha256")
    assert headers["webhook-signature"] == "v1," + b64encode(wanted).decode()
    assert headers["webhook-timestamp"] == str(int(NOW.timestamp()))
    assert web.bodies[0]["type"] == "alerts.changed"
    assert web.bodies[0]["data"]["alerts"][0]["facts"] == {"latency": 712.5}


def test_a_webhook_that_does_not_take_it_is_a_failure(web, other_web):
    web.answers = [500, 302]
    web.to = f"http://127.0.0.1:{other_web.port}/"
    channel = Channel("hook", f"http://127.0.0.1:{web.port}/", SECRET)
    for status in (500, 302):
        with pytest.raises(Unavailable, match=str(status)):
            channel.send(MESSAGE, NOW, HERE)
    assert other_web.got == [], "a redirect was followed"
    with reserved() as place, pytest.raises(Unavailable, match="does not answer"):
        Channel("hook", f"http://127.0.0.1:{port_of(place)}/", SECRET).send(MESSAGE, NOW, HERE)


def test_mail_arrives(post):
    url = f"mailto://127.0.0.1:{post.port}?from=quorate@example.org&to=team@example.org&mode=insecure&format=text"
    Channel("mail", url).send(MESSAGE, NOW, HERE)
    ((to, mail),) = post.got
    assert to == ["team@example.org"]
    assert mail["subject"] == "reviews: slow fires"
    text = mail.get_body(("plain",)).get_content()
    assert "latency = 712.5" in text
    assert "Ask more people." in text


def test_a_chat_gets_it_through_apprise(web):
    Channel("chat", f"mmost://127.0.0.1:{web.port}/abcdefgh12345678").send(MESSAGE, NOW, HERE)
    assert "latency = 712.5" in web.bodies[0]["text"]
    web.answers = [403]
    with pytest.raises(Unavailable, match="did not take"):
        Channel("chat", f"mmost://127.0.0.1:{web.port}/abcdefgh12345678").send(MESSAGE, NOW, HERE)


def test_a_chat_that_leads_elsewhere_is_not_followed(web, other_web):
    web.answers, web.to = [307], f"http://127.0.0.1:{other_web.port}/"
    with pytest.raises(Unavailable):
        Channel("chat", f"mmost://127.0.0.1:{web.port}/abcdefgh12345678").send(MESSAGE, NOW, HERE)
    assert other_web.got == []


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/", "https://localhost/", "https://[::1]/", "https://169.254.169.254/latest/meta-data/",
        "https://10.0.0.5/", "https://[::ffff:10.0.0.5]/", "https://0.0.0.0/", "http://127.0.0.1/", "https://2130706433/",
        "mailto://127.0.0.1:25?from=a@b.de&to=c@d.de", "mmost://10.1.2.3/abcdefgh12345678", "ntfy://192.168.0.1/topic",
    ],
)  # fmt: skip
def test_what_only_this_machine_can_reach_is_refused(url, web):
    with pytest.raises((InvalidInput, Unavailable)):
        Channel("x", url, SECRET).check(frozenset())
    with pytest.raises((InvalidInput, Unavailable)):
        Channel("x", url, SECRET).send(MESSAGE, NOW, frozenset())


def test_a_name_that_means_a_private_address_is_refused_when_it_is_sent(monkeypatch, web):
    """It was public when it was written, and is not any more."""
    monkeypatch.setattr(reach.socket, "getaddrinfo", lambda host, port, **_: [(2, 1, 6, "", ("127.0.0.1", port))])
    with pytest.raises(InvalidInput, match="network's own"):
        Channel("hook", f"https://example.org:{web.port}/", SECRET).send(MESSAGE, NOW, frozenset())
    assert web.got == []


@pytest.mark.parametrize(
    "url", ["json://example.org", "dbus://", "syslog://", "file:///etc/passwd", "ftp://example.org", "slack://", "team",
            "https://user:pass@example.org/", "http://example.org/"],
)  # fmt: skip
def test_what_is_no_service_for_people_is_refused(url):
    with pytest.raises(InvalidInput):
        Channel("x", url).check(frozenset())


def test_an_address_is_shown_by_nothing(web, caplog):
    caplog.set_level(logging.DEBUG)
    url = f"mmost://127.0.0.1:{web.port}/SECRETSECRETSECRET"
    web.answers = [500]
    with pytest.raises(Unavailable) as raised:
        Channel("chat", url).send(MESSAGE, NOW, HERE)
    shown = [str(raised.value), repr(raised.value), repr(Channel("chat", url, "HIDDEN")), redacted(url), caplog.text]
    assert not [text for text in shown if "SECRETSECRET" in text or "HIDDEN" in text]
    assert redacted("https://hooks.example.org/T/SECRET?x=SECRET") == "https://hooks.example.org/…"
    assert redacted("mailto://me:SECRET@example.org") == "mailto://…"


def test_what_came_together_is_one_message():
    both = compose(new_id(), [body(), body("dear", alert="2", severity="critical", subject="topic · dog")])
    assert both.title == "reviews: 2 alerts fire"
    assert both.severity == "critical"
    assert both.text.index("dear (topic · dog)") < both.text.index("slow")
    mixed = compose(new_id(), [body(), body("dear", "recovered", alert="2")])
    assert mixed.title == "reviews: 1 alert fires, 1 recovered"


def test_of_what_began_and_ended_meanwhile_the_end_is_told():
    over = compose(new_id(), [body(), body(state="recovered")])
    assert over.title == "reviews: slow has recovered"
    assert over.recovered
    assert over.text.count("slow") == 1
    assert "from 2026-03-01T11:00" in over.text
