"""Managers, stewards and auditors in a browser, from login to done; a long table; news as they happen."""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from tests.journeys.conftest import SLOWER

REVIEWS = Path(__file__).resolve().parents[2] / "examples" / "reviews"
MANY = int(os.environ.get("QUORATE_MANY", "200000"))
"""Items of the long table; `QUORATE_MANY=1000000` proves it at what a browser can scroll: at most 0.41 s from a jump to
rows that can be read, on two busy cores, November 2026."""
BATCH = 50_000
COUNTED = 200_000
"""More than so many are estimated."""


@pytest.fixture(scope="module")
def shop(site: Any) -> Any:
    """`shop`, a project of sixty reviews: amy and bob annotate, mel manages, stu is steward, aud is auditor."""
    site.project(REVIEWS, REVIEWS / "items.jsonl", name="shop")
    for name, role in {"amy": "annotator", "bob": "annotator", "mel": "manager", "stu": "steward"}.items():
        site.account(name, f"shop:{role}")
    site.account("aud", "shop:auditor")
    return site


def label_some(site: Any, name: str, count: int = 6) -> list[str]:
    """The keys of the items that somebody answered."""
    client = site.client(name)
    tasks = client.call("POST", "/work/claim", {"count": count, "projects": ["shop"]})["tasks"]
    for task in tasks:
        value = "delivery" if task["step"] == "topic" else "annoying"
        client.call("POST", "/work/submit", {"assignment": task["assignment"], "value": value, "seconds": 6})
    return [task["item"] for task in tasks]


def test_a_manager_goes_from_login_to_why_a_label_and_takes_the_labels_out(
    shop: Any, log_in: Callable[[str], Page]
) -> None:
    keys = label_some(shop, "amy")
    page = log_in("mel")
    page.get_by_role("link", name="shop").click()
    sentence = page.get_by_role("heading", level=1)
    expect(sentence).to_contain_text("decided")
    expect(sentence).to_contain_text("of $120.00 spent")
    expect(page.get_by_role("heading", name="Needs you")).to_be_visible()
    expect(page.get_by_role("heading", name="Cost against accuracy")).to_be_visible()
    page.get_by_role("link", name="Items").click()
    expect(page.get_by_role("heading", name="60 items")).to_be_visible()
    page.keyboard.press("/")
    page.keyboard.type(keys[0])
    page.wait_for_url(f"**q={keys[0]}*")
    page.get_by_role("link", name=keys[0], exact=True).click()
    expect(page.get_by_role("heading", name=keys[0])).to_be_visible()
    expect(page.get_by_text("Answer", exact=True).first).to_be_visible()
    page.get_by_role("link", name="Exports").click()
    with page.expect_download() as waited:
        page.get_by_role("button", name="Download").click()
    assert waited.value.suggested_filename == "shop.zip"


def test_a_cell_of_a_plot_opens_the_items_it_is_made_of(site: Any, page_as: Callable[..., Page]) -> None:
    plan = {"name": "cells", "steps": [{"id": "ok", "question": "Is it fine?", "schema": "ok"}]}
    bodies = {
        ("project", "project"): plan,
        ("schema", "ok"): {"kind": "choice", "classes": ["yes", "no"]},
        ("policy", "policy"): {"judgements": {"min": 1, "max": 1}, "accept": {"confidence": 0.5}},
    }
    specs = [{"kind": kind, "name": name, "body": body} for (kind, name), body in bodies.items()]
    site.root.call("PUT", "/projects/cells", {"specs": specs, "reason": "a journey"})
    rows = "\n".join(json.dumps({"key": f"c{n}", "text": f"Item {n}"}) for n in range(6))
    site.root.upload("/projects/cells/items", rows.encode(), "application/x-ndjson")
    site.account("cel", "cells:annotator")
    site.account("mel", "cells:manager")
    cel = site.client("cel")
    for value in ("yes", "no", "no", "no"):
        (task,) = cel.call("POST", "/work/claim", {"projects": ["cells"]})["tasks"]
        cel.call("POST", "/work/submit", {"assignment": task["assignment"], "value": value, "seconds": 6})
    page = page_as("mel")
    page.goto("/projects/cells")
    page.get_by_text("More plots").click()
    plot = page.get_by_role("img", name="Confusion")
    plot.locator("canvas").first.wait_for()
    box = plot.bounding_box()
    assert box is not None
    # of two classes, "no" is the first; the margins are those of web/src/steer/plots/drawn.ts
    plot.click(position={"x": 104 + (box["width"] - 104 - 16) / 4, "y": 8 + (box["height"] - 8 - 52) / 4})
    expect(page.get_by_text("Somebody said no")).to_be_visible()
    expect(page.get_by_text("Label no")).to_be_visible()
    expect(page.get_by_role("heading", level=1, name="3 items")).to_be_visible()
    page.go_back()
    page.get_by_text("More plots").click()
    section = page.get_by_role("region", name="Confusion")
    section.get_by_text("The same as a table").click()
    section.get_by_role("row", name="no").get_by_role("link").press("Enter")
    expect(page.get_by_role("heading", level=1, name="3 items")).to_be_visible()


