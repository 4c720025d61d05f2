"""From nothing to the first label in a browser, without reading documentation."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect


def test_from_nothing_to_the_first_label(
    site: Any, page_as: Callable[..., Page], axe: Callable[[Page], list[str]]
) -> None:
    page = page_as("root")
    began = time.monotonic()
    page.goto("/projects")
    page.get_by_role("link", name="New project").click()
    preview = page.get_by_role("complementary", name="What annotators will see")
    expect(preview.get_by_role("heading")).to_be_visible()
    expect(page.get_by_label("Name of the project")).to_be_focused()  # one can type at once, and nothing takes it away
    page.keyboard.type("mugs")
    page.get_by_label("Or paste them").fill("The mug is lovely.\nThe handle broke.\nIt is a mug.\n")
    page.get_by_label("What is it for?").click()
    expect(page.get_by_role("status").get_by_text("3 items")).to_be_visible()
    expect(preview.get_by_text("The mug is lovely.")).to_be_visible()
    assert axe(page) == []
    page.get_by_role("button", name="Next").click()
    page.get_by_role("button", name="Sentiment of a text").click()
    expect(preview.get_by_role("radio", name="Positive")).to_be_visible()
    page.get_by_role("textbox", name="The question").fill("How does the writer feel about the mug?")
    expect(preview.get_by_role("heading", name="How does the writer feel about the mug?")).to_be_visible()
    assert axe(page) == []
    page.get_by_role("button", name="Next").click()
    curve = page.get_by_role("status").filter(has_text="judgements an item")
    expect(curve).to_be_visible(timeout=40_000)  # a crowd is simulated for it, which takes long on a busy machine
    assert axe(page) == []
    page.get_by_role("button", name="Next").click()
    expect(page.get_by_role("checkbox", name="I label the first items myself")).to_be_checked()
    assert axe(page) == []
    page.get_by_label("A model that votes too").fill("mug model")
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_text(f"{site.url}/join/")).to_be_visible()
    expect(page.get_by_text("The token of mug model, shown this once:")).to_be_visible()
    page.get_by_role("link", name="Label the first item").click()
    expect(page.get_by_role("button", name="Submit")).to_be_visible()
    expect(page.get_by_role("heading", name="How does the writer feel about the mug?")).to_be_visible()
    page.keyboard.press("1")
    expect(page.get_by_role("radio", name="Positive")).to_be_checked()
    with page.expect_response("**/api/v1/work/submit") as sent:
        page.keyboard.press("Enter")
    assert sent.value.ok, sent.value.text()
    print(f"from nothing to the first label: {time.monotonic() - began:.0f} s")


def test_only_an_administrator_starts_a_project(site: Any, page_as: Callable[..., Page]) -> None:
    page = page_as("mia")
    page.goto("/new")
    expect(page.get_by_role("heading", name="Only an administrator can start a project")).to_be_visible()


def test_a_file_that_nobody_can_read_is_refused_with_the_mend(site: Any, page_as: Callable[..., Page]) -> None:
    page = page_as("root")
    page.goto("/new")
    broken = {"name": "broken.json", "mimeType": "application/json", "buffer": b"[{]"}
    page.locator("input[type=file]").set_input_files(broken)
    expect(page.get_by_role("alert").get_by_text("This file cannot be read")).to_be_visible()
