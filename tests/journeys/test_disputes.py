"""An annotator disagrees, an expert who had not seen the task judges, and the outcome comes back with its reason."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

Sign = Callable[..., Page]
WHY = "§1.1: it is the parcel that is crushed, not the kettle."
SPECS: dict[tuple[str, str], dict[str, Any]] = {
    ("project", "project"): {
        "name": "argued",
        "steps": [{"id": "topic", "question": "What is it about?", "schema": "topic"}],
    },
    ("schema", "topic"): {
        "kind": "choice",
        "classes": [{"id": "delivery", "title": "Delivery"}, {"id": "product", "title": "Product"}],
    },
    ("guideline", "guideline"): {"text": "# Topics\n\n## 1.1 Delivery\n\nThe way of the parcel to the door.\n"},
    ("policy", "policy"): {"judgements": {"min": 3, "max": 3}, "gold": {"rate": 0.5}, "audit": {"rate": 0, "min": 0}},
}


@pytest.fixture(scope="module", autouse=True)
def _argued(site: Any) -> None:
    specs = [{"kind": kind, "name": name, "body": body} for (kind, name), body in SPECS.items()]
    site.root.call("PUT", "/projects/argued", {"specs": specs, "reason": "a journey"})
    known = {"topic": "product", "topic.why": "§1.1: the kettle is the product."}
    rows = [{"key": f"p{i}", "text": f"The box came late, number {i}."} for i in range(20)]
    rows += [{"key": f"g{i}", "text": f"Crushed box, kettle works, number {i}.", "gold": known} for i in range(6)]
    site.root.upload("/projects/argued/items", "\n".join(map(json.dumps, rows)).encode(), "application/x-ndjson")
    site.account("nan", "argued:annotator")
    site.account("exa", "argued:expert")


def _answer_until_told(page: Page) -> None:
    """Say "delivery" until one was known as something else; it is sent, and told of, once the next one is answered."""
    item, known = page.get_by_label("What to look at"), False
    for _ in range(20):
        before = item.inner_text()
        page.keyboard.press("1")
        page.keyboard.press("Enter")
        expect(item).not_to_have_text(before)
        if known:
            break
        known = "Crushed" in before
    expect(page.get_by_role("button", name="Disagree?")).to_be_visible()


def test_a_dispute_from_both_sides(page_as: Sign, axe: Callable[[Page], list[str]]) -> None:
    nan = page_as("nan")
    nan.goto("/work")
    expect(nan.get_by_role("button", name="Submit")).to_be_visible()
    _answer_until_told(nan)
    told = nan.get_by_role("status")
    expect(told).to_contain_text("An earlier one was Product")
    expect(told).to_contain_text("the kettle is the product")
    assert axe(nan) == []
    nan.keyboard.press("d")
    dialog = nan.get_by_role("dialog", name="Why is your answer right?")
    expect(dialog).to_be_visible()
    assert axe(nan) == []
    nan.keyboard.type(WHY)
    with nan.expect_response("**/work/disputes") as opened:
        nan.keyboard.press("Control+Enter")
    assert opened.value.status == 201, opened.value.text()
    expect(dialog).to_have_count(0)
    nan.get_by_role("link", name="today").click()
    expect(nan.get_by_role("heading", name="Your answers")).to_be_visible()
    mine = nan.get_by_role("region", name="Where you disagreed")
    expect(mine).to_contain_text("An expert will look at it")
    expect(mine).to_contain_text(WHY)
    assert axe(nan) == []

    # The expert sees both sides, and decides for the annotator.
    exa = page_as("exa")
    exa.goto("/judge?project=argued")
    exa.get_by_role("button", name="next case").or_(exa.get_by_role("button", name="Look again")).click()
    expect(exa.get_by_text("not the kettle").first).to_be_visible()
    exa.keyboard.press("1")
    exa.get_by_role("textbox", name="Why is this the answer?").fill("The box is the matter, so it is delivery.")
    with exa.expect_response("**/cases/adjudicate") as decided:
        exa.keyboard.press("Control+Enter")
    assert decided.value.status == 200, decided.value.text()

    # It comes back while they look, with the reason.
    expect(mine).to_contain_text("You were right", timeout=15_000)
    expect(mine).to_contain_text("The box is the matter, so it is delivery.")
    assert axe(nan) == []
    assert nan.get_by_role("button", name="Take it back").count() == 0


def test_a_dispute_is_taken_back_before_an_expert_looks(page_as: Sign) -> None:
    nan = page_as("nan")
    nan.goto("/work/answers")
    expect(nan.get_by_role("heading", name="Your answers")).to_be_visible()
    told = nan.get_by_role("region", name="Compared with what was expected")
    expect(told.or_(nan.get_by_role("heading", name="Nothing to tell yet"))).to_be_visible()
    if not told.get_by_role("button", name="Disagree?").count():
        nan.goto("/work")
        expect(nan.get_by_role("button", name="Submit")).to_be_visible()
        _answer_until_told(nan)
        nan.goto("/work/answers")
    told.get_by_role("button", name="Disagree?").first.click()
    nan.get_by_role("dialog").get_by_role("textbox").fill("On second thoughts …")
    nan.get_by_role("button", name="Send").click()
    mine = nan.get_by_role("region", name="Where you disagreed")
    expect(mine).to_contain_text("On second thoughts …")
    mine.get_by_role("button", name="Take it back").click()
    expect(mine).to_contain_text("You took it back")
