"""Every screen, light and dark, at a desk and on a phone: axe finds nothing, and a picture is kept.

With `QUORATE_SCREENS` the pictures go to that folder (`make screens`), else to the test's own.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

pytestmark = pytest.mark.slow

SCREENS = {
    "sign-in": (None, "/sign-in"),
    "annotate": ("ada", "/work"),
    "accessibility": ("ada", "/work/accessibility/reviews"),
    "account": ("ada", "/account"),
    "judge": ("eva", "/judge"),
    "projects": ("mia", "/projects"),
    "project": ("mia", "/projects/reviews"),
    "items": ("mia", "/projects/reviews/items"),
    "why": ("mia", "/projects/reviews/items/review-002"),
    "annotators": ("mia", "/projects/reviews/annotators"),
    "specs": ("mia", "/projects/reviews/specs"),
    "access": ("mia", "/projects/reviews/access"),
    "exports": ("mia", "/projects/reviews/exports"),
    "log": ("mia", "/projects/reviews/log"),
    "set-up": ("root", "/new"),
    "people": ("root", "/people"),
}
"""The screen's name, who looks at it, and where it is."""


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the pictures go."""
    wanted = os.environ.get("QUORATE_SCREENS")
    folder = Path(wanted) if wanted else tmp_path_factory.mktemp("screens")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.mark.parametrize("screen", SCREENS)
def test_a_screen_is_open_to_everyone(
    screen: str, site: Any, page_as: Callable[..., Page], axe: Callable[[Page], list[str]], pictures: Path
) -> None:
    who, where = SCREENS[screen]
    found: list[str] = []
    for size, look in (("desktop", "light"), ("desktop", "dark"), ("phone", "light"), ("phone", "dark")):
        page = page_as(who, phone=size == "phone", dark=look == "dark")
        page.goto(where)
        page.wait_for_load_state("networkidle")
        page.wait_for_timeout(400)
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{where} scrolls sideways by {wide} px ({size})"
        found += [f"{size}, {look}: {one}" for one in axe(page)]
        name = f"{screen}-{size}.png" if look == "light" else f"{screen}-{size}-dark.png"
        page.screenshot(path=pictures / name)
        page.context.close()
    assert found == []
