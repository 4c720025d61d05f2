"""Alert rules and quiet times, as they are written."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from quorate.errors import InvalidInput
from quorate.flow.alerts import Quiet, shown
from quorate.flow.policy import Policy


def policy(*alerts, **messages):
    return Policy.parse({"alerts": list(alerts), "messages": messages})


def test_a_rule_reads_as_it_is_written():
    (alert,) = policy(
        {"name": "slow", "when": "latency > 600 && n.latency >= 20", "over": "2h", "for": "10m", "to": ["team"]}
    ).alerts
    assert (alert.over, alert.for_, alert.metrics) == (timedelta(hours=2), timedelta(minutes=10), ("latency",))
    assert policy({"name": "slow", "when": "n.labels == 0"}).alerts[0].metrics == ("labels",)


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ({"name": "x", "when": "happiness > 1"}, "happiness"),
        ({"name": "x", "when": "n.happiness > 1"}, "happiness"),
        ({"name": "x", "when": "true"}, "no metric"),
        ({"name": "x", "when": "latency >"}, "ends too early"),
        ({"name": "x", "when": "latency > 'long'"}, "cannot be evaluated"),
        ({"name": "x", "when": "latency > 1", "over": "soon"}, "length of time"),
        ({"name": "x", "when": "latency > 1", "over": "91d"}, "90 days"),
        ({"name": "x", "when": "confidence < 1", "by": ["person"]}, "not known by person"),
        ({"name": "x", "when": "latency > 1", "severity": "awful"}, "must be"),
        ({"name": "a/b", "when": "latency > 1"}, "characters"),
    ],
)
def test_a_rule_that_cannot_hold_is_refused(rule, said):
    with pytest.raises(InvalidInput, match=said):
        policy(rule)


def test_two_rules_have_two_names():
    with pytest.raises(InvalidInput, match="twice"):
        policy({"name": "x", "when": "latency > 1"}, {"name": "x", "when": "latency > 2"})


NIGHT = {"from": "22:00", "to": "07:00", "zone": "Europe/Berlin"}


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Europe/Berlin")).astimezone(UTC)


@pytest.mark.parametrize(
    ("now", "end"),
    [
        ("2026-03-02T23:00", "2026-03-03T07:00"),
        ("2026-03-03T06:59", "2026-03-03T07:00"),
        ("2026-03-03T07:00", None),
        ("2026-03-03T21:59", None),
        ("2026-03-28T23:30", "2026-03-29T07:00"),  # the clocks go forward that night
    ],
)
def test_quiet_ends_when_the_clock_on_the_wall_says_so(now, end):
    assert Quiet.model_validate(NIGHT).end(at(now)) == (at(end) if end else None)


@pytest.mark.parametrize(
    ("now", "end"),
    [
        ("2026-10-25T00:10", "2026-10-25T01:30"),  # 02:10, for the first time that night
        ("2026-10-25T00:45", "2026-10-25T01:30"),  # 02:45, for the first time
        ("2026-10-25T01:15", "2026-10-25T01:30"),  # 02:15, for the second time
        ("2026-10-25T01:31", None),
        ("2026-03-29T00:59", "2026-03-29T01:30"),  # 02:30 is skipped that night: an hour after 01:30 at the latest
    ],
)
def test_quiet_lasts_until_the_hour_has_come_for_the_last_time_when_the_clocks_change(now, end):
    quiet = Quiet.model_validate({"from": "22:00", "to": "02:30", "zone": "Europe/Berlin"})
    utc = datetime.fromisoformat(now).replace(tzinfo=UTC)
    assert quiet.end(utc) == (datetime.fromisoformat(end).replace(tzinfo=UTC) if end else None)


def test_quiet_begins_on_its_days_only():
    quiet = Quiet.model_validate({**NIGHT, "days": ["fri"]})
    assert quiet.end(at("2026-03-07T03:00")) == at("2026-03-07T07:00")  # the night to Saturday
    assert quiet.end(at("2026-03-08T03:00")) is None


def test_what_is_critical_is_told_at_any_hour_and_the_rest_later():
    messages = policy(quiet=[NIGHT, {"from": "07:00", "to": "09:00", "zone": "Europe/Berlin"}], group="1m").messages
    now = at("2026-03-02T23:00")
    assert messages.due(now, "critical") == now
    assert messages.due(now, "warning") == at("2026-03-03T09:00")
    assert messages.due(at("2026-03-03T12:00"), "info") == at("2026-03-03T12:01")


def test_quiet_for_ever_does_not_hang():
    messages = policy(quiet=[{"from": "00:00", "to": "00:00"}]).messages
    assert messages.due(at("2026-03-02T23:00"), "info") > at("2026-03-08T00:00")


@given(st.integers(0, 10**6))
def test_a_length_of_time_is_shown_as_it_can_be_written(seconds):
    text = shown(timedelta(seconds=seconds))
    (alert,) = policy({"name": "x", "when": "latency > 1", "for": text}).alerts
    assert alert.for_ == timedelta(seconds=seconds)


@pytest.mark.parametrize("wrong", [{"from": "late"}, {"zone": "Mars/Phobos"}, {"days": ["someday"]}])
def test_quiet_that_cannot_be_is_refused(wrong):
    with pytest.raises(InvalidInput):
        policy(quiet=[NIGHT | wrong])


def test_the_how_to_shows_a_policy_that_holds():
    page = (Path(__file__).parents[2] / "docs/how-to/watch-with-alerts.md").read_text(encoding="utf-8")
    written = yaml.safe_load(re.search(r"```yaml\n(.*?)```", page, re.DOTALL)[1])
    read = Policy.parse(written)
    assert [alert.name for alert in read.alerts] == ["careless", "nobody works", "experts drown"]
    assert len(read.messages.quiet) == 2
