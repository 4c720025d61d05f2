"""What a screen reader is told: the tree of roles and names of the three desks, and what is said without being asked.

There is no screen reader to run here, so the browser's own accessibility tree stands for it. What is announced is what
changes inside a live region that was there before; `said` listens to those as a reader does.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

LISTEN = """() => {
  window.heard = [];
  const live = node => (node.nodeType === 1 ? node : node.parentElement)
    ?.closest("[aria-live]:not([aria-live=off]), [role=status], [role=alert]");
  new MutationObserver(changes => {
    for (const { target, addedNodes, type } of changes) {
      const words = type === "characterData" ? [target] : [...addedNodes];
      for (const one of words) {
        if (live(target) && one.textContent.trim()) window.heard.push(one.textContent.replace(/\\s+/g, " "));
        else if (one.matches?.("[role=alert]")) window.heard.push(one.textContent);
        else if (one.nodeType === 1) one.querySelectorAll("[role=alert]").forEach(it => heard.push(it.textContent));
      }
    }
  }).observe(document.body, {subtree: true, childList: true, characterData: true});
}"""


CLASSES = [
    {"id": "yes", "title": "Yes", "key": "y", "description": "It is about the parcel, §1.1."},
    {"id": "no", "title": "No", "key": "n"},
]
SPECS: dict[tuple[str, str], dict[str, Any]] = {
    ("project", "project"): {
        "name": "heard",
        "objective": "Know what is about parcels",
        "steps": [{"id": "parcel", "question": "Is it about a parcel?", "schema": "parcel"}],
    },
    ("schema", "parcel"): {"kind": "choice", "classes": CLASSES},
    ("guideline", "guideline"): {"text": "# Parcels\n\n## 1.1 Yes\n\nIt is about a parcel.\n"},
    ("policy", "policy"): {
        "judgements": {"min": 1, "max": 1}, "accept": {"confidence": 0.5, "evidence": 0},
        "audit": {"rate": 1, "min": 1000}, "gold": {"rate": 0},
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def shop(site: Any) -> Any:
    """`heard`, where each answer decides and is audited: hedy annotates, hugo judges, hope manages."""
    specs = [{"kind": kind, "name": name, "body": body} for (kind, name), body in SPECS.items()]
    site.root.call("PUT", "/projects/heard", {"specs": specs, "reason": "a journey"})
    rows = "\n".join(json.dumps({"key": f"h{n}", "text": f"A text of number {n}."}) for n in range(8))
    site.root.upload("/projects/heard/items", rows.encode(), "application/x-ndjson")
    for name, role in {"hedy": "annotator", "hugo": "expert", "hope": "manager"}.items():
        site.account(name, f"heard:{role}")
    client = site.client("hedy")
    for _ in range(2):
        (task,) = client.call("POST", "/work/claim", {"projects": ["heard"]})["tasks"]
        client.call("POST", "/work/submit", {"assignment": task["assignment"], "value": "yes", "seconds": 6})
    return site


def _hears(page: Page, what: str) -> None:
    try:
        page.wait_for_function("what => window.heard.some(one => one.includes(what))", arg=what)
    except Exception:
        raise AssertionError(f"{what!r} was not said: {page.evaluate('window.heard')}") from None


def test_who_annotates_hears_the_task_that_the_last_was_kept_and_what_is_wrong(
    shop: Any, page_as: Callable[..., Page]
) -> None:
    page = page_as("hedy")
    page.goto("/work")
    expect(page.get_by_role("button", name="Submit")).to_be_visible()
    expect(page.locator("body")).to_match_aria_snapshot("""
        - link "Skip to the content"
        - banner:
          - link "Quorate"
          - heading "heard · Is it about a parcel?" [level=1]
          - link /\\d+ today/
          - text: 2 ahead
          - button "Keys"
          - 'button "hedy: Your account"'
        - main:
          - status
          - region "What to look at": /A text of number \\d\\./
          - region "Your answer":
            - group:
              - radio /^Yes/
              - button "About Yes"
              - radio "No"
            - textbox "Note (optional)"
          - button "Undo" [disabled]
          - button "Skip"
          - button "Flag"
          - button "Guideline"
          - alert
          - button "Submit"
    """)
    page.evaluate(LISTEN)
    page.keyboard.press("Enter")
    _hears(page, "Choose an answer first.")
    item = page.get_by_role("region", name="What to look at")
    before = item.inner_text()
    page.keyboard.press("y")
    page.keyboard.press("Enter")
    expect(item).not_to_have_text(before)
    _hears(page, "Kept.")
    _hears(page, "A text of number")
    page.context.set_offline(True)
    page.keyboard.press("n")
    page.keyboard.press("Enter")
    _hears(page, "You are offline.")
    page.context.set_offline(False)


def test_who_judges_hears_which_case_is_open_what_became_of_it_and_what_is_missing(
    shop: Any, page_as: Callable[..., Page]
) -> None:
    page = page_as("hugo")
    page.goto("/judge?project=heard")
    expect(page.get_by_role("complementary", name="Waiting")).to_be_visible()
    page.evaluate(LISTEN)
    page.get_by_role("button", name=re.compile("Open the next case|Look again")).click()
    _hears(page, "Is it about a parcel?")
    expect(page.locator("main")).to_match_aria_snapshot("""
        - main:
          - complementary "Waiting":
            - heading /Waiting/ [level=2]
            - list
          - status: /Case h\\d is open. Is it about a parcel/
          - text: Blind check Decide without knowing what was said.
          - region "The item": /A text of number \\d\\./
          - heading "Is it about a parcel?" [level=1]
          - group:
            - radio /^Yes/
            - radio "No"
          - region "Your reasons":
            - textbox "Why is this the answer?"
            - combobox "Clauses that decide it"
            - switch "The guideline should change"
          - complementary "Evidence":
            - heading "Answers are closed" [level=2]
          - button "Give back"
          - alert
          - button "Decide and open the next"
    """)
    page.keyboard.press("Control+Enter")
    _hears(page, "Choose an answer first.")
    page.keyboard.press("y")
    page.get_by_role("textbox", name="Why is this the answer?").fill("The clause is plain.")
    page.keyboard.press("Control+Enter")
    _hears(page, "Your answer is in.")


def test_who_steers_hears_the_sentence_what_needs_them_and_every_plot_as_a_table(
    shop: Any, page_as: Callable[..., Page]
) -> None:
    page = page_as("hope")
    page.goto("/projects/heard")
    expect(page.get_by_role("heading", level=1)).to_contain_text("decided")
    page.get_by_role("img", name="Progress").wait_for()
    expect(page.locator("main")).to_match_aria_snapshot("""
        - main:
          - navigation "Pages of heard":
            - link "Home"
            - link "Items"
          - paragraph: Know what is about parcels
          - heading /\\d of 8 decided/ [level=1]:
            - link /\\d of 8 decided/
          - region "Needs you":
            - heading "Needs you" [level=2]
            - list
          - region "Progress":
            - heading "Progress" [level=3]
            - img /^Progress\\. /
            - group: The same as a table
          - region "Cost against accuracy":
            - heading "Cost against accuracy" [level=3]
            - img /^Cost against accuracy\\. /
            - group: The same as a table
    """)
    plot = page.get_by_role("region", name="Cost against accuracy")
    plot.get_by_text("The same as a table").click()
    for head in ("Judgements an item", "Items", "Expected right", "Right by audits", "Audits"):
        expect(plot.get_by_role("columnheader", name=head, exact=True)).to_be_visible()
    expect(plot.get_by_role("row").nth(1).get_by_role("link")).to_have_attribute("href", re.compile("judgements=1"))
