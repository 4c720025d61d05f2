"""The way in and out."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect


def test_someone_signs_in_lands_where_they_wanted_and_signs_out(page_as: Callable[..., Page], site: Any) -> None:
    page = page_as(None)
    page.goto("/account")
    expect(page).to_have_url(re.compile("/sign-in"))
    page.get_by_label("Name").fill("mia")
    page.get_by_role("textbox", name="Password").fill("wrong")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_role("textbox", name="Password").fill("correct horse battery")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/account$"))
    page.get_by_role("button", name="Your account").click()
    page.get_by_role("menuitem", name="Sign out").click()
    expect(page).to_have_url(re.compile("/sign-in"))


def test_an_address_elsewhere_is_no_way_out(page_as: Callable[..., Page], site: Any) -> None:
    page = page_as(None)
    page.goto("/sign-in?to=//elsewhere.example/")
    page.get_by_label("Name").fill("mia")
    page.get_by_role("textbox", name="Password").fill("correct horse battery")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"^{site.url}/(?!sign-in)"))