def test_filters_are_in_the_address_and_states_are_those_filtered_for(shop: Any, page_as: Callable[..., Page]) -> None:
    page = page_as("mel")
    page.goto("/projects/shop/items?state=waiting")
    rows = page.get_by_role("row").filter(has_text=re.compile("review-"))
    rows.first.wait_for()
    assert all("Waits for another step · severity" in text for text in rows.all_inner_texts())
    page.get_by_role("button", name="Clear", exact=True).click()
    page.wait_for_url(lambda url: "state" not in url)
    page.keyboard.press("Control+k")
    expect(page.get_by_role("combobox", name="What do you want to do?")).to_be_focused()
    page.keyboard.type("annotators")
    page.keyboard.press("Enter")
    expect(page).to_have_title("Annotators · shop · Quorate")
    page.goto("/projects/shop/items?q=nothing-has-this")
    expect(page.get_by_role("heading", name="No item fits")).to_be_visible()


def test_what_happens_is_seen_at_once(shop: Any, page_as: Callable[..., Page]) -> None:
    page = page_as("mel")
    with page.expect_response("**/live"):
        page.goto("/projects/shop")
    spent = page.get_by_role("link", name="spent")
    before = spent.inner_text()
    label_some(shop, "bob", 2)
    expect(spent).not_to_have_text(before)


def test_an_annotator_is_paused_let_back_and_blocked(shop: Any, page_as: Callable[..., Page]) -> None:
    label_some(shop, "bob", 2)
    page = page_as("mel")
    page.goto("/projects/shop/annotators")
    bob = page.get_by_role("row").filter(has=page.get_by_role("link", name="bob"))
    answers = int(bob.get_by_role("link").nth(1).inner_text())
    bob.get_by_role("link").nth(1).click()
    expect(page.get_by_text("Answered by bob")).to_be_visible()
    expect(page.get_by_role("heading", name=f"{answers} items")).to_be_visible()
    page.go_back()
    page.get_by_role("link", name="bob").click()
    dialog = page.get_by_role("dialog")

    def measure(name: str, why: str) -> None:
        page.get_by_role("button", name=name).click()
        dialog.get_by_role("textbox").fill(why)
        if name == "Block":
            dialog.get_by_role("checkbox").check()
        dialog.get_by_role("button", name=name).click()

    measure("Pause", "Let us talk about clause 2.1 first.")
    expect(page.get_by_text("Why: Let us talk about clause 2.1 first.")).to_be_visible()
    measure("Let them work again", "We have talked.")
    expect(page.get_by_role("button", name="Block")).to_be_visible()
    measure("Block", "Every answer is the same.")
    expect(page.get_by_text("Their answers do not count.")).to_be_visible()
    expect(page.get_by_role("button", name="Pause")).to_have_count(0)


def test_what_a_manager_writes_is_read_where_one_works(
    shop: Any, page_as: Callable[..., Page], axe: Callable[[Page], list[str]]
) -> None:
    shop.account("ray", "shop:annotator")
    manager = shop.client("mel")
    people = manager.call("GET", "/projects/shop/annotators")
    ray = f"/projects/shop/annotators/{next(one['annotator'] for one in people if one['name'] == 'ray')}"
    manager.call("POST", f"{ray}/messages", {"text": "Clause 2.1 has an example now."})
    page = page_as("ray")
    page.goto("/work")
    told = page.get_by_role("status").filter(has_text="shop writes: Clause 2.1 has an example now.")
    told.get_by_role("button", name="I have read it").click()
    expect(told).to_have_count(0)
    page.goto("about:blank")
    manager.call("POST", f"{ray}/retrain", {"reason": "Please read clause 2.2 once more."})
    page.goto("/work")
    expect(page.get_by_role("heading", name="No work for you at the moment")).to_be_visible()
    told = page.get_by_role("status").filter(has_text="shop asks you to read this before you go on")
    expect(told).to_contain_text("Please read clause 2.2 once more.")
    assert axe(page) == []
    told.get_by_role("button", name="I have read it").click()
    expect(page.get_by_role("button", name="Submit")).to_be_visible()


