"""A real browser before a real server: `site` is an installation with an example, `page_as` a signed-in page."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from tests.ports import port_of, reserved

from quorate.cli.demonstration.client import Client
from quorate.formats import project_folder

ROOT = Path(__file__).resolve().parents[2]
PAGES = ROOT / "src" / "quorate" / "server" / "pages" / "index.html"
PASSWORD = "correct horse battery"
FLAGS = [
    f"--{flag}"
    for flag in (
        "no-sandbox", "disable-gpu", "disable-quic", "no-first-run", "disable-background-networking",
        "disable-component-update", "disable-sync",
    )
]  # fmt: skip
DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}
SLOWER = int(os.environ.get("QUORATE_SLOWER_BROWSER", "1"))
"""How many times slower the page's processor seems: what only passes on a fast machine shows."""
expect.set_options(timeout=10_000 * SLOWER)
NOON = f"Etc/GMT{datetime.now(UTC).hour - 12:+d}"
"""A zone in which it is about noon: for what is counted by day, which may end while a journey runs."""


class Site:
    """One `quorate serve` on its own embedded database; `root`, its administrator, sets it up over the API."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.place = reserved()
        self.port = port_of(self.place)
        self.url = f"http://127.0.0.1:{self.port}"
        self.people: set[str] = set()
        self.environment = {**os.environ, "QUORATE_DATA": str(data), "QUORATE_PASSWORD": PASSWORD}
        with (data / "serve.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "quorate.cli.main", "serve", "--port", str(self.port)],
                env=self.environment, stdout=log, stderr=log,
            )  # fmt: skip
        deadline = time.monotonic() + 120
        while not self._answers():
            assert time.monotonic() < deadline, (data / "serve.log").read_text()[-3000:]
            time.sleep(0.1)
        made = self.quorate("account", "add", "root", "--admin", "--token", "manage", "--json")
        self.root = Client("127.0.0.1", self.port, json.loads(made)["token"])

    def _answers(self) -> bool:
        assert self.process.poll() is None, (self.data / "serve.log").read_text()[-3000:]
        try:
            # The document would be put together anew for each that asks, and a busy machine never be done with it.
            with urlopen(f"{self.url}/api/v1/health", timeout=5) as answer:
                return bool(answer.status == 200)
        except (URLError, OSError):
            return False

    def quorate(self, *arguments: str | Path) -> str:
        """Run a command on this installation; its output."""
        command = [sys.executable, "-m", "quorate.cli.main", *map(str, arguments)]
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False, cwd=ROOT)
        assert done.returncode == 0, f"quorate {' '.join(map(str, arguments))}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def account(self, name: str, *roles: str) -> None:
        """Add a person, with roles written as PROJECT:ROLE; the password is `PASSWORD`.

        Who is there already stays: a worker that took over other tests may come back to a module, and sets it up again.
        """
        if name not in self.people:
            self.root.call("POST", "/accounts", {"name": name, "password": PASSWORD})
            self.people.add(name)
        for project, role in (one.split(":") for one in roles):
            self.root.call("PUT", f"/projects/{project}/members/{name}/{role}")

    def client(self, name: str) -> Client:
        """The API as this person."""
        scopes = ["work", "read", "export", "manage"]
        made = self.root.call("POST", "/tokens", {"name": "journeys", "scopes": scopes, "account": name})
        return Client("127.0.0.1", self.port, made["token"])

    def project(
        self, folder: Path, *files: Path, name: str | None = None, chance: bool = False, **experts: str
    ) -> None:
        """Publish a project folder, under another name if one is given, and import items, a JSON object a line.

        What its policy leaves to `chance` (known items, audits, repeats) comes only if that is wanted; of `experts` it
        says this besides.
        """
        name = name or folder.name
        specs = [{"kind": one.kind, "name": one.name, "body": one.body} for one in project_folder.read(folder)]
        for spec in specs:
            if spec["kind"] == "project":
                spec["body"] = spec["body"] | {"name": name}
            if spec["kind"] == "policy":
                rules = spec["body"].get("experts", {}) | experts
                spec["body"] = spec["body"] | {"experts": rules}
                if not chance:
                    sure = {"gold": {"rate": 0}, "audit": {"rate": 0}, "experts": rules | {"repeat": 0}}
                    spec["body"] = spec["body"] | sure
        self.root.call("PUT", f"/projects/{name}", {"specs": specs, "reason": "The first version"})
        for file in files:
            self.root.upload(f"/projects/{name}/items", file.read_bytes(), "application/x-ndjson")

    def stop(self) -> None:
        """As an operator would."""
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
        self.place.close()


@pytest.fixture(scope="session")
def chromium() -> str:
    """The browser's path; a failure that says how to mend it when there is none."""
    found = subprocess.run([sys.executable, ROOT / "web" / "chromium.py"], capture_output=True, text=True, check=False)
    if found.returncode:
        pytest.fail(found.stderr, pytrace=False)
    return found.stdout.strip().splitlines()[-1]


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    """One Chromium for the run."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, headless=True, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def new_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], Site]]:
    """Starts an installation in which there is only `root`; it is stopped when all journeys are done."""
    if not PAGES.is_file():
        pytest.fail("The browser app is not built. Mend: make web", pytrace=False)
    started: list[Site] = []

    def start() -> Site:
        started.append(Site(tmp_path_factory.mktemp("site")))
        return started[-1]

    yield start
    for site in started:
        site.stop()


@pytest.fixture(scope="session")
def site(new_site: Callable[[], Site]) -> Site:
    """An installation with `reviews`; ada and ben annotate, eva and eli judge, mia manages, root is admin.

    All journeys of a worker share it, so each brings its own people or its own project for what it counts.
    """
    site = new_site()
    site.project(ROOT / "examples" / "reviews", ROOT / "examples" / "reviews" / "items.jsonl")
    for name, role in {"ada": "annotator", "ben": "annotator", "eva": "expert", "eli": "expert"}.items():
        site.account(name, f"reviews:{role}")
    site.account("mia", "reviews:manager", "reviews:steward")
    return site


@pytest.fixture
def page_as(browser: Browser, site: Site) -> Iterator[Callable[..., Page]]:
    """A page that somebody is signed in on: `page_as("ada")`, `page_as("ada", phone=True, dark=True)`."""
    opened: list[BrowserContext] = []
    said: list[str] = []

    def sign_in(name: str | None, *, phone: bool = False, dark: bool = False, **options: Any) -> Page:
        context = browser.new_context(
            base_url=site.url,
            viewport=PHONE if phone else DESKTOP,
            has_touch=phone,
            color_scheme="dark" if dark else "light",
            locale="en-GB",
            **options,
        )
        context.set_default_timeout(20_000 * SLOWER)  # the machine may be busy; nothing waits longer than it must
        context.add_init_script(ASKING)
        opened.append(context)
        if name is not None:
            answer = context.request.post("/api/v1/session", data={"name": name, "password": PASSWORD})
            assert answer.status == 204, answer.text()
        page = context.new_page()
        if SLOWER > 1:
            context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        page.on("pageerror", lambda error: said.append(f"page error: {error}"))
        page.on("console", lambda one: said.append(one.text) if "Content Security Policy" in one.text else None)
        return page

    yield sign_in
    for context in opened:
        context.close()
    assert said == [], "the page complained"


@pytest.fixture
def log_in(page_as: Callable[..., Page]) -> Callable[[str], Page]:
    """Come as everybody does: by name and password, to the first page of theirs."""

    def enter(name: str) -> Page:
        page = page_as(None)
        page.goto("/")
        page.get_by_label("Name").fill(name)
        page.get_by_role("textbox", name="Password").fill(PASSWORD)
        page.keyboard.press("Enter")
        page.get_by_role("button", name="Your account").wait_for()
        return page

    return enter


ASKING = """
window.asked = 0;
const fetch = window.fetch;
window.fetch = (...what) => {
  window.asked++;
  return fetch(...what).finally(() => window.asked--);
};
"""
"""Counts the requests of a page that have no answer yet."""

CALM = """
() => {
  const reads = window.asked > 0 || document.querySelector("[aria-busy=true]") !== null;
  const there = document.querySelector("h1, h2") !== null && document.fonts.status === "loaded";
  window.calm = there && !reads ? (window.calm ?? 0) + 1 : 0;
  return window.calm > 10;
}
"""


def settled(page: Page) -> Page:
    """Wait until a page shows what it asked for: for some frames it has a heading, and asks for nothing more.

    `networkidle` alone does not say so: on a busy machine half a second passes before the first request, too.
    """
    page.wait_for_function(CALM)
    return page


STILL = """
async () => {
  const drawn = () => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
  const moving = one => one.playState === "running" && one.effect?.getComputedTiming().iterations !== Infinity;
  const ends = performance.now() + 1500;
  for (await drawn(); performance.now() < ends && document.getAnimations().some(moving); ) await drawn();
}
"""
"""Waits until what moves has come to its end and is drawn."""


IN_SIGHT = """
async found => {
  const targets = found.find(one => one.id === "target-size");
  if (!targets) return found;
  const small = [];
  for (const node of targets.nodes) {
    const one = document.querySelector(node.target.at(-1));
    one?.scrollIntoView({block: "center"});
    const again = one ? await axe.run(one, {runOnly: ["target-size"], resultTypes: ["violations"]}) : {violations: []};
    if (again.violations.length) small.push(node);
  }
  return found.filter(one => one !== targets).concat(small.length ? [{...targets, nodes: small}] : []);
}
"""
"""A target half under a bar that stays in sight is not a small one: each is looked at where one would scroll to."""


@pytest.fixture(scope="session")
def axe() -> Callable[..., list[str]]:
    """What axe finds on a page, WCAG 2.2 AA: rule, and where. With `colours`, by the rules that colours can break."""
    source = (ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js").read_text()
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

    def check(page: Page, *, colours: bool = False) -> list[str]:
        page.evaluate(STILL)
        if page.evaluate("typeof axe") == "undefined":
            page.evaluate(source)
        rules = ["color-contrast", "link-in-text-block"] if colours else tags
        found = page.evaluate("only => axe.run(document, {runOnly: only, resultTypes: ['violations']})", rules)
        return [
            f"{one['id']}: {one['help']}: {[(node['target'], node['html'][:200]) for node in one['nodes']][:4]}"
            for one in page.evaluate(IN_SIGHT, found["violations"])
        ]

    return check


@pytest.fixture(scope="session")
def axe_day_and_night(axe: Callable[..., list[str]]) -> Callable[[Page], list[str]]:
    """The same in the light, and in the dark by the rules on colours: nothing else differs there."""

    def check(page: Page) -> list[str]:
        found = axe(page)
        page.emulate_media(color_scheme="dark")
        found += [f"dark: {one}" for one in axe(page, colours=True)]
        page.emulate_media(color_scheme="light")
        return found

    return check
