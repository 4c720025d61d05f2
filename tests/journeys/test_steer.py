"""The manager's screens in a browser: the project's first page, its items, why a label, its annotators."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

PLACES = ("/projects", "/projects/reviews", "/projects/reviews/items", "/projects/reviews/annotators", "/new")


def label_some(page: Page, count: int = 6) -> list[str]:
    """The keys of the items that somebody answered."""
    request = page.context.request
    claim = {"count": count, "projects": ["reviews"]}
    tasks = request.post("/api/v1/work/claim", data=claim).json()["tasks"]
    for task in tasks:
        value = "delivery" if task["step"] == "topic" else "annoying"
        body = {"assignment": task["assignment"], "value": value, "seconds": 6}
        assert request.post("/api/v1/work/submit", data=body).ok
    return [task["item"] for task in tasks]


def test_a_manager_goes_from_the_projects_to_why_a_label(site: Any, page_as: Callable[..., Page]) -> None:
    keys = label_some(page_as("ada"))
    page = page_as("mia")
    page.goto("/projects")
    page.get_by_role("link", name="reviews").click()
    sentence = page.get_by_role("heading", level=1)
    expect(sentence).to_contain_text("decided")
    expect(sentence).to_contain_text("of $120.00 spent")
    expect(page.get_by_role("heading", name="Needs you")).to_be_visible()
    expect(page.get_by_role("heading", name="Cost against confidence")).to_be_visible()
    page.get_by_role("link", name="Items").click()
    expect(page.get_by_role("heading", name="60 items")).to_be_visible()
    page.keyboard.press("/")
    page.keyboard.type(keys[0])
    page.wait_for_url(f"**q={keys[0]}*")
    page.get_by_role("link", name=keys[0], exact=True).click()
    expect(page.get_by_role("heading", name=keys[0])).to_be_visible()
    expect(page.get_by_text("Answer", exact=True).first).to_be_visible()


def test_filters_are_in_the_address(site: Any, page_as: Callable[..., Page]) -> None:
    page = page_as("mia")
    page.goto("/projects/reviews/items?state=waiting")
    expect(page.get_by_role("row", name="Waits for another step").first).to_be_visible()
    page.get_by_role("button", name="Clear", exact=True).click()
    page.wait_for_url(lambda url: "state" not in url)
    page.goto("/projects/reviews/items?q=nothing-has-this")
    expect(page.get_by_role("heading", name="No item fits")).to_be_visible()


def test_an_annotator_is_paused_and_let_back(site: Any, page_as: Callable[..., Page]) -> None:
    label_some(page_as("ben"), 2)
    page = page_as("mia")
    page.goto("/projects/reviews/annotators")
    page.get_by_role("link", name="ben").click()
    page.get_by_role("button", name="Pause").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox").fill("Let us talk about clause 2.1 first.")
    dialog.get_by_role("button", name="Pause").click()
    expect(page.get_by_text("Why: Let us talk about clause 2.1 first.")).to_be_visible()
    page.get_by_role("button", name="Let them work again").click()
    dialog.get_by_role("textbox").fill("We have talked.")
    dialog.get_by_role("button", name="Let them work again").click()
    expect(page.get_by_role("button", name="Block")).to_be_visible()


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_nothing(
    dark: bool, site: Any, page_as: Callable[..., Page], axe: Callable[[Page], list[str]]
) -> None:
    page = page_as("root", dark=dark)
    found: dict[str, list[str]] = {}
    for place in PLACES:
        page.goto(place)
        page.get_by_role("heading", level=1).first.wait_for()
        page.wait_for_load_state("load")
        if wrong := axe(page):
            found[place] = wrong
    assert found == {}


def test_a_phone_shows_the_first_page_without_scrolling_sideways(site: Any, page_as: Callable[..., Page]) -> None:
    page = page_as("mia", phone=True)
    for place in PLACES[:4]:
        page.goto(place)
        page.get_by_role("heading", level=1).first.wait_for()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), place