def test_a_steward_changes_a_schema_sees_what_it_does_and_goes_back(shop: Any, log_in: Callable[[str], Page]) -> None:
    page = log_in("stu")
    page.get_by_role("link", name="shop").click()
    page.get_by_role("link", name="Specs").click()
    page.get_by_role("link", name="Schema · topic").click()
    page.get_by_role("button", name="Change").click()
    page.get_by_role("textbox", name="What Delivery means").fill("From the shop's door to yours. See 2.1.")
    page.get_by_label("Why this change?").fill("Shorter.")
    expect(page.get_by_role("button", name="Publish")).to_be_disabled()
    page.get_by_role("button", name="What would this change do?").click()
    expect(page.get_by_text("No label changes.")).to_be_visible()
    expect(page.get_by_text("classes.delivery.description")).to_be_visible()
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_role("heading", level=1, name="v2")).to_be_visible()
    page.get_by_role("button", name="Compare v1").click()
    expect(page.get_by_role("heading", name="From v1 to v2")).to_be_visible()
    page.get_by_role("button", name="Go back to v1").click()
    dialog = page.get_by_role("dialog", name="Go back to v1?")
    expect(dialog.get_by_text("No label changes.")).to_be_visible()
    expect(dialog.get_by_role("button", name="Publish")).to_be_disabled()
    dialog.get_by_label("Why this change?").fill("It was clearer.")
    dialog.get_by_role("button", name="Publish").click()
    expect(page.get_by_role("heading", level=1, name="v3")).to_be_visible()
    page.get_by_role("button", name="Compare v1").click()
    expect(page.get_by_text("Nothing differs.")).to_be_visible()


def test_an_auditor_proves_the_log_and_changes_nothing(shop: Any, log_in: Callable[[str], Page]) -> None:
    page = log_in("aud")
    page.get_by_role("link", name="shop").click()
    page.get_by_role("link", name="Log").click()
    page.get_by_role("button", name="Verify the ledger").click()
    expect(page.get_by_text("everything fits")).to_be_visible(timeout=20_000)
    page.get_by_role("link", name="review-").first.click()
    page.get_by_role("heading", level=1, name=re.compile("review-")).wait_for()
    page.get_by_role("link", name="Specs").click()
    page.get_by_role("link", name="Policy").click()
    page.get_by_role("heading", name="History").wait_for()
    expect(page.get_by_role("button", name="Change")).to_have_count(0)
    page.get_by_role("link", name="Annotators").click()
    page.get_by_role("link", name="amy").click()
    page.get_by_role("heading", name="What to do").wait_for()
    expect(page.get_by_role("button", name="Block")).to_have_count(0)


def test_a_table_of_many_items_scrolls(site: Any, page_as: Callable[..., Page]) -> None:
    plan = {"name": "many", "steps": [{"id": "ok", "question": "Is it fine?", "schema": "ok"}]}
    bodies = {("project", "project"): plan, ("schema", "ok"): {"kind": "choice", "classes": ["yes", "no"]}}
    specs = [{"kind": kind, "name": name, "body": body} for (kind, name), body in bodies.items()]
    site.root.call("PUT", "/projects/many", {"specs": specs, "reason": "many"})
    for first in range(0, MANY, BATCH):
        rows = ({"key": f"m{n:07}", "text": f"Item {n}"} for n in range(first, min(first + BATCH, MANY)))
        site.root.upload("/projects/many/items", "\n".join(map(json.dumps, rows)).encode(), "application/x-ndjson")
    page = page_as("root")
    page.goto("/projects/many/items")
    counted = f"{MANY:,} items" if MANY <= COUNTED else re.compile("^About [0-9,]+ items$")
    expect(page.get_by_role("heading", name=counted)).to_be_visible()
    table = page.get_by_role("table")
    waits = []
    for share in (0.525, 0.925, 0.125, 1.0):
        began = time.monotonic()
        table.evaluate("(element, share) => { element.scrollTop = share * element.scrollHeight }", share)
        near = re.compile(f"^m{int(share * MANY) // 10_000:03}" if share < 1 else f"^m{MANY - 1:07}$")
        page.get_by_role("link", name=near).first.wait_for()
        waits.append(time.monotonic() - began)
    assert page.get_by_role("row").count() < 100
    print(f"a jump in {MANY:,} rows: at most {max(waits) * 1000:.0f} ms")
    assert max(waits) < 5 * SLOWER
