"""Experts say when they work, by keyboard alone; managers see who is on duty; the queue tells whose turn it is."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

REVIEWS = Path(__file__).resolve().parents[2] / "examples" / "reviews"
AROUND = {
    "zone": "UTC",
    "week": {day: [{"from": "00:00", "to": "00:00"}] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")},
}


@pytest.fixture(scope="module")
def turns(site: Any) -> str:
    """A project whose every answer is a case, with two experts and a manager of its own."""
    if "noor" in site.people:
        return "turns"
    site.project(REVIEWS, name="turns")
    site.root.upload("/projects/turns/items", b'{"key": "t1", "text": "The box is late."}\n', "application/x-ndjson")
    policy = {"escalate": [{"when": "true", "reason": "always"}], "judgements": {"min": 1, "max": 2},
              "gold": {"rate": 0}, "audit": {"rate": 0}}  # fmt: skip
    site.root.call("PUT", "/projects/turns/specs/policy/policy", {"body": policy, "reason": "cases"})
    for name, role in {"noor": "expert", "otto": "expert", "pia": "annotator", "quinn": "manager"}.items():
        site.account(name, f"turns:{role}")
    return "turns"


def test_hours_are_said_by_keyboard_and_seen_by_those_who_manage(
    turns: str, page_as: Callable[..., Page], axe: Callable[[Page], list[str]]
) -> None:
    noor = page_as("noor")
    noor.goto("/account")
    noor.get_by_role("button", name="Say when I work").press("Enter")
    begin = noor.get_by_label("Monday, from (1)")
    begin.focus()
    begin.press_sequentially("0830AM")
    noor.get_by_role("button", name="Add hours on Monday").press("Enter")
    noor.get_by_label("Monday, to (2)").fill("20:00")
    noor.get_by_role("button", name="All workdays like Monday").press("Enter")
    expect(noor.get_by_label("Friday, from (1)")).to_have_value("08:30")
    noor.get_by_role("button", name="Remove hours 2 on Friday").press("Enter")
    noor.get_by_label("First day").fill("2031-12-24")
    noor.get_by_label("Last day").fill("2031-12-31")
    noor.get_by_role("button", name="Add days away").press("Enter")
    assert axe(noor) == []
    noor.get_by_role("button", name="Save hours").press("Enter")
    expect(noor.get_by_role("button", name="Remove: away from 2031-12-24")).to_be_visible()
    noor.reload()
    expect(noor.get_by_label("Thursday, to (2)")).to_have_value("20:00")
    quinn = page_as("quinn")
    quinn.goto(f"/projects/{turns}/annotators")
    expect(quinn.get_by_text(re.compile("^On duty now: ")).first).to_be_visible()
    quinn.get_by_role("link", name="Who works when").click()
    row = quinn.get_by_role("row").filter(has=quinn.get_by_role("rowheader", name=re.compile("^noor")))
    expect(row.get_by_text("08:30–17:00").first).to_be_visible()
    expect(quinn.get_by_text("Each case is one expert's turn")).to_be_visible()
    assert axe(quinn) == []


def test_the_queue_says_whose_turn_a_case_is_and_when_it_is_due(
    turns: str, site: Any, page_as: Callable[..., Page], axe: Callable[[Page], list[str]]
) -> None:
    site.client("otto").call("PUT", "/me/hours", AROUND)
    pia = site.client("pia")
    (task,) = pia.call("POST", "/work/claim", {"projects": [turns]})["tasks"]
    pia.call("POST", "/work/submit", {"assignment": task["assignment"], "value": "delivery", "seconds": 5})
    noor, otto, deadline = site.client("noor"), site.client("otto"), time.monotonic() + 60
    while not (queue := otto.call("GET", f"/projects/{turns}/cases"))[0]["expert"]:  # the worker makes it a turn
        assert time.monotonic() < deadline
        time.sleep(0.3)
    theirs, others = ("otto", noor) if queue[0]["yours"] else ("noor", otto)
    assert others.call("POST", "/cases/claim", {"projects": [turns]})["cases"] == []
    page = page_as(theirs)
    page.goto(f"/judge?project={turns}")
    line = page.get_by_role("complementary").get_by_role("listitem").first
    expect(line).to_contain_text("your turn")
    expect(line).to_contain_text(re.compile("due (in|tomorrow)"))
    assert axe(page) == []
