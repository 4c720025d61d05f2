"""Those who manage a project see what slips, write a channel, and are told through it."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

ROOT = Path(__file__).resolve().parents[2]
ALERTS = """
alerts:
  - {name: nobody works, when: throughput < 1, over: 1h, to: [team], say: Invite people.}
  - {name: careless, when: gold_accuracy < 0.8 && n.gold_accuracy >= 20, over: 1d, by: [person], to: [team]}
messages: {group: 20s}
"""
SLOW = 60_000
"""The worker looks every fifteen seconds, and the machine may be busy."""


@pytest.fixture(scope="module")
def site(new_site: Callable[[], Any], tmp_path_factory: pytest.TempPathFactory) -> Any:
    """An installation whose messages may come here, with a project that nobody works in."""
    folder = tmp_path_factory.mktemp("projects") / "quiet"
    shutil.copytree(ROOT / "examples" / "reviews", folder)
    plan = folder / "project.yaml"
    plan.write_text(re.sub(r"^name: .*$", "name: quiet", plan.read_text(), flags=re.MULTILINE))
    with (folder / "policy.yaml").open("a") as policy:
        policy.write(ALERTS)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(os.environ, "QUORATE_MESSAGES_TO", "127.0.0.1")
        made = new_site()
    made.project(folder, folder / "items.jsonl")
    made.account("mia", "quiet:manager", "quiet:steward")
    made.account("aud", "quiet:auditor")
    return made


def test_an_alert_is_seen_told_and_remembered(
    page_as: Callable[..., Page], site: Any, axe: Callable[[Page], list[str]], web: Any
) -> None:
    page = page_as("mia")
    page.goto("/projects/quiet/alerts")
    expect(page.get_by_role("heading", name="nobody works")).to_be_visible()
    page.get_by_role("textbox", name="Name of the channel").fill("team")
    page.get_by_role("textbox", name="Address").fill("https://localhost/in")
    page.get_by_role("button", name="Write the channel").click()
    expect(page.get_by_text("an address of this network's own")).to_be_visible()
    page.get_by_role("textbox", name="Address").fill(f"http://127.0.0.1:{web.port}/SECRET")
    page.get_by_role("button", name="Write the channel").click()
    expect(page.get_by_text(re.compile("^whsec_"))).to_be_visible()
    expect(page.get_by_role("row").filter(has_text="http://127.0.0.1/…")).to_be_visible()
    page.get_by_role("button", name="Try team").click()
    expect(page.get_by_text("team took the message")).to_be_visible()
    assert any("a try" in body["data"]["title"] for body in web.bodies)

    rule = page.get_by_role("listitem").filter(has=page.get_by_role("heading", name="nobody works"))
    expect(rule.get_by_text("fires", exact=True)).to_be_visible(timeout=SLOW)
    expect(rule.get_by_text("throughput = 0")).to_be_visible()
    history = page.get_by_role("region", name="What happened")
    expect(history.get_by_text("nobody works")).to_be_visible(timeout=SLOW)
    assert axe(page) == []

    page.goto("/projects/quiet")
    needs = page.get_by_role("region", name="Needs you")
    expect(needs.get_by_text("One alert fires: nobody works.")).to_be_visible()
    needs.get_by_role("link", name="See the alerts").click()
    expect(page).to_have_url(re.compile("/projects/quiet/alerts$"))


def test_who_oversees_sees_alerts_and_changes_nothing(
    page_as: Callable[..., Page], site: Any, axe: Callable[[Page], list[str]]
) -> None:
    page = page_as("aud", phone=True, dark=True)
    page.goto("/projects/quiet/alerts")
    expect(page.get_by_role("heading", name="careless")).to_be_visible()
    expect(page.get_by_role("button", name="Write the channel")).to_have_count(0)
    assert axe(page) == []
