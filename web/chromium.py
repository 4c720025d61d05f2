"""Print the path of a Chromium for the browser tests: an installed one, else Playwright's own, else the distribution's.

python web/chromium.py
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
MEND = """No Chromium was found for the browser tests, and none could be installed. One of these mends it:
  - install your distribution's package (Debian, Ubuntu: apt-get install chromium)
  - .venv/bin/playwright install chromium
  - name one that you have: QUORATE_CHROMIUM=/path/to/chrome"""


def installed() -> str | None:
    """A browser that is on this machine."""
    named = os.environ.get("QUORATE_CHROMIUM")
    return named or next(filter(None, map(shutil.which, NAMES)), None)


def of_playwright(*, install: bool) -> str | None:
    """The browser that Playwright keeps for itself."""
    from playwright.sync_api import sync_playwright

    if install:
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], stdout=sys.stderr, check=False)
    with sync_playwright() as playwright:
        path = Path(playwright.chromium.executable_path)
    return str(path) if path.exists() else None


def of_distribution() -> str | None:
    """The distribution's package, where one may install it."""
    apt = shutil.which("apt-get")
    if apt is None or os.geteuid() != 0:
        return None
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in ([apt, "update", "-qq"], [apt, "install", "-y", "-qq", "chromium"]):
        subprocess.run(command, env=quiet, stdout=sys.stderr, check=False)
    return installed()


def find() -> str | None:
    """The first that there is, brought if need be."""
    return installed() or of_playwright(install=False) or of_playwright(install=True) or of_distribution()


if __name__ == "__main__":
    found = find()
    if found is None:
        sys.exit(MEND)
    print(found)
